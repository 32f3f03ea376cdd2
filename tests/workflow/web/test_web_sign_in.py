"""The pages at the door: locking, second factor, what comes first, time limits, Hồ sơ, what administrators do."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from tests.factories import House
from tests.workflow.web.conftest import Enter, assert_clean
from workflow.actions.unit import close_person, reset_password
from workflow.adapters.secondfactor import STEP_SECONDS, code_at, unseal
from workflow.models import AuditEvent, Person, SecondFactor, SignInSession
from workflow.permissions import Actor

PASSWORD = "Mat-khau-mau-2022"
NEXT = "Mat-khau-sau-2023"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Settings) -> None:
    """What is tried here is not how long a hash takes."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def secured(site: House) -> House:
    """The small department, each of whose persons has the same password."""
    for person in Person.objects.all():
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])
    return site


def name_of(actor: Actor) -> str:
    return Person.objects.get(pk=actor.person_id).username


def come_in(actor: Actor, password: str = PASSWORD, client: Client | None = None, **typed: str) -> tuple[Client, Any]:
    """Send the sign-in form from a browser."""
    client = client or Client(headers={"user-agent": CHROME})
    return client, client.post("/dang-nhap/", {"username": name_of(actor), "password": password, **typed})


def present_code(secret: str, off: int = 0) -> str:
    """Return the code that a telephone shows now; `off` steps later each further time, since none counts twice."""
    return code_at(secret, int(timezone.now().timestamp()) // STEP_SECONDS + off)


def enrol(client: Client) -> tuple[str, list[str]]:
    """Set the second factor through its page; return the secret and the recovery codes."""
    page = client.get("/ho-so/xac-thuc-hai-buoc/")
    assert page.status_code == 200
    assert_clean(page.content)
    found = re.search(r'class="secret">([^<]*)<', page.content.decode())
    assert found is not None
    secret = found[1].replace(" ", "")
    shown = client.post("/ho-so/xac-thuc-hai-buoc/", {"code": present_code(secret, -1)})
    assert shown.status_code == 200
    assert_clean(shown.content)
    codes = re.findall(r"<li><code>([^<]*)</code>", shown.content.decode())
    assert len(codes) == 10
    return secret, codes


def age(client: Client, *, began: timedelta, seen: timedelta) -> None:
    """Let the client's session have begun and been used so long ago."""
    now = timezone.now()
    key = client.cookies["sessionid"].value
    SignInSession.objects.filter(pk=key).update(began_at=now - began, seen_at=now - seen)


# Khóa


def test_a_locked_account_and_a_name_that_does_not_exist_get_one_and_the_same_page(secured: House) -> None:
    def page(name: str, password: str) -> tuple[int, str]:
        sent = Client().post("/dang-nhap/", {"username": name, "password": password})
        text = re.sub(r'(csrfmiddlewaretoken" value=)"[^"]*"', r"\1", sent.content.decode())
        return sent.status_code, text.replace(name, "TEN")

    name = name_of(secured.head)
    pages = [page(name, "sai") for _try in range(5)]
    pages += [page(name, PASSWORD), page(name, "sai"), page("khong-co-ai", "sai"), page("khong-co-ai", PASSWORD)]
    assert len(set(pages)) == 1
    status, text = pages[0]
    assert status == 400
    assert "Sau 5 lần sai trong 15 phút, tài khoản bị khóa 30 phút" in text
    assert not SignInSession.objects.filter(person_id=secured.head.person_id).exists()


def test_a_locked_person_who_is_signed_in_goes_on_working(secured: House) -> None:
    client = come_in(secured.head)[0]
    for _try in range(5):
        come_in(secured.head, "sai")
    assert client.get("/").status_code == 200


# Xác thực hai bước


def test_a_person_sets_his_second_factor_and_enters_with_it(secured: House) -> None:
    client = come_in(secured.head)[0]
    secret, codes = enrol(client)
    assert unseal(SecondFactor.objects.get().sealed) == secret
    assert "đang bật" in client.get("/ho-so/").content.decode()
    client, sent = come_in(secured.head, next="/ke-hoach/")
    assert sent.headers["Location"] == "/dang-nhap/ma/"
    assert client.get("/").status_code == 302, "the password alone opens nothing"
    asked = client.get("/dang-nhap/ma/")
    assert_clean(asked.content)
    wrong = client.post("/dang-nhap/ma/", {"code": "91827x"})
    assert (wrong.status_code, "Mã không đúng" in wrong.content.decode()) == (400, True)
    right = client.post("/dang-nhap/ma/", {"code": present_code(secret)})
    assert (right.status_code, right.headers["Location"]) == (302, "/ke-hoach/")
    assert client.get("/").status_code == 200
    client = come_in(secured.head)[0]
    assert client.post("/dang-nhap/ma/", {"code": codes[3]}).headers["Location"] == "/"
    assert "Còn 9 mã dự phòng" in client.get("/ho-so/").content.decode()


def test_the_code_page_opens_only_after_the_password_and_for_five_minutes(secured: House) -> None:
    assert Client().get("/dang-nhap/ma/").status_code == 302
    secret, _codes = enrol(come_in(secured.head)[0])
    client = come_in(secured.head)[0]
    stored = client.session
    stored["entering"] = {**stored["entering"], "until": timezone.now().timestamp() - 1}
    stored.save()
    late = client.post("/dang-nhap/ma/", {"code": present_code(secret)}, follow=True)
    assert "Đã quá thời gian nhập mã" in late.content.decode()
    assert client.get("/").status_code == 302


def test_a_password_changed_meanwhile_shuts_the_code_page(secured: House) -> None:
    secret, _codes = enrol(come_in(secured.head)[0])
    client = come_in(secured.head)[0]
    Person.objects.filter(pk=secured.head.person_id).update(password="!")
    assert client.post("/dang-nhap/ma/", {"code": present_code(secret)}).headers["Location"] == "/dang-nhap/"


def test_wrong_codes_lead_back_to_the_beginning_when_they_lock(secured: House) -> None:
    enrol(come_in(secured.head)[0])
    client = come_in(secured.head)[0]
    codes = [client.post("/dang-nhap/ma/", {"code": "91827x"}).status_code for _try in range(5)]
    assert codes == [400, 400, 400, 400, 302]
    assert "tài khoản bị khóa" in client.get("/dang-nhap/").content.decode()


def test_a_session_gets_a_new_key_at_each_step(secured: House) -> None:
    client = Client()
    client.cookies["sessionid"] = "a" * 32
    enrol(come_in(secured.head)[0])
    come_in(secured.head, client=client)
    between = client.cookies["sessionid"].value
    secret = unseal(SecondFactor.objects.get().sealed)
    client.post("/dang-nhap/ma/", {"code": present_code(secret)})
    assert len({"a" * 32, between, client.cookies["sessionid"].value}) == 3
    assert not SignInSession.objects.filter(pk=between).exists()


def test_the_picture_is_a_file_of_this_site_for_this_person_alone(secured: House) -> None:
    client = come_in(secured.head)[0]
    assert client.get("/ho-so/xac-thuc-hai-buoc/ma-qr/").status_code == 404
    assert 'src="/ho-so/xac-thuc-hai-buoc/ma-qr/"' in client.get("/ho-so/xac-thuc-hai-buoc/").content.decode()
    picture = client.get("/ho-so/xac-thuc-hai-buoc/ma-qr/")
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/svg+xml")
    assert "no-store" in picture.headers["Cache-Control"]
    assert come_in(secured.member)[0].get("/ho-so/xac-thuc-hai-buoc/ma-qr/").status_code == 404
    assert Client().get("/ho-so/xac-thuc-hai-buoc/ma-qr/").status_code == 302


def test_the_secret_stays_the_same_until_it_is_confirmed(secured: House) -> None:
    client = come_in(secured.head)[0]

    def shown() -> str:
        return re.findall(r'class="secret">([^<]*)<', client.get("/ho-so/xac-thuc-hai-buoc/").content.decode())[0]

    assert shown() == shown()
    wrong = client.post("/ho-so/xac-thuc-hai-buoc/", {"code": "91827x"})
    assert wrong.status_code == 400
    assert "Mã không đúng hoặc đã hết hạn" in wrong.content.decode()


def test_codes_are_renewed_and_the_factor_given_up_with_the_password(secured: House) -> None:
    client = come_in(secured.head)[0]
    enrol(client)
    assert client.get("/ho-so/xac-thuc-hai-buoc/").status_code == 409
    for path in ("/ho-so/xac-thuc-hai-buoc/ma-du-phong/", "/ho-so/xac-thuc-hai-buoc/bo/"):
        assert_clean(client.get(path).content)
        assert client.post(path, {"password": "sai"}).status_code == 400
    renewed = client.post("/ho-so/xac-thuc-hai-buoc/ma-du-phong/", {"password": PASSWORD})
    assert renewed.content.decode().count("<li><code>") == 10
    assert client.post("/ho-so/xac-thuc-hai-buoc/bo/", {"password": PASSWORD}).status_code == 302
    assert not SecondFactor.objects.exists()


# Việc phải làm trước


@override_settings(SECOND_FACTOR_ROLES=["leader"])
def test_a_leader_is_held_until_he_has_a_second_factor_and_then_led_where_he_wanted(secured: House) -> None:
    client, sent = come_in(secured.leader, next="/ke-hoach/")
    assert sent.headers["Location"] == "/ho-so/xac-thuc-hai-buoc/"
    for path in ("/", "/nhiem-vu/", "/ho-so/", "/lich/", "/phe-duyet/"):
        held = client.get(path)
        assert held.status_code in {302, 404}, path
        assert held.status_code == 404 or held.headers["Location"] == "/ho-so/xac-thuc-hai-buoc/"
    assert client.post("/thong-bao/da-doc/").headers["Location"] == "/ho-so/xac-thuc-hai-buoc/"
    enrol(client)
    assert client.get("/").status_code == 200
    assert come_in(secured.head)[1].headers["Location"] == "/"


def test_the_first_password_is_changed_before_anything_else(secured: House) -> None:
    reset_password(secured.head.person_id, NEXT, by=secured.admin, now=timezone.now())
    client, sent = come_in(secured.head, NEXT, next="/lich/?nam=2023")
    assert sent.headers["Location"] == "/doi-mat-khau/"
    assert client.get("/").headers["Location"] == "/doi-mat-khau/"
    page = client.get("/doi-mat-khau/")
    assert "Trước khi làm việc" in page.content.decode()
    assert_clean(page.content)
    typed = {"old_password": NEXT, "new_password": NEXT, "again": NEXT}
    assert "Không dùng lại" in client.post("/doi-mat-khau/", typed).content.decode()
    fresh = "Tu-dat-lay-2024!"
    done = client.post("/doi-mat-khau/", {"old_password": NEXT, "new_password": fresh, "again": fresh})
    assert (done.status_code, done.headers["Location"]) == (302, "/lich/?nam=2023")
    assert client.get("/lich/?nam=2023").status_code == 200
    assert come_in(secured.head, fresh)[1].headers["Location"] == "/"


@override_settings(SECOND_FACTOR_ROLES=["unit_head"])
def test_who_must_do_both_does_one_after_the_other(secured: House) -> None:
    reset_password(secured.head.person_id, NEXT, by=secured.admin, now=timezone.now())
    client, sent = come_in(secured.head, NEXT)
    assert sent.headers["Location"] == "/ho-so/xac-thuc-hai-buoc/"
    enrol(client)
    assert client.get("/").headers["Location"] == "/doi-mat-khau/"
    typed = {"old_password": NEXT, "new_password": "trang9x!", "again": "trang9x!"}
    assert client.post("/doi-mat-khau/", typed).headers["Location"] == "/"


def test_who_is_held_may_always_leave(secured: House) -> None:
    reset_password(secured.head.person_id, NEXT, by=secured.admin, now=timezone.now())
    client = come_in(secured.head, NEXT)[0]
    assert client.post("/dang-xuat/").headers["Location"] == "/dang-nhap/"


# Thời gian của phiên


@pytest.mark.parametrize(
    ("began", "seen", "over"),
    [
        (timedelta(hours=2), timedelta(minutes=59), False),
        (timedelta(hours=2), timedelta(minutes=61), True),
        (timedelta(hours=7, minutes=59), timedelta(minutes=1), False),
        (timedelta(hours=8, minutes=1), timedelta(minutes=1), True),
    ],
)
def test_a_session_left_alone_or_too_long_leads_back_to_the_same_page(
    secured: House, began: timedelta, seen: timedelta, over: bool
) -> None:
    client = come_in(secured.head)[0]
    age(client, began=began, seen=seen)
    shown = client.get("/lich/?nam=2023")
    if not over:
        assert shown.status_code == 200
        return
    assert shown.headers["Location"] == "/dang-nhap/?next=/lich/%3Fnam%3D2023"
    page = client.get(shown.headers["Location"])
    assert "Phiên làm việc đã hết thời gian" in page.content.decode()
    assert_clean(page.content)
    assert come_in(secured.head, client=client, next="/lich/?nam=2023")[1].headers["Location"] == "/lich/?nam=2023"
    assert AuditEvent.objects.filter(name="login.expire", actor_id=secured.head.person_id).count() == 1


@override_settings(SESSION_IDLE_MINUTES=15)
def test_the_time_limit_is_the_sites_own(secured: House) -> None:
    client = come_in(secured.head)[0]
    age(client, began=timedelta(hours=1), seen=timedelta(minutes=16))
    assert client.get("/").status_code == 302


def test_a_form_sent_after_the_time_leads_back_to_its_page_and_says_that_nothing_was_written(secured: House) -> None:
    client = come_in(secured.head)[0]
    age(client, began=timedelta(hours=9), seen=timedelta(hours=2))
    before = {"referer": "http://testserver/tu-cach/?a=1"}
    sent = client.post("/tu-cach/", {"delegation": ""}, headers=before)
    assert sent.headers["Location"] == "/dang-nhap/?next=/tu-cach/%3Fa%3D1"
    assert "chưa được ghi" in client.get("/dang-nhap/").content.decode()


@pytest.mark.parametrize("before", ["http://evil.example/tu-cach/", "http://testserver//evil.example/", "", "x"])
def test_a_form_from_elsewhere_leads_to_the_first_page(secured: House, before: str) -> None:
    client = come_in(secured.head)[0]
    age(client, began=timedelta(hours=9), seen=timedelta(hours=2))
    sent = client.post("/tu-cach/", {"delegation": ""}, headers={"referer": before})
    assert sent.headers["Location"] == "/dang-nhap/?next=/"


def test_using_a_session_is_written_once_a_minute_and_costs_nothing_in_between(secured: House) -> None:
    client = come_in(secured.head)[0]
    client.get("/ho-so/")
    with CaptureQueriesContext(connection) as within:
        client.get("/ho-so/")
    age(client, began=timedelta(hours=1), seen=timedelta(minutes=2))
    with CaptureQueriesContext(connection) as later:
        client.get("/ho-so/")
    assert len(later) == len(within) + 1
    assert not [query for query in within if query["sql"].startswith("UPDATE")]


def test_who_is_closed_or_changes_his_password_is_out_at_once_everywhere(secured: House) -> None:
    first, second = come_in(secured.head)[0], come_in(secured.head)[0]
    typed = {"old_password": PASSWORD, "new_password": NEXT, "again": NEXT}
    assert first.post("/doi-mat-khau/", typed).status_code == 302
    assert (first.get("/").status_code, second.get("/").status_code) == (200, 302)
    close_person(secured.head.person_id, timezone.localdate(timezone.now()), by=None, now=timezone.now())
    assert first.get("/").status_code == 302


# Hồ sơ


def test_the_profile_shows_the_account_and_its_sessions(secured: House) -> None:
    come_in(secured.head)
    client = come_in(secured.head)[0]
    page = client.get("/ho-so/")
    text = page.content.decode()
    assert_clean(page.content)
    assert name_of(secured.head) in text
    assert "Trưởng đơn vị, Phòng Một" in text
    assert text.count("Chrome trên Windows") >= 2
    assert "địa chỉ 127.0.0.1" in text
    assert client.cookies["sessionid"].value not in text
    for key in SignInSession.objects.values_list("pk", flat=True):
        assert key not in text


def test_a_session_is_ended_from_another_place_and_only_ones_own(secured: House) -> None:
    first, second, third = (come_in(secured.head)[0] for _place in range(3))
    strange = come_in(secured.member)[0]
    handles = re.findall(r'name="session" value="(\w+)"', first.get("/ho-so/").content.decode())
    assert len(handles) == 2
    assert strange.post("/ho-so/phien/", {"session": handles[0]}).status_code == 404
    assert first.post("/ho-so/phien/", {"session": handles[0]}).status_code == 302
    assert sorted([second.get("/").status_code, third.get("/").status_code]) == [200, 302]
    assert first.post("/ho-so/phien/").status_code == 302
    assert [one.get("/").status_code for one in (first, second, third, strange)] == [200, 302, 302, 200]


def test_letters_are_chosen_on_the_profile(secured: House) -> None:
    client = come_in(secured.head)[0]
    wrong = client.post("/ho-so/thu/", {"email": "khong-phai-thu", "digest": "on"})
    assert wrong.status_code == 400
    assert 'value="khong-phai-thu"' in wrong.content.decode()
    assert_clean(wrong.content)
    assert client.post("/ho-so/thu/", {"email": "a@example.test", "urgent": "on"}).status_code == 302
    person = Person.objects.get(pk=secured.head.person_id)
    assert (person.email, person.digest_by_mail, person.urgent_by_mail) == ("a@example.test", False, True)


@pytest.mark.parametrize("role", ["head", "outsider", "inspector", "admin", "leader"])
def test_everybody_has_a_profile_in_a_fixed_number_of_queries(secured: House, enter: Enter, role: str) -> None:
    client = enter(getattr(secured, role))
    assert client.get("/ho-so/").status_code == 200
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get("/ho-so/")
        counts.append(len(queries))
        for _session in range(5):
            come_in(getattr(secured, role))
    assert counts[0] == counts[1]


# Quản trị


def test_an_administrator_unlocks_resets_and_ends(secured: House, enter: Enter) -> None:
    admin = enter(secured.admin)
    path = f"/quan-tri/nguoi/{secured.head.person_id}/"
    client = come_in(secured.head)[0]
    enrol(client)
    for _try in range(5):
        come_in(secured.head, "sai")
    text = admin.get(path).content.decode()
    assert "đang khóa đến" in text
    for act in ("mo-khoa", "dat-lai-mat-khau", "bo-xac-thuc-hai-buoc", "ket-thuc-phien"):
        assert f'href="{path}{act}/"' in text
        assert_clean(admin.get(f"{path}{act}/").content)
    assert admin.post(f"{path}mo-khoa/").status_code == 302
    assert admin.post(f"{path}mo-khoa/").status_code == 409
    assert come_in(secured.head)[1].headers["Location"] == "/dang-nhap/ma/"
    assert admin.post(f"{path}ket-thuc-phien/").status_code == 302
    assert client.get("/").status_code == 302
    assert admin.post(f"{path}bo-xac-thuc-hai-buoc/", {"reason": ""}).status_code == 400
    assert admin.post(f"{path}bo-xac-thuc-hai-buoc/", {"reason": "Mất điện thoại."}).status_code == 302
    assert admin.post(f"{path}dat-lai-mat-khau/", {"password": "ngan"}).status_code == 400
    assert admin.post(f"{path}dat-lai-mat-khau/", {"password": NEXT}).status_code == 302
    assert come_in(secured.head, NEXT)[1].headers["Location"] == "/doi-mat-khau/"


@pytest.mark.parametrize("role", ["head", "leader", "stranger"])
def test_nobody_else_reaches_anothers_doors(secured: House, enter: Enter, role: str) -> None:
    client = enter(getattr(secured, role))
    for act in ("mo-khoa", "dat-lai-mat-khau", "bo-xac-thuc-hai-buoc", "ket-thuc-phien"):
        path = f"/quan-tri/nguoi/{secured.member.person_id}/{act}/"
        assert [client.get(path).status_code, client.post(path, {}).status_code] == [403, 403]
