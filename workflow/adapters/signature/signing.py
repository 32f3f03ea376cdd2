"""Putting one PAdES signature on a PDF, as an incremental update: every byte that was there stays."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from datetime import datetime

from asn1crypto import x509
from PIL import Image
from pyhanko.pdf_utils import layout
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.rw_common import PdfHandler
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, VisibleSigSettings, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.stamp import StaticStampStyle

from workflow.adapters.signature.certificates import describe
from workflow.adapters.signature.image import natural_size, read_image
from workflow.adapters.signature.keys import opened
from workflow.core.errors import Invalid, WrongState
from workflow.core.signature import Certificate, Place, Rectangle, Signed, SigningKey, Unreadable, seal_beside

DIGEST = "sha256"
STAMP_SECONDS = 15
NO_STAMP = "Không lấy được dấu thời gian từ {url}; chưa ký. Hãy thử lại, hoặc báo quản trị xem biến DONDOC_TSA_URL."

LARGEST_SEAL = 45 * 72 / 25.4
"""45 mm in points: no body's seal is wider; a picture that says it is was scanned without its true measure."""

SIGNER_FIELD = "ChuKyNguoiKy"
ORGANISATION_FIELD = "ChuKyCoQuan"


class _SignerAt(signers.PdfSigner):
    """pyHanko's signer, with the moment given instead of read from the machine: time is an argument in this house."""

    moment: datetime

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        """Begin, and put the given moment in place of the machine's."""
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.moment
        return session


def sign(
    content: bytes,
    key: SigningKey,
    *,
    field: str,
    place: Place | None,
    image: bytes | None,
    accept: Callable[[Certificate], None],
    stamp_url: str,
    at: datetime,
) -> Signed:
    """Sign the content; see `workflow.adapters.signature.sign_content`."""
    picture = read_image(image) if image is not None else None
    with opened(key) as (signer, found):
        certificate = _read(found)
        accept(certificate)
        writer = _writer(content)
        _require_free(writer, field)
        shown = _shown(writer, place, picture, field)
        made = _SignerAt(
            signers.PdfSignatureMetadata(field_name=field, md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES),
            signer,
            timestamper=HTTPTimeStamper(stamp_url, timeout=STAMP_SECONDS) if stamp_url else None,
            stamp_style=_style(picture, shown),
            new_field_spec=_field(field, place, shown),
        )
        made.moment = at
        signed = _run(made, writer, stamp_url)
    return Signed(signed, certificate, bool(stamp_url))


def _run(made: _SignerAt, writer: IncrementalPdfFileWriter, stamp_url: str) -> bytes:
    out = io.BytesIO()
    try:
        asyncio.run(made.async_sign_pdf(writer, output=out))
    except TimestampRequestError as error:
        raise WrongState(NO_STAMP.format(url=stamp_url)) from error
    except TimeoutError as error:
        raise WrongState(NO_STAMP.format(url=stamp_url)) from error
    except (SigningError, PdfError) as error:
        raise Unreadable("Không ký được tệp PDF này: tệp không cho ký thêm hoặc khóa không dùng được để ký.") from error
    return out.getvalue()


def _read(found: x509.Certificate) -> Certificate:
    try:
        return describe(found)
    except ValueError as error:
        raise Invalid.of(key="Không đọc được chứng thư đi cùng khóa. Hãy dùng khóa khác.") from error


def _writer(content: bytes) -> IncrementalPdfFileWriter:
    try:
        return IncrementalPdfFileWriter(io.BytesIO(content))
    except (PdfError, ValueError, RecursionError) as error:
        raise Unreadable("Bản PDF để ký không đọc được. Hãy báo quản trị hệ thống.") from error


def _require_free(handler: PdfHandler, field: str) -> None:
    if any(True for _found in enumerate_sig_fields(handler, with_name=field)):
        raise WrongState("Tệp này đã có chữ ký số ở vị trí này.")


def _shown(
    writer: IncrementalPdfFileWriter, place: Place | None, picture: Image.Image | None, field: str
) -> Rectangle | None:
    """Return where the signature shows: its picture's own rectangle, the whole room without one, None without a place.

    An organisation's seal stands over the left third of the signer's picture where there is one.
    """
    if place is None or picture is None:
        return place.box if place is not None else None
    width, height = natural_size(picture)
    beside = _signer_rectangle(writer) if field == ORGANISATION_FIELD else None
    if beside is not None:
        scale = min(1.0, LARGEST_SEAL / max(width, height))
        return seal_beside(beside, width * scale, height * scale)
    return place.box.holding(width, height)


def _signer_rectangle(handler: PdfHandler) -> Rectangle | None:
    """Return where the signer's own picture stands on the page, if it shows one."""
    for _name, _value, reference in enumerate_sig_fields(handler, filled_status=True, with_name=SIGNER_FIELD):
        widget = reference.get_object()
        try:
            pictures = widget["/AP"]["/N"]["/Resources"]["/XObject"]
            left, bottom, right, top = (float(each) for each in widget["/Rect"])
        except (KeyError, TypeError, ValueError):
            return None
        return Rectangle(left, bottom, right, top) if pictures else None
    return None


def _style(picture: Image.Image | None, shown: Rectangle | None) -> StaticStampStyle:
    """Return what is drawn: the owner's picture and nothing else; without one, nothing at all."""
    if picture is None or shown is None:
        return StaticStampStyle(border_width=0)
    return StaticStampStyle(
        border_width=0,
        background=PdfImage(picture, box=layout.BoxConstraints(shown.width, shown.height)),
        background_opacity=1.0,
        background_layout=layout.SimpleBoxLayoutRule(
            x_align=layout.AxisAlignment.ALIGN_MID,
            y_align=layout.AxisAlignment.ALIGN_MID,
            margins=layout.Margins(0, 0, 0, 0),
        ),
    )


def _field(field: str, place: Place | None, shown: Rectangle | None) -> SigFieldSpec:
    """Return the field to make; one without a place shows nowhere."""
    if place is None or shown is None:
        return SigFieldSpec(field)
    box = (shown.left, shown.bottom, shown.right, shown.top)
    return SigFieldSpec(
        field,
        on_page=place.page,
        box=box,  # type: ignore[arg-type]  # pyHanko writes fractions too; it only says int
        visible_sig_settings=VisibleSigSettings(rotate_with_page=True, scale_with_page_zoom=True, print_signature=True),
    )
