"""What every test shares: the small department, the reading order, emptying a database whose trail is append-only."""

from __future__ import annotations

import gc
import importlib
import os
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import TransactionTestCase

from tests.factories import House, make_house
from workflow.queries import rulebook

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

BROWSER = "tests/browser"
LONGEST = (
    BROWSER,
    "tests/workflow/management/test_worker_and_clock.py",
    "tests/approvals/test_races.py",
    "tests/workflow/actions/test_rehearsed_year.py",
    "tests/workflow/test_concurrency.py",
    "tests/approvals/test_inbox.py",
    "tests/workflow/web/test_web_acts.py",
    "tests/workflow/test_invariants.py",
)
"""What takes longest is begun first, whatever the order: no worker is to end long before the others."""

KEPT = {"django_content_type", "auth_permission"}
"""What `migrate` fills and no test changes."""


def group_of(nodeid: str) -> str:
    """Return what runs in one worker: a file, whose fixtures are then made once; browser tests, who share a site."""
    return BROWSER if nodeid.startswith(f"{BROWSER}/") else nodeid.partition("::")[0]


PLAIN = ("tests/workflow/core/", "tests/workflow/adapters/")
"""Folders of code that mostly knows no database; their tests need one only where they ask for it."""


def is_plain(item: pytest.Item) -> bool:
    """Tell whether the test touches no database at all, so that which one it runs on makes no difference."""
    asks = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return item.nodeid.startswith(PLAIN) and not asks and item.get_closest_marker("django_db") is None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    """Put the longest groups first, after pytest-django has sorted by what a test does to the database.

    With DONDOC_TEST_ORDER=reverse the tests run backwards, so that no test leans on the one before it. With
    DONDOC_TEST_DATABASE_ONLY=1 those that touch no database are left out: `bin/test` has run them already.
    """
    if os.environ.get("DONDOC_TEST_DATABASE_ONLY") == "1":
        left_out = [item for item in items if is_plain(item)]
        items[:] = [item for item in items if not is_plain(item)]
        config.hook.pytest_deselected(items=left_out)
    if os.environ.get("DONDOC_TEST_ORDER") == "reverse":
        items.reverse()
    yield
    rank = {group: place for place, group in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(group_of(item.nodeid), len(LONGEST)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """Deal out the tests by our groups: pytest-xdist's own marks for `--dist loadgroup` are lost on pytest 9."""
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 -- there only when tests are dealt out

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    config.option.loadscopereorder = False  # it would put the groups with the most tests first
    return Groups(config, log)


def pytest_collection_finish() -> None:
    """Let the garbage collector walk through what tests leave, not again and again through all that was imported."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_triggers() -> Iterator[None]:
    """Clean up after a test with real transactions: the append-only triggers stand aside for that alone.

    Django would truncate every table and then make the content types and permissions anew, which takes ten times as
    long as deleting the few rows that are there.
    """
    triggers = importlib.import_module("workflow.migrations.0002_append_only_trail")
    real = TransactionTestCase._fixture_teardown

    def teardown(_self: TransactionTestCase) -> None:
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        with connection.schema_editor() as editor:
            triggers.drop(None, editor)
            for table in sorted(set(tables) - KEPT):
                editor.execute(f"DELETE FROM {connection.ops.quote_name(table)}", params=None)
            connection.check_constraints()
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
