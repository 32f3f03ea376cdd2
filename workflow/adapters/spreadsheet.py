"""Writing XLSX files by openpyxl: texts only, never a formula; the same input gives the same bytes."""

from __future__ import annotations

import io
import re
import unicodedata
from copy import copy
from datetime import datetime
from typing import TYPE_CHECKING, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from workflow.core.register import COLUMNS, TITLE, RegisterVolume

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.styles.cell_style import StyleArray
    from openpyxl.worksheet.worksheet import Worksheet

WIDTHS = (18, 12, 48, 20, 34, 16, 9, 12, 10, 30)
"""Widths of the ten columns, in characters: 209 fit on a landscape A4 sheet when it is fitted to one page's width."""

BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
LARGEST_CELL = 32_767
"""How many characters a cell of XLSX holds."""

OLDEST_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP entry can have: what stands for "no clock"."""

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 does not have."""


def register_sheet(volume: RegisterVolume) -> bytes:
    """Return the register as an XLSX file: the cover's lines, the ten columns of Phụ lục IV, one row a document.

    Set to print on A4 landscape, one page wide, the head of the table repeated on each page.
    """
    from openpyxl import Workbook  # noqa: PLC0415 -- takes a third of a second to import and only exports need it

    book = Workbook(write_only=True)
    # What is written row by row has all that is asked of a sheet here, which its stubs do not say.
    sheet = cast("Worksheet", book.create_sheet(f"Sổ VB đi {volume.year}, quyển {volume.volume:02d}"))
    cover = (volume.parent_name.upper(), volume.name.upper(), TITLE, *volume.cover_lines())
    _set_page(sheet, head_row=len(cover) + 2)
    above, title = _style_of(sheet, centred=True), _style_of(sheet, bold=True, centred=True)
    head, plain = _style_of(sheet, bold=True, centred=True, ruled=True), _style_of(sheet, ruled=True)
    for place, line in enumerate(cover):
        sheet.append([_cell(sheet, line, title if place else above)])
        sheet.merged_cells.ranges.add(_across(place + 1))
    sheet.append([])
    sheet.append([_cell(sheet, name, head) for name in COLUMNS])
    for row in volume.rows:
        sheet.append([_cell(sheet, text, plain) for text in row.cells()])
    if volume.missing:
        sheet.append([_cell(sheet, volume.missing_line(), _style_of(sheet))])
    return _bytes_of(book, made=datetime(volume.year, 1, 1))  # noqa: DTZ001 -- XLSX keeps no zone


def _across(row: int) -> object:
    from openpyxl.worksheet.cell_range import CellRange  # noqa: PLC0415 -- as in `register_sheet`

    return CellRange(min_row=row, max_row=row, min_col=1, max_col=len(COLUMNS))


def _set_page(sheet: Worksheet, *, head_row: int) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 -- as in `register_sheet`

    for number, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "9"  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]  # a new sheet has it
    sheet.print_title_rows = f"{head_row}:{head_row}"
    sheet.freeze_panes = f"A{head_row + 1}"
    sheet.oddFooter.center.text = "&P/&N"  # type: ignore[union-attr]  # every part of a new footer is there


def plain_text(text: str) -> str:
    """Return a text as a cell can hold it: NFC, without what XML does not have, not longer than a cell."""
    clean = unicodedata.normalize("NFC", _UNWRITABLE.sub("", text))
    return clean if len(clean) <= LARGEST_CELL else clean[: LARGEST_CELL - 1] + "…"


def _style_of(sheet: Worksheet, *, bold: bool = False, centred: bool = False, ruled: bool = False) -> StyleArray:
    """Return a style to give to many cells: setting it anew for each would take most of the time."""
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 -- as in `register_sheet`
    from openpyxl.styles import Alignment, Border, Font, Side  # noqa: PLC0415 -- the same

    cell = WriteOnlyCell(sheet)
    cell.number_format = "@"
    cell.font = Font(name="Times New Roman", size=12, bold=bold)
    cell.alignment = Alignment(horizontal="center" if centred else "left", vertical="top", wrap_text=True)
    if ruled:
        side = Side(style="thin")
        cell.border = Border(left=side, right=side, top=side, bottom=side)
    return cast("StyleArray", copy(cell._style))  # type: ignore[attr-defined]  # as its documentation copies styles


def _cell(sheet: Worksheet, text: str, style: StyleArray) -> Cell:
    """Return a cell that is text whatever it begins with, also when somebody types into it later."""
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 -- as in `register_sheet`

    cell = WriteOnlyCell(sheet, plain_text(text))
    cell.data_type = "s"  # openpyxl takes what begins with "=" for a formula
    cell._style = copy(style)  # type: ignore[attr-defined]  # the same
    cell.quotePrefix = text.startswith(BEGINS_A_FORMULA)
    return cell


def _bytes_of(book: Workbook, *, made: datetime) -> bytes:
    """Return the file without any clock: openpyxl writes the machine's time into properties and into the archive."""
    from openpyxl.writer.excel import ExcelWriter  # noqa: PLC0415 -- as in `register_sheet`

    book.properties.creator = "Đôn đốc"
    book.properties.created = book.properties.modified = made
    written, fixed = io.BytesIO(), io.BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED, allowZip64=True) as archive:
        ExcelWriter(book, archive).save()
    with ZipFile(written) as source, ZipFile(fixed, "w", ZIP_DEFLATED) as archive:
        for entry in source.infolist():
            archive.writestr(ZipInfo(entry.filename, OLDEST_MOMENT), source.read(entry), ZIP_DEFLATED)
    return fixed.getvalue()
