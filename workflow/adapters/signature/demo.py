"""Keys and certificates of a demonstration: real mathematics, names that say TRÌNH DIỄN, worth nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

from workflow.core.signature import DEMONSTRATION_MARK, DemoFiles

YEARS = 10
KEY_BITS = 2048
LONGEST_NAME = 64
"""How many bytes of a name X.509 leaves room for."""


def make(leader: str, organisation: str, passphrase: str, *, since: datetime) -> DemoFiles:
    """Make the three files; see `workflow.adapters.signature.make_demo_files`."""
    root_key = _key()
    root_name = _name("Nơi cấp chứng thư")
    until = since + timedelta(days=YEARS * 366)
    root = (
        certificate_builder(root_name, root_name, root_key, since, until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certifies=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )

    def certified(name: str) -> bytes:
        key = _key()
        certificate = (
            certificate_builder(_name(name), root_name, key, since, until)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(certifies=False), critical=True)
            .sign(root_key, hashes.SHA256())
        )
        return pkcs12.serialize_key_and_certificates(
            name.encode(), key, certificate, [root], BestAvailableEncryption(passphrase.encode())
        )

    return DemoFiles(root.public_bytes(Encoding.PEM), certified(leader), certified(organisation))


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)


def _name(holder: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"{DEMONSTRATION_MARK} - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"),
            x509.NameAttribute(NameOID.COMMON_NAME, _marked(holder)),
        ]
    )


def _marked(holder: str) -> str:
    """Return the holder's name with the mark; a long name alone, which stands beside the marked organisation."""
    marked = f"{holder} ({DEMONSTRATION_MARK})"
    if len(marked.encode()) <= LONGEST_NAME:
        return marked
    return holder.encode()[:LONGEST_NAME].decode(errors="ignore")


def certificate_builder(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, since: datetime, until: datetime
) -> x509.CertificateBuilder:
    """Begin a certificate of the key for the span; what it may be used for, and who signs it, come later."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
    )


def _usage(*, certifies: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certifies,
        content_commitment=not certifies,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certifies,
        crl_sign=certifies,
        encipher_only=False,
        decipher_only=False,
    )
