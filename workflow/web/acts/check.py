"""What others do with a unit's work: assign, arm, suspend, cancel, reopen. What is approved goes through the flows."""

from __future__ import annotations

from workflow.actions.adjustment import resume_task, suspend_task
from workflow.actions.task import arm_task, assign_lead, cancel_task, reopen_task
from workflow.choices import TaskState
from workflow.permissions import DECIDE, URGE
from workflow.queries.taskpage import TaskFacts
from workflow.web.acts.act import Act, Submission
from workflow.web.acts.own import is_open
from workflow.web.forms.adjustment import SuspendForm
from workflow.web.forms.report import ReasonForm
from workflow.web.forms.task import ArmForm, AssignLeadForm


def _assign_lead(sent: Submission) -> object:
    return assign_lead(sent.task_id, sent.data["unit_id"], by=sent.actor, now=sent.now)


def _arm(sent: Submission) -> object:
    return arm_task(sent.task_id, sent.data["event_number"], sent.data["event_on"], by=sent.actor, now=sent.now)


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


def _cancel_consequence(facts: TaskFacts) -> str:
    open_children = sum(1 for child in facts.children if child.state not in {TaskState.REVIEWED, TaskState.CANCELLED})
    below = f" {open_children} việc con còn mở cũng bị hủy theo." if open_children else ""
    return f"Nhiệm vụ kết thúc, không ai còn phải báo cáo; dự thảo đôn đốc được rút.{below} Không khôi phục được."


CHECK_ACTS: tuple[Act, ...] = (
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
