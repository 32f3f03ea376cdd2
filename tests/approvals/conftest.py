"""What the tests of the approvals share: a store of files of their own, and the site as people open it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from tests.workflow.web.conftest import _forget_clock, _own_files, enter, set_clock, site

__all__ = ["_forget_clock", "_own_files", "enter", "file_store", "set_clock", "site"]


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[Path]:
    """Keep the files of a test in its own folder."""
    options = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    with override_settings(STORAGES={"default": options, "staticfiles": options}):
        yield tmp_path
