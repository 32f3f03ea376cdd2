"""The words of reminders and of reports to UBND tỉnh, in plain administrative Vietnamese; nothing is invented.

A text cites a clause only where the rule has one; where it has none it says what it stands on instead. Paragraphs are
separated by one line break; the last ends with "./." as the forms of NĐ 30/2020 Phụ lục III do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

PLACE = "Khánh Hòa"
"""The place printed before a document's date, as the department prints it."""

END = "./."
DRAFT_WAITS = "Đang có dự thảo văn bản đôn đốc chưa phát hành; hãy phát hành hoặc rút dự thảo đó."
PADDED_MONTHS = 2


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What a text says of one task."""

    title: str
    unit_name: str
    due_on: date | None
    clause: str = ""
    timeline_text: str = ""
    consultation: bool = False
    parent_title: str = ""
    processing_until: date | None = None

    @property
    def name(self) -> str:
        """The title as it stands inside a sentence: without the stop that the plan's table prints after it."""
        return self.title.rstrip(" .;")


@dataclass(frozen=True, slots=True)
class EarlierReminder:
    """A reminder that was issued."""

    ordinal: int
    full_number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Basis:
    """What a text stands on: its citation, and the clause word for word ("" where no clause says it)."""

    citation: str
    clause: str = ""

    def sentence(self) -> str:
        """Return the sentence that names the basis; without a clause it says so."""
        cited = self.citation.rstrip(".")
        if not self.clause:
            return f"Căn cứ của văn bản này: {cited}."
        clause = self.clause.rstrip(" ;")
        return f"Căn cứ {cited}: “{clause}”" + ("" if clause.endswith(".") else ".")


def short_day(day: date) -> str:
    """Return a date as 19/4/2022 is printed in the plans."""
    return f"{day.day}/{day.month}/{day.year}"


def long_day(day: date) -> str:
    """Return a date in full: days below ten and months 1 and 2 with a leading zero (NĐ 30/2020 Phụ lục I)."""
    month = f"{day.month:02d}" if day.month <= PADDED_MONTHS else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def reminder_text(
    facts: TaskFacts, ordinal: int, *, basis: Basis, earlier: Sequence[EarlierReminder], wait_days: int
) -> tuple[str, str]:
    """Return subject (trích yếu) and text of the reminder of that ordinal.

    `earlier` are the reminders already issued in this round; `wait_days` the working days until the next step.
    """
    what = "tham gia ý kiến" if facts.consultation else "thực hiện nhiệm vụ"
    subject = f"đôn đốc lần {ordinal} việc {what}: {facts.name}"
    lines = [basis.sentence(), _duty_sentence(facts)]
    lines += [_earlier_sentence(row) for row in earlier]
    missing = "văn bản tham gia ý kiến" if facts.consultation else "báo cáo kết quả thực hiện"
    lines.append(f"Đến nay Sở Kế hoạch và Đầu tư chưa nhận được {missing} của {facts.unit_name}.")
    lines.append(
        f"Đề nghị {facts.unit_name} khẩn trương thực hiện và gửi {missing} trong thời hạn {wait_days:02d} ngày "
        f"làm việc kể từ ngày ban hành văn bản này{END}"
    )
    return subject, "\n".join(lines)


def escalation_text(
    facts: TaskFacts, *, basis: Basis, reminders: Sequence[EarlierReminder], today: date, reason: str = ""
) -> tuple[str, str]:
    """Return subject (trích yếu) and text of the report to UBND tỉnh: the duty, what was done and when, the proposal.

    `reason` is why a person reports early; "" when the duty has arisen by itself.
    """
    late_with = "tham gia ý kiến" if facts.consultation else "thực hiện nhiệm vụ"
    subject = f"Việc {facts.unit_name} chậm {late_with}: {facts.name}"
    missing = "văn bản tham gia ý kiến" if facts.consultation else "báo cáo kết quả thực hiện"
    lines = [basis.sentence(), _duty_sentence(facts)]
    if reminders:
        lines += [_earlier_sentence(row) for row in reminders]
    else:
        lines.append("Chưa có văn bản đôn đốc nào được phát hành trong vòng này.")
    lines.append(
        f"Đến {long_day(today)}, Sở Kế hoạch và Đầu tư chưa nhận được {missing} của {facts.unit_name}"
        f"{_time_left(facts, today)}."
    )
    if reason:
        lines.append(f"Lý do báo cáo sớm: {reason.rstrip('.')}.")
    lines.append(
        "Sở Kế hoạch và Đầu tư kính báo cáo và đề nghị Ủy ban nhân dân tỉnh xem xét, chỉ đạo, giải quyết; "
        f"cho ý kiến về thời hạn mới hoặc việc kết thúc nhiệm vụ{END}"
    )
    return subject, "\n".join(lines)


def _duty_sentence(facts: TaskFacts) -> str:
    where = f" ({facts.clause})" if facts.clause else ""
    printed = f", thời hạn ghi “{facts.timeline_text}”" if facts.timeline_text else ""
    due = f", hạn {short_day(facts.due_on)}" if facts.due_on is not None else ""
    if facts.consultation:
        of = f" đối với “{facts.parent_title.rstrip(' .;')}”" if facts.parent_title else ""
        return f"{facts.unit_name} được lấy ý kiến{of}{where}: {facts.name}{due}."
    return f"{facts.unit_name} được giao thực hiện{where}: {facts.name}{printed}{due}."


def _earlier_sentence(row: EarlierReminder) -> str:
    return f"Lần {row.ordinal}: đã đôn đốc tại Văn bản số {row.full_number} {long_day(row.issued_on)}."


def _time_left(facts: TaskFacts, today: date) -> str:
    if facts.processing_until is None:
        return ""
    until = short_day(facts.processing_until)
    if today > facts.processing_until:
        return f"; thời gian xử lý thủ tục hành chính đã hết ngày {until}"
    return f"; thời gian xử lý thủ tục hành chính còn đến hết ngày {until}"


def why_no_reminder(facts: Mapping[str, object], ladder: str) -> str:
    """Return why no reminder may be drafted now, as a sentence for the person who asked; `facts` are a decision's.

    Sources: 2022 I.1.5 (written reminders only while processing time remains), 2022 II.1.5 = 2023 II.1.3 (ladder C).
    """
    return _first_reason(
        (
            (not facts["open"], "Nhiệm vụ không còn ở trạng thái chờ đơn vị thực hiện nên không đôn đốc."),
            (not facts["ladder_open"], "Vòng này đã chuyển UBND tỉnh nên không đôn đốc nữa."),
            (
                ladder == "B" and facts["time_exhausted"],
                "Đã hết thời gian xử lý thủ tục hành chính nên không đôn đốc nữa, phải báo cáo UBND tỉnh.",
            ),
            (not facts["late"], "Nhiệm vụ chưa quá hạn nên chưa có văn bản đôn đốc."),
            (facts["draft_pending"], DRAFT_WAITS),
            (not facts["clock_runs"], "Vướng mắc đang chờ giải quyết và chính sách cho dừng thời hạn."),
            (not facts["wait_over"], "Chưa hết thời gian chờ sau lần đôn đốc trước."),
            (ladder == "C", "Việc UBND tỉnh giao mà cơ quan được lấy ý kiến chậm thì phải báo cáo UBND tỉnh."),
        ),
        "Đã đủ số lần đôn đốc của vòng này.",
    )


def why_no_escalation(facts: Mapping[str, object], ladder: str) -> str:
    """Return why no report to UBND tỉnh may be made now, as a sentence; `facts` are a decision's."""
    return _first_reason(
        (
            (not facts["open"], "Nhiệm vụ không còn ở trạng thái chờ đơn vị thực hiện nên không báo cáo UBND tỉnh."),
            (not facts["ladder_open"], "Vòng này đã chuyển UBND tỉnh rồi."),
            (not facts["late"], "Nhiệm vụ chưa quá hạn nên chưa báo cáo UBND tỉnh."),
            (
                ladder == "A" and not facts["customer_escalation"],
                "Chính sách đang không áp dụng việc báo cáo UBND tỉnh đối với đơn vị thuộc Sở; hãy đưa ra giao ban.",
            ),
            (facts["draft_pending"], DRAFT_WAITS),
            (not facts["clock_runs"], "Vướng mắc đang chờ giải quyết và chính sách cho dừng thời hạn."),
        ),
        "Chưa đủ số lần đôn đốc đã phát hành, hoặc chưa hết thời gian chờ sau lần đôn đốc trước.",
    )


def _first_reason(reasons: Sequence[tuple[object, str]], otherwise: str) -> str:
    return next((sentence for holds, sentence in reasons if holds), otherwise)
