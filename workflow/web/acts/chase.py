"""Chasing: consulting bodies, their answers, drafting reminders and reports to UBND tỉnh; both go out by the flows."""

from __future__ import annotations

from workflow.actions.consultation import accept_answer, consult, record_answer, return_answer
from workflow.actions.escalation import escalate_task, withdraw_escalation
from workflow.actions.reminder import draft_reminder, withdraw_reminder
from workflow.choices import TaskState
from workflow.core.escalation import ESCALATE, REMIND, decide_by_hand
from workflow.permissions import DECIDE, DO, REGISTER, URGE
from workflow.queries.task import subject_of
from workflow.queries.taskpage import TaskFacts
from workflow.web.acts.act import Act, Submission
from workflow.web.acts.own import REPORTABLE, is_open, runs
from workflow.web.forms.consultation import AnswerForm, ConsultForm
from workflow.web.forms.report import ReasonForm


def _consult(sent: Submission) -> object:
    data = sent.data
    return consult(sent.task_id, data["unit_ids"], data["question"], data["due_on"], by=sent.actor, now=sent.now)


def _record_answer(sent: Submission) -> object:
    data = sent.data
    return record_answer(
        sent.task_id, data["number"], data["answered_on"], data["content"], by=sent.actor, now=sent.now
    )


def _accept_answer(sent: Submission) -> object:
    return accept_answer(sent.task_id, sent.target, by=sent.actor, now=sent.now)


def _return_answer(sent: Submission) -> object:
    return return_answer(sent.task_id, sent.target, sent.data["reason"], by=sent.actor, now=sent.now)


def _draft_reminder(sent: Submission) -> object:
    return draft_reminder(sent.task_id, by=sent.actor, now=sent.now)


def _withdraw_reminder(sent: Submission) -> object:
    return withdraw_reminder(sent.target, sent.data["reason"], by=sent.actor, now=sent.now)


def _escalate(sent: Submission) -> object:
    return escalate_task(sent.task_id, sent.data["reason"], by=sent.actor, now=sent.now)


def _withdraw_escalation(sent: Submission) -> object:
    return withdraw_escalation(sent.target, sent.data["reason"], by=sent.actor, now=sent.now)


def _may_chase(facts: TaskFacts) -> bool:
    """Văn phòng chases everybody; the unit that handles the parent chases whom it consulted."""
    return facts.may(URGE) or facts.may_as_host(URGE) or (facts.is_consultation and facts.may_as_host(DO))


def _reminder_allowed(facts: TaskFacts) -> bool:
    """A rule lets a reminder go now; with the time exhausted there is no reminder button (2022 I.1.5)."""
    if not runs(facts) or facts.drafted_reminder is not None:
        return False
    return decide_by_hand(subject_of(facts.task), facts.rulebook, facts.now, REMIND).rule is not None


def _escalation_allowed(facts: TaskFacts) -> bool:
    if not facts.reachable("escalate"):
        return False
    return decide_by_hand(subject_of(facts.task), facts.rulebook, facts.now, ESCALATE).rule is not None


def _escalate_consequence(facts: TaskFacts) -> str:
    rule = decide_by_hand(subject_of(facts.task), facts.rulebook, facts.now, ESCALATE).rule
    basis = f" Căn cứ: {rule.citation}." if rule is not None else ""
    return (
        "Nhiệm vụ chuyển sang “Đã chuyển UBND tỉnh” và một dự thảo báo cáo UBND tỉnh được lập để phát hành."
        f"{basis} Việc này ghi vào nhật ký cùng lý do của ông/bà."
    )


def _ordinal(facts: TaskFacts) -> int:
    drafted = facts.drafted_reminder
    return drafted.ordinal if drafted else facts.task.reminders_issued + 1


def _answer_waits(facts: TaskFacts) -> bool:
    return facts.is_consultation and facts.task.state == TaskState.REPORTED and facts.submitted is not None


def _version(facts: TaskFacts) -> int | None:
    return facts.submitted.version if facts.submitted else None


def _reminder(facts: TaskFacts) -> int | None:
    return facts.drafted_reminder.pk if facts.drafted_reminder else None


def _open(facts: TaskFacts) -> int | None:
    return facts.open_escalation.pk if facts.open_escalation else None


CHASE_ACTS: tuple[Act, ...] = (
    Act(
        slug="nhan-tra-loi",
        words="Nhận ý kiến trả lời",
        done="Đã nhận ý kiến trả lời; việc lấy ý kiến hoàn thành.",
        run=_accept_answer,
        may=lambda facts: facts.permits("review"),
        ready=_answer_waits,
        consequence=lambda facts: "Ý kiến được coi là đủ; cơ quan này không còn phải trả lời.",
        target=_version,
        tone="primary",
        anchor="bao-cao",
    ),
    Act(
        slug="tra-lai-tra-loi",
        words="Đề nghị trả lời lại",
        done="Đã đề nghị trả lời lại.",
        run=_return_answer,
        may=lambda facts: facts.permits("review"),
        ready=_answer_waits,
        form=ReasonForm,
        consequence=lambda facts: "Cơ quan được lấy ý kiến phải trả lời lại; thời hạn chạy tiếp.",
        target=_version,
        anchor="bao-cao",
    ),
    Act(
        slug="ghi-tra-loi",
        words="Ghi văn bản trả lời",
        done="Đã ghi văn bản trả lời.",
        run=_record_answer,
        may=lambda facts: facts.permits("report"),
        ready=lambda facts: facts.is_consultation and facts.task.state in REPORTABLE,
        form=AnswerForm,
        consequence=lambda facts: "Từ lúc ghi, cơ quan này được coi là đã trả lời và đôn đốc dừng lại.",
        tone="primary",
        anchor="bao-cao",
    ),
    Act(
        slug="lay-y-kien",
        words="Lấy ý kiến cơ quan khác",
        done="Đã gửi lấy ý kiến.",
        run=_consult,
        may=lambda facts: facts.may(DO),
        ready=lambda facts: is_open(facts) and not facts.is_consultation and facts.task.unit_id is not None,
        form=ConsultForm,
        consequence=lambda facts: "Mỗi cơ quan được chọn có việc trả lời, thời hạn và đôn đốc riêng.",
        anchor="lay-y-kien",
    ),
    Act(
        slug="rut-don-doc",
        words="Rút dự thảo đôn đốc",
        done="Đã rút dự thảo đôn đốc.",
        run=_withdraw_reminder,
        may=lambda facts: _may_chase(facts) or facts.may(REGISTER),
        ready=lambda facts: facts.drafted_reminder is not None,
        form=ReasonForm,
        consequence=lambda facts: "Dự thảo chưa phát hành nên không tính là một lần đôn đốc.",
        target=_reminder,
        anchor="don-doc",
    ),
    Act(
        slug="soan-don-doc",
        words=lambda facts: f"Soạn đôn đốc lần {_ordinal(facts)}",
        done="Đã soạn dự thảo đôn đốc.",
        run=_draft_reminder,
        may=_may_chase,
        ready=_reminder_allowed,
        consequence=lambda facts: (
            "Lập dự thảo công văn đôn đốc. Dự thảo chưa phát hành thì chưa tính là một lần đôn đốc."
        ),
        anchor="don-doc",
    ),
    Act(
        slug="rut-bao-cao-ubnd",
        words="Rút báo cáo UBND tỉnh",
        done="Đã rút báo cáo UBND tỉnh.",
        run=_withdraw_escalation,
        may=lambda facts: facts.may(DECIDE) or facts.may_as_host(DECIDE),
        ready=lambda facts: facts.reachable("withdraw_escalation") and facts.open_escalation is not None,
        form=ReasonForm,
        consequence=lambda facts: "Nhiệm vụ trở lại “Đang thực hiện”. Bộ máy không tự chuyển lại trong vòng này.",
        target=_open,
        tone="danger",
        anchor="ubnd",
    ),
    Act(
        slug="bao-cao-ubnd",
        words="Chuyển UBND tỉnh",
        done="Đã chuyển; dự thảo báo cáo UBND tỉnh chờ phát hành.",
        run=_escalate,
        may=lambda facts: facts.permits("escalate"),
        ready=_escalation_allowed,
        form=ReasonForm,
        consequence=_escalate_consequence,
        anchor="ubnd",
    ),
)
