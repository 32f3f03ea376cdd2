"""The seed files of rules and policies: seeds/rules.yaml, seeds/policies.yaml, and all rules of the two plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

from workflow.core.fold import nfc
from workflow.core.hashchain import Plain
from workflow.core.policyvalue import PolicyKind

SEEDS: Final = Path(__file__).resolve().parent.parent / "seeds"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSeed:
    """One shipped rule row, in the columns of the Rule model."""

    code: str
    plan_year: int
    effect: str
    version: int
    title: str
    ladder: str
    basis: str
    conditions: tuple[Mapping[str, Plain], ...]
    priority: int
    valid_from: date
    plan_number: str = ""
    item_code: str = ""
    clause: str = ""
    inferred: bool = False
    parameters: Mapping[str, Plain] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedClause:
    """One clause as a plan prints it; `partial` when only a part of it can be read."""

    year: int
    item: str
    printed_stt: str
    quote: str
    partial: bool


@dataclass(frozen=True, slots=True)
class PrintedRule:
    """One of the rules that the two plans state, with its clauses and the questions that the text leaves open."""

    code: str
    title: str
    coverage: Mapping[str, str]
    clauses: tuple[PrintedClause, ...]
    open_questions: tuple[str, ...]


@lru_cache(maxsize=1)
def load_rule_seeds() -> tuple[RuleSeed, ...]:
    """Return the shipped rule rows, in NFC."""
    return tuple(_rule(row) for row in _load("rules.yaml")["rules"])


def _rule(row: Mapping[str, object]) -> RuleSeed:
    conditions, parameters = _nfc(row["conditions"]), _nfc(row.get("parameters", {}))
    if not isinstance(conditions, list) or not isinstance(parameters, dict):
        raise ValueError(f"rules.yaml: {row.get('code')} có conditions hoặc parameters sai dạng.")
    return RuleSeed(
        code=str(row["code"]),
        plan_year=int(str(row["plan_year"])),
        effect=str(row["effect"]),
        version=int(str(row["version"])),
        title=nfc(str(row["title"])),
        ladder=str(row["ladder"]),
        basis=nfc(str(row["basis"])),
        conditions=tuple(item for item in conditions if isinstance(item, dict)),
        priority=int(str(row["priority"])),
        valid_from=date.fromisoformat(str(row["valid_from"])),
        plan_number=nfc(str(row.get("plan_number", ""))),
        item_code=nfc(str(row.get("item_code", ""))),
        clause=nfc(str(row.get("clause", ""))),
        inferred=row.get("inferred") is True,
        parameters=parameters,
        kinds=_words(row, "kinds"),
        origins=_words(row, "origins"),
    )


def _words(row: Mapping[str, object], key: str) -> tuple[str, ...]:
    words = row.get(key, [])
    if not isinstance(words, list):
        raise ValueError(f"rules.yaml: {row.get('code')} có {key} không phải danh sách.")
    return tuple(str(word) for word in words)


@lru_cache(maxsize=1)
def load_policy_kinds() -> Mapping[str, PolicyKind]:
    """Return the kinds of all policies by key, in the order of the file."""
    return {str(row["key"]): _kind(row) for row in _load("policies.yaml")["policies"]}


def _kind(row: Mapping[str, object]) -> PolicyKind:
    allowed = row.get("allowed")
    labels = {str(item["value"]): nfc(str(item["label"])) for item in allowed} if isinstance(allowed, list) else {}
    return PolicyKind(
        key=str(row["key"]),
        title=nfc(str(row["title"])),
        kind=str(row["kind"]),
        default=_nfc(row["default"]),
        reason=nfc(str(row["reason"])),
        allowed=labels,
        least=int(str(row.get("min", 0))),
        largest=int(str(row.get("max", 0))),
        most=int(str(row.get("most", 0))),
        unit=nfc(str(row.get("unit", ""))),
    )


@lru_cache(maxsize=1)
def load_printed_rules() -> Mapping[str, PrintedRule]:
    """Return all rules of the two plans by code, with their clauses word for word (seeds/plans/rules.yaml)."""
    return {str(row["id"]): _printed(row) for row in _load("plans/rules.yaml")["rules"]}


def _printed(row: Mapping[str, object]) -> PrintedRule:
    clauses, coverage, questions = row["clauses"], row["coverage"], row.get("open_questions")
    if not isinstance(clauses, list) or not isinstance(coverage, dict):
        raise ValueError(f"plans/rules.yaml: {row.get('id')} thiếu clauses hoặc coverage.")
    return PrintedRule(
        code=str(row["id"]),
        title=nfc(str(row["title"])),
        coverage={str(year): str(how) for year, how in coverage.items()},
        clauses=tuple(
            PrintedClause(
                year=int(clause["year"]),
                item=nfc(str(clause["item"])),
                printed_stt=str(clause.get("printed_stt") or ""),
                quote=nfc(str(clause["quote"])).strip(),
                partial=bool(clause.get("partial", False)),
            )
            for clause in clauses
        ),
        open_questions=tuple(nfc(str(text)) for text in questions) if isinstance(questions, list) else (),
    )


def _nfc(value: object) -> Plain:
    if isinstance(value, str):
        return nfc(value)
    if isinstance(value, dict):
        return {str(key): _nfc(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_nfc(item) for item in value]
    if value is None or isinstance(value, bool | int):
        return value
    raise ValueError(f"Tệp hạt giống có giá trị không dùng được: {value!r}.")


def _load(name: str) -> dict[str, list[dict[str, object]]]:
    loaded: dict[str, list[dict[str, object]]] = yaml.safe_load((SEEDS / name).read_text(encoding="utf-8"))
    return loaded
