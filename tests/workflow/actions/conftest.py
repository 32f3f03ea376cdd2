"""What the tests of actions share: a store of files of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[Path]:
    """Keep the files of a test in its own folder."""
    options = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    with override_settings(STORAGES={"default": options, "staticfiles": options}):
        yield tmp_path
