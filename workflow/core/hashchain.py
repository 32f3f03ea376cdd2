"""Canonical text and hash links: what the trail stores and what anyone can verify without this software."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

GENESIS = ""
"""The previous hash of a chain's first record."""

_TYPE_ERROR = "Nhật ký không nhận giá trị kiểu {kind}: {value!r}."

Plain = str | int | bool | None | list["Plain"] | dict[str, "Plain"]

_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


_AS_THEY_ARE = frozenset({int, bool, type(None)})
"""Types whose values stand in the canonical text as they are."""


def plain(value: object) -> Plain:
    """Turn a value into plain JSON data: NFC text, whole numbers, ISO dates, no floats (serialisers differ on them).

    :raises TypeError: when the value has no canonical form.
    """
    kind = type(value)
    if kind is str:
        text = str(value)
        return text if text.isascii() else unicodedata.normalize("NFC", text)
    if kind in _AS_THEY_ARE:
        return value  # type: ignore[return-value]
    if kind is dict:
        return _plain_dict(value)  # type: ignore[arg-type]
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str | int):
        return plain(str(value) if isinstance(value, str) else int(value))
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = [plain(item) for item in value]
        return sorted(items, key=str) if isinstance(value, set | frozenset) else items
    return _plain_scalar(value)


def _plain_dict(value: dict[object, object]) -> dict[str, Plain]:
    """Do what `plain` does to a dict, without a call for each value that is plain already: most are."""
    made: dict[str, Plain] = {}
    for key, item in value.items():
        kind = type(item)
        is_plain = kind in _AS_THEY_ARE or (kind is str and item.isascii())  # type: ignore[attr-defined]
        made[key if type(key) is str else str(key)] = item if is_plain else plain(item)  # type: ignore[assignment]
    return made


def _plain_scalar(value: object) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("Nhật ký không nhận thời điểm không có múi giờ.")
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(_TYPE_ERROR.format(kind=type(value).__name__, value=value))


def canonical(body: Mapping[str, object]) -> str:
    """Return the one JSON text of a body: keys sorted, no spaces, characters as they are, NFC.

    :raises TypeError: when a value has no canonical form (a float, a naive time).
    """
    return _ENCODE(plain(body))


def link(previous: str, body: str) -> str:
    """Return the hash of a record: SHA-256 over the previous record's hash (hex) followed by the body, in UTF-8."""
    return hashlib.sha256((previous + body).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Record:
    """One stored record of a chain, as far as the chain is concerned."""

    seq: int
    body: str
    previous_hash: str
    hash: str


def first_break(records: Iterable[Record], *, previous: str = GENESIS, first_seq: int = 1) -> tuple[int, str] | None:
    """Return (seq, Vietnamese reason) of the first record that breaks its chain, or None.

    Records must come ordered by `seq`. A changed, removed, inserted or swapped record breaks the chain at the first
    record that no longer fits.
    """
    expected = first_seq
    for record in records:
        if record.seq != expected:
            return expected, f"thiếu bản ghi số {expected} (gặp số {record.seq})"
        if record.previous_hash != previous:
            return record.seq, "mã băm trước không khớp bản ghi trước"
        if link(previous, record.body) != record.hash:
            return record.seq, "nội dung không khớp mã băm"
        previous = record.hash
        expected += 1
    return None
