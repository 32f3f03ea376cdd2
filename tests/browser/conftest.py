"""One served site with the demonstration year for all browser tests, and hands that work at it."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.hand import DESKTOP, DemonstrationMachine, Hand, Site, open_chromium
from tests.machine import ROOT, eventually, made_machine

Sit = Callable[..., Hand]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them, so that they can be chosen or left out."""
    for item in items:
        if item.path.is_relative_to(ROOT / "tests" / "browser"):
            item.add_marker(pytest.mark.browser)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        link.request("GET", "/dang-nhap/")
        return link.getresponse().status == 200
    except OSError:
        return False
    finally:
        link.close()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration year at 7:30 on Monday 21/11/2022, served by gunicorn on a database of its own."""
    with made_machine(tmp_path_factory.mktemp("site")) as made:
        machine = DemonstrationMachine(made.folder, made.address)
        machine.manage("collectstatic", "--noinput", "--verbosity", "0")
        machine.manage("prepare_demo")
        port = _free_port()
        served = [sys.executable, "-m", "gunicorn", "project.wsgi:application", "--bind", f"127.0.0.1:{port}"]
        served += ["--worker-class", "gthread", "--workers", "1", "--threads", "4", "--no-control-socket"]
        with (machine.folder / "web.txt").open("wb") as log:
            process = subprocess.Popen(served, cwd=ROOT, env=machine.environment, stdout=log, stderr=log)
            try:
                eventually(lambda: _answers(port))
                yield Site(machine, f"http://127.0.0.1:{port}")
                # After all those days the whole trail holds and every row agrees with it.
                said = json.loads(machine.manage("verify_audit", "--json"))
                assert said["ok"] is True, said
            finally:
                process.terminate()
                process.wait(30)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, for this folder: Playwright's loop must have ended before another folder's tests use the database."""
    with sync_playwright() as playwright, open_chromium(playwright.chromium) as opened:
        yield opened


@pytest.fixture
def sit(site: Site, browser: Browser) -> Iterator[Sit]:
    """Return a person at a window of his own, signed in; his pages must have been without fault when the test ends."""
    hands: list[Hand] = []

    def sit_down(username: str = "", *, size: tuple[int, int] = DESKTOP, scripts: bool = True) -> Hand:
        hand = Hand(site, browser, size=size, scripts=scripts)
        hands.append(hand)
        return hand.arrive(username) if username else hand

    yield sit_down
    for hand in hands:
        hand.leave()
