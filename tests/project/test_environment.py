"""Settings are read from the environment by kind; a wrong or missing value stops the start and names the variable."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from project.environment import read_database, read_flag, read_list, read_number, read_text

NAME = "DONDOC_THU"


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)


class TestText:
    def test_is_what_stands_there_even_when_empty(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert read_text(NAME, "mặc định") == "mặc định"
        for value in ("giá trị", "", "  có khoảng trắng "):
            monkeypatch.setenv(NAME, value)
            assert read_text(NAME, "mặc định") == value

    def test_without_a_default_must_be_there(self) -> None:
        with pytest.raises(ImproperlyConfigured) as caught:
            read_text(NAME)
        assert str(caught.value) == f"Thiếu biến môi trường {NAME}. Hãy đặt {NAME} rồi chạy lại."


class TestFlag:
    @pytest.mark.parametrize(
        ("word", "value"),
        [
            ("1", True),
            ("true", True),
            ("TRUE", True),
            ("Yes", True),
            (" on ", True),
            ("0", False),
            ("false", False),
            ("NO", False),
            ("off", False),
            ("", False),
            ("  ", False),
        ],
    )
    @pytest.mark.parametrize("default", [True, False])
    def test_is_read_from_each_word_whatever_the_default(
        self, monkeypatch: pytest.MonkeyPatch, word: str, value: bool, default: bool
    ) -> None:
        monkeypatch.setenv(NAME, word)
        assert read_flag(NAME, default=default) is value

    @pytest.mark.parametrize("default", [True, False])
    def test_is_its_default_when_absent(self, default: bool) -> None:
        assert read_flag(NAME, default=default) is default

    @pytest.mark.parametrize("word", ["2", "có", "đúng", "t", "-1", "truefalse", "None"])
    def test_of_another_word_is_refused(self, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
        monkeypatch.setenv(NAME, word)
        with pytest.raises(ImproperlyConfigured) as caught:
            read_flag(NAME, default=False)
        assert str(caught.value) == f"Biến môi trường {NAME}={word!r} không hợp lệ: chỉ nhận 1 hoặc 0."


class TestNumber:
    @pytest.mark.parametrize(("word", "value"), [("0", 0), ("587", 587), (" 25 ", 25), ("-3", -3)])
    def test_is_a_whole_number(self, monkeypatch: pytest.MonkeyPatch, word: str, value: int) -> None:
        monkeypatch.setenv(NAME, word)
        assert read_number(NAME, default=7) == value

    def test_is_its_default_when_absent(self) -> None:
        assert read_number(NAME, default=7) == 7

    @pytest.mark.parametrize("word", ["", "2.5", "20MB", "một", "0x10", "1,000"])
    def test_of_anything_else_is_refused(self, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
        monkeypatch.setenv(NAME, word)
        with pytest.raises(ImproperlyConfigured) as caught:
            read_number(NAME, default=7)
        assert str(caught.value) == f"Biến môi trường {NAME}={word!r} không phải số nguyên."


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("", []),
        (" , ,", []),
        ("dondoc.khanhhoa.gov.vn", ["dondoc.khanhhoa.gov.vn"]),
        ("a, b ,c,", ["a", "b", "c"]),
        ("[::1],127.0.0.1", ["[::1]", "127.0.0.1"]),
    ],
)
def test_a_list_is_split_at_commas_without_blanks(monkeypatch: pytest.MonkeyPatch, word: str, value: list[str]) -> None:
    assert read_list(NAME, default=["x"]) == ["x"]
    monkeypatch.setenv(NAME, word)
    assert read_list(NAME, default=["x"]) == value


class TestDatabase:
    def read(self, monkeypatch: pytest.MonkeyPatch, address: str) -> dict[str, object]:
        monkeypatch.setenv(NAME, address)
        return read_database(NAME, sqlite_file=Path("/khong/dung/toi"))

    @pytest.mark.parametrize("address", [None, ""])
    def test_without_an_address_is_sqlite_that_survives_a_power_cut(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str | None
    ) -> None:
        if address is not None:
            monkeypatch.setenv(NAME, address)
        file = tmp_path / "chưa có" / "dondoc.sqlite3"
        read = read_database(NAME, sqlite_file=file)
        assert (read["ENGINE"], read["NAME"]) == ("django.db.backends.sqlite3", file)
        assert file.parent.is_dir()
        assert read["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=20000"):
            assert f"PRAGMA {pragma};" in read["OPTIONS"]["init_command"]

    @pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
    def test_an_address_gives_each_part(self, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
        read = self.read(
            monkeypatch, f"{scheme}://dondoc:m%E1%BA%ADt%40kh%2Fau@db.local:5433/don%20doc?sslmode=require"
        )
        assert {key: read[key] for key in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "don doc",
            "USER": "dondoc",
            "PASSWORD": "mật@kh/au",
            "HOST": "db.local",
            "PORT": "5433",
            "OPTIONS": {"sslmode": "require"},
        }
        assert read["CONN_HEALTH_CHECKS"] is True

    def test_parts_that_are_left_out_are_left_to_postgresql(self, monkeypatch: pytest.MonkeyPatch) -> None:
        read = self.read(monkeypatch, "postgres:///dondoc")
        assert (read["USER"], read["PASSWORD"], read["HOST"], read["PORT"], read["OPTIONS"]) == ("", "", "", "", {})

    def test_a_socket_stands_in_the_query_or_in_the_host(self, monkeypatch: pytest.MonkeyPatch) -> None:
        read = self.read(monkeypatch, "postgres://dondoc@/dondoc?host=/var/run/postgresql")
        assert (read["HOST"], read["OPTIONS"]) == ("/var/run/postgresql", {})
        assert self.read(monkeypatch, "postgres://a@%2Fvar%2Frun/dondoc")["HOST"] == "/var/run"

    @pytest.mark.parametrize(
        "address", ["mysql://a@b/c", "sqlite:///a.db", "dondoc", "postgres://a@b", "postgres://a@b/", "//a@b/c"]
    )
    def test_another_address_is_refused_without_repeating_its_password(
        self, monkeypatch: pytest.MonkeyPatch, address: str
    ) -> None:
        with pytest.raises(ImproperlyConfigured) as caught:
            self.read(monkeypatch, address)
        assert str(caught.value).startswith(f"{NAME} phải có dạng postgres://tài-khoản:mật-khẩu@máy:cổng/cơ-sở-dữ-liệu")

    def test_a_port_that_is_no_number_is_refused_by_name_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(ImproperlyConfigured, match=NAME):
            self.read(monkeypatch, "postgres://a:bi-mat@b:cong/c")

    def test_no_refusal_shows_a_password(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for address in ("mysql://a:bi-mat@b/c", "postgres://a:bi-mat@b"):
            with pytest.raises(ImproperlyConfigured) as caught:
                self.read(monkeypatch, address)
            assert "bi-mat" not in str(caught.value)
