"""The pages of the approvals as people open them: what is shown, what is offered, what a decision does and refuses."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals.actions.deciding import decide
from approvals.models import Approval, Comment, Enclosure, Step
from approvals.queries.page import load_stories
from approvals.queries.standing import open_approval, waiting_step
from approvals.screens import choices_at
from approvals.views.offers import offered_at
from tests.factories import MONDAY, House, at, event_names, make_actor, make_task
from tests.workflow.web.conftest import Enter, assert_clean
from workflow.actions.adjustment import ask_extension, raise_obstacle
from workflow.actions.document import Draft, draft_document, revise_document
from workflow.actions.proposal import make_proposal
from workflow.actions.report import save_draft
from workflow.actions.unit import sync_grants
from workflow.choices import DocumentKind, DocumentStatus, FlowKind, Role, TaskState
from workflow.core.errors import ActionError, NotPermitted
from workflow.models import Document, Notification, Proposal, Task
from workflow.permissions import Actor

BEFORE = at(MONDAY, "08:30")
GOOD_CHECK = {"quantity_ok": "yes", "content_ok": "yes", "time_ok": "yes", "note": ""}
SECRET = "Bí danh Hoàng Oanh"


@pytest.fixture
def task(site: House) -> Task:
    """One task of the first division with a report that its specialist drafted."""
    task = make_task(site, now=BEFORE, title="Báo cáo năm của Phòng Một")
    save_draft(task.pk, f"Đã làm xong. {SECRET}", by=site.member, now=BEFORE)
    return task


def approval_of(kind: FlowKind, pk: int) -> Approval:
    """The approval that is open on a target."""
    approval = open_approval(kind, pk)
    assert approval is not None
    return approval


def step_of(approval: Approval) -> Step:
    """The step that waits."""
    step = waiting_step(approval)
    assert step is not None
    return step


def page(client: Client, approval: Approval, status: int = 200) -> str:
    """Open an approval's page."""
    response = client.get(f"/phe-duyet/{approval.pk}/")
    assert response.status_code == status
    assert_clean(response.content)
    return response.content.decode()


def press(client: Client, approval: Approval, outcome: str, **typed: Any) -> Any:
    """Open the decision's form as a person does, and send it with what the page shows and what is typed."""
    step = step_of(approval)
    address = f"/phe-duyet/buoc/{step.pk}/{outcome}/"
    shown = client.get(address)
    assert shown.status_code == 200, shown.content.decode()[-1500:]
    assert_clean(shown.content)
    version = shown.context["matter"].version
    return client.post(address, {"version": version if version is not None else "", **typed}, follow=True)


def node(approval: Approval) -> str:
    """The node that waits, "" at the end."""
    step = waiting_step(approval)
    return step.flow_task.name if step is not None else ""


def submitted(site: House, enter: Enter, task: Task) -> Approval:
    """Let the head submit the report."""
    approval = approval_of(FlowKind.REPORT, task.pk)
    press(enter(site.head), approval, "submit")
    return approval


def letter(site: House, task: Task | None, by: Actor, **columns: Any) -> Document:
    """Draft a letter."""
    columns.setdefault("signer_title", "TL. GIÁM ĐỐC\nCHÁNH VĂN PHÒNG")
    draft = Draft(
        kind=DocumentKind.LETTER,
        subject="đôn đốc báo cáo",
        body="Đề nghị Phòng Một báo cáo.",
        recipients=("Phòng Một",),
        symbol="SKHĐT-VP",
        **columns,
    )
    return draft_document(draft, task=task, by=by, now=BEFORE)


# --- what is shown ---


def test_the_page_says_who_must_act_until_when_and_what_is_to_be_decided(site: House, enter: Enter, task: Task) -> None:
    approval = submitted(site, enter, task)
    said = page(enter(site.reviewer), approval)
    for words in (
        "Duyệt báo cáo kết quả: Báo cáo năm của Phòng Một",
        "Văn phòng Sở kiểm tra",
        "chờ Văn phòng Sở",
        "thứ Tư 05/10/2022",
        "còn 2 ngày làm việc",
        "Đã làm xong.",
        "Duyệt báo cáo",
        "Trả lại báo cáo",
        "Soạn báo cáo</strong>: Nộp báo cáo",
        site.reviewer.name,
    ):
        assert words in said, words


def test_a_draft_is_read_by_its_unit_alone_until_it_is_submitted(site: House, enter: Enter, task: Task) -> None:
    approval = approval_of(FlowKind.REPORT, task.pk)
    assert SECRET in page(enter(site.head), approval)
    for actor in (site.reviewer, site.leader, site.inspector):
        said = page(enter(actor), approval)
        assert SECRET not in said
        assert "Đơn vị đang soạn, chưa nộp" in said
    step = step_of(approval)
    response = enter(site.reviewer).post(f"/phe-duyet/buoc/{step.pk}/present/", {"version": "99"})
    assert response.status_code == 403
    assert SECRET not in response.content.decode()


def test_who_may_not_see_the_task_finds_no_approval(site: House, enter: Enter, task: Task) -> None:
    approval = approval_of(FlowKind.REPORT, task.pk)
    step = step_of(approval)
    for actor in (site.stranger, site.other_head, site.outsider, site.admin):
        client = enter(actor)
        for path in (f"/phe-duyet/{approval.pk}/", f"/phe-duyet/buoc/{step.pk}/submit/"):
            response = client.get(path)
            assert response.status_code == 404
            assert "Báo cáo năm" not in response.content.decode()
        assert client.post(f"/phe-duyet/buoc/{step.pk}/submit/", {"version": "1"}).status_code == 404
        assert client.post(f"/phe-duyet/{approval.pk}/trao-doi/", {"text": "?"}).status_code == 404


def test_without_sign_in_nothing_opens(site: House, task: Task) -> None:
    approval = approval_of(FlowKind.REPORT, task.pk)
    assert Client().get(f"/phe-duyet/{approval.pk}/").status_code == 302


def test_the_buttons_are_those_of_the_person(site: House, enter: Enter, task: Task) -> None:
    approval = approval_of(FlowKind.REPORT, task.pk)
    address = f'href="/phe-duyet/buoc/{step_of(approval).pk}/'
    assert f"{address}submit/" in page(enter(site.head), approval)
    assert f"{address}present/" not in page(enter(site.head), approval)
    assert f"{address}present/" in page(enter(site.member), approval)
    assert f"{address}submit/" not in page(enter(site.member), approval)
    assert address not in page(enter(site.reviewer), approval)


def test_who_wrote_it_is_told_why_he_may_not_approve(site: House, enter: Enter) -> None:
    document = letter(site, make_task(site, now=BEFORE), site.reviewer)
    approval = approval_of(FlowKind.DOCUMENT, document.pk)
    while node(approval) != "form":
        outcome = {"prepare": "present", "head": "approve"}[node(approval)]
        actor = site.reviewer if node(approval) == "prepare" else site.chief
        decide(step_of(approval).pk, outcome, document.revision, by=actor, now=BEFORE)
    client = enter(site.reviewer)
    said = page(client, approval)
    assert "đã soạn hoặc trình nội dung này nên không được duyệt" in said
    step = step_of(approval)
    assert f"/phe-duyet/buoc/{step.pk}/approve/" not in said
    assert client.get(f"/phe-duyet/buoc/{step.pk}/approve/").status_code == 403
    assert client.post(f"/phe-duyet/buoc/{step.pk}/approve/", {"version": "1"}).status_code == 403


def test_who_wrote_a_draft_takes_it_back_and_does_not_return_it_to_himself(site: House, enter: Enter) -> None:
    document = letter(site, make_task(site, now=BEFORE), site.reviewer)
    approval = approval_of(FlowKind.DOCUMENT, document.pk)
    for outcome, actor in (("present", site.reviewer), ("approve", site.chief)):
        decide(step_of(approval).pk, outcome, document.revision, by=actor, now=BEFORE)
    assert node(approval) == "form"
    said = page(enter(site.chief), approval)
    assert "Trả lại</a>" in said
    assert "Rút lại" not in said
    said = page(enter(site.reviewer), approval)
    address = f"/phe-duyet/buoc/{step_of(approval).pk}/send_back/"
    assert f'<a class="button" href="{address}">Rút lại dự thảo để sửa</a>' in said
    assert "Trả lại</a>" not in said
    assert "<h1>Rút lại dự thảo để sửa</h1>" in enter(site.reviewer).get(address).content.decode()
    response = press(enter(site.reviewer), approval, "send_back", reason="Nhầm số liệu.")
    assert "Đã rút lại dự thảo." in response.content.decode()
    assert node(approval) == "prepare"


def test_what_is_offered_is_exactly_what_the_door_lets_in(site: House, enter: Enter, task: Task) -> None:
    everybody = [
        site.head, site.member, site.stranger, site.reviewer, site.chief, site.office_member, site.clerk, site.leader,
        site.inspector, site.admin,
    ]  # fmt: skip
    document = letter(site, task, site.member)
    extension = ask_extension(task.pk, "Chờ số liệu.", date(2022, 10, 21), by=site.head, now=BEFORE)
    approvals = [
        approval_of(FlowKind.REPORT, task.pk),
        approval_of(FlowKind.DOCUMENT, document.pk),
        approval_of(FlowKind.EXTENSION, extension.pk),
    ]
    seen = 0
    for actor in everybody:
        for story in load_stories(approvals):
            step = story.waiting
            assert step is not None
            offered = {choice.outcome for choice in offered_at(actor, step, story.hands)[0]}
            for choice in choices_at(story.approval.kind, step.flow_task.name):
                try:
                    decide(step.pk, choice.outcome, 99_999, {}, by=actor, now=BEFORE)
                    let_in = True
                except NotPermitted:
                    let_in = False
                except ActionError as error:
                    let_in = error.status != 404
                if choice.outcome == "present" and actor is site.head:
                    assert choice.outcome not in offered or story.approval.kind != FlowKind.REPORT
                    continue
                assert (choice.outcome in offered) == let_in, (actor.position, step.title, choice.outcome)
                seen += 1
    assert seen > 30


def test_the_matter_of_each_kind_is_on_its_page(site: House, enter: Enter, task: Task) -> None:
    extension = ask_extension(task.pk, "Chờ số liệu thống kê.", date(2022, 10, 21), by=site.head, now=BEFORE)
    obstacle = raise_obstacle(task.pk, "Vướng mặt bằng.", by=site.head, now=BEFORE)
    proposal = make_proposal(site.division.pk, "Hai máy in", "Máy cũ hỏng.", by=site.member, now=BEFORE)
    document = letter(site, task, site.member)
    client = enter(site.chief)
    for kind, pk, words in (
        (FlowKind.EXTENSION, extension.pk, ("Chờ số liệu thống kê.", "thứ Sáu 21/10/2022", "Hạn đầu")),
        (FlowKind.OBSTACLE, obstacle.pk, ("Vướng mặt bằng.",)),
        (FlowKind.PROPOSAL, proposal.pk, ("Hai máy in", "Máy cũ hỏng.", "I.2.2")),
        (FlowKind.DOCUMENT, document.pk, ("Đề nghị Phòng Một báo cáo.", "Sửa dự thảo")),
    ):
        said = page(client, approval_of(kind, pk))
        for each in words:
            assert each in said, each


# --- deciding ---


def test_a_report_walks_from_page_to_page_to_its_end(site: House, enter: Enter, task: Task) -> None:
    approval = approval_of(FlowKind.REPORT, task.pk)
    response = press(enter(site.member), approval, "present", note="Mời anh xem.")
    assert response.redirect_chain == [(f"/nhiem-vu/{task.pk}/#phe-duyet", 302)]
    assert "Đã trình trưởng đơn vị." in response.content.decode()
    response = press(enter(site.head), approval, "submit")
    assert "Đã nộp; bản đã nộp được đóng lại." in response.content.decode()
    response = press(enter(site.reviewer), approval, "accept", **GOOD_CHECK)
    assert "Đã duyệt báo cáo." in response.content.decode()
    task.refresh_from_db()
    assert task.state == TaskState.REVIEWED
    said = page(enter(site.member), approval)
    assert "Mời anh xem." in said
    assert said.count("<strong>") >= 3
    assert "✓" in said
    assert f"/phe-duyet/{approval.pk}/" in enter(site.member).get(f"/nhiem-vu/{task.pk}/").content.decode()


def test_what_a_leader_still_decides_is_told_as_passed_on(site: House, enter: Enter) -> None:
    """Văn phòng's yes is no acceptance where Lãnh đạo Sở decides; the leader is told so too."""
    task = make_task(site, now=BEFORE, title="Báo cáo trình Lãnh đạo Sở")
    save_draft(task.pk, "Xong.", by=site.member, now=BEFORE)
    approval = submitted(site, enter, task)
    said = press(enter(site.reviewer), approval, "accept", **GOOD_CHECK).content.decode()
    assert "Đã kiểm tra đạt; báo cáo chuyển Lãnh đạo Sở duyệt." in said
    assert "Đã duyệt báo cáo." not in said
    assert node(approval) == "approve"
    told = Notification.objects.filter(person=site.leader.person_id).latest("pk").text
    assert told.startswith("Duyệt báo cáo kết quả, Văn phòng Sở kiểm tra: Đã kiểm tra đạt; báo cáo chuyển")
    said = press(enter(site.leader), approval, "accept").content.decode()
    assert "Đã duyệt báo cáo." in said


def test_the_decision_page_leads_to_the_other_decisions_and_back_to_the_whole(
    site: House, enter: Enter, task: Task
) -> None:
    approval = submitted(site, enter, task)
    step = step_of(approval)
    client = enter(site.reviewer)
    shown = client.get(f"/phe-duyet/buoc/{step.pk}/accept/?tu=ban")
    assert_clean(shown.content)
    said = shown.content.decode()
    other = f'Quyết định khác: <a href="/phe-duyet/buoc/{step.pk}/return/?tu=ban">Trả lại báo cáo</a>'
    assert other in said
    assert said.count("/withdraw/") == 0, "what only the submitter may do is not offered"
    assert f'<a href="/phe-duyet/{approval.pk}/">Quay lại hồ sơ</a>' in said
    assert client.get(f"/phe-duyet/buoc/{step.pk}/return/?tu=ban").status_code == 200
    assert "Quyết định khác: " in client.post(f"/phe-duyet/buoc/{step.pk}/return/", {"version": "1"}).content.decode()


def test_one_decision_alone_names_no_other(site: House, enter: Enter, task: Task) -> None:
    step = step_of(approval_of(FlowKind.REPORT, task.pk))
    said = enter(site.member).get(f"/phe-duyet/buoc/{step.pk}/present/").content.decode()
    assert "Quyết định khác" not in said
    assert "Quay lại hồ sơ" in said


def test_the_number_of_writings_is_told_as_edits_and_a_version_by_its_number(
    site: House, enter: Enter, task: Task
) -> None:
    approval = approval_of(FlowKind.REPORT, task.pk)
    said = page(enter(site.member), approval)
    assert "Bản 1 (bản thảo) ·" in said
    save_draft(task.pk, "Đã làm xong thêm.", by=site.member, now=BEFORE)
    save_draft(task.pk, "Đã làm xong cả.", by=site.member, now=BEFORE)
    assert "Bản 1 (bản thảo), đã sửa 2 lần ·" in page(enter(site.member), approval)
    press(enter(site.head), approval, "submit")
    press(enter(site.reviewer), approval, "return", **GOOD_CHECK | {"note": "Thiếu.", "content_ok": "no"})
    save_draft(task.pk, "Bản hai.", by=site.member, now=BEFORE)
    said = page(enter(site.member), approval)
    assert "Bản 2 (bản thảo) ·" in said
    assert 'Nộp báo cáo <span class="muted small">(bản 1)</span>' in said
    assert "lần ghi" not in said.lower()
    document = letter(site, task, site.member)
    paper = approval_of(FlowKind.DOCUMENT, document.pk)
    said = page(enter(site.member), paper)
    assert "lần ghi" not in said.lower()
    assert "Đã sửa" not in said
    revise_document(document.pk, 1, "đôn đốc", "Lời mới.", ["Phòng Một"], by=site.member, now=BEFORE)
    assert "Đã sửa 1 lần" in page(enter(site.member), paper)


def test_a_refusal_leads_back_to_the_approval_that_it_was_about(site: House, enter: Enter, task: Task) -> None:
    approval = submitted(site, enter, task)
    step = step_of(approval)
    back = f'<a class="button primary" href="/phe-duyet/{approval.pk}/">Mở lại hồ sơ</a>'
    sent = {"version": "1", **GOOD_CHECK}
    refused = [
        enter(site.member).post(f"/phe-duyet/buoc/{step.pk}/accept/", sent),
        enter(site.member).get(f"/phe-duyet/buoc/{step.pk}/giao/"),
        enter(site.inspector).post(f"/phe-duyet/{approval.pk}/trao-doi/", {"text": "?"}),
    ]
    press(enter(site.chief), approval, "accept", **GOOD_CHECK)
    refused.append(enter(site.reviewer).post(f"/phe-duyet/buoc/{step.pk}/accept/", sent))
    assert [response.status_code for response in refused] == [403, 403, 403, 409]
    for response in refused:
        assert_clean(response.content)
        assert back in response.content.decode()
    unseen = enter(site.stranger).post(f"/phe-duyet/buoc/{step.pk}/accept/", sent)
    assert unseen.status_code == 404
    assert f"/phe-duyet/{approval.pk}/" not in unseen.content.decode()


def test_the_consequence_is_told_before_the_button(site: House, enter: Enter, task: Task) -> None:
    step = step_of(approval_of(FlowKind.REPORT, task.pk))
    said = enter(site.head).get(f"/phe-duyet/buoc/{step.pk}/submit/").content.decode()
    assert said.index("Điều sẽ xảy ra") < said.index('<button class="primary"')


def test_the_checks_are_not_answered_beforehand(site: House, enter: Enter, task: Task) -> None:
    approval = submitted(site, enter, task)
    said = enter(site.reviewer).get(f"/phe-duyet/buoc/{step_of(approval).pk}/accept/").content.decode()
    assert said.count('type="radio"') == 6
    assert "checked" not in said


def test_a_form_with_nothing_chosen_comes_back_with_all_that_was_typed(site: House, enter: Enter, task: Task) -> None:
    approval = submitted(site, enter, task)
    typed = {"quantity_ok": "no", "note": "Thiếu số liệu quý III."}
    response = press(enter(site.reviewer), approval, "return", **typed)
    assert response.status_code == 400
    assert_clean(response.content)
    said = response.content.decode()
    assert '<a href="#id_content_ok_0">Hãy chọn một câu trả lời cho “nội dung”.' in said
    assert "Thiếu số liệu quý III." in said
    assert node(approval) == "check"


def test_what_the_action_finds_wrong_comes_back_at_the_field(site: House, enter: Enter, task: Task) -> None:
    approval = submitted(site, enter, task)
    response = press(enter(site.reviewer), approval, "accept", **{**GOOD_CHECK, "content_ok": "no", "note": "Xem lại."})
    assert response.status_code == 400
    said = response.content.decode()
    assert 'href="#id_content_ok_0"' in said
    assert "Xem lại." in said
    task.refresh_from_db()
    assert task.state == TaskState.REPORTED


def test_a_newer_version_is_shown_with_what_changed_and_what_was_typed(site: House, enter: Enter, task: Task) -> None:
    approval = approval_of(FlowKind.REPORT, task.pk)
    client = enter(site.member)
    step = step_of(approval)
    address = f"/phe-duyet/buoc/{step.pk}/present/"
    assert client.get(address).context["matter"].version == 1
    save_draft(task.pk, "Đã làm xong thêm.", by=site.head, now=BEFORE)
    response = client.post(address, {"version": "1", "note": "Mời anh xem giúp."})
    assert response.status_code == 409
    assert_clean(response.content)
    said = response.content.decode()
    assert f"Nội dung đã được sửa sau khi ông/bà mở trang này (lúc 08:30 ngày 03/10/2022, do {site.head.name})" in said
    assert "lần ghi" not in said
    assert "+ thêm</span><ins>Đã làm xong thêm.</ins>" in said
    assert f"− bỏ</span><del>Đã làm xong. {SECRET}</del>" in said
    assert "Mời anh xem giúp." in said
    assert 'name="version" value="2"' in said
    assert node(approval) == "draft"
    response = client.post(address, {"version": "2", "note": "Mời anh xem giúp."})
    assert response.status_code == 302
    assert node(approval) == "submit"


@pytest.mark.parametrize("version", ["", "abc", "-1", "9" * 30])
def test_a_version_that_is_none_is_asked_again(site: House, enter: Enter, task: Task, version: str) -> None:
    step = step_of(approval_of(FlowKind.REPORT, task.pk))
    response = enter(site.head).post(f"/phe-duyet/buoc/{step.pk}/submit/", {"version": version})
    assert response.status_code == 409
    assert task.state == TaskState.ASSIGNED


def test_a_step_that_was_decided_says_by_whom(site: House, enter: Enter, task: Task) -> None:
    approval = approval_of(FlowKind.REPORT, task.pk)
    step = step_of(approval)
    press(enter(site.head), approval, "submit")
    for response in (
        enter(site.member).get(f"/phe-duyet/buoc/{step.pk}/present/"),
        enter(site.member).post(f"/phe-duyet/buoc/{step.pk}/present/", {"version": "1"}),
    ):
        assert response.status_code == 409
        assert f"{site.head.name} đã quyết định lúc" in response.content.decode()


def test_a_decision_that_the_step_has_not_is_not_found(site: House, enter: Enter, task: Task) -> None:
    step = step_of(approval_of(FlowKind.REPORT, task.pk))
    assert enter(site.head).get(f"/phe-duyet/buoc/{step.pk}/accept/").status_code == 404
    assert enter(site.head).get("/phe-duyet/buoc/999999/accept/").status_code == 404
    assert enter(site.head).get("/phe-duyet/999999/").status_code == 404


@pytest.mark.parametrize(("place", "path"), [("viec", "/"), ("ban", "/ban-dieu-phoi/")])
def test_a_decision_goes_back_to_the_list_it_was_begun_in(
    site: House, enter: Enter, task: Task, place: str, path: str
) -> None:
    approval = submitted(site, enter, task)
    step = step_of(approval)
    client = enter(site.reviewer)
    assert f'href="{path}"' in client.get(f"/phe-duyet/buoc/{step.pk}/accept/?tu={place}").content.decode()
    response = client.post(f"/phe-duyet/buoc/{step.pk}/accept/", {"version": "1", "tu": place, **GOOD_CHECK})
    assert (response.status_code, response["Location"]) == (302, path)


def test_a_leader_grants_the_day_that_was_asked_or_another(site: House, enter: Enter, task: Task) -> None:
    extension = ask_extension(task.pk, "Chờ số liệu.", date(2022, 10, 21), by=site.head, now=BEFORE)
    approval = approval_of(FlowKind.EXTENSION, extension.pk)
    response = press(enter(site.reviewer), approval, "advise", reason="Nên cho.")
    assert response.status_code == 200
    step = step_of(approval)
    said = enter(site.leader).get(f"/phe-duyet/buoc/{step.pk}/approve/").content.decode()
    assert 'value="21/10/2022"' in said
    assert "Nên cho." in said
    response = press(enter(site.leader), approval, "approve", new_due="15/10/2022")
    assert response.status_code == 400
    assert "là ngày nghỉ" in response.content.decode()
    press(enter(site.leader), approval, "approve", new_due="20/10/2022")
    task.refresh_from_db()
    assert (task.due_on, task.due_first) == (date(2022, 10, 20), date(2022, 10, 14))


def test_a_refusal_asks_for_its_reason(site: House, enter: Enter) -> None:
    proposal = make_proposal(site.division.pk, "Hai máy in", "Máy cũ hỏng.", by=site.member, now=BEFORE)
    approval = approval_of(FlowKind.PROPOSAL, proposal.pk)
    response = press(enter(site.head), approval, "refuse", reason="  ")
    assert response.status_code == 400
    assert "Hãy ghi lý do không đồng ý." in response.content.decode()
    response = press(enter(site.head), approval, "refuse", reason="Chưa cần.")
    assert response.redirect_chain == [(f"/phe-duyet/{approval.pk}/", 302)]
    assert "Không đồng ý" in response.content.decode()


# --- a draft written anew ---


def signed_letter(site: House, task: Task) -> tuple[Document, Approval]:
    """A letter that Chánh Văn phòng has signed; văn thư has it."""
    document = letter(site, task, site.office_member)
    approval = approval_of(FlowKind.DOCUMENT, document.pk)
    way = {
        "prepare": ("present", site.office_member),
        "head": ("approve", site.chief),
        "form": ("approve", site.reviewer),
        "sign_order": ("sign", site.chief),
    }
    while node(approval) != "issue":
        outcome, actor = way[node(approval)]
        decide(step_of(approval).pk, outcome, document.revision, by=actor, now=BEFORE)
    return document, approval


def test_a_draft_changed_after_it_was_signed_goes_back_to_its_signer(site: House, enter: Enter, task: Task) -> None:
    document, approval = signed_letter(site, task)
    client = enter(site.reviewer)
    address = f"/phe-duyet/van-ban/{document.pk}/sua/"
    shown = client.get(address)
    assert_clean(shown.content)
    assert "Điều 11 khoản 2" in shown.content.decode()
    sent = {
        "revision": "1",
        "subject": "đôn đốc",
        "body": "Đề nghị báo cáo ngay.",
        "recipients": "Phòng Một\n\nPhòng Hai",
    }
    response = client.post(address, sent, follow=True)
    assert response.redirect_chain == [(f"/phe-duyet/{approval.pk}/", 302)]
    document.refresh_from_db()
    assert (document.revision, document.signed_at, document.recipients) == (2, None, ["Phòng Một", "Phòng Hai"])
    assert node(approval) == "sign_order"
    assert event_names(task)[-1] == "approval.decide"
    assert "Dự thảo được sửa sau khi ký, trả người ký" in response.content.decode()
    clerk = enter(site.clerk)
    assert document.status == DocumentStatus.DRAFT
    press(enter(site.chief), approval, "sign")
    press(clerk, approval, "issue")
    document.refresh_from_db()
    assert document.status == DocumentStatus.ISSUED


def test_a_signer_who_looked_at_the_former_text_signs_nothing(site: House, enter: Enter, task: Task) -> None:
    document = letter(site, task, site.reviewer)
    approval = approval_of(FlowKind.DOCUMENT, document.pk)
    client = enter(site.reviewer)
    client.post(
        f"/phe-duyet/van-ban/{document.pk}/sua/",
        {"revision": "1", "subject": "đôn đốc", "body": "Lời mới.", "recipients": "Phòng Một"},
    )
    step = step_of(approval)
    response = client.post(f"/phe-duyet/buoc/{step.pk}/present/", {"version": "1"})
    assert response.status_code == 409
    assert "<ins>Lời mới.</ins>" in response.content.decode()


def test_two_who_write_a_draft_anew_lose_nothing(site: House, enter: Enter, task: Task) -> None:
    document = letter(site, task, site.member)
    address = f"/phe-duyet/van-ban/{document.pk}/sua/"
    sent = {"revision": "1", "subject": "đôn đốc", "recipients": "Phòng Một"}
    assert enter(site.member).post(address, {**sent, "body": "Lời thứ nhất."}).status_code == 302
    response = enter(site.head).post(address, {**sent, "body": "Lời thứ hai."})
    assert response.status_code == 409
    assert_clean(response.content)
    said = response.content.decode()
    assert "<ins>Lời thứ nhất.</ins>" in said
    assert "Lời thứ hai.</textarea>" in said
    assert 'name="revision" value="2"' in said


def test_who_may_not_draft_may_not_write_anew(site: House, enter: Enter, task: Task) -> None:
    document, _approval = signed_letter(site, task)
    address = f"/phe-duyet/van-ban/{document.pk}/sua/"
    assert enter(site.inspector).get(address).status_code == 403
    assert enter(site.stranger).get(address).status_code == 404
    assert enter(site.member).get("/phe-duyet/van-ban/999999/sua/").status_code == 404
    response = enter(site.member).post(address, {"revision": "1", "subject": "", "body": "", "recipients": " \n "})
    assert response.status_code == 400
    assert "Hãy ghi ít nhất một nơi ở phần “Kính gửi”" in response.content.decode()
    assert Document.objects.get(pk=document.pk).revision == 1


# --- what is said, given, and to whom a step is given ---


def test_participants_talk_and_give_files(site: House, enter: Enter, task: Task) -> None:
    approval = submitted(site, enter, task)
    client = enter(site.reviewer)
    response = client.post(f"/phe-duyet/{approval.pk}/trao-doi/", {"text": "Số liệu quý III ở đâu?"}, follow=True)
    assert response.redirect_chain == [(f"/phe-duyet/{approval.pk}/#trao-doi", 302)]
    assert "Số liệu quý III ở đâu?" in response.content.decode()
    file = SimpleUploadedFile("phụ lục.pdf", b"%PDF-1.4 mau")
    response = enter(site.member).post(f"/phe-duyet/{approval.pk}/kem-tep/", {"content": file}, follow=True)
    assert "phụ lục.pdf" in response.content.decode()
    assert_clean(response.content)
    assert (Comment.objects.count(), Enclosure.objects.count()) == (1, 1)
    given = Enclosure.objects.get()
    served = client.get(f"/phe-duyet/tep/{given.pk}/")
    assert served["Content-Type"] == "application/octet-stream"
    assert served["Content-Disposition"].startswith("attachment")
    assert b"".join(served) == b"%PDF-1.4 mau"
    assert enter(site.stranger).get(f"/phe-duyet/tep/{given.pk}/").status_code == 404


def test_an_empty_comment_and_a_bad_file_come_back_to_the_page(site: House, enter: Enter, task: Task) -> None:
    approval = approval_of(FlowKind.REPORT, task.pk)
    client = enter(site.member)
    response = client.post(f"/phe-duyet/{approval.pk}/trao-doi/", {"text": " "})
    assert response.status_code == 400
    assert_clean(response.content)
    assert '<a href="#id_text">' in response.content.decode()
    bad = SimpleUploadedFile("a.pdf", b"MZ\x90\x00\x03\x00\x00\x00")
    for sent in ({}, {"content": bad}):
        response = client.post(f"/phe-duyet/{approval.pk}/kem-tep/", sent)
        assert response.status_code == 400
        assert '<a href="#id_content">' in response.content.decode()
    assert (Comment.objects.count(), Enclosure.objects.count()) == (0, 0)


def test_who_only_looks_on_is_offered_no_form(site: House, enter: Enter, task: Task) -> None:
    approval = approval_of(FlowKind.REPORT, task.pk)
    assert "/trao-doi/" not in page(enter(site.inspector), approval)
    response = enter(site.inspector).post(f"/phe-duyet/{approval.pk}/trao-doi/", {"text": "?"})
    assert response.status_code == 403


def test_a_head_gives_a_step_to_one_of_his_people(site: House, enter: Enter, task: Task) -> None:
    approval = approval_of(FlowKind.REPORT, task.pk)
    step = step_of(approval)
    address = f"/phe-duyet/buoc/{step.pk}/giao/"
    assert address in page(enter(site.head), approval)
    client = enter(site.head)
    shown = client.get(address)
    assert_clean(shown.content)
    assert site.member.name in shown.content.decode()
    assert client.post(address, {"person": ""}).status_code == 400
    assert client.post(address, {"person": str(site.stranger.person_id)}).status_code == 400
    response = client.post(address, {"person": str(site.member.person_id)}, follow=True)
    assert response.redirect_chain == [(f"/phe-duyet/{approval.pk}/", 302)]
    assert f"chờ {site.member.name}" in response.content.decode()
    assert enter(site.member).get(address).status_code == 403
    assert enter(site.stranger).get(address).status_code == 404
    client.post(address, {"person": ""})
    assert Step.objects.get(pk=step.pk).owner_id is None


# --- the task's page ---


def test_the_task_page_leads_with_the_step_that_waits(site: House, enter: Enter, task: Task) -> None:
    approval = approval_of(FlowKind.REPORT, task.pk)
    step = step_of(approval)
    response = enter(site.head).get(f"/nhiem-vu/{task.pk}/")
    assert_clean(response.content)
    said = response.content.decode()
    assert 'id="phe-duyet"' in said
    assert f'<a class="button primary" href="/phe-duyet/buoc/{step.pk}/submit/">Nộp báo cáo</a>' in said
    assert said.count('class="button primary"') == 1
    said = enter(site.inspector).get(f"/nhiem-vu/{task.pk}/").content.decode()
    assert "chờ Người thực hiện (Phòng Một)" in said
    assert f"/phe-duyet/buoc/{step.pk}/" not in said


def test_a_task_without_approvals_shows_no_panel(site: House, enter: Enter) -> None:
    task = make_task(site, now=BEFORE)
    assert 'id="phe-duyet"' not in enter(site.head).get(f"/nhiem-vu/{task.pk}/").content.decode()


def test_the_panel_asks_as_many_queries_for_many_as_for_one(site: House, enter: Enter, task: Task) -> None:
    client = enter(site.chief)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(f"/nhiem-vu/{task.pk}/").status_code == 200
        return len(queries)

    letter(site, task, site.member)
    client.get(f"/nhiem-vu/{task.pk}/")
    one = asked()
    for _ in range(3):
        letter(site, task, site.member)
    assert asked() == one


# --- proposals ---


def test_a_specialist_proposes_in_his_units_name(site: House, enter: Enter) -> None:
    client = enter(site.member)
    shown = client.get("/de-xuat/moi/")
    assert_clean(shown.content)
    assert "Đơn vị đề xuất: Phòng Một" in shown.content.decode()
    unit = str(site.division.pk)
    response = client.post("/de-xuat/moi/", {"unit": unit, "subject": "", "content": "Máy cũ hỏng."})
    assert response.status_code == 400
    assert "Máy cũ hỏng.</textarea>" in response.content.decode()
    response = client.post("/de-xuat/moi/", {"unit": str(site.other.pk), "subject": "Máy", "content": "Hỏng."})
    assert response.status_code == 400
    response = client.post("/de-xuat/moi/", {"unit": unit, "subject": "Hai máy in", "content": "Hỏng."}, follow=True)
    approval = Approval.objects.get(kind=FlowKind.PROPOSAL)
    assert response.redirect_chain == [(f"/phe-duyet/{approval.pk}/", 302)]
    assert node(approval) == "head"
    press(enter(site.head), approval, "approve")
    press(enter(site.chief), approval, "advise", reason="Nên mua một máy.")
    press(enter(site.leader), approval, "approve")
    assert Proposal.objects.get().status == "approved"
    assert "Đã duyệt" in client.get("/de-xuat/").content.decode()


def test_the_list_holds_the_units_own_proposals(site: House, enter: Enter) -> None:
    for number in range(32):
        make_proposal(site.division.pk, f"Máy in số {number}.", "Hỏng.", by=site.member, now=BEFORE)
    first = enter(site.member).get("/de-xuat/")
    assert_clean(first.content)
    said = first.content.decode()
    assert "Máy in số 31." in said
    assert "Máy in số 1." not in said
    after = first.context["page"].after
    assert "Máy in số 1." in enter(site.member).get(f"/de-xuat/?sau={after}").content.decode()
    assert "Máy in số" not in enter(site.stranger).get("/de-xuat/").content.decode()
    assert "Máy in số 31." in enter(site.leader).get("/de-xuat/").content.decode()
    observer = make_actor(Role.OBSERVER, site.division)
    sync_grants(by=None, now=BEFORE)
    for actor in (site.admin, site.outsider, observer):
        response = enter(actor).get("/de-xuat/")
        assert response.status_code == 403
        assert 'href="/de-xuat/"' not in response.content.decode()
    assert enter(site.leader).get("/de-xuat/moi/").status_code == 403
    assert enter(site.member).get("/de-xuat/?sau=x").status_code == 200


def test_the_list_asks_as_many_queries_for_many_as_for_one(site: House, enter: Enter) -> None:
    client = enter(site.member)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/de-xuat/")
        return len(queries)

    make_proposal(site.division.pk, "Máy in", "Hỏng.", by=site.member, now=BEFORE)
    client.get("/de-xuat/")
    one = asked()
    for _ in range(3):
        make_proposal(site.division.pk, "Máy in", "Hỏng.", by=site.member, now=BEFORE)
    assert asked() == one
