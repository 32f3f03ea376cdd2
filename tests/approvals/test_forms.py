"""The forms of the decisions: every name that a screen uses, what each asks for, and in which words."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from approvals.forms import (
    FORMS,
    REASONS,
    EncloseForm,
    ProposalForm,
    ReassignForm,
    ReviseForm,
    decision_form,
)
from approvals.screens import CHOICES, Choice
from workflow.forms import PlainForm

EVERY_CHOICE = [(*key, choice) for key, choices in CHOICES.items() for choice in choices]
CHECKS = {"quantity_ok": "yes", "content_ok": "no", "time_ok": "yes"}
DIRECTION = {"number": "812/UBND-KT", "issued_on": "3/10/2022", "content": "Giao Sở hoàn thành."}


def cleaned(form: PlainForm) -> dict[str, object]:
    """What a form reads; it must be right."""
    assert form.is_valid(), form.errors
    return dict(form.cleaned_data)


def wrong(form: PlainForm) -> dict[str, str]:
    """What a form finds wrong: the element and the message."""
    assert not form.is_valid()
    return dict(form.wrong_fields())


def test_every_choice_has_its_form() -> None:
    assert {choice.form for *_key, choice in EVERY_CHOICE} <= set(FORMS)


@pytest.mark.parametrize(("kind", "node", "choice"), EVERY_CHOICE)
def test_every_choice_says_what_follows_and_what_was_done(kind: str, node: str, choice: Choice) -> None:
    assert choice.consequence.endswith(".")
    assert choice.done.endswith(".")
    assert not choice.label.endswith(".")
    assert choice.form != "reason" or choice.outcome in REASONS


def test_a_decision_without_words_needs_nothing() -> None:
    assert cleaned(decision_form("none", "submit", {})) == {}
    assert cleaned(decision_form("note", "sign", {})) == {"note": ""}


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("refuse", "Hãy ghi lý do không đồng ý."),
        ("send_back", "Hãy ghi lý do trả lại."),
        ("advise", "Hãy ghi ý kiến tham mưu của Văn phòng."),
        ("approve", "Hãy ghi ý kiến giải quyết."),
    ],
)
def test_a_reason_is_asked_for_in_the_words_of_the_decision(outcome: str, words: str) -> None:
    assert wrong(decision_form("reason", outcome, {"reason": " "})) == {"id_reason": words}


def test_each_check_is_answered_by_itself() -> None:
    found = cleaned(decision_form("checks", "accept", {**CHECKS, "note": ""}))
    assert found == {"quantity_ok": True, "content_ok": False, "time_ok": True, "note": ""}
    assert wrong(decision_form("checks", "accept", {"content_ok": "yes"})) == {
        "id_quantity_ok_0": "Hãy chọn một câu trả lời cho “số lượng”.",
        "id_time_ok_0": "Hãy chọn một câu trả lời cho “thời gian”.",
    }
    assert "id_time_ok_0" in wrong(decision_form("checks", "accept", {**CHECKS, "time_ok": "maybe"}))


def test_a_return_needs_its_reason() -> None:
    assert wrong(decision_form("returned_checks", "return", CHECKS)) == {"id_note": "Hãy ghi lý do trả lại."}


@pytest.mark.parametrize("typed", ["21/10/2022", "21-10-2022", "21.10.2022", "2022-10-21"])
def test_a_day_is_understood_as_people_write_it(typed: str) -> None:
    assert cleaned(decision_form("extension", "approve", {"new_due": typed}))["new_due"] == date(2022, 10, 21)


@pytest.mark.parametrize("typed", ["", "31/2/2022", "mai", "1/1/1022", "1/1/9999"])
def test_what_is_no_day_is_told_at_its_field(typed: str) -> None:
    assert "id_new_due" in wrong(decision_form("extension", "approve", {"new_due": typed}))


def test_a_direction_sets_a_day_or_closes() -> None:
    found = cleaned(decision_form("direction", "record", {**DIRECTION, "new_due": "18/11/2022"}))
    assert (found["issued_on"], found["new_due"], found["closes"]) == (date(2022, 10, 3), date(2022, 11, 18), False)
    both = {**DIRECTION, "new_due": "18/11/2022", "closes": "on"}
    assert "id_new_due" in wrong(decision_form("direction", "record", both))
    assert set(wrong(decision_form("direction", "record", {}))) == {"id_number", "id_issued_on", "id_content"}


def test_too_long_a_text_is_refused_with_its_limit() -> None:
    assert "20000" in wrong(decision_form("note", "sign", {"note": "a" * 20001}))["id_note"]


def test_a_file_has_a_size(settings: Settings) -> None:
    settings.ATTACHMENT_MAX_BYTES = 1024 * 1024
    big = SimpleUploadedFile("a.pdf", b"%PDF" + b"x" * 1024 * 1024)
    assert wrong(EncloseForm({}, {"content": big})) == {"id_content": "Tệp lớn quá 1 MB. Hãy nén hoặc chia nhỏ."}
    assert wrong(EncloseForm({}, {"content": SimpleUploadedFile("a.pdf", b"")})) == {
        "id_content": "Tệp rỗng. Hãy chọn tệp khác."
    }


def test_recipients_are_one_a_line() -> None:
    typed = {"subject": "đôn đốc", "body": "Lời.", "recipients": " Phòng Một \n\n Phòng Hai\n"}
    assert cleaned(ReviseForm(typed))["recipients"] == ["Phòng Một", "Phòng Hai"]


def test_one_unit_alone_is_not_asked_for() -> None:
    form = ProposalForm({"unit": "4", "subject": "Máy in", "content": "Hỏng."})
    form.offer([(4, "Phòng Một")], own=4)
    assert form["unit"].is_hidden
    assert cleaned(form)["unit"] == 4
    several = ProposalForm()
    several.offer([(4, "Phòng Một"), (5, "Bộ phận Một")], own=5)
    assert (several["unit"].is_hidden, several["unit"].value()) == (False, "5")
    stranger = ProposalForm({"unit": "9", "subject": "Máy in", "content": "Hỏng."})
    stranger.offer([(4, "Phòng Một")], own=4)
    assert "id_unit" in wrong(stranger)


def test_a_given_step_can_be_given_back_to_all() -> None:
    form = ReassignForm({"person": ""})
    form.offer([(1, "Lê Quốc Bảo")], given=True)
    assert cleaned(form) == {"person": None}
    form = ReassignForm({"person": ""})
    form.offer([(1, "Lê Quốc Bảo")], given=False)
    assert wrong(form) == {"id_person": "Hãy chọn người xử lý."}
