"""Typed readers of environment variables: a wrong or missing value stops the start with a clear message."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}


def read_text(name: str, default: str | None = None) -> str:
    """Return the variable's text.

    :raises ImproperlyConfigured: when it is absent and has no default.
    """
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Thiếu biến môi trường {name}. Hãy đặt {name} rồi chạy lại.")
    return value


def read_flag(name: str, *, default: bool) -> bool:
    """Return a yes/no variable (1/0, true/false, yes/no, on/off).

    :raises ImproperlyConfigured: when the text is none of these.
    """
    word = os.environ.get(name)
    if word is None:
        return default
    if word.strip().lower() in TRUE_WORDS:
        return True
    if word.strip().lower() in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"Biến môi trường {name}={word!r} không hợp lệ: chỉ nhận 1 hoặc 0.")


def read_number(name: str, *, default: int) -> int:
    """Return a whole number.

    :raises ImproperlyConfigured: when the text is not a whole number.
    """
    word = os.environ.get(name)
    if word is None:
        return default
    try:
        return int(word)
    except ValueError:
        raise ImproperlyConfigured(f"Biến môi trường {name}={word!r} không phải số nguyên.") from None


def read_list(name: str, *, default: list[str]) -> list[str]:
    """Return a comma-separated list, blanks dropped."""
    word = os.environ.get(name)
    if word is None:
        return default
    return [part.strip() for part in word.split(",") if part.strip()]


def read_database(name: str, *, sqlite_file: Path) -> dict[str, Any]:
    """Return Django's DATABASES entry: PostgreSQL from a postgres:// address, SQLite in a file when absent.

    SQLite runs in WAL with IMMEDIATE transactions and synchronous=FULL, so that a commit survives a power cut.

    :raises ImproperlyConfigured: when the address is not PostgreSQL's, or its port is no number.
    """
    address = os.environ.get(name, "")
    if not address:
        sqlite_file.parent.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": sqlite_file,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                    "PRAGMA busy_timeout=20000; PRAGMA foreign_keys=ON;"
                ),
            },
        }
    parts = urlsplit(address)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"{name} phải có dạng postgres://tài-khoản:mật-khẩu@máy:cổng/cơ-sở-dữ-liệu (nhận được {parts.scheme!r})."
        )
    try:
        port = str(parts.port or "")
    except ValueError:
        raise ImproperlyConfigured(f"{name} có cổng không hợp lệ: cổng là số từ 1 đến 65535.") from None
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
