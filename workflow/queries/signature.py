"""Who may put a digital signature on an issued document, which ones are there, and what is missing next."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import IO

from django.core.files.storage import default_storage

from workflow.choices import DocumentStatus, SignatureRole
from workflow.core.errors import Damaged, NotFound
from workflow.models import Document, DocumentSignature, Recall
from workflow.permissions import REGISTER, Actor
from workflow.queries.paperlist import find_document
from workflow.queries.task import may_any

WITHOUT_SIGNER = (
    "Văn bản này do hệ thống phát hành theo chính sách, không có người ký trong hồ sơ phê duyệt nên không ký số với tư "
    "cách người có thẩm quyền được."
)
SIGNER_FIRST = (
    "Chưa có chữ ký số của người có thẩm quyền. Cơ quan chỉ ký số sau chữ ký ấy (Điều 32 Nghị định 30/2020/NĐ-CP)."
)
ROLES = (SignatureRole.SIGNER, SignatureRole.ORGANISATION)
"""In which order they sign (NĐ 30/2020 Điều 32)."""


@dataclass(frozen=True, slots=True)
class SignaturePanel:
    """What a document's page says of its digital signatures.

    `role` is the signature that the person who looks may put on now, None when he may not. `waiting` says whose is
    missing next, `hindered` why there will be none.
    """

    signatures: tuple[DocumentSignature, ...]
    role: SignatureRole | None
    waiting: str
    hindered: str

    @property
    def organisation(self) -> bool:
        """Whether it is the organisation's signature that the person may put on."""
        return self.role == SignatureRole.ORGANISATION


def signature_panel(document: Document, actor: Actor) -> SignaturePanel | None:
    """Return what the page of an issued document says of its signatures, None of a draft (two queries)."""
    if document.status != DocumentStatus.ISSUED:
        return None
    signatures = signatures_of(document)
    hindered = why_not_signable(document)
    role = next_role(signatures)
    if hindered or role is None:
        return SignaturePanel(signatures, None, "", "" if role is None else hindered)
    return SignaturePanel(signatures, role if may_put(document, role, actor) else None, _waiting(document, role), "")


def signatures_of(document: Document) -> tuple[DocumentSignature, ...]:
    """Return the signatures that were put on the document, in order (one query)."""
    return tuple(document.signatures.select_related("person").order_by("ordinal"))


def next_role(signatures: tuple[DocumentSignature, ...]) -> SignatureRole | None:
    """Return whose signature comes next: the signer's, then the organisation's, then none."""
    there = {row.role for row in signatures}
    return next((role for role in ROLES if role not in there), None)


def why_not_signable(document: Document) -> str:
    """Return why nobody may sign the document as it stands, "" when it may be signed."""
    if document.status != DocumentStatus.ISSUED:
        return "Chỉ ký số văn bản đã phát hành."
    if not document.pdf_name:
        return "Bản PDF của văn bản chưa được lập nên chưa ký số được. Hãy đợi ít phút."
    if Recall.objects.filter(document_id=document.pk).exists():
        return "Văn bản đã thu hồi nên không ký số nữa."
    return WITHOUT_SIGNER if document.signed_by_id is None else ""


def may_put(document: Document, role: SignatureRole, actor: Actor) -> bool:
    """Tell whether the person may put the signature: the signer his own, văn thư the organisation's (Điều 32)."""
    if role == SignatureRole.SIGNER:
        return document.signed_by_id is not None and actor.person_id == document.signed_by_id
    return may_any(actor, (REGISTER,), document.task)


def _waiting(document: Document, role: SignatureRole) -> str:
    if role == SignatureRole.SIGNER:
        return f"Chờ chữ ký số của {document.signer_name or 'người ký văn bản'}."
    return "Chờ chữ ký số của cơ quan, do văn thư ký."


def find_signed_file(actor: Actor, document_id: int, ordinal: int) -> tuple[Document, DocumentSignature]:
    """Return one signed file of a document that the person may see.

    :raises NotFound: when the document is not seen, or has no such file.
    """
    document = find_document(actor, document_id)
    row = document.signatures.filter(ordinal=ordinal).first()
    if row is None:
        raise NotFound
    return document, row


def open_printed(document: Document) -> IO[bytes]:
    """Open the PDF that was frozen when the document was printed.

    :raises NotFound: when it is no longer there.
    :raises Damaged: when it is not what was frozen.
    """
    return open_whole(document.pdf_name, document.pdf_sha256, f"Bản PDF của văn bản {document.full_number}")


def open_signed(document: Document, signature: DocumentSignature) -> IO[bytes]:
    """Open the file as it was with that signature, the newest that was on it.

    :raises NotFound: when it is no longer there.
    :raises Damaged: when it is not what was stored.
    """
    return open_whole(signature.file_name, signature.sha256, f"Bản đã ký số của văn bản {document.full_number}")


def open_newest(document: Document, signatures: tuple[DocumentSignature, ...]) -> IO[bytes]:
    """Open the file that stands for the document: the last one that was signed digitally, else the frozen PDF.

    :raises NotFound: when it is no longer there.
    :raises Damaged: when it is not what was stored.
    """
    return open_signed(document, signatures[-1]) if signatures else open_printed(document)


def open_whole(name: str, sha256: str, words: str) -> IO[bytes]:
    """Open a stored file that is still what was stored; `words` name it in the message.

    :raises NotFound: when it is no longer there.
    :raises Damaged: when it is not what was stored.
    """
    if not name or not default_storage.exists(name):
        raise NotFound(f"{words} không còn trong kho lưu trữ. Hãy báo quản trị hệ thống.")
    content: IO[bytes] = default_storage.open(name, "rb")
    if hashlib.file_digest(content, "sha256").hexdigest() != sha256:  # type: ignore[arg-type]
        content.close()
        raise Damaged(
            f"{words} trong kho lưu trữ không còn đúng như lúc lưu nên không được mở. Đề nghị báo ngay quản trị hệ "
            "thống để lấy lại tệp từ bản sao lưu, và báo Văn phòng Sở."
        )
    content.seek(0)
    return content
