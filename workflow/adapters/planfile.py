"""Reading a plan's YAML file: small, UTF-8, no duplicate keys, no aliases, nothing but plain values."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from workflow.core.planfile import PlanError, PlanErrors

LARGEST: Final = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan file as read: its mapping, the SHA-256 of its bytes, its name."""

    mapping: dict[str, object]
    sha256: str
    name: str


class _Loader(yaml.SafeLoader):
    """SafeLoader that refuses what hides a mistake: a key written twice, an alias."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.get_mark()
            raise yaml.constructor.ConstructorError(None, None, "không dùng bí danh (*)", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        seen: set[str] = set()
        for key, _value in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"trường “{key.value}” ghi hai lần", key.start_mark)
            if isinstance(key.value, str):
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def read_plan_file(path: Path) -> PlanFile:
    """Read the file at `path`. Reads only.

    :raises PlanErrors: when it cannot be opened, is larger than 5 MB, is not UTF-8 or not YAML (with line and column),
        has a key twice or an alias, or holds no mapping.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise _refuse(path.name, f"không mở được: {error.strerror}.", "Kiểm tra đường dẫn và quyền đọc.") from error
    return read_plan_bytes(content, path.name)


def read_plan_bytes(content: bytes, name: str) -> PlanFile:
    """Read a plan file's bytes, as uploaded or as on disk.

    :raises PlanErrors: see `read_plan_file`.
    """
    if len(content) > LARGEST:
        raise _refuse(name, "lớn hơn 5 MB.", "Tệp kế hoạch chỉ chứa chữ; kiểm tra lại tệp.")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _refuse(f"{name}, dòng {line}", "không phải chữ UTF-8.", "Lưu lại tệp ở dạng UTF-8.") from error
    try:
        mapping = yaml.load(text, Loader=_Loader)  # noqa: S506 -- _Loader is a SafeLoader
    except yaml.MarkedYAMLError as error:
        raise _refuse(_place(name, error), f"YAML sai: {error.problem}.", "Sửa cú pháp ở chỗ này.") from error
    except yaml.reader.ReaderError as error:
        raise _refuse(name, f"có ký tự không dùng được ở vị trí {error.position}.", "Bỏ ký tự điều khiển.") from error
    except (RecursionError, ValueError) as error:
        raise _refuse(name, f"không đọc được: {error}.", "Kiểm tra ngày tháng và cấu trúc lồng nhau.") from error
    if not isinstance(mapping, dict):
        raise _refuse(name, "không phải một kế hoạch có trường plan, items, …", "Xem docs/plan-format.md.")
    return PlanFile(mapping, hashlib.sha256(content).hexdigest(), name)


def _refuse(place: str, message: str, remedy: str) -> PlanErrors:
    return PlanErrors([PlanError(place, message, remedy)])


def _place(name: str, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark
    return name if mark is None else f"{name}, dòng {mark.line + 1}, cột {mark.column + 1}"
