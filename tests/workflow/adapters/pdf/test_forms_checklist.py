"""Every component of the forms, the register and the extract measured on files read back, and told on the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.measured_forms import NAMES, extract_checks, form_checks, form_table, list_table, register_checks

DOCS = (Path(__file__).parents[4] / "docs" / "documents.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", NAMES)
def test_every_component_of_a_form_is_as_it_should_be(kind: str) -> None:
    assert [check for check in form_checks(kind) if not check.holds] == []


@pytest.mark.parametrize("kind", NAMES)
def test_the_page_about_documents_says_what_is_measured_of_a_form(kind: str) -> None:
    assert form_table(kind) in DOCS


def test_the_register_is_as_appendix_iv_asks() -> None:
    assert [check for check in register_checks() if not check.holds] == []
    assert list_table("register") in DOCS


def test_the_extract_of_the_trail_is_as_the_house_has_it() -> None:
    assert [check for check in extract_checks() if not check.holds] == []
    assert list_table("extract") in DOCS
