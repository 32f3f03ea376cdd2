"""System checks of the flows' declarations: each names what is wrong and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from viewflow.workflow import flow
from viewflow.workflow.lock import NoLock

from approvals import flows, screens, steps
from approvals.flows import Approving
from workflow.choices import FlowKind
from workflow.models import Unit

SAID = steps.said().__qualname__
"""How a condition on the last decision is told from other conditions."""

Declared = Sequence[tuple[FlowKind, type[Approving]]]


@register(Tags.security)
def check_flows(app_configs: Sequence[AppConfig] | None, **_kwargs: object) -> list[CheckMessage]:
    """Refuse flows at which somebody could decide without a right, or a decision would lead nowhere."""
    if app_configs is not None and "approvals" not in [config.label for config in app_configs]:
        return []
    declared = list(flows.FLOWS.items())
    written = [one for one in vars(flows).values() if isinstance(one, type) and issubclass(one, Approving)]
    found = [*check_register(declared, [one for one in written if one is not Approving])]
    for kind, flow_class in declared:
        found += [*check_flow(kind, flow_class)]
    return [*found, *check_effects(declared), *check_retired(declared)]


def check_register(declared: Declared, written: Iterable[type[Approving]]) -> Iterator[CheckMessage]:
    """Yield what is wrong with the list of flows: one flow for every kind, and every flow that is written in it."""
    kinds = Counter(kind for kind, _flow_class in declared)
    for kind in FlowKind:
        if kinds[kind] != 1:
            yield _error("E101", f"Loại “{kind.label}” có {kinds[kind]} quy trình.", "Mỗi loại có đúng một quy trình.")
    used = Counter(flow_class for _kind, flow_class in declared)
    for flow_class in written:
        if used[flow_class] != 1:
            said = f"Quy trình {flow_class.__name__} đứng {used[flow_class]} lần trong FLOWS."
            yield _error("E102", said, "Mỗi quy trình được khai báo đúng một lần trong approvals.flows.FLOWS.")


def check_flow(kind: FlowKind, flow_class: type[Approving]) -> Iterator[CheckMessage]:
    """Yield what is wrong with one flow: its lock, and at each step of people its right, choices and ways on."""
    if isinstance(flow_class.lock_impl, NoLock):
        yield _error(
            "E103",
            f"Quy trình {flow_class.__name__} không khóa hồ sơ: hai người có thể cùng quyết định một bước.",
            "Đặt lock_impl = LOCK như lớp Approving.",
        )
    for node in flow_class.instance.nodes():
        if isinstance(node, flow.View):
            yield from _check_right(flow_class, node)
            yield from _check_choices(kind, flow_class, node)


def check_effects(declared: Declared) -> Iterator[CheckMessage]:
    """Yield effects and choices of which no step of a flow is the place."""
    places = {
        (kind, node.name) for kind, one in declared for node in one.instance.nodes() if isinstance(node, flow.View)
    }
    for kind, node in screens.CHOICES:
        if (kind, node) not in places:
            yield _error(
                "E108", f"CHOICES có bước ({kind}, {node}) mà không quy trình nào có.", "Bỏ hoặc sửa tên bước."
            )
    for kind, node, outcome in steps.EFFECTS:
        if screens.choice_called(kind, node, outcome) is None:
            said = f"EFFECTS có ({kind}, {node}, {outcome}) mà không bước nào cho chọn."
            yield _error("E109", said, "Bỏ hoặc sửa tên kết quả cho khớp screens.CHOICES.")


def check_retired(declared: Declared) -> Iterator[CheckMessage]:
    """Yield entries of RETIRED that lead from a node which still is, or to no step of people."""
    classes = dict(declared)
    for (kind, old), new in flows.RETIRED.items():
        instance = classes[kind].instance
        if instance.node(old, no_obsolete=True) is not None:
            yield _error("E110", f"RETIRED có bước ({kind}, {old}) vẫn còn trong quy trình.", "Bỏ dòng ấy.")
        if not isinstance(instance.node(new, no_obsolete=True), flow.View):
            said = f"RETIRED chuyển ({kind}, {old}) sang “{new}”, không phải bước của người."
            yield _error("E110", said, "Chọn một bước có người xử lý của quy trình mới.")


def _error(number: str, said: str, hint: str) -> Error:
    return Error(said, hint=hint, id=f"dondoc.{number}")


def _check_right(flow_class: type[Approving], node: flow.View) -> Iterator[CheckMessage]:
    where = f"Bước {flow_class.__name__}.{node.name}"
    if not node._owner_permission or getattr(node, "_owner_permission_obj", None) is not steps.asking_unit:
        yield _error(
            "E104",
            f"{where} không có quyền trên đơn vị: ai cũng xử lý được, hoặc một quyền toàn cục mở nó cho mọi đơn vị.",
            "Khai báo bước bằng asked(tiêu đề, quyền).",
        )
        return
    known = {f"workflow.{codename}" for codename, _name in Unit._meta.permissions}
    also = getattr(node, "also", "")
    for codename in [str(node._owner_permission), *([f"workflow.{also}"] if also else [])]:
        if codename not in known:
            said = f"{where} đòi quyền “{codename}” không có trong Unit.Meta.permissions: không ai xử lý được."
            yield _error("E105", said, "Dùng một quyền của workflow.permissions.UNIT_PERMISSIONS.")
    if node._on_create is not steps.arrive:
        said = f"{where} không ghi bước chờ ai và đến khi nào, nên không hiện ở việc của ai."
        yield _error("E104", said, "Khai báo bước bằng asked(tiêu đề, quyền).")


@dataclass(frozen=True, slots=True)
class _Way:
    """Where an outcome leads: the branch that it takes (None = the only way on), and whether it does anything."""

    branch: str | None
    effect: bool


def _check_choices(kind: FlowKind, flow_class: type[Approving], node: flow.View) -> Iterator[CheckMessage]:
    where = f"Bước {flow_class.__name__}.{node.name}"
    choices = screens.choices_at(kind, node.name)
    if not choices:
        yield _error("E106", f"{where} không cho chọn gì: hồ sơ đến đó sẽ đứng mãi.", "Khai báo screens.CHOICES.")
        return
    outcomes = [choice.outcome for choice in choices]
    ways = {one: _Way(_branch(node, one), (kind, node.name, one) in steps.EFFECTS) for one in outcomes}
    same = Counter(way for way in ways.values() if not way.effect)
    for outcome, way in ways.items():
        if same[way] > 1 or (len(ways) > 1 and not way.effect and way.branch is None):
            said = f"{where}: kết quả “{outcome}” không được rẽ nhánh hay tác động nào phân biệt."
            yield _error("E107", said, "Thêm nhánh vào cổng sau bước, hoặc tác động vào steps.EFFECTS.")
    for branch in _branches(node) - {way.branch for way in ways.values()}:
        said = f"{where}: nhánh “{branch}” của cổng sau bước không kết quả nào đi tới."
        yield _error("E107", said, "Sửa tên kết quả trong said(...) cho khớp screens.CHOICES.")


def _cases(node: flow.View) -> list[tuple[str, Callable[[object], bool] | None]]:
    """Return the branches of the gateway behind a step, as far as they ask for an outcome."""
    gateway = node._next
    cases = list(gateway._branches) if isinstance(gateway, flow.Switch) else []
    asks = all(condition is None or condition.__qualname__ == SAID for _target, condition in cases)
    return [(str(target.name), condition) for target, condition in cases] if asks else []


def _branches(node: flow.View) -> set[str]:
    return {name for name, condition in _cases(node) if condition is not None}


def _branch(node: flow.View, outcome: str) -> str | None:
    """Return which branch of the gateway behind a step an outcome takes; None where no gateway asks for it."""
    stand_in = SimpleNamespace(process=SimpleNamespace(outcome=outcome))
    return next((name for name, condition in _cases(node) if condition is None or condition(stand_in)), None)
