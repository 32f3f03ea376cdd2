"""The second factor: TOTP (RFC 6238) by `cryptography`, its secret sealed, its QR code drawn by `segno`.

Sealed secrets and recovery codes hang on SECRET_KEY: with another key nobody's factor can be read, and each person
must set it anew.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import os
import secrets
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.conf import settings
from django.utils.crypto import salted_hmac

from workflow.core.errors import Damaged

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

STEP_SECONDS = 30
DIGITS = 6
DRIFT = 1
"""How many steps a telephone's clock may be early or late."""

ISSUER = "Don doc"
CODES = 10
CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters that look alike."""


def new_secret() -> str:
    """Return a new secret of 160 bits in base32, as authenticator applications take it."""
    return base64.b32encode(os.urandom(20)).decode()


def seal(secret: str) -> str:
    """Return the secret encrypted under the site's key."""
    return _cipher().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the secret.

    :raises Damaged: when it was sealed under another key, or changed.
    """
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 -- heavy: OpenSSL's bindings

    try:
        return _cipher().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Damaged(
            "Không đọc được khóa xác thực hai bước (SECRET_KEY đã đổi?). Hãy nhờ quản trị bỏ xác thực hai bước."
        ) from None


def _cipher() -> Fernet:
    from cryptography.fernet import Fernet  # noqa: PLC0415 -- heavy: OpenSSL's bindings

    key = hashlib.sha256(b"dondoc.second-factor" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def code_at(secret: str, step: int) -> str:
    """Return the six digits of one step (seconds since 1970 divided by 30)."""
    from cryptography.hazmat.primitives.hashes import SHA1  # noqa: PLC0415 -- heavy: OpenSSL's bindings
    from cryptography.hazmat.primitives.twofactor.totp import TOTP  # noqa: PLC0415 -- heavy too

    totp = TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_SECONDS, enforce_key_length=False)  # noqa: S303
    return totp.generate(step * STEP_SECONDS).decode()


def matching_step(secret: str, code: str, *, now_real: datetime, after: int) -> int | None:
    """Return the step whose code was typed, one early or late allowed; none at or before `after` counts again."""
    present = int(now_real.timestamp()) // STEP_SECONDS
    typed = "".join(code.split())
    for step in range(present - DRIFT, present + DRIFT + 1):
        if step > after and hmac.compare_digest(code_at(secret, step).encode(), typed.encode()):
            return step
    return None


def enrolment_address(secret: str, username: str) -> str:
    """Return the otpauth address that an authenticator application reads from the QR code."""
    label = quote(f"{ISSUER}:{username}")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(ISSUER)}&digits={DIGITS}&period={STEP_SECONDS}"


def draw_code(address: str) -> bytes:
    """Return the address as a QR code in SVG: dark on white in both themes, nothing inline that a strict CSP stops."""
    import segno  # noqa: PLC0415 -- wanted on one page alone

    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", scale=6, border=3, light="#ffffff", dark="#000000")
    return drawn.getvalue()


def new_recovery_codes() -> list[str]:
    """Return ten codes like `abcde-fghjk`, 49 bits each."""
    letters = ("".join(secrets.choice(CODE_LETTERS) for _letter in range(10)) for _code in range(CODES))
    return [f"{code[:5]}-{code[5:]}" for code in letters]


def recovery_digest(code: str) -> str:
    """Return what is stored of a recovery code; blanks, hyphens and capitals do not count."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return salted_hmac("dondoc.recovery", plain, algorithm="sha256").hexdigest()
