"""Preparing what a rehearsed year stands on, and the demonstration as a whole: all of it, or nothing.

The whole preparation is ONE transaction: a process that is killed half-way leaves an empty database, never half a
demonstration, on SQLite and on PostgreSQL alike (docs/demonstration.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction

from workflow.actions.audit import record_event, seeded_action_ids
from workflow.actions.calendar import seed_calendar
from workflow.actions.demo import seed_demonstration, seed_plan_units
from workflow.actions.document import open_register
from workflow.actions.job import set_demonstration_clock
from workflow.actions.plan import activate_plan, import_plan
from workflow.actions.policy import seed_rules
from workflow.actions.rehearsal.days import NIGHT, Progress, Rehearsal
from workflow.actions.rehearsal.stage import local_moment
from workflow.actions.rehearsal.summary import Summary, summarise
from workflow.adapters.holidays import load_calendar_seed
from workflow.adapters.planfile import read_plan_file
from workflow.adapters.seeds import PLAN_FILES, SEEDS, load_readings, load_rule_codes
from workflow.core.errors import WrongState
from workflow.core.numbering import COMMON_SERIES
from workflow.core.planfile import ParsedPlan, parse_plan
from workflow.models import AuditChain, AuditEvent, Person, Plan, RegisterBook, Task, Unit
from workflow.queries.unit import unit_tree

CHAIN = "demonstration"
READY = "demonstration.ready"
REHEARSED = "demonstration.rehearsed"

SHOWN_DAY = date(2022, 11, 21)
SHOWN_CLOCK = "07:30"
ISSUE_DAYS = {2022: date(2022, 4, 19), 2023: date(2023, 4, 11)}
FIRST_NUMBERS = {2022: 1187, 2023: 1338}
"""The number that follows the plan's own (1186 of 19/4/2022, 1337 of 11/4/2023): the register goes on from there."""

Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class PlanSource:
    """One of the project's own plan files, read and checked."""

    parsed: ParsedPlan
    name: str
    sha256: str


def read_plan(year: int) -> PlanSource:
    """Return the project's plan file of the year; the units must stand in the database.

    :raises LookupError: when the project carries no plan of that year.
    """
    for path in PLAN_FILES:
        if str(year) in path.name:
            source = read_plan_file(path)
            codes = unit_tree().by_code
            rollups = load_readings().rollups
            parsed = parse_plan(source.mapping, unit_codes=codes, rule_codes=load_rule_codes(), rollups=rollups)
            return PlanSource(parsed, source.name, source.sha256)
    raise LookupError(f"Phần mềm không kèm kế hoạch năm {year}; các năm có là 2022 và 2023.")


def bring_in_plan(year: int, *, now: datetime) -> Plan:
    """Import the project's plan of the year, as the engine; one that was imported already is left as it is."""
    source = read_plan(year)
    done = import_plan(source.parsed, source_name=source.name, source_sha256=source.sha256, by=None, now=now)
    return Plan.objects.get(pk=done.plan_id)


def set_the_stage(*, now: datetime) -> None:
    """Seed calendar, rules, units and the demonstration's people into an empty database, as the engine."""
    seed_calendar(load_calendar_seed(SEEDS / "calendar.yaml"), by=None, now=now)
    seed_plan_units(by=None, now=now)
    seed_demonstration(by=None, now=now)
    seed_rules(by=None, now=now)


def rehearse_plan(year: int, until: date, seed: int, *, progress: Report | None = None) -> Summary:
    """Play the plan's year up to the morning of `until`, in one transaction; returns what happened.

    An empty database gets the demonstration's units, people, calendar and rules first. A database that a rehearsal
    made is played on from the day at which that one stopped, so that 2023 follows 2022.

    :raises WrongState: when the database holds other data, or was already played past the day.
    :raises LookupError: when the project carries no plan of that year.
    """
    with transaction.atomic():
        AuditChain.objects.get_or_create(key=CHAIN)
        played = _played_until()
        if played is None:
            refuse_foreign_data()
        return _rehearse(year, until, seed, played, progress)


def prepare_demonstration(*, now: datetime, seed: int = 1, progress: Report | None = None) -> Summary | None:
    """Build the demonstration in an empty database: 2022 played to 21/11/2022, 2023 imported, the clock set.

    `now` is the machine's moment, at which the demonstration's clock starts to show 7:30 of that day. Returns None
    when the database is a demonstration already.

    :raises WrongState: when the database holds data that this did not make.
    """
    if is_demonstration():
        return None
    with transaction.atomic():
        AuditChain.objects.get_or_create(key=CHAIN)
        if is_demonstration():  # another process was first; its commit ended the wait for the chain's row
            return None
        refuse_foreign_data()
        summary = _rehearse(2022, SHOWN_DAY, seed, None, progress)
        shown_at = local_moment(SHOWN_DAY, SHOWN_CLOCK)
        with seeded_action_ids(Random(f"{seed}:hoàn thành")):  # noqa: S311 -- a rehearsal, no secret
            bring_in_plan(2023, now=shown_at)
            set_demonstration_clock(shown_at, now_real=now)
            record_event(READY, subject=CHAIN, by=None, now=shown_at, details={"seed": seed, "shown_at": shown_at})
        return summary


def is_demonstration() -> bool:
    """Tell whether this database is a finished demonstration."""
    return AuditEvent.objects.filter(chain=CHAIN, name=READY).exists()


def refuse_foreign_data() -> None:
    """Refuse a database that holds anything.

    :raises WrongState: with what was found and what to do.
    """
    found = {"đơn vị": Unit, "người dùng": Person, "kế hoạch": Plan, "nhiệm vụ": Task, "bản ghi nhật ký": AuditEvent}
    counts = {word: model._default_manager.count() for word, model in found.items()}
    if any(counts.values()):
        words = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
        raise WrongState(
            f"Cơ sở dữ liệu đã có dữ liệu không do lệnh này dựng ({words}), nên không ghi đè. Nếu là dữ liệu thật, hãy "
            "đặt DONDOC_DEMONSTRATION=0. Nếu muốn trình diễn, hãy trỏ DATABASE_URL hoặc DONDOC_DATA_DIR đến chỗ còn "
            "trống."
        )


def _played_until() -> date | None:
    """Return the day at whose morning the last rehearsal stopped."""
    last = AuditEvent.objects.filter(chain=CHAIN, name=REHEARSED).order_by("-seq").first()
    return None if last is None else last.occurred_at.astimezone(local_moment(SHOWN_DAY, NIGHT).tzinfo).date()


def _rehearse(year: int, until: date, seed: int, played: date | None, progress: Report | None) -> Summary:
    issued = issue_day(year)
    first = issued if played is None else played
    if until <= first:
        raise WrongState(f"Đã diễn đến ngày {first:%d/%m/%Y}; ngày kết thúc phải sau ngày ấy.")
    source = Random(f"{seed}:{year}:chuẩn bị")  # noqa: S311 -- a rehearsal, no secret
    with seeded_action_ids(source):
        if played is None:
            set_the_stage(now=local_moment(issued - timedelta(days=1), "16:00"))
    rehearsal = Rehearsal.prepare(year, seed)
    total = (until - first).days
    for number in range(total):
        day = first + timedelta(days=number)
        opening = _open_year(year) if day == issued else None
        rehearsal.play_day(day, opening)
        if progress is not None:
            progress(Progress(day, number + 1, total, rehearsal.acts))
    rehearsal.play_night(until)
    with seeded_action_ids(source):
        details = {"plan_year": year, "from": first, "seed": seed}
        record_event(REHEARSED, subject=CHAIN, by=None, now=local_moment(until, NIGHT), details=details)
    return summarise(until)


def issue_day(year: int) -> date:
    """Return the day on which the plan of the year was issued.

    :raises LookupError: when the project carries no plan of that year.
    """
    if year not in ISSUE_DAYS:
        raise LookupError(f"Phần mềm không kèm kế hoạch năm {year}; các năm có là 2022 và 2023.")
    return ISSUE_DAYS[year]


def _open_year(year: int) -> Callable[[datetime], None]:
    """Return what opens a plan's year on the morning of its issue: its tasks, and the register that goes on from it.

    A register that gave numbers since January, because the year before was played first, simply goes on.
    """

    def play(now: datetime) -> None:
        plan = bring_in_plan(year, now=now)
        activate_plan(plan.pk, by=None, now=now)
        if not RegisterBook.objects.filter(year=year).exists():
            open_register(plan.issuer_id, year, COMMON_SERIES, FIRST_NUMBERS[year], by=None, now=now)

    return play
