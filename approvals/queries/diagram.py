"""Where an approval stands in its flow: the flow's picture with a state at each node, and the same in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from viewflow.workflow import flow
from viewflow.workflow.status import STATUS

from approvals.models import Approval, Step
from approvals.queries.chart import Arrow, Box, Chart, Shape, chart_of

GONE = "bước này không còn trong quy trình"


class State(StrEnum):
    """How an approval stands at one node; the value names the class in the stylesheet."""

    AHEAD = "ahead"
    WAITING = "waiting"
    DONE = "done"
    BACK = "back"
    CLOSED = "closed"
    GONE = "gone"


SYMBOLS = {
    State.AHEAD: "○",
    State.WAITING: "▶",
    State.DONE: "✓",
    State.BACK: "↩",
    State.CLOSED: "✕",
    State.GONE: "⚠",
}
WORDS = {
    State.AHEAD: "chưa đến",
    State.WAITING: "đang chờ",
    State.DONE: "đã qua",
    State.BACK: "đã trả lại",
    State.CLOSED: "đã đóng",
    State.GONE: GONE,
}
SENT_BACK = {"return": "đã trả lại", "send_back": "đã trả lại", "withdraw": "đã rút lại", "refuse": "không đồng ý"}
"""Outcomes after which a step is behind the matter without a yes."""


@dataclass(frozen=True, slots=True)
class Place:
    """One step in words: how it stands, who decided it and when, or until when it is to be decided."""

    name: str
    title: str
    state: State
    word: str
    times: int = 0
    by: str = ""
    at: datetime | None = None
    due: date | None = None
    holder: str = ""

    @property
    def symbol(self) -> str:
        """Return the sign that stands before the words."""
        return SYMBOLS[self.state]

    @property
    def told(self) -> str:
        """Return the state in words, with how many times the approval came here when it was more than once."""
        if self.times < 2:
            return self.word
        return f"{self.word}, lần {self.times}" if self.state is State.WAITING else f"{self.word}, {self.times} lần"


@dataclass(frozen=True, slots=True)
class Mark:
    """One node of the picture with its state; `place` is None where the picture shows no approval."""

    box: Box
    place: Place | None

    @property
    def word_y(self) -> int:
        """Return the height at which the words of the state stand, under the title."""
        return self.box.lines[-1].y + 17


@dataclass(frozen=True, slots=True)
class Way:
    """One arrow of the picture, and whether the approval went along it."""

    arrow: Arrow
    gone: bool


@dataclass(frozen=True, slots=True)
class Diagram:
    """What the page shows: the picture, and the steps of it in words."""

    key: str
    kind: str
    title: str
    said: str
    chart: Chart | None
    marks: Sequence[Mark]
    ways: Sequence[Way]
    places: Sequence[Place]


def diagram_of_flow(key: str, flow_class: type[flow.Flow]) -> Diagram:
    """Return the picture of a flow, without any approval in it. No query."""
    chart = chart_of(flow_class)
    steps = [box for box in chart.boxes if box.shape in {Shape.STEP, Shape.ENGINE}]
    said = f"Quy trình có {len(steps)} bước: " + "; ".join(box.title for box in in_order(steps, flow_class)) + "."
    marks = [Mark(box, None) for box in chart.boxes]
    return Diagram(key, key, chart.title, said, chart, marks, [Way(arrow, False) for arrow in chart.arrows], ())


def diagram_of(approval: Approval) -> Diagram:
    """Return the picture of an approval's flow with where it stands. Two queries, whatever its length."""
    steps = list(Step.objects.filter(process=approval).select_related("owner").order_by("pk"))
    by_node: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        by_node[step.flow_task.name if step.flow_task is not None else "?"].append(step)
    flow_class = approval.flow_class
    chart = chart_of(flow_class) if flow_class is not None else None
    boxes = {box.name: box for box in chart.boxes} if chart is not None else {}
    places = {name: _place(name, box.title, by_node.get(name, [])) for name, box in boxes.items()}
    lost = [_lost(name, found) for name, found in by_node.items() if name not in boxes]
    gone = _gone(steps)
    told = [places[box.name] for box in in_order(boxes.values(), flow_class) if box.shape in {Shape.STEP, Shape.ENGINE}]
    return Diagram(
        key=str(approval.pk),
        kind=approval.kind,
        title=str(approval.get_kind_display()),
        said=_said([*told, *lost], approval),
        chart=chart,
        marks=[Mark(box, places[name]) for name, box in boxes.items()],
        ways=_ways(chart, gone),
        places=[*told, *lost],
    )


def in_order(boxes: Iterable[Box], flow_class: type[flow.Flow] | None) -> list[Box]:
    """Return the boxes in the order in which the flow declares its nodes."""
    declared = list(vars(flow_class)) if flow_class is not None else []
    return sorted(boxes, key=lambda box: declared.index(box.name))


def _ways(chart: Chart | None, gone: set[tuple[str, str]]) -> list[Way]:
    """Return the arrows, those that the approval went along last: they are drawn over the others."""
    arrows = chart.arrows if chart is not None else ()
    ways = [Way(arrow, (arrow.src, arrow.dst) in gone) for arrow in arrows]
    return sorted(ways, key=lambda way: way.gone)


def is_gone(step: Step) -> bool:
    """Tell whether the step stands at a node that its flow no longer has."""
    node = step.flow_task
    return node is None or node.flow_class.instance.node(node.name, no_obsolete=True) is None


def _gone(steps: Sequence[Step]) -> set[tuple[str, str]]:
    """Return the pairs of nodes between which the approval went. One query."""
    names = {step.pk: step.flow_task.name for step in steps if step.flow_task is not None}
    pairs = Step.previous.through.objects.filter(from_step_id__in=list(names))
    return {(names.get(src, ""), names[dst]) for src, dst in pairs.values_list("to_step_id", "from_step_id")}


def _place(name: str, title: str, steps: Sequence[Step]) -> Place:
    """Say how an approval stands at a node: by the last time that it came there."""
    if not steps:
        return Place(name, title, State.AHEAD, WORDS[State.AHEAD])
    last = steps[-1]
    if last.finished is None:
        holder = str(last.owner) if last.owner_id is not None else ""
        word = WORDS[State.WAITING]
        return Place(name, title, State.WAITING, word, len(steps), due=last.due_on, holder=holder)
    if last.status == STATUS.CANCELED:
        return Place(name, title, State.CLOSED, WORDS[State.CLOSED], len(steps), last.decided_name, last.decided_at)
    state = State.BACK if last.outcome in SENT_BACK else State.DONE
    state = State.CLOSED if last.outcome == "refuse" else state
    word = SENT_BACK.get(last.outcome, WORDS[State.DONE])
    return Place(name, title, state, word, len(steps), last.decided_name, last.decided_at)


def _lost(name: str, steps: Sequence[Step]) -> Place:
    """Say how an approval stands, or stood, at a node that the flow no longer has."""
    last = steps[-1]
    title = f"{last.title or 'Bước không còn trong quy trình'} (tên cũ: {name})"
    if last.finished is None:
        return Place(name, title, State.GONE, f"đang chờ; {GONE}", len(steps), due=last.due_on)
    word = "đã chuyển sang bước khác" if last.status == STATUS.CANCELED else WORDS[State.DONE]
    state = State.CLOSED if last.status == STATUS.CANCELED else State.DONE
    return Place(name, title, state, f"{word}; {GONE}", len(steps), last.decided_name, last.decided_at)


def _said(places: Sequence[Place], approval: Approval) -> str:
    """Say the picture in one sentence."""
    waiting = [place.title for place in places if place.state in {State.WAITING, State.GONE}]
    if waiting:
        return f"Đang chờ ở bước “{waiting[0]}”."
    return f"Đã kết thúc: {approval.get_result_display()}." if approval.result else "Chưa chờ ở bước nào."
