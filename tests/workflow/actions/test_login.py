"""At the door: counting, locking, codes; passwords, the second factor, sessions; what an administrator may do."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import override_settings
from pytest_django import Settings

from tests.factories import MONDAY, House, at, carried, make_house, make_superuser
from workflow.actions.login import (
    Door,
    change_password,
    confirm_factor,
    drop_factor,
    end_other_sessions,
    end_session,
    enter_by_code,
    enter_by_password,
    expire_session,
    forget_old_sessions,
    renew_codes,
)
from workflow.actions.unit import (
    close_person,
    delegate,
    end_sessions_of,
    open_person,
    reset_factor,
    reset_password,
    unlock_person,
)
from workflow.adapters.secondfactor import code_at, new_secret
from workflow.choices import Gate
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.models import (
    AuditEvent,
    Membership,
    Notification,
    PasswordRecord,
    Person,
    RecoveryCode,
    SecondFactor,
    SignInSession,
)
from workflow.permissions import Actor
from workflow.queries.login import account_state, device_words, factor_is_asked, session_handle, sessions_of
from workflow.queries.password import password_faults

NOW = at(MONDAY)
REAL = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""The machine's moment: in a demonstration another year than the site's."""

STEP = int(REAL.timestamp()) // 30
PASSWORD = "Mat-khau-mau-2022"
NEXT = "Mat-khau-sau-2023"
WRONG_CODE = "91827x"
ASKED = override_settings(SECOND_FACTOR_ROLES=["admin", "leader", "clerk"])


def row(actor: Actor) -> Person:
    return Person.objects.get(pk=actor.person_id)


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Settings) -> None:
    """What is tried here is not how long a hash takes."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def secured(house: House) -> House:
    """The small department, whose head, leader and administrator have a password."""
    for actor in (house.head, house.leader, house.admin):
        person = row(actor)
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])
    return house


def knock(actor: Actor, *, right: bool, real: datetime = REAL) -> Door:
    """Give a name and a password at the door."""
    name = row(actor).username
    return enter_by_password(name, right=right, address="10.0.0.9", now=NOW, now_real=real).door


def events(chain: str = "login") -> list[str]:
    return list(AuditEvent.objects.filter(chain=chain).order_by("seq").values_list("name", flat=True))


def bodies() -> str:
    return "".join(AuditEvent.objects.values_list("body", flat=True))


def session(actor: Actor, key: str, *, seen: datetime = REAL) -> SignInSession:
    return SignInSession.objects.create(
        session_key=key * 32,
        session_data="",
        expire_date=seen + timedelta(hours=8),
        person_id=actor.person_id,
        began_at=seen,
        seen_at=seen,
    )


# Khóa sau nhiều lần sai


def test_five_wrong_passwords_lock_the_account_and_the_right_one_then_gets_the_same_answer(secured: House) -> None:
    assert [knock(secured.head, right=False) for _try in range(5)] == [Door.SHUT] * 5
    assert knock(secured.head, right=True) == Door.SHUT
    assert row(secured.head).locked_until == REAL + timedelta(minutes=30)
    assert events() == ["login.failure"] * 5 + ["login.lock", "login.failure"]
    assert json.loads(AuditEvent.objects.filter(name="login.failure").latest("seq").body)["details"]["locked"] is True


def test_the_lock_ends_by_itself_by_the_machines_time(secured: House) -> None:
    for _try in range(5):
        knock(secured.head, right=False)
    assert knock(secured.head, right=True, real=REAL + timedelta(minutes=29, seconds=59)) == Door.SHUT
    assert knock(secured.head, right=True, real=REAL + timedelta(minutes=30, seconds=1)) == Door.OPEN
    assert (row(secured.head).failed_entries, row(secured.head).locked_until) == (0, None)


def test_four_wrong_ones_do_not_lock_and_a_right_one_begins_the_count_anew(secured: House) -> None:
    for _round in range(3):
        assert [knock(secured.head, right=False) for _try in range(4)] == [Door.SHUT] * 4
        assert knock(secured.head, right=True) == Door.OPEN


def test_wrong_ones_far_apart_do_not_add_up(secured: House) -> None:
    for number in range(12):
        knock(secured.head, right=False, real=REAL + number * timedelta(minutes=4))
    assert row(secured.head).locked_until is None


@override_settings(LOCKOUT_FAILURES=3, LOCKOUT_MINUTES=720)
def test_the_numbers_are_the_sites_own(secured: House) -> None:
    for _try in range(3):
        knock(secured.head, right=False)
    assert row(secured.head).locked_until == REAL + timedelta(hours=12)


def test_a_name_that_does_not_exist_locks_nothing_and_is_not_kept(secured: House) -> None:
    for _try in range(6):
        got = enter_by_password("mat-khau-go-nham", right=False, address="10.0.0.9", now=NOW, now_real=REAL)
        assert got.door == Door.SHUT
    assert "mat-khau-go-nham" not in bodies()
    assert events() == ["login.failure"] * 6


def test_one_persons_lock_locks_nobody_else(secured: House) -> None:
    for _try in range(5):
        knock(secured.head, right=False)
    assert [knock(actor, right=True) for actor in (secured.leader, secured.admin)] == [Door.OPEN, Door.OPEN]


@pytest.mark.parametrize("columns", [{"is_active": False}, {"closed_on": MONDAY}])
def test_a_closed_account_is_shut_whatever_is_typed(secured: House, columns: dict[str, object]) -> None:
    Person.objects.filter(pk=secured.head.person_id).update(**columns)
    assert [knock(secured.head, right=right) for right in (True, False)] == [Door.SHUT, Door.SHUT]


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_count_at_once_lose_no_failure() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the in-memory database has one connection")
    house = make_house()

    def job() -> None:
        knock(house.head, right=False)
        connection.close()

    threads = [threading.Thread(target=carried(job)) for _process in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert row(house.head).failed_entries == 4
    assert events() == ["login.failure"] * 4


# Xác thực hai bước


@pytest.fixture
def enrolled(secured: House) -> tuple[House, str, list[str]]:
    """The head has a second factor, set a minute ago: house, secret, recovery codes."""
    secret = new_secret()
    early = REAL - timedelta(minutes=1)
    codes = confirm_factor(secret, code_at(secret, STEP - 2), by=secured.head, now=NOW, now_real=early)
    return secured, secret, codes


def code_in(house: House, code: str, *, real: datetime = REAL) -> Door:
    return enter_by_code(house.head.person_id, code, address="10.0.0.9", now=NOW, now_real=real).door


def test_the_password_alone_opens_no_more(enrolled: tuple[House, str, list[str]]) -> None:
    house, secret, _codes = enrolled
    assert knock(house.head, right=True) == Door.CODE
    assert "login.success" not in events()
    assert code_in(house, code_at(secret, STEP)) == Door.OPEN
    details = json.loads(AuditEvent.objects.get(name="login.success").body)["details"]
    assert details == {"second_factor": "totp"}


def test_a_code_counts_once(enrolled: tuple[House, str, list[str]]) -> None:
    house, secret, codes = enrolled
    assert [code_in(house, code_at(secret, STEP)) for _again in range(2)] == [Door.OPEN, Door.CODE]
    assert [code_in(house, codes[0]) for _again in range(2)] == [Door.OPEN, Door.CODE]
    assert RecoveryCode.objects.filter(used_at=REAL).count() == 1


def test_the_code_that_set_the_factor_does_not_open(enrolled: tuple[House, str, list[str]]) -> None:
    house, secret, _codes = enrolled
    early = REAL - timedelta(minutes=1)
    assert code_in(house, code_at(secret, STEP - 2), real=early) == Door.CODE


def test_wrong_codes_count_with_wrong_passwords_and_lock(enrolled: tuple[House, str, list[str]]) -> None:
    """Giving the right password again does not begin the count anew: six digits would then be guessed."""
    house, secret, _codes = enrolled
    knock(house.head, right=False)
    for _try in range(3):
        assert knock(house.head, right=True) == Door.CODE
        assert code_in(house, WRONG_CODE) == Door.CODE
    assert code_in(house, WRONG_CODE) == Door.SHUT
    assert code_in(house, code_at(secret, STEP)) == Door.SHUT
    assert "login.lock" in events()
    assert WRONG_CODE not in bodies()


def test_a_wrong_first_code_sets_nothing(secured: House) -> None:
    with pytest.raises(Invalid, match="Mã không đúng"):
        confirm_factor(new_secret(), WRONG_CODE, by=secured.head, now=NOW, now_real=REAL)
    assert not SecondFactor.objects.exists()


def test_secrets_and_codes_are_stored_sealed_and_stand_in_no_event(enrolled: tuple[House, str, list[str]]) -> None:
    house, secret, codes = enrolled
    assert secret not in SecondFactor.objects.get().sealed
    assert set(codes).isdisjoint(RecoveryCode.objects.values_list("digest", flat=True))
    assert not [word for word in (secret, *codes) if word in bodies()]
    with pytest.raises(WrongState):
        confirm_factor(secret, code_at(secret, STEP), by=house.head, now=NOW, now_real=REAL)


def test_new_recovery_codes_take_the_place_of_the_old(enrolled: tuple[House, str, list[str]]) -> None:
    house, _secret, codes = enrolled
    with pytest.raises(Invalid, match="Mật khẩu không đúng"):
        renew_codes("sai", by=house.head, now=NOW)
    fresh = renew_codes(PASSWORD, by=house.head, now=NOW)
    assert code_in(house, codes[0]) == Door.CODE
    assert code_in(house, fresh[9]) == Door.OPEN


def test_giving_the_factor_up_asks_for_a_longer_password_next_time(enrolled: tuple[House, str, list[str]]) -> None:
    house, _secret, _codes = enrolled
    drop_factor(PASSWORD, by=house.head, now=NOW)
    assert knock(house.head, right=True) == Door.OPEN
    assert row(house.head).must_change_password
    assert not RecoveryCode.objects.exists()
    with pytest.raises(WrongState):
        drop_factor(PASSWORD, by=house.head, now=NOW)


@ASKED
def test_who_must_have_a_factor_is_asked_for_it_and_may_not_give_it_up(secured: House) -> None:
    name = row(secured.leader).username
    admitted = enter_by_password(name, right=True, address="", now=NOW, now_real=REAL)
    assert (admitted.door, list(admitted.gates)) == (Door.OPEN, [Gate.FACTOR])
    secret = new_secret()
    confirm_factor(secret, code_at(secret, STEP), by=secured.leader, now=NOW, now_real=REAL)
    with pytest.raises(NotPermitted, match="bắt buộc"):
        drop_factor(PASSWORD, by=secured.leader, now=NOW)


@ASKED
def test_policy_asks_by_role_in_force_and_of_who_acts_for_such_a_role(secured: House) -> None:
    asked = {
        name for name in ("head", "leader", "clerk", "admin") if factor_is_asked(row(getattr(secured, name)), MONDAY)
    }
    assert asked == {"leader", "clerk", "admin"}
    place = Membership.objects.get(person_id=secured.leader.person_id)
    week = MONDAY + timedelta(days=4)
    delegate(place.pk, secured.head.person_id, "KT.", "12/UQ", MONDAY, "x", MONDAY, week, by=None, now=NOW)
    assert factor_is_asked(row(secured.head), MONDAY)
    assert not factor_is_asked(row(secured.head), week + timedelta(days=1))
    place.valid_to = MONDAY - timedelta(days=1)
    place.save(update_fields=["valid_to"])
    assert not factor_is_asked(row(secured.leader), MONDAY)
    assert not factor_is_asked(row(secured.head), MONDAY)


def test_where_policy_asks_nobody_nobody_is_asked(secured: House) -> None:
    assert not factor_is_asked(row(secured.leader), MONDAY)


# Mật khẩu


def test_the_last_passwords_are_not_taken_again(secured: House) -> None:
    change_password(PASSWORD, NEXT, by=secured.head, now=NOW)
    for used in (NEXT, NEXT):
        with pytest.raises(Invalid, match="Không dùng lại"):
            change_password(NEXT, used, by=secured.head, now=NOW)
    change_password(NEXT, f"{NEXT}-nua", by=secured.head, now=NOW)
    with pytest.raises(Invalid, match="Không dùng lại"):
        change_password(f"{NEXT}-nua", NEXT, by=secured.head, now=NOW)
    with override_settings(PASSWORD_HISTORY=1):
        assert password_faults(NEXT, row(secured.head)) == ""
    assert PasswordRecord.objects.count() == 2
    assert NEXT not in bodies()


def test_a_shorter_password_is_enough_beside_a_second_factor(enrolled: tuple[House, str, list[str]]) -> None:
    house, _secret, _codes = enrolled
    assert password_faults("trang9x!", row(house.head)) == ""
    assert "14 ký tự" in password_faults("trang9x!", row(house.leader))


def test_changing_the_password_ends_every_session(secured: House) -> None:
    session(secured.head, "a")
    other = session(secured.leader, "b")
    change_password(PASSWORD, NEXT, by=secured.head, now=NOW)
    assert list(SignInSession.objects.values_list("pk", flat=True)) == [other.pk]


def test_the_first_password_must_be_changed_but_not_the_demonstrations(house: House) -> None:
    first = open_person("mau.moi", "Nguyễn Văn Mẫu", "", PASSWORD, by=None, now=NOW)
    shown = open_person("mau.dien", "Nguyễn Văn Mẫu", "", PASSWORD, demonstration=True, by=None, now=NOW)
    gates = [
        list(enter_by_password(person.username, right=True, address="", now=NOW, now_real=REAL).gates)
        for person in (first, shown)
    ]
    assert gates == [[Gate.PASSWORD], []]


# Phiên


def test_a_person_ends_his_own_sessions_only(secured: House) -> None:
    own, other, strange = session(secured.head, "a"), session(secured.head, "b"), session(secured.leader, "c")
    with pytest.raises(NotFound):
        end_session(session_handle(strange.pk), by=secured.head, now=NOW)
    end_session(session_handle(other.pk), by=secured.head, now=NOW)
    with pytest.raises(NotFound):
        end_session(session_handle(other.pk), by=secured.head, now=NOW)
    session(secured.head, "d")
    assert end_other_sessions(own.pk, by=secured.head, now=NOW) == 1
    assert end_other_sessions(own.pk, by=secured.head, now=NOW) == 0
    assert set(SignInSession.objects.values_list("pk", flat=True)) == {own.pk, strange.pk}
    assert events() == ["login.end_sessions", "login.end_sessions"]


def test_the_list_names_sessions_without_their_keys_this_one_first(secured: House) -> None:
    session(secured.head, "a", seen=REAL - timedelta(hours=1))
    session(secured.head, "b")
    session(secured.head, "z", seen=REAL - timedelta(hours=9))
    session(secured.leader, "c")
    lines = sessions_of(secured.head.person_id, this="a" * 32, now_real=REAL)
    assert [line.is_this for line in lines] == [True, False]
    assert not [line for line in lines if line.handle in {"a" * 32, "b" * 32}]


def test_an_expired_session_is_recorded_once_and_old_rows_go(secured: House) -> None:
    row_of = session(secured.head, "a")
    for _request in range(2):
        expire_session(row_of.pk, by=secured.head, now=NOW)
    assert events() == ["login.expire"]
    session(secured.head, "b", seen=REAL - timedelta(days=1))
    session(secured.head, "c")
    assert forget_old_sessions(now_real=REAL) == 1


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/140.0 Safari/537.36", "Chrome trên Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge trên Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome trên Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19 like Mac OS X) Safari/604.1", "Safari trên iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko Firefox/150.0", "Firefox trên Linux"),
        ("", "Trình duyệt không rõ"),
    ],
)
def test_a_browser_is_named_in_a_few_words(agent: str, words: str) -> None:
    assert device_words(agent) == words


# Quản trị


def test_an_administrator_unlocks_with_an_event_and_the_person_is_told(secured: House) -> None:
    with pytest.raises(WrongState, match="không bị khóa"):
        unlock_person(secured.head.person_id, by=secured.admin, now=NOW, now_real=REAL)
    for _try in range(5):
        knock(secured.head, right=False)
    assert account_state(row(secured.head), now_real=REAL).locked_until is not None
    unlock_person(secured.head.person_id, by=secured.admin, now=NOW, now_real=REAL)
    assert knock(secured.head, right=True) == Door.OPEN
    assert events(f"person:{secured.head.person_id}") == ["person.unlock"]
    told = Notification.objects.get(person_id=secured.head.person_id)
    assert told.urgent
    assert "mở khóa" in told.text


def test_an_administrator_gives_a_new_first_password(secured: House) -> None:
    session(secured.head, "a")
    for _try in range(5):
        knock(secured.head, right=False)
    with pytest.raises(Invalid, match="14 ký tự"):
        reset_password(secured.head.person_id, "ngan", by=secured.admin, now=NOW)
    reset_password(secured.head.person_id, NEXT, by=secured.admin, now=NOW)
    person = row(secured.head)
    assert (person.must_change_password, person.locked_until, person.check_password(NEXT)) == (True, None, True)
    assert not SignInSession.objects.exists()
    assert events(f"person:{person.pk}") == ["person.reset_password"]
    assert NEXT not in bodies()


def test_an_administrator_takes_away_a_lost_factor(enrolled: tuple[House, str, list[str]]) -> None:
    house, _secret, _codes = enrolled
    session(house.head, "a")
    with pytest.raises(Invalid, match="lý do"):
        reset_factor(house.head.person_id, " ", by=house.admin, now=NOW)
    reset_factor(house.head.person_id, "Mất điện thoại.", by=house.admin, now=NOW)
    assert knock(house.head, right=True) == Door.OPEN
    assert (SecondFactor.objects.count(), RecoveryCode.objects.count(), SignInSession.objects.count()) == (0, 0, 0)
    assert json.loads(AuditEvent.objects.get(name="person.reset_factor").body)["details"] == {
        "reason": "Mất điện thoại."
    }
    with pytest.raises(WrongState):
        reset_factor(house.head.person_id, "Lại.", by=house.admin, now=NOW)


def test_an_administrator_ends_a_persons_sessions(secured: House) -> None:
    session(secured.head, "a")
    session(secured.leader, "b")
    assert end_sessions_of(secured.head.person_id, by=secured.admin, now=NOW) == 1
    assert SignInSession.objects.count() == 1
    with pytest.raises(WrongState):
        end_sessions_of(secured.head.person_id, by=secured.admin, now=NOW)


def test_nobody_resets_his_own_doors_and_a_closed_account_has_none(secured: House) -> None:
    with pytest.raises(Invalid):
        reset_password(secured.admin.person_id, NEXT, by=secured.admin, now=NOW)
    with pytest.raises(Invalid):
        reset_factor(secured.admin.person_id, "Mất.", by=secured.admin, now=NOW)
    session(secured.head, "a")
    close_person(secured.head.person_id, MONDAY, by=secured.admin, now=NOW)
    assert not SignInSession.objects.exists(), "a closed person is out at once"
    with pytest.raises(WrongState, match="đã đóng"):
        reset_password(secured.head.person_id, NEXT, by=secured.admin, now=NOW)
    with pytest.raises(NotFound):
        end_sessions_of(999_999, by=secured.admin, now=NOW)


def test_only_an_administrator_touches_anothers_doors(secured: House) -> None:
    target = secured.member.person_id
    for actor in (secured.head, secured.leader, secured.chief, secured.stranger, make_superuser()):
        for act in (
            lambda by: unlock_person(target, by=by, now=NOW, now_real=REAL),
            lambda by: reset_password(target, NEXT, by=by, now=NOW),
            lambda by: reset_factor(target, "x", by=by, now=NOW),
            lambda by: end_sessions_of(target, by=by, now=NOW),
        ):
            with pytest.raises(NotPermitted):
                act(actor)
