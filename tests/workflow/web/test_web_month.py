"""Lịch: the month's page, the list of one day, and a person's own address for another calendar program."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from icalendar import Calendar

from tests.factories import MONDAY, House, at, make_task
from tests.workflow.web.conftest import Enter, assert_clean
from workflow.actions.feed import make_feed, revoke_feed
from workflow.actions.unit import close_person
from workflow.core.errors import WrongState
from workflow.models import AuditEvent, CalendarFeed, Task

NOW = at(MONDAY)
FRIDAY = date(2022, 10, 14)


def read(token: str) -> list[tuple[str, date]]:
    answer = Client().get(f"/lich/{token}.ics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer.headers["Cache-Control"]
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    return [(str(event["summary"]), event["dtstart"].dt) for event in events]


def test_the_month_shows_what_is_due_and_leads_to_the_neighbours(site: House, enter: Enter, task: Task) -> None:
    answer = enter(site.head).get("/lich/thang/?thang=2022-10")
    assert_clean(answer.content)
    text = answer.content.decode()
    assert "Báo cáo năm của Phòng Một" in text
    assert "?thang=2022-09" in text
    assert "?thang=2022-11" in text


@pytest.mark.parametrize("asked", ["", "2022-13", "abc", "0001-01", "9999-12", "2022-10-01", "‑"])
def test_a_month_that_is_none_shows_this_month(site: House, enter: Enter, asked: str) -> None:
    answer = enter(site.head).get("/lich/thang/", {"thang": asked})
    assert answer.status_code == 200
    assert "Lịch tháng 10/2022" in answer.content.decode()


def test_a_full_day_leads_to_the_list_of_that_day(site: House, enter: Enter) -> None:
    made = [make_task(site, title=f"Việc số {number}", due_on=FRIDAY) for number in range(5)]
    make_task(site, title="Việc hôm khác", due_on=FRIDAY + timedelta(days=3))
    client = enter(site.head)
    month = client.get("/lich/thang/").content.decode()
    assert "Xem cả 5 nhiệm vụ" in month
    listed = client.get("/nhiem-vu/?ngay=2022-10-14").content.decode()
    assert all(task.title in listed for task in made)
    assert "Việc hôm khác" not in listed
    assert "Chỉ các nhiệm vụ có hạn thứ Sáu 14/10/2022" in listed


def test_the_address_is_shown_once_and_read_without_signing_in(site: House, enter: Enter, task: Task) -> None:
    client = enter(site.head)
    assert_clean(client.get("/lich/dia-chi-rieng/").content)
    made = client.post("/lich/dia-chi-rieng/tao/")
    assert_clean(made.content)
    found = re.search(r"/lich/([\w-]{40,})\.ics", made.content.decode())
    assert found is not None
    assert read(found[1]) == [("Hạn: Báo cáo năm của Phòng Một", FRIDAY)]
    assert found[1] not in client.get("/lich/dia-chi-rieng/").content.decode()
    assert not CalendarFeed.objects.filter(token_sha256__contains=found[1]).exists()


def test_a_new_address_ends_the_old_one_and_a_revoked_one_ends_at_once(site: House) -> None:
    old = make_feed(by=site.head, now=NOW)
    new = make_feed(by=site.head, now=NOW)
    assert Client().get(f"/lich/{old}.ics").status_code == 404
    assert read(new) == []
    revoke_feed(by=site.head, now=NOW)
    assert Client().get(f"/lich/{new}.ics").status_code == 404
    with pytest.raises(WrongState):
        revoke_feed(by=site.head, now=NOW)
    names = AuditEvent.objects.filter(name__startswith="login.feed").order_by("pk").values_list("name", flat=True)
    assert list(names) == ["login.feed", "login.feed", "login.feed_revoke"]


def test_nobody_elses_address_is_told_from_a_wrong_one(site: House) -> None:
    assert Client().get("/lich/khong-co-dia-chi-nay.ics").status_code == 404


def test_the_address_holds_what_its_owner_may_see_now_and_no_more(site: House, task: Task) -> None:
    for stranger in (site.stranger, site.outsider):
        assert read(make_feed(by=stranger, now=NOW)) == []
    token = make_feed(by=site.member, now=NOW)
    assert len(read(token)) == 1
    close_person(site.member.person_id, MONDAY, by=site.admin, now=NOW)
    assert Client().get(f"/lich/{token}.ics").status_code == 404


def test_a_moved_deadline_moves_the_same_entry(site: House, task: Task) -> None:
    token = make_feed(by=site.head, now=NOW)

    def entry() -> tuple[str, date]:
        [event] = Calendar.from_ical(Client().get(f"/lich/{token}.ics").content).walk("VEVENT")
        return str(event["uid"]), event["dtstart"].dt

    before = entry()
    Task.objects.filter(pk=task.pk).update(due_on=FRIDAY + timedelta(days=7))
    after = entry()
    assert before[0] == after[0]
    assert (before[1], after[1]) == (FRIDAY, FRIDAY + timedelta(days=7))
