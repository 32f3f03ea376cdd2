"""Places of signatures and seals, names of certificates, and what is said of a signature."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.core.signature import (
    Certificate,
    FoundSignature,
    Integrity,
    Rectangle,
    Trust,
    Unreadable,
    claimed_order,
    seal_beside,
)

ROOM = Rectangle(300, 300, 460, 380)
CERTIFICATE = Certificate(
    name="Nguyễn Văn Mẫu",
    subject="Nguyễn Văn Mẫu",
    issuer="Nơi cấp",
    serial="1f",
    sha256="0" * 64,
    valid_from=datetime(2022, 1, 1, tzinfo=UTC),
    valid_until=datetime(2023, 1, 1, tzinfo=UTC),
    may_sign=True,
    demonstration=False,
)
VALID = FoundSignature(field_name="x", integrity=Integrity.VALID, covers_file=True)

sizes = st.floats(min_value=1, max_value=2000)


@given(sizes, sizes)
def test_a_picture_stands_in_the_middle_of_its_room_in_its_proportion(width: float, height: float) -> None:
    placed = ROOM.holding(width, height)
    assert ROOM.left - 0.01 <= placed.left <= placed.right <= ROOM.right + 0.01
    assert ROOM.bottom - 0.01 <= placed.bottom <= placed.top <= ROOM.top + 0.01
    assert placed.left + placed.right == pytest.approx(ROOM.left + ROOM.right)
    assert placed.width / placed.height == pytest.approx(width / height)
    assert placed.width <= width * 1.0001


@given(sizes, sizes)
def test_a_seal_ends_in_the_left_third_and_stays_on_the_page(width: float, height: float) -> None:
    seal = seal_beside(ROOM, width, height)
    assert min(seal.left, seal.bottom) >= 0
    assert (seal.width, seal.height) == (pytest.approx(width), pytest.approx(height))
    if width <= ROOM.left:
        assert seal.right == pytest.approx(ROOM.left + ROOM.width / 3)


@pytest.mark.parametrize(
    ("wanted", "named"),
    [
        ("Nguyễn Văn Mẫu", True),
        ("NGUYEN VAN MAU", True),
        ("Nguyễn  Văn Mẫu ", True),
        ("Văn Mẫu", True),
        ("Nguyễn Văn M", False),
        ("Trần Văn Mẫu", False),
        ("", False),
        ("  ", False),
    ],
)
def test_a_certificate_names_its_holder_without_case_and_accents(wanted: str, named: bool) -> None:
    assert CERTIFICATE.names(wanted) is named


def test_a_certificate_holds_from_its_first_to_its_last_moment() -> None:
    begin, end = CERTIFICATE.valid_from, CERTIFICATE.valid_until
    assert [CERTIFICATE.holds_at(moment) for moment in (begin, end)] == [True, True]
    assert CERTIFICATE.holds_at(begin.replace(year=2021)) is False
    assert CERTIFICATE.holds_at(end.replace(year=2024)) is False


@pytest.mark.parametrize(
    ("found", "whole", "words"),
    [
        (VALID, True, "hợp lệ, bao trùm toàn bộ tệp"),
        (replace(VALID, covers_file=False, later_harmless=True), True, "tệp chỉ được ký thêm"),
        (replace(VALID, covers_file=False), False, "sau đó tệp đã bị sửa thêm"),
        (replace(VALID, integrity=Integrity.BROKEN), False, "KHÔNG hợp lệ"),
        (replace(VALID, integrity=Integrity.UNREADABLE), False, "không đọc được"),
    ],
)
def test_a_signature_is_told_as_it_is(found: FoundSignature, whole: bool, words: str) -> None:
    assert found.whole is whole
    assert words in found.said


def test_a_time_stamp_of_the_file_is_nobodys_signature() -> None:
    assert claimed_order([VALID, replace(VALID, only_stamp=True)]) == (VALID,)


def test_every_trust_has_words() -> None:
    assert all(trust.label for trust in Trust)


def test_what_is_unreadable_is_a_bad_request() -> None:
    assert (Unreadable("hỏng").status, str(Unreadable("hỏng"))) == (400, "hỏng")
