"""Rehearsing: the same twice, all or nothing, never over others' data, with its progress shown."""

from __future__ import annotations

import io
from datetime import date, time
from random import Random

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils import timezone
from django.utils.timezone import localtime

from tests.factories import House, at, make_task
from workflow.actions.audit import action, record_event, seeded_action_ids
from workflow.actions.rehearsal import (
    Progress,
    Rehearsal,
    is_demonstration,
    prepare_demonstration,
    rehearse_plan,
)
from workflow.actions.rehearsal.cast import AVERAGE, CARELESS, Cast, dice, diligence_of, moment_of
from workflow.actions.rehearsal.prepare import CHAIN, issue_day
from workflow.actions.rehearsal.script import Script
from workflow.actions.rehearsal.stage import Act, Post, present
from workflow.actions.report import save_draft
from workflow.choices import FlowKind, Role
from workflow.choices import TaskState as S
from workflow.core.errors import ActionError, WrongState
from workflow.management.progress import ProgressLine
from workflow.models import (
    AuditChain,
    AuditCheckpoint,
    AuditEvent,
    Person,
    Plan,
    RegisterBook,
    Task,
    Unit,
)
from workflow.queries import rulebook
from workflow.queries.trail import verify_trail

SHORT = date(2022, 5, 27)
"""Long enough for reports, a reminder, consulted bodies and a checkpoint; short enough to be played twice."""


# --- the same twice --------------------------------------------------------------------------------------------------


def start_keys_again() -> None:
    """Let every empty table of the product count from one again, as in a fresh database."""
    found = [model for label in ("workflow", "approvals") for model in apps.get_app_config(label).get_models()]
    models = [model for model in found if model._meta.pk.name == "id"]
    tables = [{"table": model._meta.db_table, "column": "id"} for model in models]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_by_name_sql(no_style(), tables):
            cursor.execute(statement)


def last_hashes(until: date, seed: int) -> dict[str, str]:
    """Play a short year in an empty database, return every chain's last hash, and undo it."""
    start_keys_again()
    with transaction.atomic():
        rulebook._kept.clear()
        rehearse_plan(2022, until, seed)
        last: dict[str, str] = dict(AuditEvent.objects.order_by("seq").values_list("chain", "hash"))
        last["checkpoints"] = AuditCheckpoint.objects.order_by("-number").values_list("hash", flat=True)[0]
        transaction.set_rollback(True)
    return last


def test_two_rehearsals_with_one_seed_give_the_same_trail_to_the_last_hash(db: None) -> None:
    first = last_hashes(SHORT, 1)
    second = last_hashes(SHORT, 1)
    assert len(first) > 200
    assert first == second


def test_another_seed_gives_another_year(db: None) -> None:
    assert last_hashes(date(2022, 5, 6), 1) != last_hashes(date(2022, 5, 6), 2)


def test_action_ids_come_from_the_seed_only_inside_the_block(db: None) -> None:
    @action
    def note(*, now: object) -> str:
        return str(record_event("test.note", subject="rule", by=None, now=at(SHORT)).action_id)

    def three() -> list[str]:
        with seeded_action_ids(Random(5)):
            return [note(now=None) for _time in range(3)]

    first = three()
    assert first == three()
    assert len(set(first)) == 3
    assert note(now=None) not in first
    assert first[0][14] == "4"


def test_chance_depends_on_the_seed_and_the_thing_alone() -> None:
    assert dice(1, "a", 2).random() == dice(1, "a", 2).random()
    assert dice(1, "a", 2).random() != dice(2, "a", 2).random()
    moment = moment_of(1, SHORT, "việc")
    assert moment == moment_of(1, SHORT, "việc")
    assert time(9, 0) <= localtime(moment).time() <= time(16, 30)


# --- never over other people's data ----------------------------------------------------------------------------------


def test_a_database_with_other_data_is_refused_and_left_as_it_was(house: House) -> None:
    with pytest.raises(WrongState, match="không do lệnh này dựng") as refused:
        prepare_demonstration(now=timezone.now())
    assert "DONDOC_DEMONSTRATION=0" in str(refused.value)
    assert f"{Unit.objects.count()} đơn vị" in str(refused.value)
    assert not AuditChain.objects.filter(key=CHAIN).exists()
    with pytest.raises(WrongState):
        rehearse_plan(2022, SHORT, 1)
    with pytest.raises(CommandError, match="không do lệnh này dựng"):
        call_command("prepare_demo", "--quiet")


def test_a_database_with_one_person_only_is_refused_too(db: None) -> None:
    Person.objects.create(username="that", full_name="Người thật", password="!")
    with pytest.raises(WrongState, match="1 người dùng"):
        prepare_demonstration(now=timezone.now())


def test_a_preparation_that_is_broken_off_leaves_an_empty_database(db: None) -> None:
    class Killed(BaseException):
        """Stands for what ends a process half-way."""

    def stop(progress: Progress) -> None:
        if progress.day == date(2022, 4, 28):
            raise Killed

    with pytest.raises(Killed):
        prepare_demonstration(now=timezone.now(), progress=stop)
    assert not any(model.objects.exists() for model in (AuditEvent, AuditChain, Unit, Person, Plan, Task))
    assert not is_demonstration()


def test_neither_command_runs_outside_a_demonstration(db: None, settings: LazySettings) -> None:
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="DONDOC_DEMONSTRATION=1"):
        call_command("prepare_demo")
    with pytest.raises(CommandError, match="DONDOC_DEMONSTRATION=1"):
        call_command("rehearse", "--plan", "2022", "--until", "2022-05-01")


# --- the command and its progress ------------------------------------------------------------------------------------


def test_the_command_prints_a_line_a_month_and_the_summary(db: None) -> None:
    out = io.StringIO()
    call_command("rehearse", "--plan", "2022", "--until", "2022-05-05", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("Đang diễn tháng 04/2022")
    assert lines[1].startswith("Đang diễn tháng 05/2022")
    assert "Theo quy tắc:" in lines
    assert lines[-1].startswith("Nhật ký:")


def test_the_second_plan_can_be_rehearsed_by_itself(db: None) -> None:
    out = io.StringIO()
    call_command("rehearse", "--plan", "2023", "--until", "2023-04-27", "--quiet", stdout=out)
    assert "Đang diễn" not in out.getvalue()
    assert set(Task.objects.filter(plan__isnull=False).values_list("plan__year", flat=True)) == {2023}
    assert RegisterBook.objects.get(year=2023).first_number == 1338
    assert verify_trail().ok


def test_a_year_without_a_plan_is_told_at_once(db: None) -> None:
    with pytest.raises(LookupError, match="2022 và 2023"):
        issue_day(2024)


def test_on_a_terminal_one_line_is_written_over() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    from django.core.management.base import OutputWrapper  # noqa: PLC0415 -- only this test needs it

    screen = Terminal()
    line = ProgressLine(OutputWrapper(screen))
    line(Progress(date(2022, 4, 19), 1, 4, 12))
    line(Progress(date(2022, 4, 20), 2, 4, 20))
    line.end()
    assert screen.getvalue() == "\r\x1b[KĐang diễn tháng 04/2022: 25% (12 việc)\r\x1b[K"


# --- the cast --------------------------------------------------------------------------------------------------------


def test_the_cast_finds_people_by_place_and_says_who_is_missing(house: House) -> None:
    cast = Cast.assemble(1)
    now = at(date(2022, 10, 3))
    assert cast.find("P-A", Role.UNIT_HEAD, Role.SPECIALIST).pk == house.head.person_id
    assert cast.has_accounts("P-A")
    assert not cast.has_accounts(house.silent_body.code)
    assert cast.specialist(house.silent_body.code, now) is None
    with pytest.raises(LookupError, match="P-Z"):
        cast.unit_called("P-Z")
    with pytest.raises(LookupError, match="SXD"):
        present(cast.head("SXD", now), "SXD")


def test_units_are_of_different_diligence_and_a_stranger_is_average() -> None:
    assert diligence_of("P-DTGS") is CARELESS
    assert diligence_of("P-KHONG-CO") is AVERAGE
    assert diligence_of("P-DKKD").confirms_percent > diligence_of("P-DN").confirms_percent


def test_an_act_is_dropped_when_its_task_is_no_more_as_it_was_seen(house: House) -> None:
    moment = at(date(2022, 10, 3))
    assert Act(moment, "không việc nào", lambda now: None).is_still_wanted()
    assert not Act(moment, "việc đã đổi", lambda now: None, 10**9, S.ASSIGNED).is_still_wanted()


def test_an_act_at_a_step_is_dropped_unless_that_step_waits(house: House) -> None:
    task = make_task(house)
    draft, submit = (Post(FlowKind.REPORT, task.pk, node) for node in ("draft", "submit"))
    assert not draft.is_waiting()
    save_draft(task.pk, "Đã làm xong.", by=house.member, now=at(date(2022, 10, 17), "09:00"))
    assert Act(at(date(2022, 10, 17)), "trình", lambda now: None, post=draft).is_still_wanted()
    draft.decide("present", by=house.member, now=at(date(2022, 10, 17), "10:00"))
    assert (draft.is_waiting(), submit.is_waiting()) == (False, True)


def test_steps_of_one_day_follow_each_other_at_the_desk(house: House) -> None:
    stage = Rehearsal.prepare(2022, 1).stage
    moments = stage.moments(SHORT, "việc", 5)
    assert moments == sorted(set(moments)) == stage.moments(SHORT, "việc", 5)
    for moment in moments:
        clock = localtime(moment).time()
        assert time(9, 0) <= clock < time(11, 30) or time(13, 30) <= clock <= time(16, 30)
    assert all(localtime(moment).time() >= time(13, 30) for moment in stage.moments(SHORT, "việc", 2, begin=150))


def test_what_is_kept_for_the_morning_shown_goes_on_after_it() -> None:
    script = Script(2022)
    script.hold(FlowKind.DOCUMENT, 7, "sign")
    assert script.stays(FlowKind.DOCUMENT, 7, "sign", date(2022, 11, 21))
    assert not script.stays(FlowKind.DOCUMENT, 7, "form", date(2022, 11, 21))
    assert not script.stays(FlowKind.DOCUMENT, 7, "sign", date(2022, 11, 22))


def test_a_refused_act_names_its_scene(house: House) -> None:
    def refuse(now: object) -> None:
        raise WrongState("không được")

    played = Rehearsal.prepare(2022, 1)
    with pytest.raises(ActionError) as refused:
        played._play_act(Act(at(date(2022, 10, 3)), "cảnh thử", refuse))
    assert refused.value.__notes__ == ["Cảnh: cảnh thử, lúc 03/10/2022 09:00."]
