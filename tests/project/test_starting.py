"""The site as it is started: in production, with wrong settings, and on a database that is not safe."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.urls.exceptions import Resolver404

from tests.machine import ROOT, Machine, made_machine

KEY = "mot-chuoi-dai-chi-dung-trong-kiem-thu-0123456789-abcdefghij"
SAID = [
    "DEBUG",
    "DEMONSTRATION",
    "ALLOWED_HOSTS",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_PROXY_SSL_HEADER",
    "X_FRAME_OPTIONS",
    "CONTENT_SECURITY_POLICY",
    "STORAGES",
    "WHITENOISE_USE_FINDERS",
    "EMAIL_BACKEND",
    "CSRF_TRUSTED_ORIGINS",
    "TIME_ZONE",
    "LANGUAGE_CODE",
    "USE_TZ",
    "ANONYMOUS_USER_NAME",
    "PASSWORD_HASHERS",
    "SECRET_KEY",
    "ATTACHMENT_MAX_BYTES",
]
CODE = (
    "import json, project.settings as s; "
    f"print(json.dumps({{name: getattr(s, name) for name in {SAID!r}}}, default=lambda value: sorted(map(str, value)) "
    "if isinstance(value, set) else str(value)))"
)


def run(code: str, folder: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """Run some Python in the project with only these settings in its environment."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("DONDOC_") and name not in {"SECRET_KEY", "DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    }
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=kept | {"DONDOC_DATA_DIR": str(folder)} | given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def settings_of(folder: Path, **given: str) -> dict[str, Any]:
    done = run(CODE, folder, **given)
    assert done.returncode == 0, done.stderr
    read: dict[str, Any] = json.loads(done.stdout)
    return read


@pytest.fixture(scope="module")
def in_production(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The settings of a site in production behind https."""
    return settings_of(
        tmp_path_factory.mktemp("van-hanh"),
        DONDOC_DEBUG="0",
        DONDOC_HTTPS="1",
        SECRET_KEY=KEY,
        DONDOC_ALLOWED_HOSTS="dondoc.vi-du.vn",
        DONDOC_TRUSTED_ORIGINS="https://dondoc.vi-du.vn",
        DONDOC_MAIL_HOST="thu.vi-du.vn",
    )


class TestProduction:
    def test_cookies_and_addresses_go_over_https_alone(self, in_production: dict[str, Any]) -> None:
        for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_HTTPONLY"):
            assert in_production[name] is True, name
        assert in_production["SECURE_HSTS_SECONDS"] >= 31536000
        assert in_production["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True
        assert in_production["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]

    def test_nothing_is_shown_that_a_developer_sees(self, in_production: dict[str, Any]) -> None:
        assert (in_production["DEBUG"], in_production["DEMONSTRATION"]) == (False, False)
        assert in_production["WHITENOISE_USE_FINDERS"] is False
        assert in_production["SECRET_KEY"] == KEY

    def test_only_its_own_hosts_are_served(self, in_production: dict[str, Any]) -> None:
        assert in_production["ALLOWED_HOSTS"] == ["dondoc.vi-du.vn"]
        assert in_production["CSRF_TRUSTED_ORIGINS"] == ["https://dondoc.vi-du.vn"]

    def test_nothing_inline_and_nothing_foreign_may_run(self, in_production: dict[str, Any]) -> None:
        directives = in_production["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
        assert directives["default-src"] == directives["script-src"] == directives["style-src"] == ["'self'"]
        assert directives["object-src"] == directives["frame-ancestors"] == directives["base-uri"] == ["'none'"]
        said = json.dumps(directives)
        assert not any(loose in said for loose in ("unsafe", "http:", "https:", "*", "data:"))
        assert in_production["X_FRAME_OPTIONS"] == "DENY"

    def test_static_files_carry_their_hash(self, in_production: dict[str, Any]) -> None:
        backend = in_production["STORAGES"]["staticfiles"]["BACKEND"]
        assert backend == "whitenoise.storage.CompressedManifestStaticFilesStorage"

    def test_letters_go_to_the_server_that_is_named(self, in_production: dict[str, Any]) -> None:
        assert in_production["EMAIL_BACKEND"].endswith("smtp.EmailBackend")

    def test_the_house_stays_vietnamese_and_without_an_anonymous_user(self, in_production: dict[str, Any]) -> None:
        assert (in_production["LANGUAGE_CODE"], in_production["TIME_ZONE"]) == ("vi", "Asia/Ho_Chi_Minh")
        assert in_production["USE_TZ"] is True
        assert in_production["ANONYMOUS_USER_NAME"] is None
        assert "Argon2" in in_production["PASSWORD_HASHERS"][0]


class TestAtHome:
    def test_without_any_setting_the_site_is_a_demonstration_on_this_machine_alone(self, tmp_path: Path) -> None:
        read = settings_of(tmp_path)
        assert (read["DEBUG"], read["DEMONSTRATION"], read["SECURE_SSL_REDIRECT"]) == (True, True, False)
        assert read["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
        assert read["SECURE_PROXY_SSL_HEADER"] is None
        assert read["EMAIL_BACKEND"].endswith("filebased.EmailBackend")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"DONDOC_DEBUG": "0"}, "Khi vận hành phải đặt SECRET_KEY"),
        ({"DONDOC_DEBUG": "co"}, "DONDOC_DEBUG='co'"),
        ({"DONDOC_MAIL_PORT": "hai lăm"}, "DONDOC_MAIL_PORT='hai lăm'"),
        ({"DATABASE_URL": "mysql://a@b/c"}, "DATABASE_URL phải có dạng postgres://"),
    ],
)
def test_a_wrong_or_missing_setting_stops_the_start_by_its_name(
    tmp_path: Path, given: dict[str, str], said: str
) -> None:
    done = run("import project.settings", tmp_path, PYTHONIOENCODING="utf-8", **given)
    assert done.returncode != 0
    assert "ImproperlyConfigured" in done.stderr
    assert said in done.stderr


def names_of(resolver: URLResolver) -> list[URLPattern]:
    found: list[URLPattern] = []
    for each in resolver.url_patterns:
        found += names_of(each) if isinstance(each, URLResolver) else [each]
    return found


class TestAddresses:
    ARGUMENTS = {
        "task_id": 1,
        "slug": "bat-dau",
        "attachment_id": 1,
        "document_id": 1,
        "ordinal": 1,
        "token": "dia-chi",
        "form": "json",
        "event_id": 1,
        "body_id": 1,
        "year": 2022,
        "text": "2022-09-02",
        "unit_id": 1,
        "person_id": 1,
        "membership_id": 1,
        "delegation_id": 1,
        "key": "wait_days",
        "approval_id": 1,
        "step_id": 1,
        "outcome": "send_back",
        "enclosure_id": 1,
        "kind": "report",
        "node": "check",
    }

    def test_every_page_has_a_name_of_its_own_and_leads_back_to_itself(self) -> None:
        patterns = names_of(get_resolver())
        names = [str(pattern.name) for pattern in patterns]
        assert len(names) > 30
        assert sorted(names) == sorted(set(names))
        for pattern in patterns:
            asked = {name: self.ARGUMENTS[name] for name in pattern.pattern.converters}
            address = reverse(str(pattern.name), kwargs=asked)
            assert resolve(address).url_name == pattern.name, address

    def test_addresses_are_vietnamese_without_accents_and_end_in_a_stroke_or_as_a_file(self) -> None:
        for pattern in names_of(get_resolver()):
            asked = {name: self.ARGUMENTS[name] for name in pattern.pattern.converters}
            address = reverse(str(pattern.name), kwargs=asked)
            assert address.isascii()
            assert address == address.lower()
            assert address.endswith(("/", ".bpmn", ".ics", ".svg"))

    @pytest.mark.parametrize(
        "path", ["/admin/", "/nhiem-vu/abc/", "/nhiem-vu/-1/", f"/nhiem-vu/{'9' * 19}/", "/ke-hoach/22/", "/nhiem-vu"]
    )
    def test_an_address_that_is_none_leads_nowhere(self, path: str) -> None:
        with pytest.raises(Resolver404):
            resolve(path)

    def test_errors_have_vietnamese_pages_of_our_own(self) -> None:
        resolver = get_resolver()
        for code in (400, 403, 404, 500):
            handler = resolver.resolve_error_handler(code)
            assert handler.__module__ == "workflow.web.views.error", code


@pytest.fixture(scope="module")
def machine(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Machine]:
    """An installation of its own; on SQLite a copy of the migrated test database, which is quicker than migrating."""
    folder = tmp_path_factory.mktemp("may")
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with made_machine(folder) as made:
                yield made
            return
        connection.ensure_connection()
        with closing(sqlite3.connect(folder / "dondoc.sqlite3")) as copy:
            connection.connection.backup(copy)
        yield Machine(folder)


def start(machine: Machine, module: str) -> subprocess.CompletedProcess[str]:
    given = {"DATABASE_URL": machine.address} if machine.address else {}
    return run(f"import project.{module}; print('chạy')", machine.folder, PYTHONIOENCODING="utf-8", **given)


def test_the_web_process_starts_on_a_safe_database_and_not_on_one_whose_trail_can_be_changed(machine: Machine) -> None:
    done = start(machine, "wsgi")
    assert (done.returncode, done.stdout.strip()) == (0, "chạy"), done.stderr
    if machine.address:
        name = "workflow_auditevent_append_only"
        machine.rows(f"DROP TRIGGER {name} ON workflow_auditevent")
    else:
        name = "workflow_auditevent_no_update"
        machine.rows(f"DROP TRIGGER {name}")
    for module in ("wsgi", "asgi"):
        done = start(machine, module)
        assert done.returncode != 0
        assert "chạy" not in done.stdout
        assert f"Thiếu trigger {name}" in done.stderr
        assert "dondoc.E004" in done.stderr
