"""Where signatures go on a PDF that this program printed, read from the file itself.

`print/_place.html` leaves an empty box between position and name, and names its first and its last corner. The names
are destinations of the file (ISO 32000-1, 12.3.2.3), which survive every signature that is added to it later.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyhanko.pdf_utils.generic import Reference
    from pyhanko.pdf_utils.reader import PdfFileReader

FIRST_CORNER = "o-ky-dau"
LAST_CORNER = "o-ky-cuoi"

COVERED = 1 / 3
"""The organisation's signature covers the left third of the signer's (NĐ 30/2020 Phụ lục I Mục II.8)."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page in points; the origin is the page's lower left corner."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class SignaturePlaces:
    """The page (from 0) and the two boxes: the signer's, and the organisation's upon its left third."""

    page: int
    signer: Box
    organisation: Box


def signature_places(content: bytes) -> SignaturePlaces:
    """Return where the signer and the organisation sign: the empty box, and a square that ends in its left third.

    :raises ValueError: when the file was not printed by this program, or has no place for a signature.
    """
    from pyhanko.pdf_utils.misc import PdfReadError  # noqa: PLC0415 -- only signing needs pyHanko
    from pyhanko.pdf_utils.reader import PdfFileReader as Reader  # noqa: PLC0415 -- the same

    try:
        return _places(Reader(BytesIO(content), strict=False))
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, PdfReadError) as missing:
        raise ValueError("Tệp PDF không có ô chữ ký do phần mềm này in.") from missing


def _places(reader: PdfFileReader) -> SignaturePlaces:
    names = reader.root["/Names"]["/Dests"]["/Names"]
    found = {str(names[rank]): names[rank + 1] for rank in range(0, len(names), 2)}
    first, last = found[FIRST_CORNER], found[LAST_CORNER]
    page = _page_number(reader, first.raw_get(0).reference)
    signer = Box(left=float(first[2]), bottom=float(last[3]), right=float(last[2]), top=float(first[3]))
    covered, side = (signer.right - signer.left) * COVERED, signer.top - signer.bottom
    edge = signer.left + covered
    return SignaturePlaces(page, signer, Box(left=edge - side, bottom=signer.bottom, right=edge, top=signer.top))


def _page_number(reader: PdfFileReader, wanted: Reference) -> int:
    """Return which page, counted from 0, an object is; WeasyPrint writes the pages as one flat list."""
    kids = reader.root["/Pages"]["/Kids"]
    return [kids.raw_get(rank).reference for rank in range(len(kids))].index(wanted)
