"""TOTP by the test vectors of RFC 6238, sealing, the QR code, recovery codes."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import override_settings
from lxml import etree

from workflow.adapters.secondfactor import (
    CODES,
    STEP_SECONDS,
    code_at,
    draw_code,
    enrolment_address,
    matching_step,
    new_recovery_codes,
    new_secret,
    recovery_digest,
    seal,
    unseal,
)
from workflow.core.errors import Damaged

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238 appendix B, SHA-1, the last six of its eight digits."""
    assert code_at(RFC_SECRET, seconds // STEP_SECONDS) == code
    moment = datetime.fromtimestamp(seconds, UTC)
    assert matching_step(RFC_SECRET, f"{code[:3]} {code[3:]}", now_real=moment, after=0) == seconds // STEP_SECONDS


def test_a_telephone_may_be_one_step_early_or_late_and_no_more() -> None:
    step = 60_000_000
    moment = datetime.fromtimestamp(step * STEP_SECONDS + 7, UTC)
    found = [
        matching_step(RFC_SECRET, code_at(RFC_SECRET, step + off), now_real=moment, after=0) for off in range(-2, 3)
    ]
    assert found == [None, step - 1, step, step + 1, None]


def test_a_step_that_was_used_and_those_before_it_count_no_more() -> None:
    step = 60_000_000
    moment = datetime.fromtimestamp(step * STEP_SECONDS, UTC)
    code = code_at(RFC_SECRET, step)
    assert matching_step(RFC_SECRET, code, now_real=moment, after=step - 1) == step
    assert matching_step(RFC_SECRET, code, now_real=moment, after=step) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "٠٠٠٠٠٠", "đđđđđđ"])
def test_what_is_no_code_matches_nothing(typed: str) -> None:
    assert matching_step(RFC_SECRET, typed, now_real=datetime.fromtimestamp(59, UTC), after=0) is None


def test_a_secret_is_sealed_under_the_sites_key() -> None:
    secret = new_secret()
    assert (len(secret), len({new_secret() for _again in range(20)})) == (32, 20)
    sealed = seal(secret)
    assert secret not in sealed
    assert unseal(sealed) == secret
    with override_settings(SECRET_KEY="khac" * 20), pytest.raises(Damaged, match="SECRET_KEY"):
        unseal(sealed)
    with pytest.raises(Damaged):
        unseal(sealed[:-4] + "AAAA")


def test_the_address_says_whose_account_it_is() -> None:
    address = urlsplit(enrolment_address(RFC_SECRET, "van.thu"))
    assert (address.scheme, address.netloc, address.path) == ("otpauth", "totp", "/Don%20doc%3Avan.thu")
    assert {key: value[0] for key, value in parse_qs(address.query).items()} == {
        "secret": RFC_SECRET,
        "issuer": "Don doc",
        "digits": "6",
        "period": "30",
    }


def test_the_picture_is_an_svg_with_nothing_inline() -> None:
    tree = etree.fromstring(draw_code(enrolment_address(RFC_SECRET, "van.thu")))
    assert tree.tag.endswith("svg")
    assert {etree.QName(element).localname for element in tree.iter()} == {"svg", "g", "path"}
    assert not [element for element in tree.iter() if "style" in element.attrib]


def test_recovery_codes_differ_and_are_read_with_forgiveness() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == CODES == 10
    assert {len(code) for code in codes} == {11}
    one = codes[0]
    assert recovery_digest(one) == recovery_digest(f" {one.upper().replace('-', ' ')} ")
    assert recovery_digest(one) != recovery_digest(codes[1])
    assert one not in recovery_digest(one)
