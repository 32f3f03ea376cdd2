"""Why something happens to a task, or nothing does, and what comes next if nobody moves, in Vietnamese sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from workflow.core.escalation import (
    ALLOW_EARLY,
    CLOCK_STATES,
    CONFIRM,
    ESCALATE,
    NUDGE,
    REMIND,
    Check,
    Decision,
    Looked,
    Step,
    Subject,
    decide,
    forecast,
    local_day,
    next_issue_moment,
)
from workflow.core.eventname import say_date
from workflow.core.rulebook import ZONE, PolicyValue, Rulebook, RuleRow

POLICY_LABELS: dict[str, str] = {
    "reading_i15": "cách đọc I.1.5",
    "wait_days": "thời gian chờ sau mỗi lần đôn đốc (ngày làm việc)",
    "reminders_needed_a": "số lần đôn đốc cần có, thang A",
    "reminders_needed_b": "số lần đôn đốc cần có, thang B",
    "reminders_needed_c": "số lần đôn đốc cần có, thang C",
    "inherit_two_times_2023": "kế thừa “02 lần” của kế hoạch 2022 cho năm 2023 (suy đoán)",
    "bound_excluded": "“trước ngày D” không tính ngày D",
    "roll_printed_date": "hạn in trên giấy rơi vào ngày nghỉ",
    "roll_term": "thời hạn N ngày kết thúc vào ngày nghỉ",
    "what_answers": "thế nào là đã trả lời",
    "obstacle_stops_clock": "vướng mắc làm dừng thời hạn",
    "early_escalation": "cho báo cáo UBND tỉnh sớm khi có lý do",
    "standing_reports": "giữ báo cáo 25/5, 20/11 hằng năm",
    "issue_window": "giờ phát hành văn bản",
    "engine_issues_internal": "hệ thống tự phát hành đôn đốc trong Sở",
    "nudge_days": "nhắc nhở trước hạn (ngày làm việc)",
    "online_target": "chỉ tiêu II.2.5",
    "customer_escalation": "chuyển UBND tỉnh theo yêu cầu của khách hàng (thang A)",
    "step_days": "thời hạn của mỗi bước phê duyệt (ngày làm việc)",
    "register_series": "dãy số văn bản đi",
}

EFFECT_WORDS = {
    NUDGE: "nhắc nhở trước hạn",
    REMIND: "đôn đốc",
    ESCALATE: "chuyển UBND tỉnh",
    ALLOW_EARLY: "được báo cáo UBND tỉnh sớm nếu có lý do",
    CONFIRM: "hỏi xác nhận hằng tháng",
    "open_duty": "mở báo cáo định kỳ",
}

OPERATOR_WORDS = {">=": "từ {} trở lên", "<=": "không quá {}", "<": "dưới {}"}

IDLE_REASONS = {
    "waiting_event": "Đang chờ sự kiện nên thời hạn chưa tính; không có gì tự đến.",
    "reported": "Đã có báo cáo chờ duyệt nên không đôn đốc.",
    "reviewed": "Đã duyệt, không còn gì phải làm.",
    "escalated": "Đã chuyển UBND tỉnh, chờ ý kiến chỉ đạo; không đôn đốc thêm.",
    "suspended": "Đang tạm dừng nên thời hạn không chạy.",
    "cancelled": "Đã hủy, không còn gì phải làm.",
}


@dataclass(frozen=True, slots=True)
class CheckLook:
    """One condition of a rule: what it asks, what was found, and whether it holds."""

    label: str
    wanted: str
    found: str
    holds: bool


@dataclass(frozen=True, slots=True)
class RuleLook:
    """One rule that was looked at. `customer` marks the customer's own, `inferred` one read from 2022."""

    code: str
    version: int
    title: str
    effect: str
    clause: str
    citation: str
    inferred: bool
    customer: bool
    holds: bool
    chosen: bool
    left_out: str
    checks: tuple[CheckLook, ...]


@dataclass(frozen=True, slots=True)
class ComingStep:
    """One step of the forecast: what, on which day, by which rule."""

    at: datetime
    text: str
    citation: str


@dataclass(frozen=True, slots=True)
class Account:
    """The whole answer for one subject at one moment."""

    rules: tuple[RuleLook, ...]
    policies: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    now: str
    decision: dict[str, PolicyValue]
    coming: tuple[ComingStep, ...]
    sentences: tuple[str, ...]


def explain_subject(
    subject: Subject, rulebook: Rulebook, moment: datetime, *, awaited: str = "báo cáo", quarantined: bool = False
) -> Account:
    """Explain one subject at one moment: every rule looked at, what it comes to now, and the days of what follows.

    `awaited` is what the unit owes, as the sentence "nếu không có …" names it. A quarantined task is not looked at by
    the engine, which is said instead of a forecast.
    """
    decision = decide(subject, rulebook, moment, trace=True)
    policies = rulebook.policies.on(local_day(moment))
    steps = () if quarantined else tuple(forecast(subject, rulebook, moment))
    if quarantined:
        sentences: tuple[str, ...] = ("Nhiệm vụ đang bị tách riêng vì lỗi khi xét; hệ thống chưa tự làm gì thêm.",)
    else:
        sentences = tuple(_sentences(subject, rulebook, moment, steps, awaited))
    return Account(
        rules=tuple(_rule_look(looked, decision) for looked in decision.looked),
        policies=tuple((POLICY_LABELS.get(key, key), say_value(value)) for key, value in policies.values.items()),
        facts=tuple((check.label, say_value(check.found)) for check in _checks_once(decision)),
        now=_say_now(decision),
        decision=decision.record(),
        coming=tuple(ComingStep(step.moment, _say_step(step), step.rule.citation) for step in steps),
        sentences=sentences,
    )


def is_customers(rule: RuleRow) -> bool:
    """Tell whether a rule reports to UBND tỉnh on no clause of the plans but on the customer's own requirement.

    A nudge or a reminder without a clause stands on a policy, which its citation says.
    """
    return not rule.clause and rule.effect == ESCALATE


def say_value(value: PolicyValue) -> str:
    """Return a fact's or a policy's value as a person reads it."""
    if isinstance(value, bool):
        return "có" if value else "không"
    if value is None:
        return "không có"
    if isinstance(value, list):
        return ", ".join(say_value(item) for item in value)
    if isinstance(value, Mapping):
        return "–".join(say_value(item) for item in value.values())
    return str(value)


def _checks_once(decision: Decision) -> list[Check]:
    """Return each fact once, in the order in which the rules asked for it."""
    seen: dict[str, Check] = {}
    for looked in decision.looked:
        for check in looked.checks:
            seen.setdefault(check.fact, check)
    return list(seen.values())


def _rule_look(looked: Looked, decision: Decision) -> RuleLook:
    rule = looked.rule
    return RuleLook(
        code=rule.code,
        version=rule.version,
        title=rule.title,
        effect=EFFECT_WORDS.get(rule.effect, rule.effect),
        clause=rule.clause,
        citation=rule.citation,
        inferred=rule.inferred,
        customer=is_customers(rule),
        holds=looked.holds,
        chosen=rule is decision.rule,
        left_out=looked.left_out,
        checks=tuple(
            CheckLook(check.label, _say_wanted(check), say_value(check.found), check.holds) for check in looked.checks
        ),
    )


def _say_wanted(check: Check) -> str:
    return OPERATOR_WORDS.get(check.op, "{}").format(say_value(check.wanted))


def _say_effect(effect: str, ordinal: int) -> str:
    words = EFFECT_WORDS.get(effect, effect)
    if effect == NUDGE and ordinal:
        return f"{words} {ordinal} ngày làm việc"
    return f"{words} lần {ordinal}" if effect == REMIND else words


def _say_step(step: Step) -> str:
    return f"{_say_effect(step.effect, step.ordinal)} {say_date(local_day(step.moment))}"


def _say_now(decision: Decision) -> str:
    """Say what this moment comes to: an effect, an effect that waits for working hours, or nothing."""
    if decision.rule is None:
        return "Lúc này không quy tắc nào đủ điều kiện."
    words = _say_effect(decision.effect, decision.ordinal or decision.days_before)
    cited = f"theo {decision.rule.citation}"
    if decision.deferred_until is None:
        return f"Lúc này đủ điều kiện: {words}, {cited}."
    until = decision.deferred_until.astimezone(ZONE)
    return f"Đủ điều kiện: {words}, {cited}; ngoài giờ phát hành nên hoãn đến {until:%H:%M} {say_date(until.date())}."


def _sentences(
    subject: Subject, rulebook: Rulebook, moment: datetime, steps: tuple[Step, ...], awaited: str
) -> Iterator[str]:
    if subject.state not in CLOCK_STATES:
        yield IDLE_REASONS.get(subject.state, "Ở trạng thái này hệ thống không tự làm gì.")
        return
    if not subject.has_lead:
        yield "Chưa có đơn vị chủ trì nên chưa đôn đốc được ai."
        return
    if subject.reminder_drafted:
        policies = rulebook.policies.on(local_day(moment))
        day = local_day(next_issue_moment(moment, rulebook.calendar, policies))
        yield (
            f"Dự thảo đôn đốc lần {subject.reminders_issued + 1} chưa phát hành nên chưa tính; các ngày dưới đây tính "
            f"như dự thảo được phát hành {say_date(day)}."
        )
    questions = [step for step in steps if step.effect == CONFIRM]
    if subject.due_on is None:
        yield from _without_deadline(subject, questions)
    chasing = [step for step in steps if step.effect != CONFIRM]
    if chasing:
        yield f"Nếu không có {awaited}: {'; '.join(_say_step(step) for step in chasing)}."
        yield from _bases(chasing)
    elif subject.due_on is not None:
        yield _why_nothing(subject)
    if subject.due_on is not None and questions:
        yield f"Ngoài ra {_say_step(questions[0])}."


def _without_deadline(subject: Subject, questions: list[Step]) -> Iterator[str]:
    if not subject.confirm_monthly:
        yield "Không có hạn và không hỏi xác nhận hằng tháng; không có gì tự đến."
    elif questions:
        yield f"Không có hạn; chỉ hỏi xác nhận hằng tháng, lần tới {say_date(local_day(questions[0].moment))}."
    else:
        yield "Không có hạn; chỉ hỏi xác nhận hằng tháng."


def _why_nothing(subject: Subject) -> str:
    if subject.ladder_done:
        return "Vòng này đã đi hết thang; không có gì tự đến cho đến khi có hạn mới."
    if subject.obstacle_open:
        return "Đang có vướng mắc và không quy tắc nào sẽ đủ điều kiện; không có gì tự đến."
    return "Không quy tắc nào sẽ đủ điều kiện; không có gì tự đến."


def _bases(steps: list[Step]) -> Iterator[str]:
    """Say what is not a plain clause of the plans: the customer's own requirement, and what is inferred."""
    for step in steps:
        if step.effect == ESCALATE and is_customers(step.rule):
            yield f"Bước chuyển UBND tỉnh không có trong điều khoản của kế hoạch; căn cứ: {step.rule.citation}."
        elif step.rule.inferred:
            words = _say_effect(step.effect, step.ordinal)
            yield f"{words[0].upper()}{words[1:]}: {step.rule.citation}."
