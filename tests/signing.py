"""Real keys, a real time-stamping authority on a local port, a token of SoftHSM, and an issued paper to sign."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

import pkcs11
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw
from pkcs11.util.rsa import decode_rsa_private_key
from pkcs11.util.x509 import decode_x509_certificate
from pyhanko.sign.timestamps import DummyTimeStamper

from tests.factories import MONDAY, House, at, make_actor, make_task
from workflow.actions.audit import record_event
from workflow.actions.document import Signing, sign_pdf
from workflow.adapters.pdf import print_paper
from workflow.adapters.signature.demo import certificate_builder
from workflow.choices import DocumentKind, DocumentStatus, Role, SignatureRole
from workflow.core.signature import Pkcs12Key
from workflow.models import AuditEvent, Document, DocumentSignature, RegisterBook
from workflow.permissions import Actor
from workflow.queries.document import text_hash
from workflow.queries.paper import paper_of

PASSPHRASE = "Mật khẩu tệp 123"
SINCE = datetime(2022, 1, 1, tzinfo=UTC)
UNTIL = datetime(2036, 1, 1, tzinfo=UTC)

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "123456"


@dataclass(frozen=True)
class Holder:
    """A key with its certificate, as a holder has it."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    def pkcs12(self, passphrase: str = PASSPHRASE) -> bytes:
        return pkcs12.serialize_key_and_certificates(
            b"khoa", self.key, self.certificate, self.chain, BestAvailableEncryption(passphrase.encode())
        )

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


def _name(common: str, organisation: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if organisation:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    return x509.Name(parts)


@cache
def _key(_which: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def authority(name: str = "Nơi cấp chứng thư thử") -> Holder:
    """A certificate authority."""
    key = _key(0)
    builder = certificate_builder(_name(name), _name(name), key, SINCE, UNTIL)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return Holder(key, builder.sign(key, hashes.SHA256()))


@cache
def holder(
    name: str,
    *,
    which: int = 1,
    organisation: str = "",
    since: datetime = SINCE,
    until: datetime = UNTIL,
    signs: bool = True,
    issuer: str = "Nơi cấp chứng thư thử",
) -> Holder:
    """Somebody's key and certificate from the authority; `which` chooses among a few keys that are made once."""
    root = authority(issuer)
    key = _key(which)
    usage = x509.KeyUsage(
        digital_signature=signs,
        content_commitment=signs,
        key_encipherment=not signs,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = certificate_builder(_name(name, organisation), root.certificate.subject, key, since, until)
    builder = builder.add_extension(usage, critical=True)
    return Holder(key, builder.sign(root.key, hashes.SHA256()), (root.certificate,))


@cache
def _stamper() -> Holder:
    root = authority()
    key = _key(3)
    builder = certificate_builder(_name("Dấu thời gian thử"), root.certificate.subject, key, SINCE, UNTIL)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Holder(key, builder.sign(root.key, hashes.SHA256()), (root.certificate,))


class _Stamping(BaseHTTPRequestHandler):
    """Answers RFC 3161 requests, or fails as it is told to."""

    fails = False

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        if self.fails:
            self.send_error(503)
            return
        holder = _stamper()
        der = holder.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        stamper = DummyTimeStamper(
            asn1_x509.Certificate.load(holder.der), keys.PrivateKeyInfo.load(der), fixed_dt=datetime.now(UTC)
        )
        answer = stamper.request_tsa_response(tsp.TimeStampReq.load(sent)).dump()
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def stamping(*, fails: bool = False) -> Iterator[str]:
    """Run a time-stamping authority over HTTP on a free local port, and give its address."""
    handler = type("Stamping", (_Stamping,), {"fails": fails})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsa"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def picture(colour: tuple[int, int, int] = (0, 0, 200), *, size: tuple[int, int] = (600, 200), alpha: int = 0) -> bytes:
    """A transparent PNG with a stroke, at 300 dots an inch, as a signature's or a seal's."""
    image = Image.new("RGBA", size, (255, 255, 255, alpha))
    ImageDraw.Draw(image).line([(10, size[1] - 10), (size[0] // 2, 10), (size[0] - 10, size[1] - 10)], colour, 12)
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(300, 300))
    return out.getvalue()


@dataclass(frozen=True)
class Token:
    """A SoftHSM token with one key and its certificate."""

    label: str
    key: str


@cache
def _token_directory() -> Path:
    place = Path(tempfile.mkdtemp(prefix="dondoc-softhsm-"))
    (place / "tokens").mkdir()
    config = place / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {place / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(config)
    return place


@cache
def token(name: str) -> Token:
    """Put the holder's key and certificate into a new token of SoftHSM, by its own tools and PKCS#11."""
    _token_directory()
    made = Token(f"the-{uuid4().hex[:8]}", "khoa-ky")
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", made.label, "--so-pin", "1234", "--pin", PIN],
        check=True,
        capture_output=True,
    )
    owner = holder(name, which=4)
    der = owner.key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    library = pkcs11.lib(str(SOFTHSM))
    library.reinitialize()
    with library.get_token(token_label=made.label).open(rw=True, user_pin=PIN) as session:
        key = {**decode_rsa_private_key(der), pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.LABEL: made.key}
        session.create_object({**key, pkcs11.Attribute.ID: b"1", pkcs11.Attribute.SIGN: True})
        certificate = {**decode_x509_certificate(owner.der), pkcs11.Attribute.TOKEN: True}
        session.create_object({**certificate, pkcs11.Attribute.LABEL: made.key, pkcs11.Attribute.ID: b"1"})
    return made


def is_later(moment: datetime) -> bool:
    """Whether the moment lies within the last minutes: a time stamp goes by the real clock."""
    return timedelta(0) <= datetime.now(UTC) - moment + timedelta(seconds=2) < timedelta(minutes=5)


NOW = at(MONDAY, "10:00")
BODY = "Sở Kế hoạch và Đầu tư"
SIGNER, ORGANISATION = SignatureRole.SIGNER, SignatureRole.ORGANISATION

_printed: dict[str, bytes] = {}
"""The PDF of the desk's document: printed once a process, for printing takes a while and the documents are alike."""


@dataclass(frozen=True)
class Desk:
    """An issued and printed document of the first division's task, and who has to do with it."""

    house: House
    document: Document
    signer: Actor
    frozen: bytes

    def key(self, name: str = "", *, which: int = 1) -> Pkcs12Key:
        return Pkcs12Key(holder(name or self.signer.name, which=which).pkcs12(), PASSPHRASE)

    def sign(self, role: SignatureRole = SIGNER, *, by: Actor | None = None, **parts: object) -> DocumentSignature:
        """Sign as the usual person with the usual key, unless said otherwise."""
        organisation = role == ORGANISATION
        by = by or (self.house.clerk if organisation else self.signer)
        parts.setdefault("key", self.key(BODY, which=2) if organisation else self.key())
        return sign_pdf(self.document.pk, Signing(**parts), role=role, by=by, now=NOW)  # type: ignore[arg-type]

    def stored(self, row: DocumentSignature) -> bytes:
        with default_storage.open(row.file_name, "rb") as file:
            return bytes(file.read())

    def change(self, **columns: object) -> None:
        Document.objects.filter(pk=self.document.pk).update(**columns)

    def events(self) -> list[dict[str, object]]:
        chain = AuditEvent.objects.filter(chain=f"document:{self.document.pk}", name="document.sign_digitally")
        return [json.loads(event.body) for event in chain.order_by("seq")]


def make_desk(house: House) -> Desk:
    """Make the document as if it had passed its flow, with its PDF in the store and its issue in the trail."""
    signer = make_actor(Role.LEADER, house.leadership, name="Trần Thị Ký Mẫu")
    book = RegisterBook.objects.create(body=house.department, year=2022, series="chung", last_number=5)
    document = Document(
        task=make_task(house),
        kind=DocumentKind.LETTER,
        status=DocumentStatus.ISSUED,
        book=book,
        number=5,
        symbol="SKHĐT-VP",
        issued_on=MONDAY,
        issued_at=NOW,
        subject="mẫu để ký số",
        body="Đề nghị quý cơ quan cho ý kiến.",
        recipients=["Sở Tài chính"],
        signer_name=signer.name,
        signer_title="GIÁM ĐỐC",
        signed_by_id=signer.person_id,
        signed_at=NOW,
        drafted_by_id=house.member.person_id,
        drafted_at=NOW,
        issuer=house.department,
        year=2022,
    )
    document.save()
    document.text_sha256 = text_hash(document)
    if "pdf" not in _printed:
        _printed["pdf"] = print_paper(paper_of(document)).content
    document.pdf_name = default_storage.save(f"documents/{document.pk}.pdf", ContentFile(_printed["pdf"]))
    document.pdf_sha256 = hashlib.sha256(_printed["pdf"]).hexdigest()
    document.save()
    issued = {"number": document.full_number, "text_sha256": document.text_sha256}
    record_event("document.issue", subject=f"document:{document.pk}", by=house.clerk, now=NOW, after=issued)
    return Desk(house, document, signer, _printed["pdf"])
