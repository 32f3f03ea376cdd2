"""Reminders, and reports to UBND tỉnh that ask for a direction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from workflow.core.paper import AppendixPaper
from workflow.core.wording.facts import (
    COPY_TO_LEADERS,
    END,
    Basis,
    EarlierReminder,
    Moment,
    TaskFacts,
    Words,
    long_day,
    without_stop,
)

LONGEST_CHRONOLOGY = 8
"""How many lines of a chronology stand in the text itself; a longer one becomes an appendix."""


def reminder_text(
    facts: TaskFacts, ordinal: int, *, basis: Basis, earlier: Sequence[EarlierReminder], wait_days: int
) -> Words:
    """Return the words of the reminder of that ordinal.

    `earlier` are the reminders already issued in this round, cited in full; `wait_days` the working days until the
    next step. A clause is quoted word for word; where there is none the text says what it stands on instead.
    """
    what = "tham gia ý kiến" if facts.consultation else "thực hiện nhiệm vụ"
    lines = [duty_sentence(facts), *(_earlier_sentence(row) for row in earlier)]
    lines.append(f"Đến nay {facts.body_name} chưa nhận được {facts.missing} của {facts.unit_name}{_time_ends(facts)}.")
    lines.append(basis.sentence())
    lines.append(
        f"Đề nghị {facts.unit_name} khẩn trương thực hiện và gửi {facts.missing} về {facts.body_name} trong thời hạn "
        f"{wait_days:02d} ngày làm việc kể từ ngày ban hành văn bản này{END}"
    )
    subject = f"đôn đốc lần {ordinal} việc {what}: {facts.name}"
    return Words(subject, "\n".join(lines), copies=(COPY_TO_LEADERS,))


def escalation_text(
    facts: TaskFacts,
    *,
    basis: Basis,
    reminders: Sequence[EarlierReminder],
    today: date,
    reason: str = "",
    moments: Sequence[Moment] = (),
) -> Words:
    """Return the words of the report to UBND tỉnh: the matter, what was done and when, the ground, the proposal.

    `moments` is the chronology from the trail; one of more than eight lines stands in an appendix. `reason` is why a
    person reports early; "" when the duty has arisen by itself.
    """
    late_with = "tham gia ý kiến" if facts.consultation else "thực hiện nhiệm vụ"
    lines = [
        "I. NỘI DUNG SỰ VIỆC",
        duty_sentence(facts),
        _nothing_came(facts, today),
        "II. QUÁ TRÌNH THEO DÕI, ĐÔN ĐỐC",
        *_followed(moments),
        *_reminded(reminders),
        "III. CĂN CỨ BÁO CÁO",
        basis.sentence(),
    ]
    if reason:
        lines.append(f"Lý do báo cáo sớm: {reason.rstrip('.')}.")
    asked = "xem xét, chỉ đạo, giải quyết; cho ý kiến về thời hạn mới hoặc việc kết thúc nhiệm vụ"
    lines += [
        "IV. ĐỀ XUẤT, KIẾN NGHỊ",
        f"{facts.body_name} kính báo cáo và đề nghị Ủy ban nhân dân tỉnh {asked}{END}",
    ]
    subject = f"Việc {facts.unit_name} chậm {late_with}: {facts.name}"
    return Words(subject, "\n".join(lines), copies=(COPY_TO_LEADERS,), appendices=_chronology_table(moments))


def duty_sentence(facts: TaskFacts) -> str:
    """Return the sentence that says who owes what until when, and by which document it was given or asked."""
    where = f" ({facts.clause})" if facts.clause else ""
    printed = f", thời hạn ghi “{facts.timeline_text}”" if facts.timeline_text else ""
    due = f", hạn {long_day(facts.due_on)}" if facts.due_on is not None else ""
    if facts.consultation:
        parent = without_stop(facts.parent_title)
        of = f" đối với “{parent}”" if parent and parent not in facts.name else ""
        return f"{_asked(facts)} đã lấy ý kiến {facts.unit_name}{of}{where}: {facts.name}{due}."
    given = f"Thực hiện {facts.asked_by.in_full()}, " if facts.asked_by is not None else ""
    return f"{given}{facts.unit_name} được giao thực hiện{where}: {facts.name}{printed}{due}."


def _nothing_came(facts: TaskFacts, today: date) -> str:
    said = f"Đến {long_day(today)}, {facts.body_name} chưa nhận được {facts.missing} của {facts.unit_name}"
    return f"{said}{_time_left(facts, today)}."


def _asked(facts: TaskFacts) -> str:
    """Say by which document or on which day the department asked, as far as that is known."""
    if facts.asked_by is not None:
        return f"Tại {facts.asked_by.in_full()}, {facts.body_name}"
    if facts.asked_on is not None:
        day = long_day(facts.asked_on)
        return f"{day[0].upper()}{day[1:]}, {facts.body_name}"
    return facts.body_name


def _earlier_sentence(row: EarlierReminder) -> str:
    return f"Việc này đã được đôn đốc lần {row.ordinal} tại {row.cited().in_full()}."


def _reminded(reminders: Sequence[EarlierReminder]) -> list[str]:
    if not reminders:
        return ["Chưa có văn bản đôn đốc nào được phát hành trong vòng này."]
    lines = [f"- Lần {row.ordinal}: {row.cited().in_full()};" for row in reminders]
    return ["Các văn bản đôn đốc đã phát hành:", *lines[:-1], f"{lines[-1][:-1]}."]


def _followed(moments: Sequence[Moment]) -> list[str]:
    if len(moments) > LONGEST_CHRONOLOGY:
        return [f"Quá trình theo dõi, đôn đốc gồm {len(moments)} mốc, nêu tại Phụ lục kèm theo Báo cáo này."]
    return [moment.line(number) for number, moment in enumerate(moments, start=1)]


def _chronology_table(moments: Sequence[Moment]) -> tuple[AppendixPaper, ...]:
    if len(moments) <= LONGEST_CHRONOLOGY:
        return ()
    rows = tuple((str(number), f"{moment.day:%d/%m/%Y}", moment.said) for number, moment in enumerate(moments, start=1))
    columns = (("Stt", 1), ("Ngày", 2), ("Diễn biến", 9))
    return (AppendixPaper(title="QUÁ TRÌNH THEO DÕI, ĐÔN ĐỐC", columns=columns, rows=rows),)


def _time_ends(facts: TaskFacts) -> str:
    if facts.processing_until is None:
        return ""
    return f"; thời gian xử lý thủ tục hành chính của hồ sơ đến hết {long_day(facts.processing_until)}"


def _time_left(facts: TaskFacts, today: date) -> str:
    if facts.processing_until is None:
        return ""
    until = long_day(facts.processing_until)
    if today > facts.processing_until:
        return f"; thời gian xử lý thủ tục hành chính đã hết {until}"
    return f"; thời gian xử lý thủ tục hành chính còn đến hết {until}"
