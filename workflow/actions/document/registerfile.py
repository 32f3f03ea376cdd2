"""The register of outgoing documents as a printed volume: asked for by a person, printed by a job, kept unchanged.

No table keeps it. What is asked for stands in the queue, what was printed in the trail (`register.print`, with the
file's name and SHA-256), and the file in the storage that all hosts share, under a name that holds the SHA-256 of its
rows: other rows are another file, the same rows are printed once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django_tasks import task as background_task

from workflow.actions.audit import action, record_event
from workflow.adapters.pdf import PrintedPdf
from workflow.adapters.pdf.register import print_register
from workflow.core.errors import Invalid, NotPermitted, WrongState
from workflow.core.register import RegisterScope, RegisterVolume
from workflow.models import RegisterBook
from workflow.permissions import DECIDE, REGISTER, URGE, Actor
from workflow.queries.clock import current_moment
from workflow.queries.register import (
    MOST_PRINTED,
    find_book,
    load_volume,
    print_is_waiting,
    was_printed,
)

MAY_PRINT = (REGISTER, URGE, DECIDE)
"""Who may have a volume printed; an inspector reads the register and what was printed, and changes nothing."""

LARGEST_VOLUME_NUMBER = 99


def may_print(by: Actor, body_id: int) -> bool:
    """Tell whether the person may have a volume of the body's register printed."""
    return any(by.may(codename, body_id) for codename in MAY_PRINT)


def request_register_print(scope: RegisterScope, volume: int, *, by: Actor, now: datetime) -> int:
    """Ask for the PDF of the scope's rows as the volume (quyển) of that number; return how many rows it will have.

    Only the queue is written to; the event comes with the file.

    :raises NotFound: when the person does not read this register.
    :raises NotPermitted: unless văn thư, who urges, or a leader asks.
    :raises Invalid: when the volume's number is wrong.
    :raises WrongState: when there is nothing to print or too much, it was printed already, or is on its way.
    """
    book = find_book(by, scope.book_id)
    if not may_print(by, book.body_id):
        raise NotPermitted("Chỉ văn thư, Văn phòng Sở và Lãnh đạo Sở được lập bản in sổ đăng ký văn bản đi.")
    if not 1 <= volume <= LARGEST_VOLUME_NUMBER:
        raise Invalid.of(volume=f"Quyển số phải từ 1 đến {LARGEST_VOLUME_NUMBER}.")
    wanted = load_volume(scope, volume, most=MOST_PRINTED, now=now)
    digest = wanted.rows_sha256()
    if was_printed(digest):
        raise WrongState("Bản in đúng với các dòng này đã có trong danh sách các bản đã lập; hãy tải bản đó.")
    if print_is_waiting(digest):
        raise WrongState("Bản in này đang được lập; chờ ít phút rồi mở lại trang.")
    print_register_file.enqueue(
        scope=scope.as_data(), volume=volume, rows=len(wanted.rows), rows_sha256=digest, asked_by=by.name
    )
    return len(wanted.rows)


@background_task()
def print_register_file(
    *,
    scope: Mapping[str, str | int | None],
    volume: int,
    rows: int,
    rows_sha256: str,
    asked_by: str,
) -> bool:
    """Run as a job: print the volume as its rows stand now, store it, and record it; tell whether it was done now.

    `rows` and `rows_sha256` are those of the moment it was asked for. Run again, or by two workers at once, the same
    rows are stored and recorded once.
    """
    now = current_moment()
    asked = RegisterScope.from_data(scope)
    made = load_volume(asked, volume, most=MOST_PRINTED, now=now)
    if was_printed(made.rows_sha256()):
        return False
    printed = print_register(made)
    return _store_print(asked.book_id, made, printed, asked_by=asked_by, now=now)


@action
def _store_print(book_id: int, made: RegisterVolume, printed: PrintedPdf, *, asked_by: str, now: datetime) -> bool:
    """Store a printed volume once, under its series' lock, with its event; issuing waits for the storing alone."""
    book = RegisterBook.objects.select_for_update().get(pk=book_id)
    digest = made.rows_sha256()
    if was_printed(digest):
        return False
    bounds = f"{made.volume:02d}-{made.first_number}-{made.last_number}"
    wanted = f"registers/{book.year}/{book.pk}-{bounds}-{digest[:16]}.pdf"
    name = default_storage.save(wanted, ContentFile(printed.content))
    details = {
        "book": book.pk,
        "year": book.year,
        "series": book.series,
        "volume": made.volume,
        "first_number": made.first_number,
        "last_number": made.last_number,
        "rows": len(made.rows),
        "pages": printed.pages,
        "file": name,
        "sha256": hashlib.sha256(printed.content).hexdigest(),
        "rows_sha256": digest,
        "asked_by": asked_by,
    }
    record_event("register.print", subject="register", by=None, now=now, details=details)
    return True
