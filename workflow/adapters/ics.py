"""Deadlines as an iCalendar file (RFC 5545), which other calendar programs subscribe to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Entry:
    """One whole-day entry; `uid` stays the same for the same task, so that a moved deadline moves the entry."""

    uid: str
    day: date
    title: str
    text: str
    address: str


def write_ics(name: str, entries: Iterable[Entry], *, now: datetime) -> bytes:
    """Return the calendar file; `now` stamps every entry, and readers are asked to look again each hour."""
    from icalendar import Calendar, Event  # noqa: PLC0415 -- only a feed needs the library

    calendar = Calendar()
    calendar.add("prodid", "-//Don doc//Lich//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for entry in entries:
        event = Event()
        event.add("uid", entry.uid)
        event.add("dtstamp", now)
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("summary", entry.title)
        event.add("description", entry.text)
        event.add("url", entry.address)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
