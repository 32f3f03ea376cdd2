"""What stands on a printed document, as plain data: the printer, the actions and the exports read the same value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date

CIRCULATION = "circulation"
"""The fact that says how far a document may go, a value of `choices.Circulation` (ô 11)."""

DRAFTER_MARK = "drafter_mark"
"""The fact that says who drafted and how many copies there are, as "PL.(300)" (ô 12)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How the issuing body names itself on the document's day (NĐ 30/2020 Phụ lục I ô 2, 4, 13)."""

    parent_name: str
    name: str
    abbreviation: str
    place: str
    head_title: str = "GIÁM ĐỐC"
    organ_id: str = ""
    contact: str = ""

    def as_data(self) -> dict[str, str]:
        """Return what is stored with an issued document."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> Head:
        """Return the head that was stored.

        :raises KeyError: when a name is missing.
        """
        return cls(**{name: str(data[name]) for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendixPaper:
    """One appendix: text, a table, or both (Phụ lục I Mục III.1).

    `columns` are (title, share of the width); a row of one text alone is a heading that spans the table.
    """

    title: str
    body: str = ""
    columns: tuple[tuple[str, int], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    landscape: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """All that stands on one document; `number` is "" and `issued_on` None while it is a draft.

    `recipients` stand after "Kính gửi", `copies` under "Nơi nhận", `grounds` are the căn cứ. `signer_title` has a line
    each for "TL. GIÁM ĐỐC", "CHÁNH VĂN PHÒNG". `facts` is what a form of its own kind needs. `urgency` is
    `choices.Urgency`'s value.
    """

    kind: str
    kind_label: str
    head: Head
    symbol: str
    subject: str
    body: str
    number: str = ""
    issued_on: date | None = None
    recipients: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    keeper: str = ""
    urgency: int = 0
    signer_name: str = ""
    signer_title: str = ""
    appendices: tuple[AppendixPaper, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_draft(self) -> bool:
        """Whether the paper was not issued, so that it must say so."""
        return not self.number or self.issued_on is None
