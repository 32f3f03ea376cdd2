"""Digital signatures on PDF by pyHanko: PAdES baseline B-B, and B-T where a time-stamping authority is named.

pyHanko, asn1crypto and a token's native library are imported when first used; nothing else in the house knows them.
What is not done: revocation is not asked for, nothing is kept for validation long after (LTV); see docs/signatures.md.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from workflow.core.signature import Certificate, DemoFiles, FoundSignature, Place, Signed, SigningKey

__all__ = ["make_demo_files", "only_signed_since", "read_signatures", "sign_content"]


def sign_content(
    content: bytes,
    key: SigningKey,
    *,
    organisation: bool,
    place: Place | None,
    image: bytes | None,
    accept: Callable[[Certificate], None],
    stamp_url: str,
    at: datetime,
) -> Signed:
    """Sign a PDF and return the new file, whose beginning is the given one byte for byte.

    `accept` is shown the certificate before anything is signed, and raises to refuse it. `place` is the room on the
    page; without it, or without `image` (a transparent PNG), nothing is shown: no signature or seal is ever drawn, and
    no line of text. `stamp_url` names an RFC 3161 authority, "" none. `at` is the moment written in the signature.

    :raises Invalid: when the key can't be opened, or the picture is not fit.
    :raises WrongState: when that signature is there already, or the time stamp can't be had.
    :raises Unreadable: when the PDF can't be signed.
    """
    from workflow.adapters.signature import signing  # noqa: PLC0415 -- importing pyHanko takes half a second

    return signing.sign(
        content,
        key,
        field=signing.ORGANISATION_FIELD if organisation else signing.SIGNER_FIELD,
        place=place,
        image=image,
        accept=accept,
        stamp_url=stamp_url,
        at=at,
    )


def read_signatures(content: bytes, trusted: Path, *, at: datetime) -> tuple[FoundSignature, ...]:
    """Return every signature of a PDF in the order in which they were put on; none of an unsigned file.

    `trusted` is the directory of the certificates that are trusted; `at` stands in for the time of signing where the
    file tells none. No network is asked, so a revoked certificate is not found.

    :raises Unreadable: when the file is no PDF, is broken or encrypted, or was made to wear the reader out.
    """
    from workflow.adapters.signature import reading  # noqa: PLC0415 -- importing pyHanko takes half a second

    return reading.read(content, trusted, at=at)


def only_signed_since(content: bytes, before: int) -> bool:
    """Tell whether the first `before` bytes are a whole PDF to which nothing but signatures was added since.

    :raises Unreadable: when the file can't be read.
    """
    from workflow.adapters.signature import reading  # noqa: PLC0415 -- importing pyHanko takes half a second

    return reading.only_signed_since(content, before)


def make_demo_files(leader: str, organisation: str, passphrase: str, *, since: datetime) -> DemoFiles:
    """Make a demonstration's certificate authority and two certificates of it, each name saying TRÌNH DIỄN.

    They hold for ten years from `since`. The authority's own key is thrown away, so it can't certify anybody else.
    """
    from workflow.adapters.signature import demo  # noqa: PLC0415 -- making keys needs a library that nothing else does

    return demo.make(leader, organisation, passphrase, since=since)
