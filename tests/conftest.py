"""What every test shares: the small department, and the reading order."""

from __future__ import annotations

import os

import pytest

from tests.factories import House, make_house


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests backwards when DONDOC_TEST_ORDER=reverse, so that no test leans on the one before it."""
    if os.environ.get("DONDOC_TEST_ORDER") == "reverse":
        items.reverse()


@pytest.fixture
def house(db: None) -> House:
    """The small department of `factories.make_house`."""
    return make_house()
