"""What the owing unit does: take up, assign, report, tell, ask."""

from __future__ import annotations

from workflow.actions.adjustment import ask_extension, raise_obstacle
from workflow.actions.report import attach_file, save_draft, submit_report, withdraw_report
from workflow.actions.task import add_note, assign_person, start_task
from workflow.choices import CLOCK_STATES, CLOSED_STATES, TaskState
from workflow.permissions import ANSWER, DO, REGISTER, SUBMIT
from workflow.queries.report import may_answer_here
from workflow.queries.taskpage import TaskFacts
from workflow.web.acts.act import Act, Submission
from workflow.web.forms.adjustment import AskExtensionForm, ObstacleForm
from workflow.web.forms.report import AttachForm, ConfirmForm, DraftForm, NoteForm
from workflow.web.forms.task import AssignPersonForm

REPORTABLE = (*CLOCK_STATES, TaskState.ESCALATED)


def is_open(facts: TaskFacts) -> bool:
    """The task is neither reviewed nor cancelled."""
    return facts.task.state not in CLOSED_STATES


def runs(facts: TaskFacts) -> bool:
    """The unit's clock runs."""
    return facts.task.state in CLOCK_STATES


def _start(sent: Submission) -> object:
    return start_task(sent.task_id, by=sent.actor, now=sent.now)


def _assign(sent: Submission) -> object:
    return assign_person(sent.task_id, sent.data["person_id"], by=sent.actor, now=sent.now)


def _draft(sent: Submission) -> object:
    data = sent.data
    return save_draft(
        sent.task_id,
        data["content"],
        nothing_to_report=data["nothing_to_report"],
        evidence=data["evidence"],
        by=sent.actor,
        now=sent.now,
    )


def _attach(sent: Submission) -> object:
    file = sent.data["content"]
    return attach_file(sent.task_id, file.name, file.read(), by=sent.actor, now=sent.now)


def _submit(sent: Submission) -> object:
    return submit_report(sent.task_id, sent.target, by=sent.actor, now=sent.now)


def _withdraw(sent: Submission) -> object:
    return withdraw_report(sent.task_id, sent.target, by=sent.actor, now=sent.now)


def _note(sent: Submission) -> object:
    return add_note(sent.task_id, sent.data["text"], by=sent.actor, now=sent.now)


def _confirm(sent: Submission) -> object:
    month = sent.data["month"]
    return add_note(sent.task_id, sent.data["text"], month, has_work=sent.data["has_work"], by=sent.actor, now=sent.now)


def _ask(sent: Submission) -> object:
    return ask_extension(sent.task_id, sent.data["reason"], sent.data["wanted_due"], by=sent.actor, now=sent.now)


def _raise_obstacle(sent: Submission) -> object:
    return raise_obstacle(sent.task_id, sent.data["text"], by=sent.actor, now=sent.now)


def _may_write(facts: TaskFacts) -> bool:
    return facts.may(DO, SUBMIT, ANSWER) and may_answer_here(facts.task)


def _may_send(facts: TaskFacts) -> bool:
    """An answer alone is sent here; a report is presented and submitted in its flow."""
    return facts.is_consultation and facts.may(SUBMIT, ANSWER) and may_answer_here(facts.task)


def _sent_it(facts: TaskFacts) -> bool:
    answer = facts.submitted if facts.is_consultation else None
    return answer is not None and facts.actor.is_one_of(answer.submitted_by_id)


def _can_report(facts: TaskFacts) -> bool:
    return facts.task.state in REPORTABLE and facts.task.unit_id is not None


def _draft_words(facts: TaskFacts) -> str:
    what = "ý kiến trả lời" if facts.is_consultation else "báo cáo"
    return f"Sửa bản thảo {what}" if facts.draft else f"Viết {what}"


def _answer_words(facts: TaskFacts) -> str:
    return f"Gửi ý kiến trả lời bản {facts.draft.version if facts.draft else ''}".rstrip()


def _answer_consequence(facts: TaskFacts) -> str:
    version = facts.draft.version if facts.draft else ""
    return (
        f"Bản {version} được gửi cho {facts.task.host_unit.name} và đóng lại, không sửa được nữa. "
        "Đôn đốc dừng kể từ lúc gửi. Nếu chưa ai nhận, ông/bà còn rút lại được."
    )


def _version_drafted(facts: TaskFacts) -> int | None:
    return facts.draft.version if facts.draft else None


def _version_submitted(facts: TaskFacts) -> int | None:
    return facts.submitted.version if facts.submitted else None


OWN_ACTS: tuple[Act, ...] = (
    Act(
        slug="bat-dau",
        words="Bắt đầu thực hiện",
        done="Đã ghi nhận bắt đầu thực hiện.",
        run=_start,
        may=lambda facts: facts.permits("start"),
        ready=lambda facts: facts.reachable("start") and facts.task.unit_id is not None and not facts.is_consultation,
        tone="primary",
    ),
    Act(
        slug="soan-bao-cao",
        words=_draft_words,
        done="Đã lưu bản thảo. Bản thảo chưa được gửi đi.",
        run=_draft,
        may=_may_write,
        ready=_can_report,
        form=DraftForm,
        tone="primary",
        anchor="bao-cao",
    ),
    Act(
        slug="gui-tra-loi",
        words=_answer_words,
        done="Đã gửi; bản đã gửi được đóng lại.",
        run=_submit,
        may=_may_send,
        ready=lambda facts: _can_report(facts) and facts.draft is not None,
        consequence=_answer_consequence,
        target=_version_drafted,
        tone="primary",
        anchor="bao-cao",
    ),
    Act(
        slug="rut-tra-loi",
        words="Rút lại ý kiến đã gửi",
        done="Đã rút lại ý kiến trả lời.",
        run=_withdraw,
        may=_sent_it,
        ready=lambda facts: facts.task.state == TaskState.REPORTED and facts.submitted is not None,
        consequence=lambda facts: (
            "Ý kiến thôi chờ xem xét; việc trả lời trở lại “Đang thực hiện” và thời hạn chạy tiếp."
        ),
        target=_version_submitted,
        anchor="bao-cao",
    ),
    Act(
        slug="dinh-kem",
        words="Đính kèm tệp",
        done="Đã đính kèm tệp.",
        run=_attach,
        may=lambda facts: facts.may(DO, SUBMIT, ANSWER, REGISTER) if facts.is_consultation else facts.may(DO, SUBMIT),
        ready=is_open,
        form=AttachForm,
        anchor="bao-cao",
    ),
    Act(
        slug="xac-nhan-thang",
        words=lambda facts: f"Xác nhận tháng {facts.month_to_confirm:%m/%Y}",
        done="Đã xác nhận tháng.",
        run=_confirm,
        may=lambda facts: facts.may(DO),
        ready=lambda facts: runs(facts) and facts.unconfirmed_month is not None,
        form=ConfirmForm,
        tone="primary",
        anchor="tien-do",
    ),
    Act(
        slug="ghi-tien-do",
        words="Ghi tiến độ",
        done="Đã ghi tiến độ.",
        run=_note,
        may=lambda facts: facts.may(DO),
        ready=is_open,
        form=NoteForm,
        anchor="tien-do",
    ),
    Act(
        slug="phan-cong",
        words=lambda facts: "Đổi người xử lý" if facts.task.assignee_id else "Phân công người xử lý",
        done="Đã phân công.",
        run=_assign,
        may=lambda facts: facts.may(SUBMIT),
        ready=is_open,
        form=AssignPersonForm,
    ),
    Act(
        slug="xin-gia-han",
        words="Xin gia hạn",
        done="Đã gửi đề nghị gia hạn.",
        run=_ask,
        may=lambda facts: facts.may(SUBMIT),
        ready=lambda facts: runs(facts) and facts.task.due_on is not None and facts.pending_extension is None,
        form=AskExtensionForm,
        consequence=lambda facts: (
            "Lãnh đạo Sở quyết định. Hạn hiện tại vẫn giữ cho đến khi có quyết định; hạn đầu không bao giờ thay đổi và "
            "lần gia hạn được tính là kết quả chưa tốt khi đánh giá."
        ),
        anchor="gia-han",
    ),
    Act(
        slug="neu-vuong-mac",
        words="Nêu vướng mắc",
        done="Đã gửi vướng mắc cho Văn phòng Sở.",
        run=_raise_obstacle,
        may=lambda facts: facts.may(DO),
        ready=lambda facts: runs(facts) and facts.open_obstacle is None,
        form=ObstacleForm,
        consequence=lambda facts: "Văn phòng Sở tham mưu, Lãnh đạo Sở kết luận. Nêu vướng mắc không làm dừng thời hạn.",
        anchor="vuong-mac",
    ),
)
