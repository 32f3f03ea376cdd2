"""Reading the signatures of a PDF that anybody may have sent: nothing of it is trusted, and it can't wear us out."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from asn1crypto import parser, x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget
from pyhanko.pdf_utils.misc import PdfDecodeLimitError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate, AdESSubIndic
from pyhanko.sign.diff_analysis import DiffResult
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import (
    PdfSignatureStatus,
    SignatureCoverageLevel,
    TimestampSignatureStatus,
)
from pyhanko_certvalidator import ValidationContext

from workflow.adapters.signature.certificates import SIGNING_USES, describe, load_trusted
from workflow.adapters.signature.changes import only_signed
from workflow.core.signature import FoundSignature, Integrity, Trust, Unreadable

MOST_SIGNATURES = 20
MOST_REVISIONS = 50
"""How many times a file may have been added to: each is compared with the one before, for every signature."""

MOST_WORK = 1_000_000
"""Objects times revisions times signatures: what is compared. A paper of 150,000 objects, signed twice, stays below."""

DECODED_AT_MOST = 64 * 1024 * 1024
LONGEST_TAIL = 1024
BROKEN = "Không đọc được tệp PDF: tệp hỏng hoặc tải chưa hết. Hãy lấy lại tệp từ nơi gửi rồi kiểm tra lại."
NO_PDF = "Tệp này không phải PDF. Hãy chọn tệp PDF."
ENCRYPTED = "Tệp PDF đặt mật khẩu nên không kiểm tra được. Hãy dùng tệp không đặt mật khẩu."
TOO_MUCH = "Tệp PDF chứa dữ liệu nén bất thường nên không được mở."

_HEXADECIMAL = re.compile(rb"<(?:[0-9A-Fa-f]{2})+>")

_TIMES = {
    AdESIndeterminate.EXPIRED,
    AdESIndeterminate.NOT_YET_VALID,
    AdESFailure.NOT_YET_VALID,
    AdESIndeterminate.OUT_OF_BOUNDS_NO_POE,
    AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED,
}
_NO_CHAIN = {AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND, AdESIndeterminate.CERTIFICATE_CHAIN_GENERAL_FAILURE}


def open_reader(content: bytes) -> PdfFileReader:
    """Return a reader of the file, with limits on what its streams may unfold to.

    :raises Unreadable: when it is no PDF, is broken or encrypted, or unfolds to too much.
    """
    if b"%PDF-" not in content[:LONGEST_TAIL]:
        raise Unreadable(NO_PDF)
    limits = DecodeLimits(document_budget=DocumentDecodeBudget(base_allowance=DECODED_AT_MOST, max_ratio=10))
    try:
        reader = PdfFileReader(io.BytesIO(content), strict=False, decode_limits=limits)
        encrypted, revisions = reader.encrypted, int(reader.xrefs.total_revisions)
        if not encrypted:
            reader.root["/Pages"]
    except PdfDecodeLimitError as error:
        raise Unreadable(TOO_MUCH) from error
    except Exception as error:
        raise Unreadable(BROKEN) from error
    if encrypted:
        raise Unreadable(ENCRYPTED)
    if revisions > MOST_REVISIONS:
        raise Unreadable(f"Tệp PDF đã bị ghi thêm quá {MOST_REVISIONS} lần nên không được kiểm tra.")
    return reader


def read(content: bytes, trusted: Path, *, at: datetime) -> tuple[FoundSignature, ...]:
    """Read every signature; see `workflow.adapters.signature.read_signatures`."""
    reader = open_reader(content)
    roots, _wrong = load_trusted(trusted)
    try:
        fields = _signed_fields(reader)
        read_ones = [_read_field(reader, name, field, roots, at) for name, field in fields]
    except Unreadable:
        raise
    except PdfDecodeLimitError as error:
        raise Unreadable(TOO_MUCH) from error
    except Exception as error:
        raise Unreadable(BROKEN) from error
    return tuple(found for _place, found in sorted(read_ones, key=lambda pair: pair[0]))


def _signed_fields(reader: PdfFileReader) -> list[tuple[str, generic.IndirectObject]]:
    found = list(islice(enumerate_sig_fields(reader, filled_status=True), MOST_SIGNATURES + 1))
    if len(found) > MOST_SIGNATURES:
        raise Unreadable(f"Tệp PDF có quá {MOST_SIGNATURES} chữ ký số nên không được kiểm tra.")
    revisions = int(reader.xrefs.total_revisions)
    objects = sum(len(reader.xrefs.explicit_refs_in_revision(number)) for number in range(revisions))
    if objects * revisions * len(found) > MOST_WORK:
        raise Unreadable("Tệp PDF có quá nhiều phần và nhiều lần ghi thêm nên không được kiểm tra.")
    return [(str(name), field) for name, _value, field in found]


def _read_field(
    reader: PdfFileReader, name: str, field: generic.IndirectObject, roots: list[x509.Certificate], at: datetime
) -> tuple[int, FoundSignature]:
    """Read one signature, with the end of what it signs, by which signatures are put in order."""
    try:
        embedded = EmbeddedPdfSignature(reader, field.get_object(), name)  # type: ignore[no-untyped-call]
        end = int(embedded.byte_range[2]) + int(embedded.byte_range[3])
        if embedded.sig_object_type == "/DocTimeStamp":
            return end, _read_stamp(embedded, roots, at)
        return end, _read_signature(embedded, roots, at)
    except PdfDecodeLimitError:
        raise
    except Exception:  # noqa: BLE001 -- there is no list of what a signature made to be wrong raises in four libraries
        return 0, FoundSignature(field_name=name, integrity=Integrity.UNREADABLE, trust=Trust.UNFIT)


def _context(roots: list[x509.Certificate], moment: datetime) -> ValidationContext:
    """Return how certificates are traced: only to those given, as of the moment, asking no network."""
    return ValidationContext(
        trust_roots=roots, moment=moment, best_signature_time=moment, allow_fetching=False, revocation_mode="soft-fail"
    )


def _aware(moment: datetime | None) -> datetime | None:
    return moment if moment is None or moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _read_signature(embedded: EmbeddedPdfSignature, roots: list[x509.Certificate], at: datetime) -> FoundSignature:
    claimed = _aware(embedded.self_reported_timestamp)
    status = _validated(embedded, roots, claimed or at, at)
    stamp = status.timestamp_validity
    found = FoundSignature(
        field_name=embedded.field_name,
        integrity=Integrity.VALID if status.intact and status.valid and _nothing_beside(embedded) else Integrity.BROKEN,
        certificate=describe(status.signing_cert),
        covers_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        later_harmless=bool(status.docmdp_ok),
        claimed_at=claimed,
    )
    if stamp is not None:
        found = _with_stamp(found, stamp)
    return replace(found, trust=_trust(found, status))


def _nothing_beside(embedded: EmbeddedPdfSignature) -> bool:
    """Tell whether the one gap in what is signed holds the signature and, up to its end, nothing but zeros.

    What stands there is signed by nobody, so nothing may be hidden in it.
    """
    _start, first, second, _length = (int(each) for each in embedded.byte_range)
    stream = embedded.reader.stream
    stream.seek(first)
    gap = bytes(stream.read(second - first))
    if not _HEXADECIMAL.fullmatch(gap):
        return False
    held = bytes.fromhex(gap[1:-1].decode("ascii"))
    return not held[parser.peek(held) :].strip(b"\0")


def _validated(
    embedded: EmbeddedPdfSignature, roots: list[x509.Certificate], signed_at: datetime, at: datetime
) -> PdfSignatureStatus:
    """Validate as of the time of signing: what was good then is not made bad by a certificate that ended since."""
    uses = KeyUsageConstraints(key_usage=SIGNING_USES, match_all_key_usages=False)
    return validate_pdf_signature(
        embedded,
        signer_validation_context=_context(roots, signed_at),
        ts_validation_context=_context(roots, _stamped(embedded) or at),
        key_usage_settings=uses,
    )


def _stamped(embedded: EmbeddedPdfSignature) -> datetime | None:
    """Return the time in the signature's time stamp, unverified, or None."""
    for attribute in embedded.signer_info["unsigned_attrs"] or ():
        if attribute["type"].native == "signature_time_stamp_token":
            info = attribute["values"][0]["content"]["encap_content_info"]["content"].parsed
            return _aware(info["gen_time"].native)
    return None


def _with_stamp(found: FoundSignature, stamp: TimestampSignatureStatus) -> FoundSignature:
    """Add what a time stamp says; of one that does not hold, only that."""
    if not (stamp.intact and stamp.valid):
        return replace(found, stamp_broken=True)
    by = describe(stamp.signing_cert).name
    return replace(found, stamped_at=_aware(stamp.timestamp), stamped_by=by, stamp_trusted=bool(stamp.trusted))


def _trust(found: FoundSignature, status: PdfSignatureStatus) -> Trust:
    certificate, problem = found.certificate, status.trust_problem_indic
    if found.integrity != Integrity.VALID or certificate is None:
        return Trust.UNFIT
    if certificate.demonstration:
        return Trust.DEMONSTRATION
    if problem is None and status.validation_path is not None:
        return Trust.TRUSTED
    moment = found.stamped_at if found.stamp_trusted else found.claimed_at
    if _of_time(problem) or (moment is not None and not certificate.holds_at(moment)):
        return Trust.OUT_OF_TIME
    return Trust.UNKNOWN if problem in _NO_CHAIN or problem is None else Trust.UNFIT


def _of_time(problem: AdESSubIndic | None) -> bool:
    return problem in _TIMES


def _read_stamp(embedded: EmbeddedPdfSignature, roots: list[x509.Certificate], at: datetime) -> FoundSignature:
    status = validate_pdf_timestamp(embedded, validation_context=_context(roots, at))
    valid = status.intact and status.valid
    return FoundSignature(
        field_name=embedded.field_name,
        integrity=Integrity.VALID if valid else Integrity.BROKEN,
        covers_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        later_harmless=isinstance(status.diff_result, DiffResult),
        trust=Trust.TRUSTED if status.trusted else Trust.UNKNOWN,
        stamped_at=_aware(status.timestamp),
        stamped_by=describe(status.signing_cert).name,
        stamp_trusted=bool(status.trusted),
        only_stamp=True,
    )


def only_signed_since(content: bytes, before: int) -> bool:
    """Tell whether the file's first `before` bytes are a whole PDF to which only signatures were added since.

    :raises Unreadable: when the file can't be read.
    """
    reader, earlier = open_reader(content), open_reader(content[:before])
    try:
        return only_signed(reader, earlier)
    except PdfDecodeLimitError as error:
        raise Unreadable(TOO_MUCH) from error
    except Exception as error:
        raise Unreadable(BROKEN) from error
