"""The flows: who must say yes, in which order. Declarations only; what a passed step does stands in `steps`.

Pattern of all of them is the plans' own chain (2022 I.2.2): a unit proposes, Văn phòng advises, Lãnh đạo Sở approves.
"""

from __future__ import annotations

from viewflow import this
from viewflow.workflow import flow, lock

from approvals import steps
from approvals.models import Approval, Step
from approvals.screens import step_page
from workflow.choices import FlowKind
from workflow.permissions import CHECK, DECIDE, DO, REGISTER, SIGN, SUBMIT, URGE

LOCK = lock.SelectForUpdateLock(nowait=False)
"""Waits for the other person; the task's own row is locked before, so that two who decide at once stand in line."""


def asked(title: str, codename: str, also: str = "") -> flow.View:
    """Declare a step of people: its title, and the right on the asking unit that it needs (`also` does as well)."""
    node = flow.View(step_page).Annotation(title=title)
    node.also = also
    return node.Permission(f"workflow.{codename}", obj=steps.asking_unit).onCreate(steps.arrive)


class Approving(flow.Flow):
    """What every flow here has."""

    process_class = Approval
    task_class = Step
    lock_impl = LOCK

    obsolete = flow.Obsolete().Annotation(title="Bước không còn trong quy trình")
    """Stands in for every step at a node that a change of the flow took away (`approvals.actions.migrating`)."""


class ReportFlow(Approving):
    """A unit's report: drafted, submitted by the head, checked by Văn phòng, decided by a leader where it is due."""

    process_title = FlowKind.REPORT.label

    start = flow.StartHandle(steps.begin).Annotation(title="Bắt đầu soạn").Next(this.draft)
    draft = asked("Soạn báo cáo", DO, also=SUBMIT).Next(this.drafted)
    drafted = (
        flow.Switch()
        .Case(this.whose, steps.said("submit"))
        .Default(this.submit)
        .Annotation(title="Trưởng đơn vị soạn?")
    )
    submit = asked("Trưởng đơn vị nộp", SUBMIT).Next(this.submitted)
    submitted = flow.Switch().Case(this.whose, steps.said("submit")).Default(this.draft).Annotation(title="Nộp?")
    whose = (
        flow.If(steps.is_office_work).Then(this.leader_check).Else(this.check).Annotation(title="Việc của Văn phòng?")
    )
    check = asked("Văn phòng Sở kiểm tra", CHECK).Next(this.checked)
    checked = flow.Switch().Case(this.to_leader, steps.said("accept")).Default(this.draft).Annotation(title="Đạt?")
    leader_check = asked("Lãnh đạo Sở kiểm tra việc của Văn phòng", CHECK).Next(this.leader_checked)
    leader_checked = flow.Switch().Case(this.end, steps.said("accept")).Default(this.draft).Annotation(title="Đạt?")
    to_leader = flow.If(steps.needs_leader).Then(this.approve).Else(this.end).Annotation(title="Cần Lãnh đạo Sở?")
    approve = asked("Lãnh đạo Sở duyệt", DECIDE).Next(this.approved)
    approved = flow.Switch().Case(this.end, steps.said("accept")).Default(this.draft).Annotation(title="Đồng ý?")
    end = flow.End().Annotation(title="Kết thúc")


class DocumentFlow(Approving):
    """An outgoing document: drafted, agreed by the unit's head, checked for its form, signed, numbered and issued."""

    process_title = FlowKind.DOCUMENT.label

    start = flow.StartHandle(steps.begin).Annotation(title="Có dự thảo").Next(this.prepare)
    prepare = asked("Hoàn thiện dự thảo", DO, also=URGE).Next(this.prepared)
    prepared = flow.If(steps.presented_by_head).Then(this.form).Else(this.head).Annotation(title="Trưởng đơn vị trình?")
    head = asked("Trưởng đơn vị đồng ý", SUBMIT).Next(this.headed)
    headed = flow.Switch().Case(this.form, steps.said("approve")).Default(this.prepare).Annotation(title="Đồng ý?")
    form = asked("Văn phòng Sở kiểm tra thể thức", URGE).Next(this.formed)
    formed = (
        flow.Switch().Case(this.whose, steps.said("approve")).Default(this.prepare).Annotation(title="Đạt thể thức?")
    )
    whose = flow.If(steps.signed_by_order).Then(this.sign_order).Else(this.sign).Annotation(title="Ký thừa lệnh?")
    sign = asked("Lãnh đạo Sở ký", DECIDE).Next(this.signed)
    sign_order = asked("Chánh Văn phòng ký thừa lệnh", SIGN).Next(this.passed_up)
    passed_up = (
        flow.Switch()
        .Case(this.sign, steps.said("pass_up"))
        .Default(this.signed)
        .Annotation(title="Chuyển Lãnh đạo Sở ký?")
    )
    signed = flow.Switch().Case(this.issue, steps.said("sign")).Default(this.prepare).Annotation(title="Đã ký?")
    issue = asked("Văn thư cho số, phát hành", REGISTER).Next(this.issued)
    issued = flow.Switch().Case(this.end, steps.said("issue")).Default(this.whose).Annotation(title="Đã phát hành?")
    end = flow.End().Annotation(title="Kết thúc")


class EscalationFlow(Approving):
    """The duty to report to UBND tỉnh: its document goes out by its own flow, then UBND's direction is awaited."""

    process_title = FlowKind.ESCALATION.label

    start = flow.StartHandle(steps.begin).Annotation(title="Phát sinh").Next(this.report)
    report = flow.Handle(steps.report_went_out).Annotation(title="Báo cáo được phát hành").Next(this.direct)
    direct = asked("Ghi ý kiến chỉ đạo của UBND tỉnh", URGE, also=REGISTER).Next(this.end)
    end = flow.End().Annotation(title="Kết thúc")


class ExtensionFlow(Approving):
    """A request for more time: Văn phòng advises, a leader decides."""

    process_title = FlowKind.EXTENSION.label

    start = flow.StartHandle(steps.begin).Annotation(title="Xin gia hạn").Next(this.advise)
    advise = asked("Văn phòng Sở tham mưu", URGE).Next(this.decide)
    decide = asked("Lãnh đạo Sở quyết định", DECIDE).Next(this.end)
    end = flow.End().Annotation(title="Kết thúc")


class ObstacleFlow(Approving):
    """A difficulty (III, đoạn cuối): Văn phòng advises, a leader decides."""

    process_title = FlowKind.OBSTACLE.label

    start = flow.StartHandle(steps.begin).Annotation(title="Nêu vướng mắc").Next(this.advise)
    advise = asked("Văn phòng Sở tham mưu", URGE).Next(this.decide)
    decide = asked("Lãnh đạo Sở kết luận", DECIDE).Next(this.end)
    end = flow.End().Annotation(title="Kết thúc")


class ProposalFlow(Approving):
    """A unit's proposal (2022 I.2.2): its head agrees, Văn phòng advises, a leader approves or refuses."""

    process_title = FlowKind.PROPOSAL.label

    start = flow.StartHandle(steps.begin).Annotation(title="Có đề xuất").Next(this.whose)
    whose = (
        flow.If(steps.presented_by_head).Then(this.advise).Else(this.head).Annotation(title="Trưởng đơn vị đề xuất?")
    )
    head = asked("Trưởng đơn vị đồng ý", SUBMIT).Next(this.headed)
    headed = flow.Switch().Case(this.advise, steps.said("approve")).Default(this.end).Annotation(title="Đồng ý?")
    advise = asked("Văn phòng Sở tham mưu", URGE).Next(this.decide)
    decide = asked("Lãnh đạo Sở phê duyệt", DECIDE).Next(this.end)
    end = flow.End().Annotation(title="Kết thúc")


FLOWS: dict[FlowKind, type[Approving]] = {
    FlowKind.REPORT: ReportFlow,
    FlowKind.DOCUMENT: DocumentFlow,
    FlowKind.ESCALATION: EscalationFlow,
    FlowKind.EXTENSION: ExtensionFlow,
    FlowKind.OBSTACLE: ObstacleFlow,
    FlowKind.PROPOSAL: ProposalFlow,
}

RETIRED: dict[tuple[FlowKind, str], str] = {}
"""Nodes that a change of a flow took away: (kind, old node) → the node to which approvals standing there are moved."""
