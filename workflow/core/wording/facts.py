"""What the texts are made of: days as they are printed, cited documents, what is known of a task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflow.core.paper import AppendixPaper

PLACE = "Khánh Hòa"
"""The place printed before a document's date, as the department prints it."""

END = "./."
PADDED_MONTHS = 2
WITHOUT_STOP = " .;"

COPY_TO_LEADERS = "Lãnh đạo Sở (b/c)"
"""The copy that the house sends to its leaders ("b/c": để báo cáo); house practice, no rule asks for it."""

USUAL_COPIES = ("Lãnh đạo Sở", "Các phòng, đơn vị thuộc Sở")
"""Where a paper goes that stays inside the department; house practice too."""

KEPT_CAPITAL = frozenset({"ủy", "hội", "chính", "quốc"})
"""First words of names whose second word is not written large: Ủy ban, Hội đồng, Chính phủ, Quốc hội."""


def short_day(day: date) -> str:
    """Return a date as 19/4/2022 is printed in the plans."""
    return f"{day.day}/{day.month}/{day.year}"


def long_day(day: date) -> str:
    """Return a date in full: days below ten and months 1 and 2 with a leading zero (NĐ 30/2020 Phụ lục I)."""
    return f"ngày {day.day:02d} {long_month(day)}"


def long_month(day: date) -> str:
    """Return the day's month and year in full, as they end a date."""
    month = f"{day.month:02d}" if day.month <= PADDED_MONTHS else str(day.month)
    return f"tháng {month} năm {day.year}"


def without_stop(text: str) -> str:
    """Return a title as it stands inside a sentence: without the stop that the plan's table prints after it."""
    return text.rstrip(WITHOUT_STOP)


def inside(text: str) -> str:
    """Return a subject (trích yếu) as it goes on after "về việc": begun small, unless it begins with a name."""
    words = text.removeprefix("V/v ").removeprefix("Về việc ").removeprefix("Việc ").strip()
    first, _space, rest = words.partition(" ")
    is_name = first.lower() in KEPT_CAPITAL or not first[1:].islower() or rest[:1].isupper()
    return words if is_name else words[0].lower() + words[1:]


@dataclass(frozen=True, slots=True)
class Words:
    """What a text says beside its head: subject (trích yếu), body, and where it has them copies and appendices."""

    subject: str
    body: str
    copies: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    appendices: tuple[AppendixPaper, ...] = ()


@dataclass(frozen=True, slots=True)
class Cited:
    """A document that a text cites; what is not known is "" or None and left out."""

    kind: str
    number: str
    issued_on: date | None = None
    body_name: str = ""
    subject: str = ""

    def short(self) -> str:
        """Return how it is cited again: type and number (NĐ 30/2020 Phụ lục I Mục II.6)."""
        return f"{self.kind} số {self.number}"

    def in_full(self) -> str:
        """Return how it is cited first: type, number and symbol, date, body, subject (same place)."""
        parts = [self.short()]
        if self.issued_on is not None:
            parts.append(long_day(self.issued_on))
        if self.body_name:
            parts.append(f"của {self.body_name}")
        if self.subject:
            parts.append(f"về việc {inside(without_stop(self.subject))}")
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What a text says of one task.

    `body_name` is what the issuing department is called on the day. `asked_by` is the document that gave the task or
    asked for the opinion, where one is known; `asked_on` the day on which it was asked otherwise.
    """

    title: str
    unit_name: str
    due_on: date | None
    clause: str = ""
    timeline_text: str = ""
    consultation: bool = False
    parent_title: str = ""
    processing_until: date | None = None
    body_name: str = "Sở"
    asked_by: Cited | None = None
    asked_on: date | None = None

    @property
    def name(self) -> str:
        """The title as it stands inside a sentence: without the stop that the plan's table prints after it."""
        return without_stop(self.title)

    @property
    def missing(self) -> str:
        """What has not come from the unit."""
        return "văn bản tham gia ý kiến" if self.consultation else "báo cáo kết quả thực hiện"


@dataclass(frozen=True, slots=True)
class EarlierReminder:
    """A reminder that was issued; `body_name` and `subject` as they stand on it."""

    ordinal: int
    full_number: str
    issued_on: date
    body_name: str = ""
    subject: str = ""

    def cited(self) -> Cited:
        """Return it as a cited document."""
        return Cited("Công văn", self.full_number, self.issued_on, self.body_name, self.subject)


@dataclass(frozen=True, slots=True)
class Basis:
    """What a text stands on: its citation, and the clause word for word ("" where no clause says it)."""

    citation: str
    clause: str = ""

    def sentence(self) -> str:
        """Return the sentence that names the basis; without a clause it says so."""
        cited = self.citation.rstrip(".")
        if not self.clause:
            return f"Căn cứ của văn bản này: {cited}."
        clause = self.clause.rstrip(" ;")
        return f"Căn cứ {cited}: “{clause}”" + ("" if clause.endswith(".") else ".")


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a chronology: what happened on a day."""

    day: date
    said: str

    def line(self, number: int) -> str:
        """Return it as a numbered line of a text."""
        return f"{number}. Ngày {self.day:%d/%m/%Y}: {self.said}."
