"""A chronology for a report to UBND tỉnh: the events of a task's trail as dated lines, in the order of time.

Only what was done about the matter is told; who did it and free words that people wrote stay in the trail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from workflow.core.hashchain import Plain
from workflow.core.replay import read_moment
from workflow.core.rulebook import ZONE
from workflow.core.wording.facts import Moment, TaskFacts

Body = Mapping[str, Plain]


def chronology(bodies: Iterable[Body], facts: TaskFacts, *, today: date) -> tuple[Moment, ...]:
    """Return what the trail tells of a task, and the day on which its deadline passed if it did.

    `bodies` are the bodies of the task's events in their order.
    """
    moments = []
    for body in bodies:
        tell = TELLERS.get(str(body["name"]))
        said = tell(body, facts) if tell is not None else ""
        if said:
            moments.append(Moment(read_moment(body).astimezone(ZONE).date(), said))
    if facts.due_on is not None and facts.due_on < today:
        moments.append(Moment(facts.due_on, f"Hết thời hạn, chưa nhận được {facts.missing}"))
    return tuple(sorted(moments, key=lambda moment: moment.day))


def _of(body: Body, part: str, key: str) -> Plain:
    found = body.get(part)
    return found.get(key) if isinstance(found, Mapping) else None


def _detail(body: Body, key: str) -> str:
    found = _of(body, "details", key)
    return "" if found is None else str(found)


def _day(value: Plain) -> str:
    """Return a stored day as it is printed in a table, "" when there is none."""
    return f"{date.fromisoformat(str(value)[:10]):%d/%m/%Y}" if value else ""


def _until(value: Plain, words: str = ", hạn ") -> str:
    return f"{words}{_day(value)}" if value else ""


def _paper(body: Body, number: str, day: str, words: str = " tại") -> str:
    """Return " tại Văn bản số … ngày …", "" when no number is recorded."""
    if not _detail(body, number):
        return ""
    return f"{words} Văn bản số {_detail(body, number)}{_until(_of(body, 'details', day), ' ngày ')}"


def _given(body: Body, facts: TaskFacts) -> str:
    due = _until(_of(body, "after", "due_on"))
    return f"Lấy ý kiến {facts.unit_name}{due}" if facts.consultation else f"Giao nhiệm vụ cho {facts.unit_name}{due}"


def _nudged(body: Body, _facts: TaskFacts) -> str:
    days = _of(body, "after", "nudged_days")
    return f"Nhắc nhở trước hạn {int(days):02d} ngày làm việc" if isinstance(days, int) and days else "Nhắc nhở"


def _reminded(body: Body, _facts: TaskFacts) -> str:
    ordinal = _of(body, "details", "ordinal") or _of(body, "after", "reminders_issued")
    number = _detail(body, "number") or _detail(body, "document")
    return f"Phát hành Công văn số {number} đôn đốc lần {ordinal}"


def _extended(body: Body, _facts: TaskFacts) -> str:
    return f"Gia hạn{_until(_of(body, 'after', 'due_on'), ' đến ngày ')}"


def _asked_time(body: Body, facts: TaskFacts) -> str:
    return f"{facts.unit_name} xin gia hạn{_until(_of(body, 'details', 'wanted_due'), ' đến ngày ')}"


def _suspended(body: Body, _facts: TaskFacts) -> str:
    return f"Tạm dừng{_paper(body, 'ground_number', 'ground_on', ' theo')}"


def _resumed(body: Body, _facts: TaskFacts) -> str:
    return f"Tiếp tục thực hiện{_until(_of(body, 'after', 'due_on'))}"


def _reported(body: Body, facts: TaskFacts) -> str:
    if facts.consultation:
        return f"{facts.unit_name} trả lời{_paper(body, 'answer_number', 'answer_on')}"
    return f"{facts.unit_name} nộp báo cáo kết quả"


def _returned(_body: Body, facts: TaskFacts) -> str:
    return "Trả lại văn bản tham gia ý kiến" if facts.consultation else "Trả lại báo cáo kết quả"


def _sent(body: Body, _facts: TaskFacts) -> str:
    number = _detail(body, "number")
    return f"Gửi Báo cáo số {number} đến UBND tỉnh" if number else ""


def _directed(body: Body, _facts: TaskFacts) -> str:
    said = f"UBND tỉnh có ý kiến chỉ đạo{_paper(body, 'number', 'issued_on')}"
    return f"{said}{_until(_of(body, 'details', 'new_due'), ', hạn mới ')}"


def _armed(body: Body, _facts: TaskFacts) -> str:
    number, day = _of(body, "after", "event_number"), _of(body, "after", "event_on")
    paper = f" tại Văn bản số {number}{_until(day, ' ngày ')}" if number else ""
    return f"Bắt đầu tính hạn theo sự kiện{paper}"


def _plainly(words: str) -> Callable[[Body, TaskFacts], str]:
    return lambda _body, _facts: words


TELLERS: dict[str, Callable[[Body, TaskFacts], str]] = {
    "task.create": _given,
    "task.assign_lead": _plainly("Xác định đơn vị chủ trì"),
    "task.pass_on": _plainly("Chuyển nhiệm vụ cho đơn vị kế thừa"),
    "task.start": lambda _body, facts: f"{facts.unit_name} bắt đầu thực hiện",
    "task.arm": _armed,
    "task.nudge": _nudged,
    "reminder.issue": _reminded,
    "extension.ask": _asked_time,
    "extension.refuse": _plainly("Không đồng ý gia hạn"),
    "task.extend": _extended,
    "obstacle.raise": lambda _body, facts: f"{facts.unit_name} phản ánh vướng mắc",
    "obstacle.decide": _plainly("Giải quyết vướng mắc"),
    "task.suspend": _suspended,
    "task.resume": _resumed,
    "task.report": _reported,
    "task.return_report": _returned,
    "task.reopen": _plainly("Mở lại nhiệm vụ"),
    "escalation.send": _sent,
    "task.direct": _directed,
    "task.withdraw_escalation": _plainly("Rút báo cáo UBND tỉnh"),
}
"""How each event is told in a report; one that is not named here is the house's own affair and not told."""
