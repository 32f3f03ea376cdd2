"""The words of a document that replaces or corrects an issued one (NĐ 30/2020 Điều 18 khoản 4)."""

from __future__ import annotations

from workflow.core.wording import Cited, long_day

END = "./."
LETTER = "Công văn"
REPLACES = "Văn bản này thay thế "


def dated(cited: Cited) -> str:
    """Return a document as it is named a second time: "Công văn số 05/SKHĐT-VP ngày 03 tháng 10 năm 2022"."""
    return f"{cited.short()} {_day(cited)}"


def named(cited: Cited) -> str:
    """Return a document with who issued it and what it is about, as it is named for the first time."""
    return f"{dated(cited)} của {cited.body_name} {about(cited.subject, is_letter=cited.kind == LETTER)}"


def about(subject: str, *, is_letter: bool) -> str:
    """Return a subject (trích yếu) as it stands inside a sentence: "về việc đề nghị báo cáo"."""
    words = " ".join(subject.split()).rstrip(" .;")
    if words[1:2].islower():
        words = words[:1].lower() + words[1:]
    if words.startswith("về "):
        return words
    return f"về việc {words}" if is_letter and not words.startswith("việc ") else f"về {words}"


def replacing_body(cited: Cited, body: str) -> str:
    """Return the text to begin a replacement with: which document it replaces, then the old text to be put right.

    A document that itself replaced another one says so in its first line; that line is left out.
    """
    first, _break, rest = body.partition("\n")
    kept = rest if first.startswith(REPLACES) and rest.strip() else body
    return f"{REPLACES}{named(cited)}.\n{kept}"


def correcting_text(cited: Cited, wrong: str, right: str) -> tuple[str, str]:
    """Return subject (trích yếu) and text of the công văn that corrects: what stands wrong, and what is right."""
    issuer, said = cited.body_name, about(cited.subject, is_letter=cited.kind == LETTER)
    rest = f"Các nội dung khác của {dated(cited)} không thay đổi. {issuer} thông báo để các cơ quan, đơn vị biết"
    lines = [
        f"{_capital(_day(cited))}, {issuer} ban hành {cited.short()} {said}.",
        f"Qua rà soát, {issuer} đính chính như sau:",
        "1. Nội dung đã in tại văn bản nêu trên:",
        _quoted(wrong),
        "2. Nội dung đúng là:",
        _quoted(right),
        f"{rest}, thực hiện{END}",
    ]
    return f"đính chính {dated(cited)}", "\n".join(lines)


def _day(cited: Cited) -> str:
    """Return the day of an issued document; a document that is amended always has one."""
    if cited.issued_on is None:
        raise ValueError(cited.number)
    return long_day(cited.issued_on)


def _quoted(text: str) -> str:
    return f"“{text.strip()}”"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
