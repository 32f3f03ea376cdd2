"""Numbers and symbols of outgoing documents (NĐ 30/2020/NĐ-CP Phụ lục I Mục II.3, Điều 15)."""

from __future__ import annotations

LETTER = "CV"
"""Công văn: the one kind that has no abbreviation of its own in its symbol."""

COMMON_SERIES = "chung"
"""One common series a year for every kind that Điều 7 lists."""

COMMON, BY_KIND = "common", "by_kind"
"""Values of the policy `register_series`: Điều 15 leaves it to the head of the body whether there is one series a year
or one a kind."""

FIRST_NUMBER = 1
LARGEST_NUMBER = 999_999


def series_for(kind: str, mode: str, *, internal: bool = False) -> str:
    """Return the series that numbers a kind: the common one, or the kind's own.

    An internal form always has its own series, so that it takes no number of the register of outgoing documents; that
    is house practice.
    """
    return kind if internal or mode == BY_KIND else COMMON_SERIES


def volume_of(series: str, ordinal: int) -> str:
    """Return the name of a series' volume in its year: "chung", "chung 2"."""
    return series if ordinal == 1 else f"{series} {ordinal}"


def renewed_symbol(symbol: str, kind: str, former: str, present: str) -> str:
    """Return the symbol with the body's former abbreviation replaced, where the symbol is made of it.

    The drafting unit's part of a công văn stays: "SKHĐT-VP" becomes "STC-VP"; "BC-SKHĐT" becomes "BC-STC".
    """
    if kind == LETTER:
        drafting = symbol.removeprefix(f"{former}-")
        return f"{present}-{drafting}" if drafting != symbol else symbol
    return f"{kind}-{present}" if symbol == f"{kind}-{former}" else symbol


def symbol_for(kind: str, body_abbreviation: str, unit_abbreviation: str) -> str:
    """Return a document's symbol: "SKHĐT-VP" for a công văn drafted by a unit, "BC-SKHĐT" for a named kind.

    :raises ValueError: when an abbreviation that the symbol needs is missing.
    """
    if not body_abbreviation:
        raise ValueError("Thiếu chữ viết tắt của cơ quan ban hành; hãy ghi chữ viết tắt cho đơn vị đó.")
    if kind != LETTER:
        return f"{kind}-{body_abbreviation}"
    if not unit_abbreviation:
        raise ValueError("Thiếu chữ viết tắt của đơn vị soạn thảo; hãy ghi chữ viết tắt cho đơn vị đó.")
    return f"{body_abbreviation}-{unit_abbreviation}"


def full_number(number: int, symbol: str) -> str:
    """Return number and symbol as printed, a number below ten with a leading zero: 05/SKHĐT-VP.

    :raises ValueError: when the number is not a register's number.
    """
    if not FIRST_NUMBER <= number <= LARGEST_NUMBER:
        raise ValueError(f"Số văn bản phải từ {FIRST_NUMBER} đến {LARGEST_NUMBER}, không phải {number}.")
    return f"{number:02d}/{symbol}"


def next_numbers(last_number: int, count: int) -> range:
    """Return the numbers that follow the last one given, without a gap.

    :raises ValueError: when none or fewer are asked for, or the series would run over.
    """
    if count < 1:
        raise ValueError("Phải lấy ít nhất một số.")
    if last_number + count > LARGEST_NUMBER:
        raise ValueError(f"Sổ đã hết số (lớn nhất {LARGEST_NUMBER}).")
    return range(last_number + 1, last_number + count + 1)
