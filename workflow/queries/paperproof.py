"""Whether a PDF that somebody holds is what was issued: the file, its hash, the register, the trail, the signatures."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils import timezone

from workflow.choices import DocumentStatus, LinkKind, SignatureRole
from workflow.core.signature import FoundSignature, Trust, claimed_order
from workflow.models import Document, DocumentLink, DocumentSignature, Recall
from workflow.permissions import Actor
from workflow.queries.document import head_of
from workflow.queries.papercheck import Check, check_register, check_stored, check_text, check_trail
from workflow.queries.paperlist import visible_documents
from workflow.queries.trail import one_snapshot

SIGNATURES = "Chữ ký số"
MOST_ENDS = 200
_END = re.compile(rb"%%EOF")
_AFTER_END = (b"", b"\n", b"\r\n", b"\r")


class Match(StrEnum):
    """How a file stands to what was issued."""

    SAME = "same"
    ADDED_TO = "added_to"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Known:
    """A stored file that a file is, or begins with: the document, and the signature that made it (None: the frozen)."""

    document: Document
    signature: DocumentSignature | None
    length: int

    @property
    def which(self) -> str:
        """Which of the document's files it is, in words."""
        if self.signature is None:
            return "bản PDF lúc phát hành"
        role = SignatureRole(self.signature.role).label.lower()
        return f"bản có chữ ký số thứ {self.signature.ordinal} ({role})"


@dataclass(frozen=True, slots=True)
class PaperProof:
    """What was found of one file.

    `seen` tells whether the reader may see the document; if not, only its number and day are told of it. `standing` is
    "" or says that the document was recalled or replaced; `unread` is "" or why the signatures could not be read.
    """

    sha256: str
    size: int
    match: Match
    known: Known | None
    seen: bool
    checks: tuple[Check, ...]
    standing: str
    signatures: tuple[FoundSignature, ...]
    unread: str = ""

    @property
    def ok(self) -> bool:
        """Whether everything that was looked at agrees, and the document still stands."""
        agrees = self.match == Match.SAME and all(check.ok for check in self.checks)
        return agrees and not self.standing and not self.unread

    @property
    def verdict(self) -> str:
        """The outcome in one sentence."""
        if self.known is None:
            return "Không có văn bản nào đã phát hành trong hệ thống này trùng với tệp này."
        number = self.known.document.full_number
        day = f"{self.known.document.issued_on:%d/%m/%Y}" if self.known.document.issued_on else ""
        if self.match == Match.ADDED_TO:
            extra = self.size - self.known.length
            return (
                f"Tệp này là {self.known.which} của văn bản số {number} ngày {day}, nhưng đã bị SỬA SAU ĐÓ: thêm "
                f"{extra} byte không có trong hệ thống."
            )
        if not all(check.ok for check in self.checks):
            return f"Tệp này trùng {self.known.which} của văn bản số {number} ngày {day}, nhưng có điểm KHÔNG KHỚP."
        if self.standing:
            return f"Tệp này đúng là {self.known.which} của văn bản số {number} ngày {day}. {self.standing}"
        return f"Tệp này đúng là {self.known.which} của văn bản số {number} ngày {day}."

    def as_data(self) -> dict[str, object]:
        """Return plain data for `--json`."""
        document = self.known.document if self.known is not None else None
        return {
            "ok": self.ok,
            "match": self.match,
            "verdict": self.verdict,
            "sha256": self.sha256,
            "size": self.size,
            "number": document.full_number if document is not None else None,
            "issued_on": document.issued_on if document is not None else None,
            "document": document.pk if document is not None and self.seen else None,
            "file": self.known.which if self.known is not None else None,
            "standing": self.standing,
            "checks": [{"label": check.label, "ok": check.ok, "found": check.found} for check in self.checks],
            "signatures": [found.as_data() for found in self.signatures],
            "unread": self.unread,
            "revocation_checked": False,
        }


def prove_file(
    content: bytes, signatures: Sequence[FoundSignature], *, actor: Actor | None, unread: str = ""
) -> PaperProof:
    """Return what is known here of a file whose signatures were read already; changes nothing.

    `actor` None sees everything (the command on the server). Who may not see the document gets its number and day, and
    whether all agrees, with no word on what does not. `unread` is why the signatures could not be read, if so.
    """
    with one_snapshot():
        return _prove(content, tuple(signatures), actor, unread)


def _prove(content: bytes, signatures: tuple[FoundSignature, ...], actor: Actor | None, unread: str) -> PaperProof:
    known = _known(content)
    whole = hashlib.sha256(content).hexdigest()
    if known is None:
        return PaperProof(whole, len(content), Match.UNKNOWN, None, False, (), "", signatures, unread)
    match = Match.SAME if known.length == len(content) else Match.ADDED_TO
    document = known.document
    seen = actor is None or visible_documents(actor).filter(pk=document.pk).exists()
    checks = tuple(_checks(known, signatures, unread))
    if not seen:
        checks = (Check("Đối chiếu với sổ và nhật ký", all(check.ok for check in checks), ""),)
    standing = _standing(document, named=seen)
    return PaperProof(whole, len(content), match, known, seen, checks, standing, signatures, unread)


def _known(content: bytes) -> Known | None:
    """Return the longest stored file that the content is or begins with (two queries)."""
    lengths = {digest: length for length, digest in _beginnings(content)}
    best: Known | None = None
    signed = DocumentSignature.objects.filter(sha256__in=lengths).select_related("document__task", "document__book")
    for row in signed:
        best = _longer(best, Known(row.document, row, lengths[row.sha256]))
    frozen = Document.objects.filter(pdf_sha256__in=lengths, status=DocumentStatus.ISSUED)
    for document in frozen.select_related("task", "book"):
        best = _longer(best, Known(document, None, lengths[document.pdf_sha256]))
    return best


def _longer(best: Known | None, other: Known) -> Known:
    return other if best is None or other.length > best.length else best


def _beginnings(content: bytes) -> Iterator[tuple[int, str]]:
    """Yield length and SHA-256 of each beginning that could be a whole PDF, at most a few hundred, and of the whole."""
    ends = {len(content)}
    for found in _END.finditer(content):
        ends.update(found.end() + len(line) for line in _AFTER_END if content.startswith(line, found.end()))
        if len(ends) > MOST_ENDS:
            break
    digest, done = hashlib.sha256(), 0
    view = memoryview(content)
    for end in sorted(ends):
        digest.update(view[done:end])
        done = end
        yield end, digest.copy().hexdigest()


def _standing(document: Document, *, named: bool) -> str:
    """Return "" of a document that stands, else that it was recalled or replaced; by which one only where `named`."""
    recall = Recall.objects.filter(document=document).first()
    if recall is not None:
        return f"Văn bản này ĐÃ BỊ THU HỒI ngày {timezone.localtime(recall.recalled_at):%d/%m/%Y}."
    links = DocumentLink.objects.filter(target=document, kind=LinkKind.REPLACES, document__status=DocumentStatus.ISSUED)
    link = links.select_related("document").order_by("pk").first()
    if link is None:
        return ""
    by = link.document
    told = f" bởi văn bản số {by.full_number} ngày {by.issued_on:%d/%m/%Y}" if named else ""
    return f"Văn bản này ĐÃ ĐƯỢC THAY THẾ{told}."


def _checks(known: Known, signatures: Sequence[FoundSignature], unread: str) -> Iterator[Check]:
    document = known.document
    rows = list(DocumentSignature.objects.filter(document=document).order_by("ordinal"))
    yield check_text(document)
    yield check_register(document, head_of(document).name)
    yield check_stored(document, rows)
    yield check_trail(document, rows)
    until = known.signature.ordinal if known.signature is not None else 0
    yield Check(SIGNATURES, False, unread) if unread else _check_signatures(rows[:until], signatures)


def _check_signatures(rows: Sequence[DocumentSignature], signatures: Sequence[FoundSignature]) -> Check:
    """Compare the signatures in the file with those that the register names for that file, in order."""
    label = SIGNATURES
    found = claimed_order(signatures)
    if not rows and not signatures:
        return Check(label, True, "Tệp này chưa có chữ ký số; hệ thống cũng ghi là chưa ký số vào tệp này.")
    if len(found) != len(rows):
        told = f"Tệp có {len(found)} chữ ký số, hệ thống ghi {len(rows)}."
        return Check(label, False, told)
    for row, one in zip(rows, found, strict=True):
        if one.certificate is None or one.certificate.sha256 != row.certificate_sha256:
            return Check(label, False, f"Chữ ký thứ {row.ordinal} không phải của chứng thư đã ghi trong hệ thống.")
    broken = [one for one in signatures if not one.whole or one.trust in {Trust.OUT_OF_TIME, Trust.UNFIT}]
    if broken:
        return Check(label, False, "Có chữ ký số không hợp lệ; xem từng chữ ký.")
    if any(one.trust == Trust.DEMONSTRATION for one in found) and not settings.DEMONSTRATION:
        return Check(label, False, "Có chữ ký số bằng chứng thư trình diễn trên văn bản thật.")
    return Check(label, True, f"{len(found)} chữ ký số, đúng chứng thư đã ghi trong hệ thống.")
