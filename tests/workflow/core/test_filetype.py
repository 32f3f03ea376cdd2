"""What a file is, told by its bytes; what it may be called."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.core.filetype import DOCX, JPEG, LONGEST_NAME, PDF, PNG, TXT, XLSX, FileType, clean_name, detect_type


def packed(*members: str) -> bytes:
    """Make a zip with the given members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for member in members:
            archive.writestr(member, "x")
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.4 ...", PDF),
        (b"\x89PNG\r\n\x1a\n....", PNG),
        (b"\xff\xd8\xff\xe0....", JPEG),
        (packed("[Content_Types].xml", "word/document.xml"), DOCX),
        (packed("[Content_Types].xml", "xl/workbook.xml", "xl/sharedStrings.xml"), XLSX),
        ("Báo cáo\r\n\tquý II".encode(), TXT),
        (b"\xef\xbb\xbfco dau BOM", TXT),
    ],
)
def test_accepted_kinds_are_recognised(content: bytes, kind: FileType) -> None:
    assert detect_type(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00",
        b"\x7fELF\x01",
        b"\x00\x00",
        b"PK\x03\x04",
        b"PK\x05\x06" + b"\x00" * 18,
        packed("a.txt"),
        packed("word/document.xml"),
        packed("[Content_Types].xml"),
        packed("[Content_Types].xml", "word/document.xml", "word/VBAPROJECT.BIN"),
        packed("[Content_Types].xml", "word/document.xml", "xl/workbook.xml"),
        packed("[Content_Types].xml", "word/document.xml")[:-30],
        b"\x1b[2Jxoa man hinh",
        "văn bản".encode("utf-16-le"),
        b"\xc3\x28",
    ],
)
def test_everything_else_is_not(content: bytes) -> None:
    assert detect_type(content) is None


@given(st.binary(max_size=400))
def test_any_bytes_get_an_answer(content: bytes) -> None:
    kind = detect_type(content)
    assert kind is None or isinstance(kind, FileType)


@given(st.binary(max_size=200))
def test_a_broken_zip_gets_an_answer(content: bytes) -> None:
    assert detect_type(b"PK\x03\x04" + content) is None


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("Báo cáo.pdf", PDF, "Báo cáo.pdf"),
        ("BC.PDF", PDF, "BC.pdf"),
        ("anh.jpeg", JPEG, "anh.jpeg"),
        ("bao-cao.exe", PDF, "bao-cao.exe.pdf"),
        ("../../etc/passwd", TXT, "passwd.txt"),
        ("C:\\Users\\x\\a.docx", DOCX, "a.docx"),
        ("a\x00b\r\n.pdf", PDF, "ab.pdf"),
        ("\u202efdp.exe", PDF, "fdp.exe.pdf"),
        ('x"; filename="y.pdf', PDF, "x; filename=y.pdf"),
        ("", PDF, "tep-kem.pdf"),
        ("..", PDF, "tep-kem.pdf"),
        (".pdf", PDF, "pdf.pdf"),
        ("/", XLSX, "tep-kem.xlsx"),
    ],
)
def test_a_name_is_cleaned_and_ends_as_what_the_file_is(name: str, kind: FileType, shown: str) -> None:
    assert clean_name(name, kind) == shown


@given(st.text(max_size=400))
def test_any_name_becomes_a_safe_one(name: str) -> None:
    shown = clean_name(name, PDF)
    assert shown.endswith(".pdf")
    assert not set(shown) & set('/\\<>:"|?*\r\n\x00')
    assert 4 < len(shown) <= LONGEST_NAME + 4
    assert clean_name(shown, PDF) == shown
