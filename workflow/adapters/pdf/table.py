"""An appendix' table made ready to print: widths as whole percents, and rows of as many cells as there are columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflow.core.paper import AppendixPaper

WHOLE = 100
NARROWEST = 3
"""No column is narrower than this, in percent of the table: three figures must fit."""

MOST_COLUMNS = WHOLE // NARROWEST


LONG_CELL = 1000
"""A row with a cell of so many letters may be parted over pages, under the table's head; any other stays whole."""


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A row of a table; one cell alone is a heading that spans the table."""

    cells: tuple[str, ...]

    @property
    def is_long(self) -> bool:
        """Whether the row may be parted over pages."""
        return any(len(cell) >= LONG_CELL for cell in self.cells)


@dataclass(frozen=True, slots=True)
class PaperTable:
    """Columns as (title, percent of the width) and rows."""

    columns: tuple[tuple[str, int], ...]
    rows: tuple[PaperRow, ...]

    @property
    def span(self) -> int:
        """How many columns there are."""
        return len(self.columns)


def table_of(appendix: AppendixPaper) -> PaperTable | None:
    """Return an appendix' table; None when it has no columns.

    :raises ValueError: when there are too many columns for a page.
    """
    if not appendix.columns:
        return None
    if len(appendix.columns) > MOST_COLUMNS:
        raise ValueError(f"Bảng của phụ lục có {len(appendix.columns)} cột; nhiều nhất là {MOST_COLUMNS} cột.")
    titles = [title for title, _share in appendix.columns]
    widths = percents([share for _title, share in appendix.columns])
    rows = tuple(PaperRow(_fitted(row, len(titles))) for row in appendix.rows)
    return PaperTable(columns=tuple(zip(titles, widths, strict=True)), rows=rows)


def percents(shares: Sequence[int]) -> list[int]:
    """Return widths in whole percents that add up to 100 and keep the shares' proportions.

    A share below one counts as one, so that no column vanishes.
    """
    wanted = [max(share, 1) for share in shares]
    spare = WHOLE - NARROWEST * len(wanted)
    exact = [spare * share / sum(wanted) for share in wanted]
    widths = [NARROWEST + int(width) for width in exact]
    by_rest = sorted(range(len(exact)), key=lambda rank: (int(exact[rank]) - exact[rank], rank))
    for rank in by_rest[: WHOLE - sum(widths)]:
        widths[rank] += 1
    return widths


def _fitted(row: Sequence[str], span: int) -> tuple[str, ...]:
    """Return a row of exactly `span` cells, or of one; cells too many are joined into the last one, so none is lost."""
    cells = [str(cell) for cell in row] or [""]
    if len(cells) == 1 or len(cells) == span:
        return tuple(cells)
    if len(cells) > span:
        return (*cells[: span - 1], "; ".join(cell for cell in cells[span - 1 :] if cell))
    return (*cells, *[""] * (span - len(cells)))
