"""Telling what a file is by its content; its name is only a wish of whoever sends it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from workflow.core.fold import nfc

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class FileType:
    """One kind of file that is accepted: its media type and the endings its name may have, the usual one first."""

    content_type: str
    endings: tuple[str, ...]


_OFFICE = "application/vnd.openxmlformats-officedocument"
PDF = FileType("application/pdf", (".pdf",))
PNG = FileType("image/png", (".png",))
JPEG = FileType("image/jpeg", (".jpg", ".jpeg"))
DOCX = FileType(f"{_OFFICE}.wordprocessingml.document", (".docx",))
XLSX = FileType(f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",))
TXT = FileType("text/plain; charset=utf-8", (".txt",))

ACCEPTED = "PDF, PNG, JPEG, DOCX, XLSX hoặc văn bản thuần UTF-8"
"""The accepted kinds as a message names them."""

_SIGNATURES = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_MEMBERS = (("word/document.xml", DOCX), ("xl/workbook.xml", XLSX))
_TEXT_CONTROLS = frozenset(b"\t\n\r\f")


def detect_type(content: bytes) -> FileType | None:
    """Return the accepted kind that the bytes are, or None; nothing is unpacked.

    An Office file with macros is none of them, nor is a text with control characters.
    """
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content)
    return TXT if _is_text(content) else None


def _office_type(content: bytes) -> FileType | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    found = [kind for member, kind in _MEMBERS if member in names]
    return found[0] if len(found) == 1 else None


def _is_text(content: bytes) -> bool:
    if not content or any(byte < 0x20 and byte not in _TEXT_CONTROLS for byte in content):
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def clean_name(name: str, kind: FileType) -> str:
    """Return the name to show and to download under: no path, no control characters, the ending of what the file is."""
    last = PurePosixPath(nfc(name).replace("\\", "/")).name
    shown = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*/').strip(" .")
    ending = next((ending for ending in kind.endings if shown.lower().endswith(ending)), "")
    stem = shown[: -len(ending)] if ending else shown
    return f"{stem[:LONGEST_NAME].strip(' .') or 'tep-kem'}{ending or kind.endings[0]}"
