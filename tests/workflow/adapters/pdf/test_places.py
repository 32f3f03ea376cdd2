"""The empty box where signature and seal go, found again in the file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.printed import LETTER, MM, PAPERS, SUBMISSION, read, sample
from workflow.adapters.pdf import print_paper, signature_places


@pytest.mark.parametrize("kind", PAPERS)
@pytest.mark.parametrize("draft", [False, True], ids=["issued", "draft"])
def test_the_box_is_empty_and_stands_between_position_and_name(kind: str, draft: bool) -> None:
    printed = sample(kind, draft=draft)
    places = signature_places(printed.content)
    _width, height = printed.sizes[places.page]
    inside = [
        letter.text
        for letter in printed.letters[places.page]
        if places.signer.bottom < height - letter.baseline < places.signer.top - 3
        and places.signer.left < letter.left < places.signer.right
    ]
    assert inside == []
    last = PAPERS[kind].signer_title.split("\n")[-1]
    position = next(line for line in printed.lines if line.text == last)
    assert places.page == position.page
    assert height - position.baseline >= places.signer.top
    assert height - position.baseline - places.signer.top < 8
    assert (places.signer.left + places.signer.right) / 2 == pytest.approx(position.middle, abs=1)
    if not draft:
        assert height - printed.find(PAPERS[kind].signer_name).baseline < places.signer.bottom


def test_the_box_is_large_enough_and_the_organisation_covers_its_left_third() -> None:
    places = signature_places(sample("CV").content)
    assert (places.signer.right - places.signer.left) / MM == pytest.approx(70)
    assert (places.signer.top - places.signer.bottom) / MM == pytest.approx(32)
    third = places.signer.left + (places.signer.right - places.signer.left) / 3
    assert places.organisation.right == pytest.approx(third)
    assert places.organisation.right - places.organisation.left == pytest.approx(32 * MM)


def test_nothing_is_drawn_in_the_boxes() -> None:
    printed = sample("CV")
    places = signature_places(printed.content)
    height = printed.sizes[0][1]
    drawn = [
        stroke
        for stroke in printed.strokes
        if places.signer.bottom < height - stroke.bottom < places.signer.top and stroke.right > places.organisation.left
    ]
    assert drawn == []


def test_a_signature_never_stands_alone_on_a_page() -> None:
    for count in range(18, 34):
        body = "\n".join(f"Đoạn {number}." for number in range(count))
        printed = read(print_paper(replace(SUBMISSION, grounds=(), recipients=(), body=body, urgency=0)).content)
        page = printed.find("GIÁM ĐỐC").page
        told = [line for line in printed.lines if line.page == page and line.text.startswith("Đoạn")]
        assert len(told) >= 2


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"abc"], ids=["empty", "cut off", "no PDF"])
def test_a_file_that_we_did_not_print_has_no_place(content: bytes) -> None:
    with pytest.raises(ValueError, match="không có ô chữ ký"):
        signature_places(content)


def test_an_attacker_can_t_make_a_place_by_what_is_typed() -> None:
    fake = '<div id="o-ky-dau"></div>'
    assert signature_places(print_paper(replace(LETTER, body=fake)).content).page == 0
