"""The gapless register: opening a series, taking its next numbers.

A number is given inside the transaction that issues, with the register's row locked: what rolls back takes no number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from workflow.actions.audit import action, record_event
from workflow.choices import INTERNAL_FORMS, DocumentKind, UnitKind
from workflow.core.errors import NotPermitted, WrongState
from workflow.core.fields import Fields
from workflow.core.numbering import (
    COMMON_SERIES,
    FIRST_NUMBER,
    LARGEST_NUMBER,
    next_numbers,
    series_for,
    volume_of,
)
from workflow.core.rulebook import PoliciesOn
from workflow.models import Document, RegisterBook, Unit
from workflow.permissions import REGISTER, Actor

PLAUSIBLE_YEARS = range(2000, 2100)


@action
def open_register(
    body_id: int, year: int, series: str, first_number: int, *, by: Actor | None, now: datetime
) -> RegisterBook:
    """Open a series of a year that does not begin with 1, because the paper register gave the numbers before it.

    A series that nobody opened opens itself with 1 at its first document (NĐ 30/2020 Điều 15: from 01 on 1 January).

    :raises NotPermitted: unless văn thư does it.
    :raises Invalid: with the fields that are wrong.
    :raises WrongState: when the series is open already.
    """
    if by is not None and not by.may(REGISTER, body_id):
        raise NotPermitted("Chỉ văn thư được mở sổ đăng ký văn bản đi.")
    fields = Fields()
    series = fields.text("series", series, "Tên sổ", limit=20)
    if year not in PLAUSIBLE_YEARS:
        fields.refuse("year", f"Năm {year} không hợp lý; hãy nhập năm của sổ.")
    if not 1 <= first_number <= LARGEST_NUMBER:
        fields.refuse("first_number", f"Số đầu phải từ 1 đến {LARGEST_NUMBER}.")
    if not Unit.objects.filter(pk=body_id, kind=UnitKind.DEPARTMENT).exists():
        fields.refuse("body_id", "Chỉ cơ quan ban hành (Sở) có sổ đăng ký văn bản đi; hãy chọn lại cơ quan.")
    fields.stop_if_wrong()
    book, made = RegisterBook.objects.get_or_create(
        body_id=body_id,
        year=year,
        series=series,
        defaults={"first_number": first_number, "last_number": first_number - 1},
    )
    if not made:
        raise WrongState(f"Sổ “{series}” năm {year} đã mở, số gần nhất là {book.last_number}.")
    opened = {"body": body_id, "year": year, "series": series, "first_number": first_number}
    record_event("register.open", subject="register", by=by, now=now, after=opened)
    return book


def take_numbers(
    body_id: int, year: int, count: int, *, series: str = COMMON_SERIES
) -> tuple[RegisterBook, Sequence[int]]:
    """Take the next numbers of a series, in order and without a gap, and return them with the locked register.

    Must run inside the transaction that issues; the register's row stays locked until it ends, so that numbers follow
    the order of issuing and a rollback gives them back. Where the year began with series of another division (policy
    `register_series` changed), the series goes on after the largest number that its kinds were given, if need be in a
    new volume, so that no number and symbol is given twice and no volume has a gap.

    :raises RuntimeError: outside a transaction.
    :raises WrongState: when the series has run out of numbers.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("take_numbers must run inside the transaction that issues.")
    book = _lock_volume(body_id, year, series)
    try:
        numbers = next_numbers(book.last_number, count)
    except ValueError as error:
        raise WrongState(str(error)) from error
    book.last_number = numbers[-1]
    book.save(update_fields=["first_number", "last_number"])
    return book, numbers


def series_of(kind: str, policies: PoliciesOn) -> str:
    """Return the series that numbers documents of the kind on the policies' day."""
    return series_for(kind, str(policies.values["register_series"]), internal=kind in INTERNAL_FORMS)


def _lock_volume(body_id: int, year: int, series: str) -> RegisterBook:
    """Lock the volume from which the series' next number comes; open it when there is none.

    A series of one kind that opens itself beside a common series taken over from paper begins after the paper's
    numbers: nobody knows which of them were given to its kind.
    """
    begun = dict(RegisterBook.objects.filter(body_id=body_id, year=year).values_list("series", "first_number"))
    volumes = {name for name in begun if _is_volume_of(name, series)}
    others = {name for name in begun if name not in volumes and name not in INTERNAL_FORMS}
    first = (
        begun.get(COMMON_SERIES, FIRST_NUMBER) if series in DocumentKind.values and series not in INTERNAL_FORMS else 1
    )
    ordinal = max(len(volumes), 1)
    while True:
        name = volume_of(series, ordinal)
        if name not in volumes:
            opened = {"first_number": first, "last_number": first - 1}
            RegisterBook.objects.get_or_create(body_id=body_id, year=year, series=name, defaults=opened)
        book = RegisterBook.objects.select_for_update().get(body_id=body_id, year=year, series=name)
        largest = _largest_given(body_id, year, series) if others and series not in INTERNAL_FORMS else 0
        if book.last_number >= largest:
            return book
        if book.last_number < book.first_number:
            book.first_number, book.last_number = largest + 1, largest
            return book
        ordinal += 1


def _is_volume_of(name: str, series: str) -> bool:
    """Tell whether a register's name is the series or one of its further volumes: "chung", "chung 2"."""
    return name == series or (name.startswith(f"{series} ") and name.removeprefix(f"{series} ").isdigit())


def _largest_given(body_id: int, year: int, series: str) -> int:
    """Return the largest number that any register gave to the kinds which the series numbers; 0 for none."""
    numbered = Document.objects.filter(issuer_id=body_id, year=year, number__isnull=False)
    kinds = numbered.exclude(kind__in=INTERNAL_FORMS) if series == COMMON_SERIES else numbered.filter(kind=series)
    return int(kinds.aggregate(largest=Max("number"))["largest"] or 0)
