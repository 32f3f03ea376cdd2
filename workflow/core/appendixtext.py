"""An appendix as a person types or pastes it: plain lines, and a table whose cells stand between | or tabs."""

from __future__ import annotations

from workflow.core.paper import AppendixPaper

NARROWEST, WIDEST = 4, 40
"""Bounds of a column's share, in letters of its longest cell."""

LINE_BREAK = "⏎"
"""Stands for a line break inside a cell, which a line of text can't hold."""


def appendix_of(title: str, content: str, *, landscape: bool = False) -> AppendixPaper:
    """Return what was typed: the first line with | or a tab holds the columns' titles, every further one a row.

    A line without either between two rows is the heading of a group; lines before and after the table are text. A
    row that is too short is filled with empty cells, as spreadsheets leave them out.
    """
    lines = [line.rstrip() if "\t" not in line else line for line in content.replace("\r\n", "\n").split("\n")]
    lines = [line for line in lines if not _is_rule(line)]
    places = [place for place, line in enumerate(lines) if _is_row(line)]
    if not places:
        return AppendixPaper(title=title, body="\n".join(lines).strip(), landscape=landscape)
    first, last = places[0], places[-1]
    head, *rows = (_cells(line) for line in lines[first : last + 1] if line.strip())
    body = "\n".join([*lines[:first], *lines[last + 1 :]]).strip()
    fitted = tuple(_fitted(row, len(head)) for row in rows)
    return AppendixPaper(title=title, body=body, columns=_columns(head, fitted), rows=fitted, landscape=landscape)


def text_of(appendix: AppendixPaper) -> str:
    """Return an appendix as a person would have typed it: its text, then its table."""
    head = tuple(title for title, _width in appendix.columns)
    lines = appendix.body.splitlines()
    tabs = any("|" in cell for row in (head, *appendix.rows) for cell in row)
    if head:
        lines += [_line(head, tabs=tabs), *(_line(row, tabs=tabs) for row in appendix.rows)]
    return "\n".join(lines)


def _is_row(line: str) -> bool:
    return "\t" in line or "|" in line


def _is_rule(line: str) -> bool:
    """Tell whether a line only draws a rule under the titles: |---|---|."""
    return "|" in line and "-" in line and not set(line) - set("|-: ")


def _cells(line: str) -> tuple[str, ...]:
    if "\t" in line:
        parts = line.split("\t")
    else:
        bare = line.strip()
        inner = bare[1:-1] if len(bare) > 1 and bare[0] == bare[-1] == "|" else bare
        parts = inner.split("|") if "|" in line else [bare]
    return tuple(part.strip().replace(LINE_BREAK, "\n") for part in parts)


def _fitted(row: tuple[str, ...], width: int) -> tuple[str, ...]:
    if len(row) == 1 or len(row) >= width:
        return row
    if row[0] and not any(row[1:]):
        return row[:1]
    return (*row, *("" for _missing in range(width - len(row))))


def _columns(head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, int], ...]:
    """Give each column a share by its longest line, within bounds."""
    full = [row for row in (head, *rows) if len(row) == len(head)]
    widths = [max(len(line) for row in full for line in (row[place].split("\n"))) for place in range(len(head))]
    return tuple((title, min(max(width, NARROWEST), WIDEST)) for title, width in zip(head, widths, strict=True))


def _line(row: tuple[str, ...], *, tabs: bool) -> str:
    cells = [cell.replace("\r\n", "\n").replace("\n", LINE_BREAK).replace("\t", " ") for cell in row]
    if tabs:
        return "\t".join(cells) if len(cells) > 1 else f"{cells[0]}\t"
    line = " | ".join(cells)
    return f"| {line} |" if len(cells) == 1 or not cells[0] or not cells[-1] else line
