"""A stored plan as a document (KH): its own words, and its appendix with the columns it was printed with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflow.core.paper import AppendixPaper
from workflow.core.wording.facts import END, USUAL_COPIES, Words

COLUMNS = (
    ("Stt", 1),
    ("Nội dung/Nhiệm vụ", 5),
    ("Kết quả/Sản phẩm", 4),
    ("Tiến độ", 2),
    ("Cách thức thực hiện", 9),
)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One row as it was printed; `section` and `group` are the headings it stands under."""

    stt: str
    section: str
    group: str
    content: str
    product: str
    timeline: str
    method: str


@dataclass(frozen=True, slots=True)
class PlanWords:
    """A plan's own words; what was not stored of it is empty and left out."""

    title: str
    basis: str = ""
    opening: str = ""
    purpose: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    tasks: str = ""
    organisation: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    lines: tuple[PlanLine, ...] = ()


def plan_text(plan: PlanWords) -> Words:
    """Return the plan's words: căn cứ, opening, mục đích và yêu cầu, nội dung, tổ chức thực hiện, the appendix."""
    lines = [plan.opening] if plan.opening else []
    if plan.purpose or plan.requirements:
        lines.append("I. MỤC ĐÍCH, YÊU CẦU")
        lines += _titled("1. Mục đích", plan.purpose) + _titled("2. Yêu cầu", plan.requirements)
    if plan.tasks or plan.lines:
        lines += ["II. NỘI DUNG THỰC HIỆN", plan.tasks or "(Chi tiết theo phụ lục đính kèm)"]
    if plan.organisation:
        lines.append("III. TỔ CHỨC THỰC HIỆN")
        lines += [f"{number}. {text}" for number, text in enumerate(plan.organisation, start=1)]
    if lines:
        lines[-1] = lines[-1].rstrip(" ./") + END
    grounds = _grounds(plan.basis)
    copies = plan.copies or USUAL_COPIES
    return Words(plan.title, "\n".join(lines), copies=copies, grounds=grounds, appendices=_table(plan.lines))


def _titled(title: str, lines: Sequence[str]) -> list[str]:
    return [title, *(f"- {line.strip()}" for line in lines)] if lines else []


def _grounds(basis: str) -> tuple[str, ...]:
    """Return the căn cứ a line each; the plan prints them in one sentence, parted by semicolons."""
    parts = [part.strip().rstrip(",.") for part in basis.split(";") if part.strip()]
    return tuple(part if part.startswith("Căn cứ") else f"Căn cứ {part}" for part in parts)


def _table(lines: Sequence[PlanLine]) -> tuple[AppendixPaper, ...]:
    rows: list[tuple[str, ...]] = []
    under = ("", "")
    for line in lines:
        if line.section and line.section != under[0]:
            rows.append((line.section,))
        if line.group and (line.section, line.group) != under:
            rows.append((line.group,))
        under = (line.section, line.group)
        rows.append((line.stt, line.content, line.product, line.timeline, line.method))
    if not rows:
        return ()
    return (AppendixPaper(title="NỘI DUNG, NHIỆM VỤ THỰC HIỆN", columns=COLUMNS, rows=tuple(rows), landscape=True),)
