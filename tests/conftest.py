"""What every test shares: the small department, the reading order, emptying a database whose trail is append-only."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase

from tests.factories import House, make_house
from workflow.queries import rulebook


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests backwards when DONDOC_TEST_ORDER=reverse, so that no test leans on the one before it."""
    if os.environ.get("DONDOC_TEST_ORDER") == "reverse":
        items.reverse()


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_triggers() -> Iterator[None]:
    """Let a test with real transactions be cleaned up: the append-only triggers stand aside for the flush alone."""
    triggers = importlib.import_module("workflow.migrations.0002_append_only_trail")
    real = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with connection.schema_editor() as editor:
            triggers.drop(None, editor)
        try:
            real(self)
        finally:
            with connection.schema_editor() as editor:
                triggers.create(None, editor)

    TransactionTestCase._fixture_teardown = teardown
    yield
    TransactionTestCase._fixture_teardown = real


@pytest.fixture(autouse=True)
def _fresh_rulebook() -> None:
    """Forget the rulebook kept from another test's database."""
    rulebook._kept.clear()


@pytest.fixture
def house(db: None) -> House:
    """The small department of `factories.make_house`."""
    return make_house()
