"""A plan file is read only when it is small, UTF-8, plain YAML without hidden repetitions."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from workflow.adapters.planfile import LARGEST, read_plan_bytes, read_plan_file
from workflow.adapters.seeds import PLAN_FILES
from workflow.core.planfile import PlanErrors


def refusal(content: bytes) -> str:
    with pytest.raises(PlanErrors) as caught:
        read_plan_bytes(content, "ke-hoach.yaml")
    [error] = caught.value.errors
    return str(error)


def test_a_real_plan_is_read_with_the_hash_of_its_bytes() -> None:
    found = read_plan_file(PLAN_FILES[0])
    assert found.name == "ke-hoach-2022.yaml"
    assert found.sha256 == hashlib.sha256(PLAN_FILES[0].read_bytes()).hexdigest()
    assert len(found.mapping["items"]) == 24


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanErrors, match="không mở được"):
        read_plan_file(tmp_path / "khong-co.yaml")


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanErrors, match="không mở được"):
        read_plan_file(tmp_path)


def test_a_file_over_five_megabytes_is_refused() -> None:
    assert "lớn hơn 5 MB" in refusal(b"a" * (LARGEST + 1))


def test_text_that_is_not_utf8_is_refused_with_its_line() -> None:
    said = refusal("plan: 1\nitems: Khánh Hòa\n".encode("utf-16-le"))
    assert "không" in said
    assert refusal(b"plan: 1\nname: \xff\n").startswith("ke-hoach.yaml, dòng 2: không phải chữ UTF-8")


def test_broken_yaml_is_refused_with_line_and_column() -> None:
    assert refusal(b"plan: [1, 2\nitems: {\n").startswith("ke-hoach.yaml, dòng ")
    assert "cột" in refusal(b"plan:\n  - a\n b: 1\n")


def test_a_key_written_twice_is_refused_with_its_line() -> None:
    said = refusal(b"plan:\n  number: 1\n  number: 2\n")
    assert said.startswith("ke-hoach.yaml, dòng 3, cột 3: YAML sai: trường “number” ghi hai lần")


def test_an_alias_is_refused() -> None:
    said = refusal(b"a: &x [1]\nb: *x\n")
    assert "bí danh" in said
    assert "dòng 2" in said


def test_a_foreign_tag_is_refused() -> None:
    assert "YAML sai" in refusal(b"plan: !!python/object/apply:os.system ['true']\n")


def test_a_control_character_is_refused() -> None:
    assert "ký tự" in refusal(b"plan: \x01\n")


def test_an_impossible_unquoted_date_is_refused() -> None:
    assert "không đọc được" in refusal(b"plan:\n  date: 2022-02-31\n")


def test_deep_nesting_is_refused() -> None:
    assert "không đọc được" in refusal(b"[" * 20000)


@pytest.mark.parametrize("content", [b"", b"- 1\n", b"chu\n", b"null\n"])
def test_a_file_without_a_mapping_is_refused(content: bytes) -> None:
    assert "không phải một kế hoạch" in refusal(content)
