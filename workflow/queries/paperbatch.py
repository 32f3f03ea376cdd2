"""How far the printing of issued documents is: what waits for its PDF, what was done today, what failed and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from workflow.choices import DocumentStatus
from workflow.models import Document
from workflow.permissions import Actor
from workflow.queries.job import live_workers
from workflow.queries.paperlist import visible_documents

SHOWN_AT_MOST = 100
"""How many documents whose printing failed are listed; all are counted."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The printing at one moment, as far as the person sees documents.

    `issued` are those of today, of which `done` have their PDF. Of whatever day are `waiting`, which a job will print,
    and `failed`, which could not be printed; `faults` are the oldest of these. `since` is when the first of the waiting
    was issued. `workers` is how many worker processes live.
    """

    issued: int
    done: int
    waiting: int
    failed: int
    since: datetime | None
    faults: tuple[Document, ...]
    workers: int

    @property
    def is_stalled(self) -> bool:
        """Whether something waits and nobody is there to print it."""
        return self.waiting > 0 and self.workers == 0


def load_batch(actor: Actor, *, today: date, now_real: datetime) -> Batch:
    """Return how far the printing is (five queries); `now_real` is the machine's moment, by which workers live."""
    begins = timezone.make_aware(datetime.combine(today, time.min))
    issued = visible_documents(actor).filter(status=DocumentStatus.ISSUED)
    missing = issued.filter(pdf_name="").order_by("issued_at", "pk")
    counted = missing.aggregate(waiting=Count("pk", filter=Q(pdf_error="")), all=Count("pk"))
    of_today = issued.filter(issued_at__gte=begins, issued_at__lt=begins + timedelta(days=1))
    now = of_today.aggregate(all=Count("pk"), done=Count("pk", filter=~Q(pdf_name="")))
    waiting, failed = counted["waiting"], counted["all"] - counted["waiting"]
    return Batch(
        issued=now["all"],
        done=now["done"],
        waiting=waiting,
        failed=failed,
        since=missing.filter(pdf_error="").values_list("issued_at", flat=True).first() if waiting else None,
        faults=tuple(missing.exclude(pdf_error="")[:SHOWN_AT_MOST]) if failed else (),
        workers=len(live_workers(now_real=now_real)),
    )
