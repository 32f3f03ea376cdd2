"""Pages as people open them: a clock set to a plain Monday, rights granted, one signed-in client a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from approvals.queries.standing import open_approval, waiting_step
from tests.factories import MONDAY, House, at, make_task
from workflow.actions.policy import seed_rules
from workflow.actions.unit import sync_grants
from workflow.choices import FlowKind
from workflow.models import DemonstrationClock, Person, RegisterBook, Task
from workflow.permissions import Actor
from workflow.queries.clock import forget_clock

Enter = Callable[[Actor], Client]
SetClock = Callable[[date, str], datetime]

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Page(HTMLParser):
    """Reads a page: is every element closed, is anything inline, which ids and labels are there."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.labelled: list[str] = []
        self.fields: list[dict[str, str | None]] = []
        self.texts: list[str] = []
        self.headings: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "style" or "style" in named or any(name.startswith("on") for name in named):
            self.faults.append(f"inline: {tag} {named}")
        if tag == "script" and not named.get("src"):
            self.faults.append("inline script")
        for name in ("src", "href", "action"):
            if (named.get(name) or "").startswith(("http:", "https:", "//", "javascript:")):
                self.faults.append(f"foreign: {named[name]}")
        if named.get("id"):
            self.ids.append(str(named["id"]))
        if tag == "label" and named.get("for"):
            self.labelled.append(str(named["for"]))
        if tag in {"input", "select", "textarea"} and named.get("type") not in {"hidden", "submit"}:
            self.fields.append(named)
        if tag in {"h1", "h2"}:
            self.headings.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"closed in the wrong order: {tag}")

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data.strip())


def read_page(content: bytes) -> Page:
    """Read a page and return what was found."""
    page = Page()
    page.feed(content.decode())
    page.close()
    return page


def assert_clean(content: bytes) -> None:
    """A page is well formed, holds nothing inline, labels each field, names each id once and has one first heading."""
    page = read_page(content)
    assert page.faults == []
    assert page.open == []
    assert len(page.ids) == len(set(page.ids)), [each for each in page.ids if page.ids.count(each) > 1]
    unlabelled = [field for field in page.fields if field.get("id") not in page.labelled]
    assert unlabelled == []
    assert page.headings.count("h1") == 1


GONE = (
    "nop-bao-cao",
    "rut-bao-cao",
    "nhan-bao-cao",
    "tra-lai-bao-cao",
    "quyet-gia-han",
    "tham-muu",
    "giai-quyet",
    "phat-hanh-don-doc",
    "gui-bao-cao-ubnd",
    "ghi-chi-dao",
)
"""Acts that a person once did on a task's own pages; each is a step of an approval flow now."""


def step_path(kind: FlowKind, target_id: int, outcome: str) -> str:
    """Return the address of a decision at the step that waits on a task, document, duty or request."""
    approval = open_approval(kind, target_id)
    step = waiting_step(approval) if approval is not None else None
    assert step is not None, f"nothing waits on {kind} {target_id}"
    return f"/phe-duyet/buoc/{step.pk}/{outcome}/"


def pass_step(client: Client, kind: FlowKind, target_id: int, outcome: str, **typed: object) -> HttpResponse:
    """Open the decision's form at the step that waits, as a person does, and send it with the version it shows."""
    path = step_path(kind, target_id, outcome)
    shown = client.get(path)
    assert shown.status_code == 200, shown.content.decode()[-1500:]
    assert_clean(shown.content)
    found = re.search(r'name="version" value="(\d*)"', shown.content.decode())
    assert found is not None
    response: HttpResponse = client.post(path, {"version": found[1], **typed}, follow=True)
    return response


@pytest.fixture(autouse=True)
def _forget_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test sees another's clock, and within one a slow machine reads it no oftener than a fast one."""
    monkeypatch.setattr("workflow.queries.clock.KEEP_SECONDS", 3600.0)
    forget_clock()
    yield
    forget_clock()


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: Path) -> None:
    """Keep the files of a test in its own folder."""
    stored = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": stored}


@pytest.fixture
def set_clock(db: None) -> SetClock:
    """Set the site's clock to a local moment."""

    def set_to(day: date, clock: str = "09:00") -> datetime:
        DemonstrationClock.objects.all().delete()
        DemonstrationClock.objects.create(real_at=timezone.now(), shown_at=at(day, clock))
        forget_clock()
        return at(day, clock)

    return set_to


@pytest.fixture
def site(house: House, set_clock: SetClock) -> House:
    """The small department on a plain Monday morning, with its rights, rules and register."""
    now = set_clock(MONDAY, "09:00")
    sync_grants(by=None, now=now)
    seed_rules(by=None, now=now)
    RegisterBook.objects.create(body=house.department, year=2022, series="chung", first_number=1, last_number=0)
    return house


@pytest.fixture
def enter(site: House) -> Enter:
    """Return a client signed in as the acting person."""

    def signed_in(actor: Actor) -> Client:
        client = Client()
        client.force_login(Person.objects.get(pk=actor.person_id), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


@pytest.fixture
def task(site: House) -> Task:
    """One task of the first division, due on Friday 14/10/2022."""
    return make_task(site, title="Báo cáo năm của Phòng Một", search="bao cao nam cua phong mot")
