"""Signing in and out, passwords, acting in another's place, the clock, refusals, and an administrator's forms."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone

from tests.factories import MONDAY, House, at, make_task
from tests.workflow.web.conftest import Enter, SetClock, assert_clean
from workflow.actions.unit import delegate
from workflow.models import (
    AuditEvent,
    Delegation,
    DemonstrationClock,
    Membership,
    Person,
    Policy,
    Task,
    Unit,
)
from workflow.queries.clock import current_moment, forget_clock
from workflow.templatetags.dondoc import day, file_size, left_phrase, lines, moment, month, weekday, yes_no
from workflow.web.clock import site_now
from workflow.web.request import number_from
from workflow.web.views.error import broken

PASSWORD = "Mat-khau-mau-2022"


@pytest.fixture
def person(site: House) -> Person:
    """The first division's head with a password."""
    row = Person.objects.get(pk=site.head.person_id)
    row.set_password(PASSWORD)
    row.save(update_fields=["password"])
    return row


def sign_in(person: Person, password: str = PASSWORD, **extra: str) -> Any:
    """Send the sign-in form."""
    client = Client()
    response = client.post("/dang-nhap/", {"username": person.username, "password": password, **extra})
    return client, response


def login_events() -> list[str]:
    """Return the names of the sign-in chain's events."""
    return list(AuditEvent.objects.filter(chain="login").order_by("seq").values_list("name", flat=True))


def test_a_person_signs_in_and_out_and_both_stand_in_the_trail(person: Person) -> None:
    client, response = sign_in(person)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.get("/").status_code == 200
    assert client.post("/dang-xuat/").headers["Location"] == "/dang-nhap/"
    assert client.get("/").status_code == 302
    assert login_events() == ["login.success", "login.end"]


def test_signing_in_leads_back_to_the_page_asked_for_and_never_to_another_site(person: Person) -> None:
    assert sign_in(person, next="/ke-hoach/")[1].headers["Location"] == "/ke-hoach/"
    for wrong in ("https://xau.example/", "//xau.example", "javascript:alert(1)"):
        assert sign_in(person, next=wrong)[1].headers["Location"] == "/"


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(person: Person) -> None:
    wrong = sign_in(person, "sai-mat-khau")[1]
    unknown = Client().post("/dang-nhap/", {"username": "khong-co-ai", "password": "sai"})
    assert (wrong.status_code, unknown.status_code) == (400, 400)
    said = "Tên đăng nhập hoặc mật khẩu không đúng."
    assert said in wrong.content.decode()
    assert said in unknown.content.decode()
    assert "sai-mat-khau" not in wrong.content.decode()
    assert f'value="{person.username}"' in wrong.content.decode()
    assert_clean(wrong.content)


def test_a_refused_sign_in_is_recorded_without_what_was_typed_as_a_name(person: Person) -> None:
    Client().post("/dang-nhap/", {"username": "mat-khau-go-nham", "password": "sai"})
    event = AuditEvent.objects.get(name="login.failure")
    assert "mat-khau-go-nham" not in event.body
    sign_in(person, "sai")
    last = AuditEvent.objects.filter(name="login.failure").order_by("-seq")[0]
    assert json.loads(last.body)["details"]["username"] == person.username


@pytest.mark.parametrize("columns", [{"is_active": False}, {"closed_on": MONDAY}])
def test_a_closed_account_gets_the_answer_of_a_wrong_password(person: Person, columns: dict[str, Any]) -> None:
    Person.objects.filter(pk=person.pk).update(**columns)
    response = sign_in(person)[1]
    assert response.status_code == 400
    assert "không đúng" in response.content.decode()


def test_empty_fields_are_named(site: House) -> None:
    content = Client().post("/dang-nhap/", {}).content.decode()
    assert "Hãy nhập tên đăng nhập." in content
    assert "Hãy nhập mật khẩu." in content


def test_signing_out_asks_for_a_post(person: Person) -> None:
    client = sign_in(person)[0]
    assert client.get("/dang-xuat/").status_code == 405
    assert client.get("/").status_code == 200


def test_the_sign_in_page_answers_a_monitor_that_asks_for_its_head_only(site: House) -> None:
    answer = Client().head("/dang-nhap/")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_form_without_its_token_is_refused_in_vietnamese(person: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    response = client.post("/dang-xuat/")
    assert response.status_code == 403
    assert "Trang đã mở quá lâu" in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"old_password": "sai", "new_password": "Doi-mat-khau-9", "again": "Doi-mat-khau-9"}, "hiện tại không đúng"),
        ({"old_password": PASSWORD, "new_password": "ngan", "again": "ngan"}, "10"),
        ({"old_password": PASSWORD, "new_password": "Doi-mat-khau-9", "again": "Khac-nhau-9999"}, "không giống nhau"),
        ({"old_password": "", "new_password": "", "again": ""}, "Hãy nhập mật khẩu mới."),
    ],
)
def test_a_password_is_not_changed_when_something_is_wrong(person: Person, typed: dict[str, str], said: str) -> None:
    response = sign_in(person)[0].post("/doi-mat-khau/", typed)
    assert response.status_code == 400
    assert said in response.content.decode()
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_a_password_is_changed_and_the_session_goes_on(person: Person) -> None:
    client = sign_in(person)[0]
    typed = {"old_password": PASSWORD, "new_password": "Doi-mat-khau-9", "again": "Doi-mat-khau-9"}
    response = client.post("/doi-mat-khau/", typed, follow=True)
    assert "Đã đổi mật khẩu." in response.content.decode()
    person.refresh_from_db()
    assert person.check_password("Doi-mat-khau-9")
    assert "login.password" in login_events()
    assert "Doi-mat-khau-9" not in AuditEvent.objects.get(name="login.password").body


@pytest.fixture
def power(site: House) -> Delegation:
    """The leader lets the member act in his place this week."""
    place = Membership.objects.get(person_id=site.leader.person_id)
    return delegate(
        place.pk,
        site.member.person_id,
        "KT.",
        "12/UQ",
        MONDAY,
        "Giải quyết công việc hằng ngày",
        MONDAY,
        MONDAY + timedelta(days=4),
        by=None,
        now=at(MONDAY),
    )


def test_a_delegate_chooses_to_act_and_the_top_bar_says_so(site: House, enter: Enter, power: Delegation) -> None:
    client = enter(site.member)
    assert site.leader.name in client.get("/tu-cach/").content.decode()
    client.post("/tu-cach/", {"delegation": power.pk})
    content = client.get("/nhiem-vu/").content.decode()
    assert f"đang làm thay {site.leader.name} (KT.)" in content
    assert "Bàn điều phối" in content
    client.post("/tu-cach/", {"delegation": ""})
    assert "đang làm thay" not in client.get("/").content.decode()


def test_an_act_under_a_delegation_names_both_in_the_trail(site: House, enter: Enter, power: Delegation) -> None:
    task = make_task(site)
    client = enter(site.member)
    client.post("/tu-cach/", {"delegation": power.pk})
    client.post(f"/nhiem-vu/{task.pk}/huy/", {"reason": "Trùng việc."})
    event = AuditEvent.objects.get(name="task.cancel")
    actor = json.loads(event.body)["actor"]
    assert (actor["name"], actor["capacity"]) == (site.member.name, "KT.")
    assert actor["in_place_of"]["id"] == site.leader.person_id


def test_a_delegation_that_ended_falls_back_to_the_persons_own_place(
    site: House, enter: Enter, power: Delegation, set_clock: SetClock
) -> None:
    client = enter(site.member)
    client.post("/tu-cach/", {"delegation": power.pk})
    set_clock(MONDAY + timedelta(days=7), "09:00")
    content = client.get("/").content.decode()
    assert 'class="capacity"' not in content
    assert site.member.name in content


def test_nobody_takes_a_delegation_that_is_not_his(site: House, enter: Enter, power: Delegation) -> None:
    client = enter(site.stranger)
    assert client.post("/tu-cach/", {"delegation": power.pk}).status_code == 404
    assert "đang làm thay" not in client.get("/").content.decode()


def test_the_sites_clock_runs_on_from_the_moment_shown(db: None) -> None:
    real = timezone.now() - timedelta(minutes=5)
    DemonstrationClock.objects.create(real_at=real, shown_at=at(MONDAY, "08:00"))
    forget_clock()
    passed = site_now() - at(MONDAY, "08:00")
    assert timedelta(minutes=5) <= passed < timedelta(minutes=6)


def test_without_a_demonstration_the_clock_is_the_machines(db: None) -> None:
    DemonstrationClock.objects.create(real_at=timezone.now(), shown_at=at(MONDAY))
    forget_clock()
    with override_settings(DEMONSTRATION=False):
        assert abs(current_moment() - timezone.now()) < timedelta(seconds=5)


def test_the_banner_tells_the_demonstrations_moment(site: House, enter: Enter) -> None:
    content = enter(site.head).get("/").content.decode()
    assert "Dữ liệu trình diễn · đồng hồ trình diễn: thứ Hai 03/10/2022 09:00" in content
    with override_settings(DEMONSTRATION=False):
        assert "Dữ liệu trình diễn ·" not in enter(site.head).get("/").content.decode()


def test_the_page_of_a_failure_is_vietnamese_and_needs_nothing() -> None:
    response = broken(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Hệ thống gặp lỗi" in response.content.decode()
    assert_clean(response.content)


def test_an_unknown_error_shows_no_trace(site: House, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("bí mật bên trong")

    monkeypatch.setattr("workflow.web.views.board.load_board", fail)
    client = enter(site.reviewer)
    client.raise_request_exception = False
    with override_settings(DEBUG=False):
        response = client.get("/ban-dieu-phoi/")
    assert response.status_code == 500
    assert "bí mật bên trong" not in response.content.decode()
    assert "Hệ thống gặp lỗi" in response.content.decode()


@pytest.mark.parametrize(
    ("due", "today", "said"),
    [
        (date(2022, 10, 14), date(2022, 10, 14), "hạn hôm nay"),
        (date(2022, 10, 14), date(2022, 10, 11), "còn 3 ngày làm việc"),
        (date(2022, 10, 14), date(2022, 10, 17), "quá 1 ngày làm việc"),
        (date(2022, 10, 14), date(2022, 10, 15), "quá hạn, đang trong ngày nghỉ"),
        (date(2022, 10, 16), date(2022, 10, 15), "không còn ngày làm việc nào"),
        (date(2022, 10, 17), date(2022, 10, 14), "còn 1 ngày làm việc"),
    ],
)
def test_what_is_left_is_told_in_working_days(due: date, today: date, said: str) -> None:
    from workflow.core.workday import WorkCalendar  # noqa: PLC0415 -- used here alone

    assert left_phrase(due, today, WorkCalendar({}, first_year=2022, last_year=2022)) == said


def test_dates_sizes_and_answers_read_as_people_write_them() -> None:
    assert weekday(date(2022, 11, 18)) == "thứ Sáu 18/11/2022"
    assert weekday(date(2022, 11, 20)) == "Chủ nhật 20/11/2022"
    assert day(date(2022, 11, 8)) == "08/11/2022"
    assert month(date(2022, 11, 1)) == "tháng 11/2022"
    assert moment(at(date(2022, 11, 18), "09:12")) == "09:12 thứ Sáu 18/11/2022"
    assert (day(None), weekday(None), moment(None), month(None)) == ("", "", "", "")
    assert (file_size(10), file_size(820 * 1024), file_size(1468006)) == ("1 KB", "820 KB", "1,4 MB")
    assert (yes_no(True), yes_no(False), yes_no(None)) == ("có", "không", "chưa")
    assert (lines(["a", "b"]), lines("a"), lines("")) == (["a", "b"], ["a"], [])


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("0", None), ("-1", None), ("", None), (None, None), ("٣", None), ("9" * 30, None), ("1.5", None)],
)
def test_numbers_of_addresses_are_read_with_care(text: str | None, number: int | None) -> None:
    assert number_from(text) == number


def test_an_administrator_opens_and_closes_a_unit(site: House, enter: Enter) -> None:
    client = enter(site.admin)
    typed = {
        "code": "P-MOI",
        "name": "Phòng Mới",
        "kind": "phong",
        "parent_code": "SKHDT",
        "valid_from": "01/10/2022",
    }
    refused = client.post("/quan-tri/don-vi/them/", {**typed, "code": "P-A"})
    assert refused.status_code == 400
    assert "Phòng Mới" in refused.content.decode()
    client.post("/quan-tri/don-vi/them/", typed)
    unit = Unit.objects.get(code="P-MOI")
    client.post(f"/quan-tri/don-vi/{unit.pk}/dong/", {"closed_on": "03/10/2022", "successor_id": site.other.pk})
    unit.refresh_from_db()
    assert unit.valid_to == date(2022, 10, 3)


def test_closing_a_unit_passes_its_open_work_to_the_successor(site: House, enter: Enter) -> None:
    task = make_task(site)
    path = f"/quan-tri/don-vi/{site.division.pk}/dong/"
    response = enter(site.admin).post(path, {"closed_on": "03/10/2022", "successor_id": site.other.pk})
    assert response.status_code == 302
    assert Task.objects.get(pk=task.pk).unit_id == site.other.pk


def test_an_administrator_opens_an_account_appoints_and_ends(site: House, enter: Enter) -> None:
    client = enter(site.admin)
    typed = {"username": "nguoimoi", "full_name": "Nguyễn Văn Mẫu Mới", "email": "", "password": "ngan"}
    refused = client.post("/quan-tri/nguoi/them/", typed)
    assert refused.status_code == 400
    assert "Nguyễn Văn Mẫu Mới" in refused.content.decode()
    assert "ngan" not in refused.content.decode().split("Mật khẩu ban đầu")[-1].split("value=")[-1][:10]
    client.post("/quan-tri/nguoi/them/", {**typed, "password": "Mat-khau-moi-77"})
    person = Person.objects.get(username="nguoimoi")
    place = {
        "unit_id": site.division.pk,
        "role": "specialist",
        "position": "Chuyên viên",
        "valid_from": "03/10/2022",
        "valid_to": "",
    }
    client.post(f"/quan-tri/nguoi/{person.pk}/bo-nhiem/", place)
    membership = Membership.objects.get(person=person)
    assert "Chuyên viên" in client.get(f"/quan-tri/nguoi/{person.pk}/").content.decode()
    path = f"/quan-tri/nguoi/{person.pk}/vi-tri/{membership.pk}/ket-thuc/"
    assert client.post(path, {"ended_on": "hôm qua"}).status_code == 400
    client.post(path, {"ended_on": "04/10/2022"})
    membership.refresh_from_db()
    assert membership.valid_to == date(2022, 10, 4)
    client.post(f"/quan-tri/nguoi/{person.pk}/dong/", {"closed_on": "03/10/2022"})
    person.refresh_from_db()
    assert person.closed_on == date(2022, 10, 3)


def test_an_administrator_records_and_revokes_a_delegation(site: House, enter: Enter) -> None:
    client = enter(site.admin)
    place = Membership.objects.get(person_id=site.leader.person_id)
    typed = {
        "membership_id": place.pk,
        "delegate_id": site.chief.person_id,
        "capacity": "KT.",
        "document_number": "12/UQ",
        "document_date": "03/10/2022",
        "scope": "Công việc hằng ngày",
        "valid_from": "03/10/2022",
        "valid_to": "07/10/2022",
    }
    assert client.post("/quan-tri/uy-quyen/ghi/", {**typed, "capacity": "XX"}).status_code == 400
    client.post("/quan-tri/uy-quyen/ghi/", typed)
    power = Delegation.objects.get()
    assert "12/UQ" in client.get("/quan-tri/uy-quyen/").content.decode()
    client.post(f"/quan-tri/uy-quyen/{power.pk}/thu-hoi/", {"revoked_on": "05/10/2022"})
    power.refresh_from_db()
    assert power.revoked_on == date(2022, 10, 5)


@pytest.mark.parametrize(
    ("key", "good", "stored", "wrong"),
    [
        ("wait_days", {"value": "5"}, 5, {"value": "năm"}),
        ("reading_i15", {"value": "B"}, "B", {"value": "C"}),
        ("obstacle_stops_clock", {"value": "yes"}, True, {"value": ""}),
        ("nudge_days", {"value": "7, 3"}, [7, 3], {"value": "7, ba"}),
        (
            "issue_window",
            {"begins": "07:30", "ends": "16:30"},
            {"from": "07:30", "to": "16:30"},
            {"begins": "17:00", "ends": "08:00"},
        ),
    ],
)
def test_a_policy_of_each_kind_is_set_with_a_day_and_a_reason(  # noqa: PLR0917 -- the parts of one case
    site: House, enter: Enter, key: str, good: dict[str, str], stored: object, wrong: dict[str, str]
) -> None:
    client = enter(site.admin)
    path = f"/quan-tri/chinh-sach/{key}/"
    assert_clean(client.get(path).content)
    typed = {"valid_from": "10/10/2022", "reason": "Theo thực tế của Sở."}
    refused = client.post(path, {**typed, **wrong})
    assert refused.status_code == 400
    assert "Theo thực tế của Sở." in refused.content.decode()
    assert not Policy.objects.filter(key=key).exists()
    assert client.post(path, {**typed, **good}).status_code == 302
    row = Policy.objects.get(key=key)
    assert (row.value, row.valid_from, row.set_by_name) == (stored, date(2022, 10, 10), site.admin.name)
    listed = client.get("/quan-tri/chinh-sach/").content.decode()
    assert "Theo thực tế của Sở." in listed


def test_a_policy_is_not_set_for_a_past_day(site: House, enter: Enter) -> None:
    typed = {"value": "5", "valid_from": "01/09/2022", "reason": "Muộn."}
    response = enter(site.admin).post("/quan-tri/chinh-sach/wait_days/", typed)
    assert response.status_code == 400
    assert not Policy.objects.filter(key="wait_days").exists()


def test_an_unknown_policy_is_not_found(site: House, enter: Enter) -> None:
    assert enter(site.admin).get("/quan-tri/chinh-sach/khong_co/").status_code == 404


@pytest.mark.parametrize("role", ["head", "leader", "inspector", "reviewer"])
def test_only_an_administrator_administers(site: House, enter: Enter, role: str) -> None:
    client = enter(getattr(site, role))
    for path in (
        f"/quan-tri/don-vi/{site.division.pk}/dong/",
        f"/quan-tri/nguoi/{site.head.person_id}/",
        f"/quan-tri/nguoi/{site.head.person_id}/bo-nhiem/",
        f"/quan-tri/nguoi/{site.head.person_id}/dong/",
    ):
        assert client.get(path).status_code == 403
        assert client.post(path, {}).status_code in {403, 405}


def test_an_administrator_has_no_right_over_tasks(site: House, enter: Enter) -> None:
    task = make_task(site)
    client = enter(site.admin)
    assert client.get(f"/nhiem-vu/{task.pk}/").status_code == 404
    assert client.get("/nhiem-vu/").status_code == 403
    assert client.get("/ban-dieu-phoi/").status_code == 403
