"""Digital signatures on an issued document's PDF: the signer's, then the organisation's (NĐ 30/2020 Điều 32).

The key is its holder's (Điều 32 khoản 3) and never kept: it is opened for one signature where the command runs, or the
file is signed elsewhere and handed in. The frozen PDF stays as it is; each signature yields a file of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from workflow.actions.audit import action, record_event
from workflow.actions.document.drafting import lock_document
from workflow.adapters.pdf import signature_places
from workflow.adapters.signature import only_signed_since, read_signatures, sign_content
from workflow.choices import SignatureRole
from workflow.core.errors import Damaged, Invalid, NotPermitted, WrongState
from workflow.core.signature import Certificate, FoundSignature, Place, Rectangle, SigningKey, Trust, claimed_order
from workflow.models import Document, DocumentSignature
from workflow.permissions import Actor
from workflow.queries.document import head_of
from workflow.queries.paperlist import find_document
from workflow.queries.signature import (
    SIGNER_FIRST,
    may_put,
    next_role,
    open_newest,
    open_printed,
    signatures_of,
    why_not_signable,
)

MEANWHILE = "Văn bản đã được ký số hoặc thay đổi trong lúc ông/bà đang ký; chưa ghi gì. Hãy tải lại trang rồi làm lại."
NOT_THE_SAME = (
    "Tệp này không phải bản PDF của văn bản được ký thêm: phần đầu khác bản đang lưu. Hãy tải bản PDF để ký tại trang "
    "văn bản, ký chính tệp ấy, rồi nộp lại."
)
ONE_SIGNATURE = "Tệp phải có thêm đúng một chữ ký số so với bản đang lưu; tệp này có thêm {count}."
CHANGED_TOO = (
    "Ngoài chữ ký số, tệp còn bị sửa nội dung nên không được nhận. Hãy ký lại từ bản PDF tải tại trang văn bản."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """With what one signature is made: the key, and the holder's own picture of his signature or seal, if any."""

    key: SigningKey
    image: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A signed file that is to be stored, and what it was made of."""

    role: SignatureRole
    base_sha256: str
    content: bytes
    certificate: Certificate
    signed_at: datetime
    timestamped: bool
    elsewhere: bool


def sign_pdf(document_id: int, signing: Signing, *, role: SignatureRole, by: Actor, now: datetime) -> DocumentSignature:
    """Sign an issued document's newest PDF with the person's key, and store the new file with whose certificate it was.

    Signing may take as long as a token and a time-stamping authority need, so it holds no lock; storing locks the
    document and asks everything again.

    :raises NotFound: when the document is not seen.
    :raises NotPermitted: unless the signer signs as such, or văn thư for the organisation.
    :raises WrongState: when it is not issued or printed, is recalled, was signed so already or meanwhile, the signer's
        signature is missing before the organisation's, or the time stamp can't be had.
    :raises Invalid: when the key can't be opened, or its certificate is not fit for this signature.
    :raises Damaged: when the stored PDF is no longer what was frozen.
    """
    document = find_document(by, document_id)
    _require(document, role, by)
    frozen, base = _files(document)
    signed = sign_content(
        base,
        signing.key,
        organisation=role == SignatureRole.ORGANISATION,
        place=_place(frozen, role),
        image=signing.image,
        accept=_accepting(document, role, now),
        stamp_url=settings.TSA_URL,
        at=now,
    )
    found = claimed_order(read_signatures(signed.content, settings.TRUST_DIR, at=now))
    if not found or not all(each.whole for each in found) or not found[-1].covers_file:
        raise Damaged("Tệp vừa ký không kiểm tra lại được nên không được lưu. Đề nghị báo quản trị hệ thống.")
    made = _Made(
        role=role,
        base_sha256=hashlib.sha256(base).hexdigest(),
        content=signed.content,
        certificate=signed.certificate,
        signed_at=now,
        timestamped=signed.timestamped,
        elsewhere=False,
    )
    return _store(document_id, made, by=by, now=now)


def attach_signed_pdf(
    document_id: int, content: bytes, *, role: SignatureRole, by: Actor, now: datetime
) -> DocumentSignature:
    """Take in the document's PDF as its signer, or văn thư, signed it with a tool of his own.

    Taken only if the file is the newest stored one with exactly one valid signature added over all of it and nothing
    else changed.

    :raises NotFound: when the document is not seen.
    :raises NotPermitted: unless the signer hands in his own, or văn thư the organisation's.
    :raises WrongState: as `sign_pdf`.
    :raises Invalid: when the file or its certificate is not what is wanted.
    :raises Unreadable: when the file can't be read.
    :raises Damaged: when the stored PDF is no longer what was frozen.
    """
    document = find_document(by, document_id)
    _require(document, role, by)
    _frozen, base = _files(document)
    found = _one_signature_more(content, base, now)
    certificate = found.certificate
    signed_at = found.stamped_at or found.claimed_at or now
    if certificate is None or found.trust in {Trust.OUT_OF_TIME, Trust.UNFIT}:
        raise Invalid.of(content=f"Chữ ký số trong tệp không dùng được: {found.trust.label}.")
    _accepting(document, role, now)(certificate)
    made = _Made(
        role=role,
        base_sha256=hashlib.sha256(base).hexdigest(),
        content=content,
        certificate=certificate,
        signed_at=signed_at,
        timestamped=found.stamped_at is not None,
        elsewhere=True,
    )
    return _store(document_id, made, by=by, now=now)


def _one_signature_more(content: bytes, base: bytes, now: datetime) -> FoundSignature:
    if len(content) > settings.VERIFY_MAX_BYTES:
        raise Invalid.of(content=f"Tệp lớn quá {settings.VERIFY_MAX_BYTES // 1024 // 1024} MB.")
    if len(content) <= len(base) or not content.startswith(base):
        raise Invalid.of(content=NOT_THE_SAME)
    before = len(claimed_order(read_signatures(base, settings.TRUST_DIR, at=now)))
    every = read_signatures(content, settings.TRUST_DIR, at=now)
    found = claimed_order(every)
    if len(found) != before + 1 or len(every) != len(found):
        raise Invalid.of(content=ONE_SIGNATURE.format(count=len(every) - before))
    if not all(each.whole for each in found) or not found[-1].covers_file:
        raise Invalid.of(content=f"Chữ ký số trong tệp {found[-1].said}; tệp không được nhận.")
    if not only_signed_since(content, len(base)):
        raise Invalid.of(content=CHANGED_TOO)
    return found[-1]


def _require(document: Document, role: SignatureRole, by: Actor) -> tuple[DocumentSignature, ...]:
    """Let pass who may put this signature on the document now, and return those that are there."""
    hindered = why_not_signable(document)
    if hindered:
        raise WrongState(hindered)
    if not may_put(document, role, by):
        raise NotPermitted(
            f"Chỉ {document.signer_name or 'người ký văn bản'}, người đã ký văn bản này, được ký số bằng khóa của mình."
            if role == SignatureRole.SIGNER
            else "Chỉ văn thư được ký số của cơ quan (Điều 32 Nghị định 30/2020/NĐ-CP)."
        )
    there = signatures_of(document)
    if any(row.role == role for row in there):
        raise WrongState(f"Văn bản này đã có chữ ký số của {SignatureRole(role).label.lower()}.")
    if next_role(there) != role:
        raise WrongState(SIGNER_FIRST)
    return there


def _files(document: Document) -> tuple[bytes, bytes]:
    """Return the frozen PDF and the newest file, which is to be signed: the last signed one, else the frozen PDF."""
    with open_printed(document) as stored:
        frozen = stored.read()
    with open_newest(document, signatures_of(document)) as stored:
        return frozen, stored.read()


def _place(frozen: bytes, role: SignatureRole) -> Place | None:
    """Return the room for the signature on the page that was printed; a PDF without one is signed out of sight."""
    try:
        places = signature_places(frozen)
    except ValueError:
        return None
    box = places.organisation if role == SignatureRole.ORGANISATION else places.signer
    return Place(places.page, Rectangle(box.left, box.bottom, box.right, box.top))


def _accepting(document: Document, role: SignatureRole, now: datetime) -> Callable[[Certificate], None]:
    """Return what refuses a certificate that is not fit for this signature at the moment.

    That the holder's name must be the signer's, or the body's, is house practice: it keeps one key from being used in
    the place of the other.
    """
    wanted = head_of(document).name if role == SignatureRole.ORGANISATION else document.signer_name

    def accept(certificate: Certificate) -> None:
        whose = f"Chứng thư số của “{certificate.name}”"
        if certificate.demonstration and not settings.DEMONSTRATION:
            raise Invalid.of(key=f"{whose} là chứng thư trình diễn, không ký được văn bản thật.")
        if not certificate.may_sign:
            raise Invalid.of(key=f"{whose} không được cấp để ký số. Hãy dùng chứng thư ký.")
        if not certificate.holds_at(now):
            span = f"từ {certificate.valid_from:%d/%m/%Y} đến {certificate.valid_until:%d/%m/%Y}"
            raise Invalid.of(key=f"{whose} chỉ có hiệu lực {span} nên không ký được lúc này.")
        if not certificate.names(wanted):
            raise Invalid.of(key=f"{whose} không phải của “{wanted}”. Hãy dùng đúng chứng thư.")

    return accept


@action
def _store(document_id: int, made: _Made, *, by: Actor, now: datetime) -> DocumentSignature:
    """Lock the document, ask again, and keep the signed file with whose certificate it was."""
    document = lock_document(document_id, by=by)
    there = _require(document, made.role, by)
    newest = there[-1].sha256 if there else document.pdf_sha256
    if newest != made.base_sha256:
        raise WrongState(MEANWHILE)
    ordinal, sha256 = len(there) + 1, hashlib.sha256(made.content).hexdigest()
    wanted = f"documents/{document.issued_on:%Y}/{document.pk}-ky{ordinal}-{sha256[:12]}.pdf"
    certificate = made.certificate
    signature = DocumentSignature(
        document=document,
        ordinal=ordinal,
        role=made.role,
        person_id=by.person_id,
        certificate_subject=certificate.subject[:255],
        certificate_issuer=certificate.issuer[:255],
        certificate_serial=certificate.serial[:80],
        certificate_sha256=certificate.sha256,
        signed_at=made.signed_at,
        timestamped=made.timestamped,
        file_name=default_storage.save(wanted, ContentFile(made.content)),
        sha256=sha256,
    )
    signature.save(force_insert=True)
    record_event(
        "document.sign_digitally",
        subject=f"document:{document.pk}",
        by=by,
        now=now,
        after={"role": made.role, "ordinal": ordinal, "sha256": sha256},
        details={
            "certificate": certificate.subject,
            "serial": certificate.serial,
            "certificate_sha256": certificate.sha256,
            "signed_at": made.signed_at,
            "timestamped": made.timestamped,
            "pdf_sha256": document.pdf_sha256,
            "elsewhere": made.elsewhere,
        },
    )
    return signature
