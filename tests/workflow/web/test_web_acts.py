"""Each act through its form: it calls its action, goes back to its place, and keeps what was typed when refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.factories import MONDAY, House, at, event_names, make_drafted_reminder, make_duty, make_task
from tests.workflow.web.conftest import GONE, Enter, SetClock, assert_clean, pass_step, step_path
from workflow.choices import EscalationStatus, FlowKind, ReportStatus, RequestStatus, TaskKind, TaskState
from workflow.models import (
    Attachment,
    Direction,
    Escalation,
    Extension,
    Obstacle,
    ProgressNote,
    Reminder,
    Report,
    Suspension,
    Task,
)
from workflow.web.acts import ACTS

GOOD_CHECK = {"quantity_ok": "yes", "content_ok": "yes", "time_ok": "yes", "note": ""}
BAD_CHECK = {"quantity_ok": "no", "content_ok": "yes", "time_ok": "yes", "note": "Còn thiếu số liệu quý III."}


def act(client: Client, task: Task, slug: str, **typed: Any) -> Any:
    """Open the act's form as a person does, and send it with what the page shows and what is typed."""
    shown = client.get(f"/nhiem-vu/{task.pk}/{slug}/")
    assert shown.status_code == 200, shown.content.decode()[-1500:]
    assert_clean(shown.content)
    context = shown.context
    return client.post(f"/nhiem-vu/{task.pk}/{slug}/", {"target": context["target"], **typed}, follow=True)


def draft(client: Client, task: Task, content: str = "Đã làm xong.") -> None:
    """Write a report draft."""
    response = act(client, task, "soan-bao-cao", content=content, evidence="Báo cáo 01/BC")
    assert "Đã lưu bản thảo" in response.content.decode()


def submit(site: House, enter: Enter, task: Task) -> Report:
    """Have the member write and the head submit a report."""
    draft(enter(site.member), task)
    response = pass_step(enter(site.head), FlowKind.REPORT, task.pk, "submit")
    assert "Đã nộp; bản đã nộp được đóng lại." in response.content.decode()
    return Report.objects.get(task=task, status=ReportStatus.SUBMITTED)


def carry_out(site: House, enter: Enter, document_id: int) -> str:
    """Carry the first division's draft through its whole flow, page by page; return what the clerk's form showed."""
    for actor, outcome in (
        (site.member, "present"),
        (site.head, "approve"),
        (site.reviewer, "approve"),
        (site.leader, "sign"),
    ):
        pass_step(enter(actor), FlowKind.DOCUMENT, document_id, outcome, note="")
    clerk = enter(site.clerk)
    shown = clerk.get(step_path(FlowKind.DOCUMENT, document_id, "issue")).content.decode()
    pass_step(clerk, FlowKind.DOCUMENT, document_id, "issue")
    return str(shown)


def state_of(task: Task) -> str:
    """Return the task's state as it stands in the table."""
    return str(Task.objects.values_list("state", flat=True).get(pk=task.pk))


def make_consultation(site: House, **columns: Any) -> Task:
    """Make one consultation of the first division under a task of its own."""
    parent = make_task(site, title="Hồ sơ mẫu", kind=TaskKind.DOSSIER, ladder="A")
    columns.setdefault("processing_until", date(2022, 11, 30))
    return make_task(
        site,
        title="Xin ý kiến về hồ sơ mẫu",
        kind=TaskKind.CONSULTATION,
        ladder="B",
        parent=parent,
        unit=site.body,
        host_unit=site.division,
        **columns,
    )


def test_a_member_takes_the_work_up_with_one_button(site: House, enter: Enter, task: Task) -> None:
    response = act(enter(site.member), task, "bat-dau")
    assert response.redirect_chain == [(f"/nhiem-vu/{task.pk}/", 302)]
    assert "Đã ghi nhận bắt đầu thực hiện." in response.content.decode()
    assert (state_of(task), event_names(task)) == ("in_progress", ["task.start"])


def test_a_member_writes_a_draft_and_the_head_submits_it(site: House, enter: Enter, task: Task) -> None:
    report = submit(site, enter, task)
    assert (report.version, report.content, report.submitted_by_id) == (1, "Đã làm xong.", site.head.person_id)
    assert state_of(task) == "reported"


def test_a_draft_may_say_that_there_is_nothing_to_report(site: House, enter: Enter, task: Task) -> None:
    act(enter(site.member), task, "soan-bao-cao", content="", nothing_to_report="on")
    assert Report.objects.get(task=task).nothing_to_report is True


def test_an_empty_draft_is_refused_at_the_field(site: House, enter: Enter, task: Task) -> None:
    response = act(enter(site.member), task, "soan-bao-cao", content="  ", evidence="Biên bản 02")
    assert response.status_code == 400
    content = response.content.decode()
    assert '<a href="#id_content">Hãy ghi nội dung báo cáo' in content
    assert "Biên bản 02" in content
    assert not Report.objects.exists()


def test_a_member_may_not_submit(site: House, enter: Enter, task: Task) -> None:
    client = enter(site.member)
    draft(client, task)
    path = step_path(FlowKind.REPORT, task.pk, "submit")
    assert client.get(path).status_code == 403
    assert client.post(path, {"version": "1"}).status_code == 403
    assert state_of(task) == "assigned"


def test_submitting_what_is_no_longer_the_draft_is_refused_with_a_way_back(
    site: House, enter: Enter, task: Task
) -> None:
    draft(enter(site.member), task)
    path = step_path(FlowKind.REPORT, task.pk, "submit")
    pass_step(enter(site.head), FlowKind.REPORT, task.pk, "submit")
    response = enter(site.head).post(path, {"version": "1"})
    assert response.status_code == 409
    content = response.content.decode()
    assert "Việc này hiện không làm được" in content
    assert "Mở lại hồ sơ" in content.split("<main")[1]
    assert_clean(response.content)


def test_a_form_without_its_version_is_told_to_be_stale(site: House, enter: Enter, task: Task) -> None:
    draft(enter(site.member), task)
    response = enter(site.head).post(step_path(FlowKind.REPORT, task.pk, "submit"), {"version": ""})
    assert response.status_code == 409
    assert "không còn mới" in response.content.decode()
    assert state_of(task) == "assigned"


def test_sending_a_form_twice_does_it_once(site: House, enter: Enter, task: Task) -> None:
    client = enter(site.member)
    first = client.post(f"/nhiem-vu/{task.pk}/bat-dau/")
    second = client.post(f"/nhiem-vu/{task.pk}/bat-dau/")
    assert (first.status_code, second.status_code) == (302, 409)
    assert event_names(task) == ["task.start"]


def test_the_head_takes_a_report_back_before_it_is_checked(site: House, enter: Enter, task: Task) -> None:
    submit(site, enter, task)
    pass_step(enter(site.head), FlowKind.REPORT, task.pk, "withdraw")
    assert state_of(task) == "in_progress"


def test_a_reviewer_accepts_with_three_checks(site: House, enter: Enter, task: Task) -> None:
    report = submit(site, enter, task)
    response = pass_step(enter(site.reviewer), FlowKind.REPORT, task.pk, "accept", **GOOD_CHECK)
    assert "Đã duyệt báo cáo." in response.content.decode()
    report.refresh_from_db()
    assert (report.status, report.quantity_ok, report.content_ok, report.time_ok) == ("accepted", True, True, True)
    assert state_of(task) == "reviewed"


def test_a_check_left_out_is_named_and_the_note_stays(site: House, enter: Enter, task: Task) -> None:
    submit(site, enter, task)
    typed = {"quantity_ok": "yes", "note": "Gần đạt yêu cầu."}
    response = pass_step(enter(site.reviewer), FlowKind.REPORT, task.pk, "accept", **typed)
    assert response.status_code == 400
    content = response.content.decode()
    assert '<a href="#id_content_ok_0">' in content
    assert "Gần đạt yêu cầu." in content
    assert state_of(task) == "reported"


def test_a_reviewer_returns_with_a_reason(site: House, enter: Enter, task: Task) -> None:
    submit(site, enter, task)
    pass_step(enter(site.reviewer), FlowKind.REPORT, task.pk, "return", **BAD_CHECK)
    assert state_of(task) == "in_progress"
    page = enter(site.head).get(f"/nhiem-vu/{task.pk}/").content.decode()
    assert "Còn thiếu số liệu quý III." in page
    assert "Chưa đủ số lượng" in page


def test_a_return_without_a_reason_is_refused(site: House, enter: Enter, task: Task) -> None:
    submit(site, enter, task)
    response = pass_step(enter(site.reviewer), FlowKind.REPORT, task.pk, "return", **{**BAD_CHECK, "note": ""})
    assert response.status_code == 400
    assert "Hãy ghi lý do trả lại." in response.content.decode()


def test_a_check_pinned_to_another_version_is_refused(site: House, enter: Enter, task: Task) -> None:
    submit(site, enter, task)
    path = step_path(FlowKind.REPORT, task.pk, "accept")
    response = enter(site.reviewer).post(path, {"version": "7", **GOOD_CHECK})
    assert response.status_code == 409
    assert state_of(task) == "reported"


def test_the_unit_can_not_check_its_own_report(site: House, enter: Enter, task: Task) -> None:
    submit(site, enter, task)
    path = step_path(FlowKind.REPORT, task.pk, "accept")
    for actor in (site.member, site.head):
        client = enter(actor)
        assert client.get(path).status_code == 403
        assert client.post(path, {"version": "1", **GOOD_CHECK}).status_code == 403
    assert state_of(task) == "reported"


@pytest.mark.parametrize("slug", GONE)
def test_what_a_flow_decides_is_no_act_of_the_tasks_page(site: House, enter: Enter, slug: str) -> None:
    """Each of these was a form of its own once; now nobody finds one, whatever waits on the task."""
    task = make_task(site, due_on=date(2022, 9, 30))
    submit(site, enter, task)
    typed = {"target": "1", **GOOD_CHECK, "reason": "x", "approve": "yes", "new_due": "28/10/2022"}
    for role in ("head", "member", "reviewer", "chief", "clerk", "leader", "inspector", "stranger"):
        client = enter(getattr(site, role))
        assert client.get(f"/nhiem-vu/{task.pk}/{slug}/").status_code == 404
        assert client.post(f"/nhiem-vu/{task.pk}/{slug}/", typed).status_code == 404
        assert f"/{slug}/" not in client.get(f"/nhiem-vu/{task.pk}/").content.decode()
    assert (slug in ACTS, state_of(task)) == (False, "reported")


def test_a_file_is_attached_and_listed(site: House, enter: Enter, task: Task, tmp_path: Any, settings: Any) -> None:
    client = enter(site.member)
    draft(client, task)
    pdf = SimpleUploadedFile("bien-ban.pdf", b"%PDF-1.4\n%mau\n%%EOF\n", content_type="application/pdf")
    response = act(client, task, "dinh-kem", content=pdf)
    assert "Đã đính kèm tệp." in response.content.decode()
    assert Attachment.objects.get(task=task).name == "bien-ban.pdf"
    assert "bien-ban.pdf" in client.get(f"/nhiem-vu/{task.pk}/").content.decode()


def test_no_file_and_a_file_of_an_unknown_kind_are_refused(site: House, enter: Enter, task: Task) -> None:
    client = enter(site.member)
    assert "Hãy chọn một tệp." in act(client, task, "dinh-kem").content.decode()
    program = SimpleUploadedFile("chay.exe", b"MZ\x90\x00", content_type="application/pdf")
    response = act(client, task, "dinh-kem", content=program)
    assert response.status_code == 400
    assert not Attachment.objects.exists()


def test_a_file_over_the_limit_is_refused_in_words(site: House, enter: Enter, task: Task, settings: Any) -> None:
    settings.ATTACHMENT_MAX_BYTES = 1024 * 1024
    big = SimpleUploadedFile("lon.pdf", b"%PDF-1.4\n" + b"0" * 1024 * 1024)
    response = act(enter(site.member), task, "dinh-kem", content=big)
    assert response.status_code == 400
    assert "lớn quá 1 MB" in response.content.decode()


def test_a_member_notes_progress(site: House, enter: Enter, task: Task) -> None:
    act(enter(site.member), task, "ghi-tien-do", text="Đã lấy xong số liệu.")
    assert ProgressNote.objects.get(task=task).text == "Đã lấy xong số liệu."


def test_a_month_is_confirmed_with_yes_or_no(site: House, enter: Enter) -> None:
    task = make_task(site, due_on=None, due_first=None, last_day=None, confirm_monthly=True)
    Task.objects.filter(pk=task.pk).update(confirm_asked=date(2022, 9, 1))
    client = enter(site.member)
    assert "Xác nhận tháng 09/2022" in client.get(f"/nhiem-vu/{task.pk}/").content.decode()
    refused = act(client, task, "xac-nhan-thang", has_work="yes", text="")
    assert "Có phát sinh thì hãy ghi nội dung đã làm." in refused.content.decode()
    act(client, task, "xac-nhan-thang", has_work="no")
    note = ProgressNote.objects.get(task=task)
    assert (note.month, note.has_work) == (date(2022, 9, 1), False)


def test_the_head_assigns_a_person_of_the_unit(site: House, enter: Enter, task: Task) -> None:
    act(enter(site.head), task, "phan-cong", person_id=site.member.person_id)
    task.refresh_from_db()
    assert task.assignee_id == site.member.person_id
    refused = act(enter(site.head), task, "phan-cong", person_id=site.stranger.person_id)
    assert refused.status_code == 400
    assert "không có trong danh sách" in refused.content.decode()


def test_the_office_gives_a_task_its_lead_unit(site: House, enter: Enter) -> None:
    task = make_task(site, unit=None)
    act(enter(site.reviewer), task, "giao-chu-tri", unit_id=site.other.pk)
    task.refresh_from_db()
    assert task.unit_id == site.other.pk


def test_the_office_records_the_awaited_event(site: House, enter: Enter) -> None:
    task = make_task(site, state=TaskState.WAITING_EVENT, event_text="Sau khi công bố")
    refused = act(enter(site.reviewer), task, "ghi-su-kien", event_number="15/QĐ", event_on="31/02/2022")
    content = refused.content.decode()
    assert "Ngày chưa đúng. Hãy ghi ngày/tháng/năm" in content
    assert 'value="31/02/2022"' in content
    assert 'value="15/QĐ"' in content
    act(enter(site.reviewer), task, "ghi-su-kien", event_number="15/QĐ", event_on="30/9/2022")
    task.refresh_from_db()
    assert (task.state, task.event_on) == ("assigned", date(2022, 9, 30))


@pytest.mark.parametrize("typed", ["28/10/2022", "28-10-2022", "28.10.2022", "2022-10-28"])
def test_a_day_is_understood_in_each_usual_way(site: House, enter: Enter, task: Task, typed: str) -> None:
    act(enter(site.head), task, "xin-gia-han", reason="Chờ số liệu.", wanted_due=typed)
    assert Extension.objects.get(task=task).wanted_due == date(2022, 10, 28)


@pytest.mark.parametrize("typed", ["", "mai", "28/13/2022", "10/28/2022", "28/10/22", "28/10/3022"])
def test_a_wrong_day_is_told_and_kept(site: House, enter: Enter, task: Task, typed: str) -> None:
    response = act(enter(site.head), task, "xin-gia-han", reason="Chờ số liệu từ Cục Thuế.", wanted_due=typed)
    assert response.status_code == 400
    content = response.content.decode()
    assert '<a href="#id_wanted_due">' in content
    assert "Chờ số liệu từ Cục Thuế." in content
    assert not Extension.objects.exists()
    assert_clean(response.content)


def ask_for_time(site: House, enter: Enter, task: Task) -> int:
    """Have the head ask for more time and Văn phòng advise; return the request's key."""
    act(enter(site.head), task, "xin-gia-han", reason="Chờ số liệu.", wanted_due="28/10/2022")
    request = Extension.objects.get(task=task).pk
    pass_step(enter(site.reviewer), FlowKind.EXTENSION, request, "advise", reason="Nên đồng ý.")
    return request


def test_a_leader_approves_an_extension_and_the_first_deadline_stays(site: House, enter: Enter, task: Task) -> None:
    request = ask_for_time(site, enter, task)
    pass_step(enter(site.leader), FlowKind.EXTENSION, request, "approve", new_due="28/10/2022", reason="")
    task.refresh_from_db()
    assert (task.due_on, task.due_first) == (date(2022, 10, 28), date(2022, 10, 14))


def test_a_refusal_of_an_extension_needs_its_reason(site: House, enter: Enter, task: Task) -> None:
    request = ask_for_time(site, enter, task)
    client = enter(site.leader)
    refused = pass_step(client, FlowKind.EXTENSION, request, "refuse", reason="")
    assert "Hãy ghi lý do không đồng ý." in refused.content.decode()
    assert Extension.objects.get(task=task).status == RequestStatus.PENDING
    pass_step(client, FlowKind.EXTENSION, request, "refuse", reason="Việc không phụ thuộc số liệu đó.")
    assert Extension.objects.get(task=task).status == RequestStatus.REFUSED


def test_work_is_suspended_on_a_ground_and_resumed(site: House, enter: Enter, task: Task, set_clock: SetClock) -> None:
    ground = {"ground": "Chờ văn bản hướng dẫn", "ground_number": "88/CV", "ground_on": "03/10/2022"}
    act(enter(site.reviewer), task, "tam-dung", **ground)
    assert state_of(task) == "suspended"
    set_clock(date(2022, 10, 5), "09:00")
    act(enter(site.reviewer), task, "tiep-tuc")
    assert state_of(task) == "assigned"
    assert Suspension.objects.get(task=task).days_moved >= 1


def test_an_obstacle_is_raised_advised_on_and_decided(site: House, enter: Enter, task: Task) -> None:
    act(enter(site.member), task, "neu-vuong-mac", text="Phần mềm của Bộ đang bảo trì.")
    obstacle = Obstacle.objects.get(task=task)
    pass_step(enter(site.reviewer), FlowKind.OBSTACLE, obstacle.pk, "advise", reason="Đề nghị cho lùi.")
    pass_step(enter(site.leader), FlowKind.OBSTACLE, obstacle.pk, "approve", reason="Đồng ý, tiếp tục theo dõi.")
    obstacle.refresh_from_db()
    assert (obstacle.status, obstacle.advice, obstacle.decision) == (
        RequestStatus.APPROVED,
        "Đề nghị cho lùi.",
        "Đồng ý, tiếp tục theo dõi.",
    )


def test_a_unit_consults_two_bodies_each_with_its_own_row(site: House, enter: Enter, task: Task) -> None:
    client = enter(site.member)
    act(client, task, "bat-dau")
    bodies = [site.body.pk, site.silent_body.pk]
    act(client, task, "lay-y-kien", unit_ids=bodies, question="Đề nghị góp ý dự thảo.", due_on="12/10/2022")
    children = Task.objects.filter(parent=task)
    assert {child.unit_id for child in children} == set(bodies)
    page = client.get(f"/nhiem-vu/{task.pk}/").content.decode()
    assert "Sở Tài chính" in page
    assert "Sở Xây dựng" in page


def test_a_consultation_of_nobody_is_refused_and_keeps_the_question(site: House, enter: Enter, task: Task) -> None:
    client = enter(site.member)
    act(client, task, "bat-dau")
    response = act(client, task, "lay-y-kien", question="Đề nghị góp ý dự thảo.", due_on="12/10/2022")
    assert response.status_code == 400
    assert "Đề nghị góp ý dự thảo." in response.content.decode()
    assert not Task.objects.filter(parent=task).exists()


def test_the_clerk_records_a_paper_answer_and_the_unit_accepts_it(site: House, enter: Enter) -> None:
    child = make_consultation(site, by_paper=True)
    typed = {"number": "215/STC", "answered_on": "03/10/2022", "content": "Thống nhất."}
    act(enter(site.clerk), child, "ghi-tra-loi", **typed)
    assert state_of(child) == "reported"
    act(enter(site.member), child, "nhan-tra-loi")
    assert state_of(child) == "reviewed"


def test_the_unit_asks_for_a_better_answer(site: House, enter: Enter) -> None:
    child = make_consultation(site, by_paper=True)
    typed = {"number": "215/STC", "answered_on": "03/10/2022", "content": "Không có ý kiến."}
    act(enter(site.clerk), child, "ghi-tra-loi", **typed)
    act(enter(site.member), child, "tra-lai-tra-loi", reason="Chưa nói rõ về nguồn vốn.")
    assert state_of(child) in {"in_progress", "escalated"}


def test_a_body_with_an_account_answers_itself(site: House, enter: Enter) -> None:
    child = make_consultation(site)
    client = enter(site.outsider)
    shown = client.get(f"/nhiem-vu/{child.pk}/").content.decode()
    assert "Viết ý kiến trả lời" not in shown, "a body outside answers by a numbered paper only"
    act(client, child, "ghi-tra-loi", number="12/STC", answered_on="03/10/2022", content="Thống nhất với dự thảo.")
    assert state_of(child) == "reported"


def test_a_consulted_unit_sends_its_answer_itself_and_takes_it_back(site: House, enter: Enter) -> None:
    """An answer inside the department passes through no flow: whoever asked accepts it or sends it back."""
    child = make_consultation(site)
    Task.objects.filter(pk=child.pk).update(unit=site.other)
    member, head = enter(site.stranger), enter(site.other_head)
    act(member, child, "soan-bao-cao", content="Thống nhất với dự thảo.", evidence="")
    assert member.get(f"/nhiem-vu/{child.pk}/gui-tra-loi/").status_code == 403
    assert member.post(f"/nhiem-vu/{child.pk}/gui-tra-loi/", {"target": "1"}).status_code == 403
    shown = head.get(f"/nhiem-vu/{child.pk}/gui-tra-loi/").content.decode()
    assert "Thống nhất với dự thảo." in shown
    act(head, child, "gui-tra-loi")
    assert state_of(child) == "reported"
    again = head.post(f"/nhiem-vu/{child.pk}/gui-tra-loi/", {"target": "1"})
    assert again.status_code == 409
    assert f'href="/nhiem-vu/{child.pk}/"' in again.content.decode()
    assert member.get(f"/nhiem-vu/{child.pk}/rut-tra-loi/").status_code == 403
    act(head, child, "rut-tra-loi")
    assert state_of(child) == "in_progress"
    act(member, child, "soan-bao-cao", content="Thống nhất, bổ sung phụ lục.", evidence="")
    act(head, child, "gui-tra-loi")
    act(enter(site.member), child, "nhan-tra-loi")
    assert state_of(child) == "reviewed"


def test_a_drafted_reminder_is_shown_in_full_and_issued_by_the_clerk(site: House, enter: Enter) -> None:
    child = make_consultation(site, due_on=date(2022, 9, 30))
    act(enter(site.member), child, "soan-don-doc")
    reminder = Reminder.objects.get(task=child)
    shown = carry_out(site, enter, reminder.document_id)
    assert reminder.document.subject in shown
    assert "không thu hồi được" in shown
    reminder.refresh_from_db()
    assert reminder.status == "issued"
    assert reminder.document.full_number == "01/SKHĐT-P-A"


def test_a_drafted_reminder_is_withdrawn_with_a_reason(site: House, enter: Enter) -> None:
    child = make_consultation(site, due_on=date(2022, 9, 30))
    make_drafted_reminder(child)
    act(enter(site.reviewer), child, "rut-don-doc", reason="Cơ quan đã gọi điện xin chậm một ngày.")
    assert Reminder.objects.get(task=child).status == "withdrawn"


def test_a_reminder_is_drafted_by_hand_once_a_body_is_late(site: House, enter: Enter, set_clock: SetClock) -> None:
    child = make_consultation(site, due_on=date(2022, 9, 30))
    client = enter(site.member)
    assert "Soạn đôn đốc lần 1" in client.get(f"/nhiem-vu/{child.pk}/").content.decode()
    act(client, child, "soan-don-doc")
    assert Reminder.objects.get(task=child).ordinal == 1


def test_with_the_processing_time_exhausted_there_is_no_reminder_button(
    site: House, enter: Enter, set_clock: SetClock
) -> None:
    child = make_consultation(site, due_on=date(2022, 9, 30), processing_until=date(2022, 9, 30))
    client = enter(site.member)
    assert "Soạn đôn đốc" not in client.get(f"/nhiem-vu/{child.pk}/").content.decode()
    assert client.get(f"/nhiem-vu/{child.pk}/soan-don-doc/").status_code == 409
    act(client, child, "bao-cao-ubnd", reason="Đã hết thời gian xử lý.")
    assert state_of(child) == "escalated"


def test_a_report_to_the_province_is_issued_and_its_direction_recorded(site: House, enter: Enter) -> None:
    child = make_consultation(site, due_on=date(2022, 9, 30), processing_until=date(2022, 9, 30))
    act(enter(site.member), child, "bao-cao-ubnd", reason="Đã hết thời gian xử lý.")
    duty = Escalation.objects.get(task=child)
    carry_out(site, enter, duty.document_id)
    duty.refresh_from_db()
    assert duty.status == EscalationStatus.SENT
    both = {"number": "9012/UBND", "issued_on": "03/10/2022", "content": "Làm ngay.", "new_due": "28/10/2022"}
    refused = pass_step(enter(site.clerk), FlowKind.ESCALATION, duty.pk, "record", **both, closes="on")
    assert "thì không ghi hạn mới" in refused.content.decode()
    pass_step(enter(site.clerk), FlowKind.ESCALATION, duty.pk, "record", **both)
    assert Direction.objects.get(escalation=duty).new_due == date(2022, 10, 28)
    child.refresh_from_db()
    assert (child.state, child.round, child.due_on) == ("in_progress", 2, date(2022, 10, 28))


def test_a_leader_withdraws_a_report_to_the_province(site: House, enter: Enter) -> None:
    task = make_task(site, state=TaskState.ESCALATED, ladder_done=True)
    make_duty(task, EscalationStatus.SENT)
    assert enter(site.clerk).get(f"/nhiem-vu/{task.pk}/rut-bao-cao-ubnd/").status_code == 403
    act(enter(site.leader), task, "rut-bao-cao-ubnd", reason="Đơn vị đã báo cáo trực tiếp.")
    assert state_of(task) == "in_progress"


def test_only_a_leader_cancels_and_says_why(site: House, enter: Enter, task: Task) -> None:
    for actor in (site.head, site.reviewer, site.clerk, site.inspector):
        assert enter(actor).get(f"/nhiem-vu/{task.pk}/huy/").status_code == 403
    refused = act(enter(site.leader), task, "huy", reason=" ")
    assert refused.status_code == 400
    act(enter(site.leader), task, "huy", reason="Trùng với việc khác.")
    assert state_of(task) == "cancelled"


def test_a_leader_reopens_a_finished_task(site: House, enter: Enter, task: Task) -> None:
    submit(site, enter, task)
    pass_step(enter(site.reviewer), FlowKind.REPORT, task.pk, "accept", **GOOD_CHECK)
    act(enter(site.leader), task, "mo-lai", reason="Số liệu đã bị sửa sau đó.")
    assert state_of(task) == "in_progress"


def test_an_act_begun_from_my_work_goes_back_there(site: House, enter: Enter, task: Task) -> None:
    client = enter(site.member)
    shown = client.get(f"/nhiem-vu/{task.pk}/ghi-tien-do/?tu=viec").content.decode()
    assert 'name="tu" value="viec"' in shown
    response = client.post(f"/nhiem-vu/{task.pk}/ghi-tien-do/", {"text": "Đang làm.", "tu": "viec"})
    assert response.headers["Location"] == "/"


def test_the_place_to_go_back_to_can_not_be_another_site(site: House, enter: Enter, task: Task) -> None:
    response = enter(site.member).post(
        f"/nhiem-vu/{task.pk}/ghi-tien-do/", {"text": "Đang làm.", "tu": "https://xau.example/"}
    )
    assert response.headers["Location"] == f"/nhiem-vu/{task.pk}/#tien-do"


@pytest.mark.parametrize("slug", sorted(ACTS))
def test_each_act_is_offered_only_where_its_page_opens(site: House, enter: Enter, task: Task, slug: str) -> None:
    for role in ("head", "member", "reviewer", "clerk", "leader", "inspector"):
        client = enter(getattr(site, role))
        page = client.get(f"/nhiem-vu/{task.pk}/").content.decode()
        offered = f'href="/nhiem-vu/{task.pk}/{slug}/"' in page
        status = client.get(f"/nhiem-vu/{task.pk}/{slug}/").status_code
        assert offered == (status == 200), (role, status)
        assert status in {200, 403, 409}


def test_an_inspector_is_offered_nothing_to_do(site: House, enter: Enter, task: Task) -> None:
    page = enter(site.inspector).get(f"/nhiem-vu/{task.pk}/").content.decode()
    assert "Hiện ông/bà không phải làm gì với nhiệm vụ này." in page


def test_a_task_of_the_province_is_opened(site: House, enter: Enter) -> None:
    typed = {
        "title": "Rà soát dự án chậm tiến độ",
        "unit_id": site.division.pk,
        "number": "901/UBND-KT",
        "issued_on": "03/10/2022",
        "due_on": "28/10/2022",
    }
    client = enter(site.reviewer)
    refused = client.post("/nhiem-vu/mo-viec-ubnd/", {**typed, "due_on": "28/10"})
    assert refused.status_code == 400
    assert "901/UBND-KT" in refused.content.decode()
    response = client.post("/nhiem-vu/mo-viec-ubnd/", typed, follow=True)
    opened = Task.objects.get(kind=TaskKind.PROVINCE)
    assert response.redirect_chain[-1][0] == f"/nhiem-vu/{opened.pk}/"
    assert opened.due_on == date(2022, 10, 28)


def test_a_dossier_is_opened_by_its_unit_and_not_for_another(site: House, enter: Enter) -> None:
    typed = {
        "code": "HS-0123",
        "title": "Chấp thuận chủ trương đầu tư",
        "unit_id": site.division.pk,
        "processing_until": "28/10/2022",
    }
    client = enter(site.member)
    other = client.post("/nhiem-vu/mo-ho-so/", {**typed, "unit_id": site.other.pk})
    assert other.status_code == 400
    client.post("/nhiem-vu/mo-ho-so/", typed)
    assert Task.objects.get(kind=TaskKind.DOSSIER).code == "HS-0123"
    again = client.post("/nhiem-vu/mo-ho-so/", typed)
    assert again.status_code == 400
    assert "HS-0123" in again.content.decode()


def test_the_moment_of_an_act_is_the_sites(site: House, enter: Enter, task: Task, set_clock: SetClock) -> None:
    set_clock(MONDAY, "10:30")
    act(enter(site.member), task, "ghi-tien-do", text="Đang làm.")
    written = ProgressNote.objects.get(task=task).created_at
    assert abs((written - at(MONDAY, "10:30")).total_seconds()) < 120
