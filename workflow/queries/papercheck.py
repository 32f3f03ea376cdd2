"""One look each at an issued document: do its text, register entry, stored files and trail still say the same?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.storage import default_storage

from workflow.core.hashchain import GENESIS, Record, first_break
from workflow.models import AuditChain, AuditEvent, Document, DocumentSignature
from workflow.queries.document import text_hash


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, whether it holds, and what was found."""

    label: str
    ok: bool
    found: str


def check_text(document: Document) -> Check:
    """Compare the document's text in the tables with the hash that was frozen when it was issued."""
    label = "Nội dung đã phát hành"
    if text_hash(document) == document.text_sha256:
        return Check(label, True, f"Khớp mã băm {document.text_sha256[:16]}… lúc phát hành.")
    return Check(label, False, "Nội dung trong cơ sở dữ liệu khác mã băm lúc phát hành.")


def check_register(document: Document, body_name: str) -> Check:
    """Compare the document's number with the register that gave it."""
    label = "Sổ đăng ký văn bản đi"
    book, number = document.book, document.number
    if book is None or number is None or document.issued_on is None:
        return Check(label, False, "Văn bản không có trong sổ đăng ký nào.")
    twins = Document.objects.filter(book=book, number=number).exclude(pk=document.pk)
    if not book.first_number <= number <= book.last_number or book.year != document.issued_on.year or twins.exists():
        return Check(label, False, f"Số {document.full_number} không khớp {str(book)[:1].lower()}{str(book)[1:]}.")
    entry = f"số {document.full_number} ngày {document.issued_on:%d/%m/%Y}, {body_name}"
    return Check(label, True, f"{book}: {entry}; {document.get_kind_display().lower()} “{document.subject}”.")


def check_stored(document: Document, signatures: Sequence[DocumentSignature]) -> Check:
    """Read the frozen PDF and every signed file in the store, and compare their hashes."""
    label = "Bản lưu trong kho"
    files = [("bản PDF lúc phát hành", document.pdf_name, document.pdf_sha256)]
    files += [(f"bản đã ký số thứ {row.ordinal}", row.file_name, row.sha256) for row in signatures]
    for words, name, sha256 in files:
        if not name or not default_storage.exists(name):
            return Check(label, False, f"Không còn {words} trong kho lưu trữ.")
        with default_storage.open(name, "rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != sha256:
                return Check(label, False, f"Tệp {words} trong kho đã khác lúc lưu.")
    return Check(label, True, f"{len(files)} tệp còn nguyên vẹn.")


def check_trail(document: Document, signatures: Sequence[DocumentSignature]) -> Check:
    """Walk the document's chain, and its task's, and look for what they say of its issue and signatures."""
    label = "Nhật ký"
    own = _events(f"document:{document.pk}")
    broken = _break(f"document:{document.pk}", own, _head_of(f"document:{document.pk}"))
    task = document.task
    others: list[AuditEvent] = []
    if not broken and task is not None:
        others = _events(f"task:{task.pk}")
        broken = _break(f"task:{task.pk}", others, (task.chain_seq, task.chain_head))
    if broken:
        return Check(label, False, broken)
    if not _issued(document, own, others):
        return Check(label, False, "Nhật ký không có việc phát hành văn bản này với đúng số và mã băm.")
    told = {json.loads(event.body)["after"].get("sha256") for event in own if event.name == "document.sign_digitally"}
    if told != {row.sha256 for row in signatures}:
        return Check(label, False, "Nhật ký và danh sách chữ ký số của văn bản không khớp nhau.")
    return Check(label, True, f"Chuỗi nhật ký nguyên vẹn ({len(own) + len(others)} bản ghi), có ghi việc phát hành.")


def _events(chain: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(chain=chain).order_by("seq"))


def _head_of(chain: str) -> tuple[int, str]:
    row = AuditChain.objects.filter(key=chain).values_list("seq", "head").first()
    return row if row is not None else (0, GENESIS)


def _break(chain: str, events: Sequence[AuditEvent], head: tuple[int, str]) -> str:
    """Return what is wrong with a chain, "" when it is whole up to its stored head."""
    found = first_break(Record(event.seq, event.body, event.previous_hash, event.hash) for event in events)
    if found is not None:
        return f"Chuỗi {chain}, bản ghi số {found[0]}: {found[1]}."
    last = (events[-1].seq, events[-1].hash) if events else (0, GENESIS)
    return "" if last == head else f"Chuỗi {chain}: bản ghi cuối không khớp đầu chuỗi."


def _issued(document: Document, own: Sequence[AuditEvent], others: Sequence[AuditEvent]) -> bool:
    """Tell whether the trail says that the document was issued with its number and hash.

    What a person issues stands in the document's own chain; a reminder that the engine issues, in its task's.
    """
    for event in own:
        if event.name == "document.issue":
            after = json.loads(event.body)["after"]
            return (after["number"], after["text_sha256"]) == (document.full_number, document.text_sha256)
    said = (json.loads(event.body)["details"] for event in others if event.name == "reminder.issue")
    return any(
        (details.get("document"), details.get("text_sha256")) == (document.full_number, document.text_sha256)
        for details in said
    )
