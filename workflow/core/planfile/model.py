"""A plan as read from its file: checked, in NFC, in values that nothing can change any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, order=True)
class PlanError:
    """One thing that is wrong with a plan file: where, what, and what to do; Vietnamese."""

    place: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message} {self.remedy}".strip()


class PlanErrors(Exception):
    """All that is wrong with a plan file, at once; nothing was imported."""

    def __init__(self, errors: Sequence[PlanError]) -> None:
        self.errors = list(errors)
        super().__init__("\n".join(str(error) for error in self.errors))


@dataclass(frozen=True, slots=True, order=True)
class Defect:
    """A defect of the source: listed, never mended in silence (domain.md section 8)."""

    kind: str
    place: str
    printed: str = ""
    reading: str = ""
    explanation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedBullet:
    """One bullet of the Cách thức column, word for word."""

    ordinal: int
    text: str
    lead: tuple[str, ...]
    support: tuple[str, ...]
    addressee: tuple[str, ...] = ()
    handoff: bool = False
    fragment: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedItem:
    """One row of the appendix; `schedule` is the file's own reading of the timeline, already compared with ours."""

    order: int
    code: str
    printed_stt: str
    section: str
    group: str
    content: tuple[str, ...]
    product: tuple[str, ...]
    timeline_text: str
    schedule: Mapping[str, object]
    rule_codes: tuple[str, ...]
    quantitative: tuple[Mapping[str, object], ...]
    bullets: tuple[ParsedBullet, ...]
    truncated: bool = False
    missing: str = ""
    inferred: Mapping[str, object] = field(default_factory=dict)
    rollup: bool = False
    done_at_issue: bool = False
    counterpart_code: str = ""
    counterpart_year: int | None = None
    change: str = ""
    change_detail: str = ""
    note: str = ""

    @property
    def has_lead(self) -> bool:
        """Whether any bullet names who leads."""
        return any(bullet.lead for bullet in self.bullets)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedTarget:
    """A figure that the plan sets."""

    code: str
    name: str
    comparator: str
    value: Decimal
    measure: str
    clause: str
    text: str
    implied: bool = False
    alternative_to: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDuty:
    """A duty to report that the plan states."""

    code: str
    from_codes: tuple[str, ...]
    to_codes: tuple[str, ...]
    via_codes: tuple[str, ...]
    frequency: str
    due: Mapping[str, object]
    clause: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedPlan:
    """A whole plan with the defects of its source."""

    number: str
    issued_on: date
    year: int
    title: str
    issuer_code: str
    signer_name: str
    signer_capacity: str
    header: Mapping[str, object]
    items: tuple[ParsedItem, ...]
    targets: tuple[ParsedTarget, ...]
    duties: tuple[ParsedDuty, ...]
    defects: tuple[Defect, ...]
