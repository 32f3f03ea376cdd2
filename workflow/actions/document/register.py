"""The gapless register: opening a series, taking its next numbers.

A number is given inside the transaction that issues, with the register's row locked: what rolls back takes no number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from workflow.actions.audit import action, record_event
from workflow.choices import UnitKind
from workflow.core.errors import NotPermitted, WrongState
from workflow.core.fields import Fields
from workflow.core.numbering import COMMON_SERIES, LARGEST_NUMBER, next_numbers
from workflow.models import RegisterBook, Unit
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
    the order of issuing and a rollback gives them back.

    :raises RuntimeError: outside a transaction.
    :raises WrongState: when the series has run out of numbers.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("take_numbers must run inside the transaction that issues.")
    RegisterBook.objects.get_or_create(body_id=body_id, year=year, series=series)
    book = RegisterBook.objects.select_for_update().get(body_id=body_id, year=year, series=series)
    try:
        numbers = next_numbers(book.last_number, count)
    except ValueError as error:
        raise WrongState(str(error)) from error
    book.last_number = numbers[-1]
    book.save(update_fields=["last_number"])
    return book, numbers
