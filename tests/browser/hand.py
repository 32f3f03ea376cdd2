"""A person at a real browser and a real served site: links and buttons by their words, fields by their labels."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which

from playwright.sync_api import Browser, BrowserType, ConsoleMessage, Dialog, Locator, Page, Response, expect

from tests.machine import Machine

PASSWORD = "Trinh-Dien-2022"
DESKTOP = (1366, 900)
PHONE = (390, 844)
NARROWEST = 360
PATIENCE = 20_000.0
"""Milliseconds; a loaded machine is slow, a healthy one never needs them."""

CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

LISTEN = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error("CSP " + event.violatedDirective + " " + event.blockedURI));"""

LOOK = """() => {
  const faults = [];
  if (document.documentElement.lang !== "vi") faults.push("lang=" + document.documentElement.lang);
  const heads = document.querySelectorAll("h1").length;
  if (heads !== 1) faults.push(heads + " h1");
  for (const field of document.querySelectorAll("input, select, textarea")) {
    if (field.type === "hidden") continue;
    const words = [...(field.labels || [])].map((label) => label.textContent.trim()).join("");
    if (!words && !field.getAttribute("aria-label")) faults.push("không nhãn: " + (field.name || field.id));
  }
  for (const each of document.querySelectorAll("a, button")) {
    if (!each.textContent.trim() && !each.getAttribute("aria-label")) faults.push("nút không chữ: " + each.outerHTML);
  }
  return faults;
}"""

FOCUSED = """() => {
  const at = document.activeElement;
  return ((at.labels && at.labels[0] ? at.labels[0].textContent : at.textContent) || "").trim();
}"""

WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@contextmanager
def open_chromium(chromium: BrowserType) -> Iterator[Browser]:
    """Start the Chromium that `bin/test` found; its headless shell draws the same pages for half the work."""
    program = os.environ.get("DONDOC_CHROMIUM") or which("chromium-headless-shell") or "/usr/bin/chromium"
    browser = chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
    try:
        yield browser
    finally:
        browser.close()


class DemonstrationMachine(Machine):
    """An installation with the demonstration year, run as `bin/serve` runs it: without debugging."""

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its processes."""
        key = "only-for-browser-tests-0123456789-abcdefghijklmnopqrstuvwxyz"
        return super().environment | {"DONDOC_DEMONSTRATION": "1", "DONDOC_DEBUG": "0", "SECRET_KEY": key}


@dataclass
class Site:
    """The served installation, and which kinds of pages were looked over already."""

    machine: DemonstrationMachine
    address: str
    seen: set[str] = field(default_factory=set)

    def value(self, statement: str) -> str:
        """Return the one value of a statement that goes past Django to the database."""
        return str(self.machine.rows(statement)[0][0])

    def task(self, code: str) -> int:
        """Return a task's id by its code."""
        return int(self.value(f"SELECT id FROM workflow_task WHERE code = '{code}'"))

    def flow(self, code: str, kind: str = "report") -> int:
        """Return the id of the newest approval of a kind on a task."""
        of_task = f"kind = '{kind}' AND subject_id = {self.task(code)}"
        return int(self.value(f"SELECT max(id) FROM approvals_approval WHERE {of_task}"))

    def flow_called(self, title: str) -> int:
        """Return the id of the newest approval whose title begins so."""
        return int(self.value(f"SELECT max(id) FROM approvals_approval WHERE title LIKE '{title}%'"))

    def waits_for(self, approval_id: int) -> int:
        """Return the id of the step that waits in an approval."""
        waiting = "decided_at IS NULL AND finished IS NULL AND codename > ''"
        return int(self.value(f"SELECT max(id) FROM approvals_step WHERE process_id = {approval_id} AND {waiting}"))

    def passed(self, approval_id: int) -> list[str]:
        """Return the outcomes of an approval's steps in the order in which they were decided."""
        rows = self.machine.rows(
            "SELECT outcome FROM approvals_step"
            f" WHERE process_id = {approval_id} AND decided_at IS NOT NULL ORDER BY decided_at, id"
        )
        return [str(row[0]) for row in rows]

    def result(self, approval_id: int) -> str:
        """Return how an approval ended, "" while it has not."""
        return self.value(f"SELECT result FROM approvals_approval WHERE id = {approval_id}")

    def state(self, code: str) -> str:
        """Return a task's stored state."""
        return self.value(f"SELECT state FROM workflow_task WHERE code = '{code}'")

    def trail(self, code: str, *, last: int) -> list[str]:
        """Return the names of the task's last events, oldest first."""
        rows = self.machine.rows(
            f"SELECT name FROM workflow_auditevent WHERE task_id = {self.task(code)} ORDER BY seq DESC LIMIT {last}"
        )
        return [str(row[0]) for row in rows][::-1]

    def last_record(self, code: str) -> dict[str, object]:
        """Return the body of the task's last event."""
        body: dict[str, object] = json.loads(
            self.value(
                f"SELECT body FROM workflow_auditevent WHERE task_id = {self.task(code)} ORDER BY seq DESC LIMIT 1"
            )
        )
        return body

    def explained(self, code: str) -> str:
        """Return what `manage.py explain` says of the task."""
        return self.machine.manage("explain", code)


class Hand:
    """One person with one browser window. Every page opened is looked over; every fault fails the test at its end."""

    def __init__(self, site: Site, browser: Browser, *, size: tuple[int, int] = DESKTOP, scripts: bool = True) -> None:
        """Open an empty window."""
        self.site = site
        self.faults: list[str] = []
        self.refused: set[str] = set()
        viewport = {"width": size[0], "height": size[1]}
        self.context = browser.new_context(
            viewport=viewport,  # type: ignore[arg-type]
            java_script_enabled=scripts,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            base_url=site.address,
        )
        self.context.set_default_timeout(PATIENCE)
        self.context.add_init_script(LISTEN)
        self.page: Page = self.context.new_page()
        self.size = size
        self.page.on("response", self._note_answer)
        self.page.on("console", self._note_message)
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: {error}"))
        self.page.on("dialog", self._note_dialog)

    def _note_answer(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.status >= 400:
            self.refused.add(response.url)

    def _note_message(self, message: ConsoleMessage) -> None:
        # Chromium reports a page that was answered with 4xx as a failed load; that is the page's own answer.
        if message.type in {"error", "warning"} and message.location.get("url") not in self.refused:
            self.faults.append(f"{self.page.url}: {message.text}")

    def _note_dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"{self.page.url}: hộp thoại {dialog.type} {dialog.message}")
        dialog.accept()

    # --- going about ----------------------------------------------------------------------------------------------

    def arrive(self, username: str) -> Hand:
        """Be signed in, in a session of his own, and stand on the first page; the sign-in page itself is passed by."""
        request = self.context.request
        request.get("/dang-nhap/")
        [token] = [cookie["value"] for cookie in self.context.cookies() if cookie["name"] == "csrftoken"]
        typed = {"username": username, "password": PASSWORD, "csrfmiddlewaretoken": token}
        answer = request.post("/dang-nhap/", form=typed, max_redirects=0)
        assert answer.status == 302, f"{username}: {answer.status}"
        return self.go("/")

    def sign_in(self, username: str, password: str = PASSWORD) -> Hand:
        """Sign in through the page."""
        self.go("/dang-nhap/")
        self.write("Tên đăng nhập", username)
        self.write("Mật khẩu", password)
        self.press("Đăng nhập")
        return self

    def go(self, path: str, *, expected: int = 200) -> Hand:
        """Type an address; the answer's status must be as expected."""
        response = self.page.goto(path)
        assert response is not None
        assert response.status == expected, f"{path}: {response.status}"
        self.look()
        return self

    def follow(self, words: str, *, within: Locator | None = None) -> Hand:
        """Click a link by its words."""
        place = within if within is not None else self.page.get_by_role("main")
        place.get_by_role("link", name=words, exact=True).first.click()
        return self.look()

    def rail(self, words: str) -> Hand:
        """Click an entry of the rail."""
        return self.follow(words, within=self.page.get_by_role("navigation", name="Các trang"))

    def press(self, words: str) -> Hand:
        """Press a button of the page's main part by its words."""
        self.page.get_by_role("main").get_by_role("button", name=words, exact=True).click()
        return self.look()

    def line(self, group: str, *words: str) -> Locator:
        """Return the line of a group ("Quá hạn") of Việc của tôi or of the board that holds all the words."""
        section = self.page.get_by_role("region", name=re.compile(re.escape(group)))
        found = section.get_by_role("listitem")
        for each in words:
            found = found.filter(has_text=each)
        return found.first

    def begin(self, group: str, *words: str) -> Hand:
        """Press the button of a line of Việc của tôi."""
        self.line(group, *words).locator("a.button").click()
        return self.look()

    def enter(self, group: str, *words: str) -> Hand:
        """Open what a line of Việc của tôi or of the board is about."""
        self.line(group, *words).locator(".what a").click()
        return self.look()

    @property
    def approvals(self) -> Locator:
        """The part of a task's or an approval's page that shows what is to be decided."""
        return self.page.get_by_role("region", name=re.compile("^(Phê duyệt|Bước đang chờ)$"))

    def settle(self, words: str) -> Hand:
        """Open a decision that the page of a task or of an approval offers, by the words it begins with."""
        self.approvals.get_by_role("link", name=re.compile(f"^{re.escape(words)}( ?:|$)")).click()
        return self.look()

    def decide(self, words: str, text: str = "", *, label: str = "Ý kiến") -> Hand:
        """Open a decision that the page offers, write the text, if any, under the label, and take it."""
        self.settle(words)
        if text:
            self.write(label, text)
        return self.press(words)

    def check(self, quantity: str, content: str, punctuality: str) -> Hand:
        """Answer the three checks of a report."""
        for question, answer in (("Số lượng", quantity), ("Nội dung", content), ("Thời gian", punctuality)):
            self.choose(question, answer)
        return self

    # --- filling in -----------------------------------------------------------------------------------------------

    def write(self, label: str, text: str) -> Hand:
        """Fill a field by its label."""
        self.page.get_by_role("main").get_by_label(label).fill(text)
        return self

    def choose(self, question: str, answer: str) -> Hand:
        """Choose one of the answers to a question."""
        self.page.get_by_role("group", name=re.compile(re.escape(question))).get_by_label(answer, exact=True).check()
        return self

    def tick(self, label: str) -> Hand:
        """Tick a box."""
        self.page.get_by_label(label, exact=True).check()
        return self

    def pick(self, label: str, words: str) -> Hand:
        """Choose from a list by the words shown."""
        self.page.get_by_label(label).select_option(label=words)
        return self

    def tab_to(self, words: str) -> Hand:
        """Press Tab until the focus stands on what is called so or begins with it.

        :raises AssertionError: when it can't be reached by the keyboard.
        """
        for _ in range(120):
            self.page.keyboard.press("Tab")
            if str(self.page.evaluate(FOCUSED)).startswith(words):
                return self
        raise AssertionError(f"không tới được “{words}” bằng phím Tab")

    def enter_key(self) -> Hand:
        """Press Enter and wait for the page that comes."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        return self.look()

    # --- reading --------------------------------------------------------------------------------------------------

    @property
    def words(self) -> str:
        """The main part's text as it is seen."""
        return self.page.get_by_role("main").inner_text()

    @property
    def told(self) -> str:
        """What the page says was just done."""
        return self.page.get_by_role("status").inner_text().strip()

    @property
    def wrong(self) -> str:
        """What the page says is wrong."""
        return self.page.get_by_role("alert").inner_text()

    @property
    def heading(self) -> str:
        """The page's first heading."""
        return self.page.get_by_role("heading", level=1).inner_text()

    @property
    def path(self) -> str:
        """The address without the site."""
        return self.page.url.removeprefix(self.site.address)

    @property
    def offers(self) -> list[str]:
        """The acts that a task's page offers."""
        return self.page.get_by_role("region", name="Việc tiếp theo").get_by_role("link").all_inner_texts()

    @property
    def choices(self) -> list[str]:
        """The decisions that the page of a task or of an approval offers."""
        words = "(buttons) => buttons.map((button) => button.firstChild.textContent.trim())"
        return [str(each) for each in self.approvals.locator("a.button").evaluate_all(words)]

    def sees(self, words: str) -> None:
        """The main part shows the words within the time."""
        expect(self.page.get_by_role("main")).to_contain_text(words)

    def look(self) -> Hand:
        """Look over the page: language, one heading, labels; once a kind of page also that 360 px hold it."""
        self.page.wait_for_load_state()
        faults = list(self.page.evaluate(LOOK))
        if self.size != DESKTOP and (wider := self.page.evaluate(WIDER)) > 0:
            faults.append(f"rộng hơn màn hình {self.size[0]} px {wider} px")
        kind = f"{re.sub(r'[0-9]+', 'n', self.path.partition('?')[0])} {self.page.title()[:24]}"
        if kind not in self.site.seen:
            self.site.seen.add(kind)
            self.page.set_viewport_size({"width": NARROWEST, "height": 800})
            wider = self.page.evaluate(WIDER)
            if wider > 0:
                faults.append(f"rộng hơn màn hình {NARROWEST} px {wider} px")
            self.page.set_viewport_size({"width": self.size[0], "height": self.size[1]})
        self.faults += [f"{self.path}: {fault}" for fault in faults]
        return self

    def picture(self, name: str) -> None:
        """Keep a picture where DONDOC_PICTURES says, for a person who wants to see."""
        folder = os.environ.get("DONDOC_PICTURES")
        if folder:
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)

    def leave(self) -> None:
        """Close the window; nothing may have been wrong on the way.

        :raises AssertionError: when a page had a fault.
        """
        self.context.close()
        assert self.faults == [], "\n".join(self.faults)
