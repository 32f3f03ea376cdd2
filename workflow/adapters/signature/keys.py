"""Opening a key: a PKCS#12 file or a PKCS#11 token, with what can go wrong said plainly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from asn1crypto import x509
from pyhanko.sign.signers import Signer, SimpleSigner

from workflow.core.errors import Invalid
from workflow.core.signature import Pkcs12Key, SigningKey, TokenKey

CLOSED_FILE = "Không mở được tệp PKCS#12: sai mật khẩu của tệp, hoặc tệp không phải PKCS#12 hay đã hỏng."
WITHOUT_KEY = "Tệp PKCS#12 không có khóa bí mật kèm chứng thư nên không ký được. Hãy dùng tệp khác."
GONE = "Thiết bị ký không trả lời. Hãy cắm lại thiết bị rồi ký lại; chưa có gì được ghi."


@contextmanager
def opened(key: SigningKey) -> Iterator[tuple[Signer, x509.Certificate]]:
    """Open a key for as long as the block runs, and give who signs with its certificate.

    :raises Invalid: when the passphrase or PIN is wrong, or file, token, key or certificate is not there.
    """
    if isinstance(key, Pkcs12Key):
        yield _from_file(key)
        return
    with _from_token(key) as found:
        yield found


def _from_file(key: Pkcs12Key) -> tuple[Signer, x509.Certificate]:
    try:
        signer = SimpleSigner.load_pkcs12_data(key.content, other_certs=(), passphrase=key.passphrase.encode())
    except ValueError as error:
        raise Invalid.of(passphrase=CLOSED_FILE) from error
    except (AttributeError, TypeError) as error:  # what pyHanko makes of a file with certificates alone
        raise Invalid.of(pkcs12=WITHOUT_KEY) from error
    certificate = signer.signing_cert
    if certificate is None:
        raise Invalid.of(pkcs12=WITHOUT_KEY)
    return signer, certificate


@contextmanager
def _from_token(key: TokenKey) -> Iterator[tuple[Signer, x509.Certificate]]:
    import pkcs11  # noqa: PLC0415 -- a native library that only a token needs
    from pyhanko.config.pkcs11 import TokenCriteria  # noqa: PLC0415 -- the same
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session  # noqa: PLC0415 -- the same

    if not Path(key.module).is_file():
        raise Invalid.of(module=f"Không có thư viện PKCS#11 tại {key.module}. Hãy ghi đúng đường dẫn của thư viện.")
    try:
        session = open_pkcs11_session(key.module, token_criteria=TokenCriteria(label=key.token), user_pin=key.pin)
    except (pkcs11.PKCS11Error, RuntimeError) as error:
        raise _refused(key, error) from error
    try:
        with session:
            signer = PKCS11Signer(
                session, key_label=key.key, cert_label=key.certificate or key.key, other_certs_to_pull=None
            )
            try:
                certificate = signer.signing_cert
            except (pkcs11.PKCS11Error, ValueError) as error:
                missing = f"Thiết bị ký “{key.token}” không có khóa và chứng thư tên “{key.key}”. Hãy xem lại tên khóa."
                raise Invalid.of(key=missing) from error
            yield signer, certificate
    except pkcs11.PKCS11Error as error:
        raise Invalid.of(token=GONE) from error


def _refused(key: TokenKey, error: Exception) -> Invalid:
    import pkcs11  # noqa: PLC0415 -- a native library that only a token needs

    if isinstance(error, pkcs11.PinLocked):
        return Invalid.of(pin="Thiết bị ký đã khóa vì sai mã PIN nhiều lần. Hãy liên hệ nơi cấp thiết bị để mở khóa.")
    if isinstance(error, pkcs11.PinIncorrect | pkcs11.PinInvalid | pkcs11.PinLenRange | pkcs11.ArgumentsBad):
        return Invalid.of(pin="Sai mã PIN của thiết bị ký. Sai nhiều lần thiết bị sẽ khóa.")
    return Invalid.of(
        token=f"Không mở được thiết bị ký “{key.token}”. Hãy xem thiết bị đã cắm chưa, tên và thư viện đúng chưa."
    )
