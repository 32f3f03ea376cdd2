"""One form for Vietnamese text, and a search key without marks."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.core.fold import fold, is_nfc, nfc

DECOMPOSED = unicodedata.normalize("NFD", "Đăng ký kinh doanh")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Đăng ký kinh doanh", "dang ky kinh doanh"),
        ("  Sở Kế hoạch\tvà\n Đầu tư ", "so ke hoach va dau tu"),
        ("Thủ tục hành chính", "thu tuc hanh chinh"),
        ("ĐÔN ĐỐC LẦN 2", "don doc lan 2"),
        ("Ưu đãi, ượng, ữ, ỹ", "uu dai, uong, u, y"),
        ("Trung\u00a0tâm", "trung tam"),
        ("báo\u200bcáo \ufeffnăm", "baocao nam"),
        ("1186/KH-SKHĐT", "1186/kh-skhdt"),
        ("99,5 %", "99,5 %"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_folds_case_marks_and_white_space(text: str, key: str) -> None:
    assert fold(text) == key


def test_finds_the_same_key_whatever_the_form_of_the_source() -> None:
    assert DECOMPOSED != "Đăng ký kinh doanh"
    assert fold(DECOMPOSED) == fold("Đăng ký kinh doanh")


def test_keeps_apart_words_that_differ_in_letters() -> None:
    assert fold("đôn đốc") != fold("đốc đôn")
    assert fold("quý") == fold("quỹ")


@given(st.text())
def test_a_key_folds_to_itself(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_a_key_is_in_nfc_without_outer_or_double_spaces(text: str) -> None:
    key = fold(text)
    assert is_nfc(key)
    assert key == " ".join(key.split())


@given(st.text())
def test_every_form_of_a_text_has_one_key(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(text) == fold(nfc(text))


def test_nfc_composes_and_changes_nothing_else() -> None:
    assert nfc(DECOMPOSED) == "Đăng ký kinh doanh"
    assert nfc("  Hai  khoảng ") == "  Hai  khoảng "


def test_is_nfc_tells_the_defect_of_the_2022_plan() -> None:
    assert is_nfc("Kế hoạch")
    assert is_nfc("")
    assert not is_nfc(unicodedata.normalize("NFD", "Kế hoạch"))
