"""Certificates: what one says, and the directory of those that this place trusts."""

from __future__ import annotations

from pathlib import Path

from asn1crypto import pem, x509

from workflow.core.signature import DEMONSTRATION_MARK, Certificate

ENDINGS = {".pem", ".crt", ".cer", ".der"}
LARGEST_CERTIFICATE_FILE = 1024 * 1024

SIGNING_USES = frozenset({"digital_signature", "non_repudiation"})
"""The uses of a key of which one is enough to sign; a certificate without the extension leaves every use open."""

ORDER = ("common_name", "title", "organizational_unit_name", "organization_name", "state_or_province_name")
"""What is told of a name, and in which order: the holder first, then the body."""


def describe(certificate: x509.Certificate) -> Certificate:
    """Return what a certificate says.

    :raises ValueError: when it can't be read.
    """
    validity = certificate["tbs_certificate"]["validity"]
    subject, issuer = _named(certificate.subject), _named(certificate.issuer)
    uses = certificate.key_usage_value
    return Certificate(
        name=_texts(certificate.subject.native.get("common_name")) or subject,
        subject=subject,
        issuer=issuer,
        serial=f"{certificate.serial_number:x}",
        sha256=certificate.sha256.hex(),
        valid_from=validity["not_before"].native,
        valid_until=validity["not_after"].native,
        may_sign=not certificate.ca and (uses is None or bool(SIGNING_USES & uses.native)),
        demonstration=DEMONSTRATION_MARK in subject or DEMONSTRATION_MARK in issuer,
    )


def _named(name: x509.Name) -> str:
    parts = name.native
    told = [_texts(parts.get(key)) for key in ORDER]
    return ", ".join(text for text in told if text) or str(name.human_friendly)


def _texts(value: object) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value or "")


def load_trusted(directory: Path) -> tuple[list[x509.Certificate], tuple[str, ...]]:
    """Return the certificates that stand in the directory, and the names of files that are none; none without one."""
    found: list[x509.Certificate] = []
    wrong: list[str] = []
    files = sorted(directory.iterdir()) if directory.is_dir() else []
    for path in files:
        if path.suffix.lower() not in ENDINGS or not path.is_file():
            continue
        try:
            found.extend(_read_certificates(path))
        except (OSError, ValueError):
            wrong.append(path.name)
    return found, tuple(wrong)


def _read_certificates(path: Path) -> list[x509.Certificate]:
    if path.stat().st_size > LARGEST_CERTIFICATE_FILE:
        raise ValueError(f"Tệp {path.name} quá lớn, không phải chứng thư.")
    content = path.read_bytes()
    parts = [der for _kind, _headers, der in pem.unarmor(content, multiple=True)] if pem.detect(content) else [content]
    certificates = [x509.Certificate.load(der, strict=True) for der in parts]
    for certificate in certificates:
        describe(certificate)  # reads every part, so that a broken one is found here
    return certificates
