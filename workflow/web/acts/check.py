"""What others do with a unit's work: check, accept, return, assign, decide, suspend, cancel."""

from __future__ import annotations

from workflow.actions.adjustment import (
    advise_obstacle,
    decide_extension,
    decide_obstacle,
    resume_task,
    suspend_task,
)
from workflow.actions.report import return_report, review_report
from workflow.actions.task import arm_task, assign_lead, cancel_task, reopen_task
from workflow.choices import TaskState
from workflow.permissions import DECIDE, URGE
from workflow.queries.taskpage import TaskFacts
from workflow.web.acts.act import Act, Submission
from workflow.web.acts.own import is_open
from workflow.web.forms.adjustment import AdviceForm, DecideExtensionForm, DecideObstacleForm, SuspendForm
from workflow.web.forms.report import CheckForm, ReasonForm, ReturnForm
from workflow.web.forms.task import ArmForm, AssignLeadForm


def _review(sent: Submission) -> object:
    data = sent.data
    return review_report(
        sent.task_id,
        sent.target,
        quantity_ok=data["quantity_ok"],
        content_ok=data["content_ok"],
        time_ok=data["time_ok"],
        note=data["note"],
        by=sent.actor,
        now=sent.now,
    )


def _return(sent: Submission) -> object:
    data = sent.data
    return return_report(
        sent.task_id,
        sent.target,
        quantity_ok=data["quantity_ok"],
        content_ok=data["content_ok"],
        time_ok=data["time_ok"],
        note=data["note"],
        by=sent.actor,
        now=sent.now,
    )


def _assign_lead(sent: Submission) -> object:
    return assign_lead(sent.task_id, sent.data["unit_id"], by=sent.actor, now=sent.now)


def _arm(sent: Submission) -> object:
    return arm_task(sent.task_id, sent.data["event_number"], sent.data["event_on"], by=sent.actor, now=sent.now)


def _decide_extension(sent: Submission) -> object:
    data = sent.data
    new_due = data["new_due"] if data["approve"] else None
    return decide_extension(
        sent.target, approve=data["approve"], new_due=new_due, reason=data["reason"], by=sent.actor, now=sent.now
    )


def _advise(sent: Submission) -> object:
    return advise_obstacle(sent.target, sent.data["advice"], by=sent.actor, now=sent.now)


def _decide_obstacle(sent: Submission) -> object:
    data = sent.data
    return decide_obstacle(sent.target, approve=data["approve"], decision=data["decision"], by=sent.actor, now=sent.now)


def _suspend(sent: Submission) -> object:
    data = sent.data
    return suspend_task(
        sent.task_id, data["ground"], data["ground_number"], data["ground_on"], by=sent.actor, now=sent.now
    )


def _resume(sent: Submission) -> object:
    return resume_task(sent.task_id, by=sent.actor, now=sent.now)


def _cancel(sent: Submission) -> object:
    return cancel_task(sent.task_id, sent.data["reason"], by=sent.actor, now=sent.now)


def _reopen(sent: Submission) -> object:
    return reopen_task(sent.task_id, sent.data["reason"], by=sent.actor, now=sent.now)


def _may_check(facts: TaskFacts) -> bool:
    """The right to check, without who wrote or submitted the version (separation of duties)."""
    report = facts.submitted
    return facts.permits("review") and not (
        report is not None and facts.actor.is_one_of(report.author_id, report.submitted_by_id)
    )


def _report_waits(facts: TaskFacts) -> bool:
    return facts.task.state == TaskState.REPORTED and facts.submitted is not None and not facts.is_consultation


def _version(facts: TaskFacts) -> int | None:
    return facts.submitted.version if facts.submitted else None


def _may_decide(facts: TaskFacts) -> bool:
    return facts.may(DECIDE) or facts.may_as_host(DECIDE)


def _cancel_consequence(facts: TaskFacts) -> str:
    open_children = sum(1 for child in facts.children if child.state not in {TaskState.REVIEWED, TaskState.CANCELLED})
    below = f" {open_children} việc con còn mở cũng bị hủy theo." if open_children else ""
    return f"Nhiệm vụ kết thúc, không ai còn phải báo cáo; dự thảo đôn đốc được rút.{below} Không khôi phục được."


CHECK_ACTS: tuple[Act, ...] = (
    Act(
        slug="nhan-bao-cao",
        words=lambda facts: f"Nhận báo cáo bản {_version(facts)}",
        done="Đã nhận báo cáo; nhiệm vụ hoàn thành.",
        run=_review,
        may=_may_check,
        ready=_report_waits,
        form=CheckForm,
        consequence=lambda facts: "Nhận báo cáo thì nhiệm vụ hoàn thành. Quyết định gắn với đúng bản đang xem.",
        target=_version,
        tone="primary",
        anchor="bao-cao",
    ),
    Act(
        slug="tra-lai-bao-cao",
        words=lambda facts: f"Trả lại báo cáo bản {_version(facts)}",
        done="Đã trả lại báo cáo.",
        run=_return,
        may=_may_check,
        ready=_report_waits,
        form=ReturnForm,
        consequence=lambda facts: "Nhiệm vụ trở lại “Đang thực hiện”, thời hạn chạy tiếp và đơn vị phải nộp bản mới.",
        target=_version,
        anchor="bao-cao",
    ),
    Act(
        slug="giao-chu-tri",
        words="Giao đơn vị chủ trì",
        done="Đã giao đơn vị chủ trì.",
        run=_assign_lead,
        may=lambda facts: facts.may_as_host(URGE, DECIDE),
        ready=lambda facts: is_open(facts) and facts.task.unit_id is None,
        form=AssignLeadForm,
        tone="primary",
    ),
    Act(
        slug="ghi-su-kien",
        words="Ghi nhận sự kiện",
        done="Đã ghi nhận sự kiện; thời hạn bắt đầu tính.",
        run=_arm,
        may=lambda facts: facts.permits("arm"),
        ready=lambda facts: facts.reachable("arm"),
        form=ArmForm,
        consequence=lambda facts: "Từ lúc ghi nhận, nhiệm vụ được coi là đã giao và thời hạn bắt đầu tính.",
        tone="primary",
    ),
    Act(
        slug="quyet-gia-han",
        words="Quyết định gia hạn",
        done="Đã quyết định đề nghị gia hạn.",
        run=_decide_extension,
        may=lambda facts: facts.may(DECIDE),
        ready=lambda facts: facts.pending_extension is not None,
        form=DecideExtensionForm,
        consequence=lambda facts: "Đồng ý thì hạn hiện tại đổi theo hạn được duyệt; hạn đầu giữ nguyên để đánh giá.",
        target=lambda facts: facts.pending_extension.pk if facts.pending_extension else None,
        tone="primary",
        anchor="gia-han",
    ),
    Act(
        slug="tham-muu",
        words="Tham mưu về vướng mắc",
        done="Đã ghi ý kiến tham mưu.",
        run=_advise,
        may=lambda facts: facts.may(URGE) or facts.may_as_host(URGE),
        ready=lambda facts: facts.open_obstacle is not None,
        form=AdviceForm,
        target=lambda facts: facts.open_obstacle.pk if facts.open_obstacle else None,
        tone="primary",
        anchor="vuong-mac",
    ),
    Act(
        slug="giai-quyet",
        words="Kết luận về vướng mắc",
        done="Đã kết luận về vướng mắc.",
        run=_decide_obstacle,
        may=_may_decide,
        ready=lambda facts: facts.open_obstacle is not None,
        form=DecideObstacleForm,
        target=lambda facts: facts.open_obstacle.pk if facts.open_obstacle else None,
        tone="primary",
        anchor="vuong-mac",
    ),
    Act(
        slug="tam-dung",
        words="Tạm dừng",
        done="Đã tạm dừng; thời hạn ngừng tính.",
        run=_suspend,
        may=lambda facts: facts.permits("suspend"),
        ready=lambda facts: facts.reachable("suspend"),
        form=SuspendForm,
        consequence=lambda facts: (
            "Thời hạn và đôn đốc ngừng lại. Khi tiếp tục, hạn dời đi đúng bằng số ngày làm việc đã tạm dừng."
        ),
    ),
    Act(
        slug="tiep-tuc",
        words="Tiếp tục thực hiện",
        done="Đã tiếp tục; hạn đã dời theo số ngày làm việc tạm dừng.",
        run=_resume,
        may=lambda facts: facts.permits("resume"),
        ready=lambda facts: facts.reachable("resume"),
        consequence=lambda facts: "Thời hạn chạy lại từ hôm nay; hạn dời theo số ngày làm việc đã tạm dừng.",
        tone="primary",
    ),
    Act(
        slug="huy",
        words="Hủy nhiệm vụ",
        done="Đã hủy nhiệm vụ.",
        run=_cancel,
        may=lambda facts: facts.permits("cancel"),
        ready=lambda facts: facts.reachable("cancel"),
        form=ReasonForm,
        consequence=_cancel_consequence,
        tone="danger",
    ),
    Act(
        slug="mo-lai",
        words="Mở lại nhiệm vụ",
        done="Đã mở lại nhiệm vụ.",
        run=_reopen,
        may=lambda facts: facts.permits("reopen"),
        ready=lambda facts: facts.reachable("reopen"),
        form=ReasonForm,
        consequence=lambda facts: "Nhiệm vụ trở lại “Đang thực hiện” với hạn hiện tại; đơn vị phải báo cáo lại.",
    ),
)
