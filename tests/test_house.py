"""The house keeps its size: figures of the source tree against the bounds of docs/architecture.md."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("workflow", "approvals", "project")
DOCUMENTED_LAYERS = {"actions", "queries", "core"}

LARGEST_MODULE = 400
MEDIAN_MODULE = 150
NINTH_DECILE = 350
LONGEST_FUNCTION = 60
ANNOTATED_PERCENT = 98
DOCUMENTED_PERCENT = 90
TEST_LINES_PER_LINE = 1.2

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One source file, read once."""

    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def in_documented_layer(self) -> bool:
        return bool(DOCUMENTED_LAYERS & set(self.path.parts))

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def places(self, pattern: str) -> list[str]:
        """The lines on which the pattern stands, as file:line."""
        return [f"{self.name}:{number}" for number, line in enumerate(self.lines, 1) if re.search(pattern, line)]


def read_modules() -> list[Module]:
    """The packages' modules that have content; migrations are written by Django and not counted."""
    paths = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    modules = [Module(path) for path in paths if not {"migrations", "tests"} & set(path.relative_to(ROOT).parts)]
    return [module for module in modules if module.lines]


MODULES = read_modules()
SIZES = sorted(len(module.lines) for module in MODULES)


def percent(part: int, whole: int) -> int:
    return 100 * part // max(whole, 1)


def test_packages_have_modules() -> None:
    assert {module.name.split("/")[0] for module in MODULES} == set(PACKAGES)


def test_no_module_is_longer_than_a_screenful_of_thought() -> None:
    long = [f"{module.name}: {len(module.lines)} dòng" for module in MODULES if len(module.lines) > LARGEST_MODULE]
    assert long == [], f"quá {LARGEST_MODULE} dòng; hãy tách thành gói cùng tên"


def test_median_module_is_short() -> None:
    assert int(statistics.median(SIZES)) <= MEDIAN_MODULE, f"số dòng trung vị vượt {MEDIAN_MODULE}"


def test_nine_modules_in_ten_are_short() -> None:
    largest = sorted(MODULES, key=lambda module: -len(module.lines))[:10]
    assert SIZES[max(int(len(SIZES) * 0.9) - 1, 0)] <= NINTH_DECILE, [module.name for module in largest]


def test_no_function_is_longer_than_sixty_lines() -> None:
    long = [
        f"{module.name}:{function.lineno} {function.name}: {function.end_lineno - function.lineno + 1} dòng"
        for module in MODULES
        for function in module.functions()
        if function.end_lineno is not None and function.end_lineno - function.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_functions_say_what_they_return() -> None:
    functions = [(module, function) for module in MODULES for function in module.functions()]
    bare = [
        f"{module.name}:{function.lineno} {function.name}" for module, function in functions if not function.returns
    ]
    assert percent(len(functions) - len(bare), len(functions)) >= ANNOTATED_PERCENT, bare


def test_public_functions_of_actions_queries_and_core_are_documented() -> None:
    public = [
        (module, function)
        for module in MODULES
        if module.in_documented_layer
        for function in module.functions()
        if not function.name.startswith("_")
    ]
    silent = [f"{module.name}:{fn.lineno} {fn.name}" for module, fn in public if ast.get_docstring(fn) is None]
    assert percent(len(public) - len(silent), len(public)) >= DOCUMENTED_PERCENT, silent


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (r"@receiver|\.connect\(", "không dùng signal: hành động gọi thẳng điều nó làm"),
        (r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b", "không để việc lại trong mã"),
        (r"def save\(self", "không ghi đè save(): mọi lần ghi là một hành động"),
    ],
    ids=["signals", "left-for-later", "save-overrides"],
)
def test_pattern_stands_nowhere(pattern: str, reason: str) -> None:
    assert [place for module in MODULES for place in module.places(pattern)] == [], reason


def test_imports_inside_functions_give_their_reason() -> None:
    bare = {
        f"{module.name}:{node.lineno}"
        for module in MODULES
        for function in module.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and " -- " not in module.lines[node.lineno - 1]
        and " -- " not in module.lines[(node.end_lineno or node.lineno) - 1]
    }
    assert sorted(bare) == [], "viết lý do sau « -- » trên dòng import, ví dụ: # noqa: PLC0415 -- nặng"


def swallows(handler: ast.ExceptHandler) -> bool:
    """Whether the handler catches everything without a name, or catches everything and says nothing."""
    catches_all = getattr(handler.type, "id", None) in {"Exception", "BaseException"}
    return handler.type is None or (catches_all and all(isinstance(line, ast.Pass) for line in handler.body))


def test_no_error_is_swallowed() -> None:
    silent = [
        f"{module.name}:{node.lineno}"
        for module in MODULES
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and swallows(node)
    ]
    assert silent == []


def test_there_is_more_test_than_source() -> None:
    tests = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "tests").rglob("*.py"))
    ratio = round(tests / sum(SIZES), 2)
    assert ratio >= TEST_LINES_PER_LINE, f"{tests} dòng kiểm thử cho {sum(SIZES)} dòng mã"


def test_no_path_or_registry_of_one_machine_stands_in_the_tree() -> None:
    names = ("pyproject.toml", "requirements.txt", "bin/serve", "bin/test", "bin/_lib.sh", ".ci/run")
    pattern = re.compile(r"/(?:ro" + r"ot|ho" + r"me)/|--(?:extra-)?index-url|https?://[^\s\"']*/simple")
    found = [
        name for name in names if pattern.search((ROOT / name).read_text(encoding="utf-8").replace("--no-emit-", ""))
    ]
    assert found == []
