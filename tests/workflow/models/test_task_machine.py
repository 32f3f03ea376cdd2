"""The task's state machine: exactly the table of domain.md section 2, and who may take each step on whose task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import pytest
from django.db import transaction

from tests.factories import MONDAY, PERSON_NAMES, House, at, in_place_of, make_actor, make_superuser, make_task
from workflow.actions.adjustment import resume_task, suspend_task
from workflow.actions.task import arm_task, cancel_task, reopen_task, start_task
from workflow.actions.transition import enter_state
from workflow.choices import OPEN_STATES, Role, TaskKind, TaskState
from workflow.core.errors import NotFound, NotPermitted, WrongState
from workflow.models import AuditEvent, Task
from workflow.permissions import UNIT_PERMISSIONS, Actor

NOW = at(MONDAY)


@dataclass(frozen=True)
class Step:
    """One line of the domain's table."""

    sources: frozenset[str]
    target: str
    label: str
    flow: bool = False
    engine: bool = False
    form: bool = False


def step(sources: str, target: str, label: str, **flags: bool) -> Step:
    return Step(frozenset(sources.split()), target, label, **flags)


OPEN = "assigned in_progress reported escalated waiting_event suspended"

TABLE: Mapping[str, Step] = {
    "start": step("assigned", "in_progress", "Bắt đầu thực hiện"),
    "arm": step("waiting_event", "assigned", "Ghi nhận sự kiện", engine=True, form=True),
    "report": step("assigned in_progress escalated", "reported", "Nộp báo cáo", flow=True),
    "return_report": step("reported", "in_progress", "Trả lại báo cáo", flow=True),
    "review": step("reported", "reviewed", "Duyệt báo cáo", flow=True),
    "escalate": step("assigned in_progress", "escalated", "Báo cáo UBND tỉnh", engine=True, form=True),
    "direct": step("escalated", "in_progress", "Ghi ý kiến chỉ đạo", form=True),
    "direct_close": step("escalated", "cancelled", "Kết thúc theo ý kiến chỉ đạo", form=True),
    "withdraw_escalation": step("escalated", "in_progress", "Rút báo cáo UBND tỉnh", form=True),
    "suspend": step("assigned in_progress", "suspended", "Tạm dừng", form=True),
    "resume": step("suspended", "assigned|in_progress", "Tiếp tục", form=True),
    "cancel": step(OPEN, "cancelled", "Hủy nhiệm vụ", form=True),
    "reopen": step("reviewed", "in_progress", "Mở lại", form=True),
}

STATE_WORDS = {
    "assigned": "Đã giao",
    "in_progress": "Đang thực hiện",
    "reported": "Đã báo cáo",
    "reviewed": "Đã duyệt",
    "escalated": "Đã chuyển UBND tỉnh",
    "waiting_event": "Chờ sự kiện",
    "suspended": "Tạm dừng",
    "cancelled": "Đã hủy",
}

MATRIX: Mapping[str, Mapping[str, str]] = {
    # A plan task of the first division, chased by Văn phòng; a leader decides where its flow goes on to him.
    "own": {
        "start": "head member",
        "arm": "reviewer chief",
        "report": "head",
        "return_report": "head reviewer chief leader",
        "review": "reviewer chief leader",
        "escalate": "reviewer chief",
        "direct": "reviewer chief clerk",
        "direct_close": "reviewer chief clerk",
        "withdraw_escalation": "leader",
        "suspend": "head member reviewer chief office_member",
        "resume": "head member reviewer chief office_member",
        "cancel": "leader",
        "reopen": "leader",
    },
    # The same of the second division: its people, and no one of the first.
    "other": {
        "start": "other_head stranger",
        "arm": "reviewer chief",
        "report": "other_head",
        "return_report": "other_head reviewer chief leader",
        "review": "reviewer chief leader",
        "escalate": "reviewer chief",
        "direct": "reviewer chief clerk",
        "direct_close": "reviewer chief clerk",
        "withdraw_escalation": "leader",
        "suspend": "other_head stranger reviewer chief office_member",
        "resume": "other_head stranger reviewer chief office_member",
        "cancel": "leader",
        "reopen": "leader",
    },
    # Văn phòng's own task: Văn phòng never checks itself, a leader does.
    "office": {
        "start": "reviewer chief office_member",
        "arm": "reviewer chief",
        "report": "chief",
        "return_report": "chief leader",
        "review": "leader",
        "escalate": "reviewer chief",
        "direct": "reviewer chief clerk",
        "direct_close": "reviewer chief clerk",
        "withdraw_escalation": "leader",
        "suspend": "reviewer chief office_member",
        "resume": "reviewer chief office_member",
        "cancel": "leader",
        "reopen": "leader",
    },
    # A body outside, consulted by the first division: the body answers, the division handles.
    "consulted body": {
        "start": "outsider",
        "arm": "reviewer chief",
        "report": "outsider clerk",
        "return_report": "outsider clerk head member",
        "review": "head member",
        "escalate": "reviewer chief head member",
        "direct": "reviewer chief clerk",
        "direct_close": "reviewer chief clerk",
        "withdraw_escalation": "leader",
        "suspend": "reviewer chief head member",
        "resume": "reviewer chief head member",
        "cancel": "leader",
        "reopen": "leader",
    },
    # The second division, consulted by the first: a consulted unit never stops its own clock.
    "consulted division": {
        "start": "other_head stranger",
        "arm": "reviewer chief",
        "report": "other_head clerk",
        "return_report": "other_head clerk head member",
        "review": "head member",
        "escalate": "reviewer chief head member",
        "direct": "reviewer chief clerk",
        "direct_close": "reviewer chief clerk",
        "withdraw_escalation": "leader",
        "suspend": "reviewer chief head member",
        "resume": "reviewer chief head member",
        "cancel": "leader",
        "reopen": "leader",
    },
}


def everybody(house: House) -> dict[str, Actor]:
    """Return one person a role, with those who must never be able to do anything."""
    people = {name: getattr(house, name) for name in PERSON_NAMES}
    people["observer"] = make_actor(Role.OBSERVER, house.division)
    people["superuser"] = make_superuser()
    return people


def units_of(house: House, relation: str) -> dict[str, object]:
    chased = {"host_unit_id": house.office.pk, "kind": TaskKind.PLAN}
    asked = {"host_unit_id": house.division.pk, "kind": TaskKind.CONSULTATION}
    return {
        "own": chased | {"unit_id": house.division.pk},
        "other": chased | {"unit_id": house.other.pk},
        "office": chased | {"unit_id": house.office.pk},
        "consulted body": asked | {"unit_id": house.body.pk},
        "consulted division": asked | {"unit_id": house.other.pk},
        "nobody": chased | {"unit_id": None},
    }[relation]


def in_memory(state: str, **columns: object) -> Task:
    """Return an unsaved task in the state, with everything that the conditions ask for."""
    given = {
        "pk": 1,
        "code": "T",
        "unit_id": 1,
        "host_unit_id": 2,
        "event_number": "7/QĐ",
        "event_on": MONDAY,
        "submitted_version": 1,
        "suspended_from": "assigned",
        "kind": TaskKind.PLAN,
    }
    return Task(state=state, **(given | columns))


def all_powerful() -> Actor:
    """Return a person with every right on both units of `in_memory`."""
    grants = frozenset((unit, codename) for unit in (1, 2) for codename, _name in UNIT_PERMISSIONS)
    return Actor(9, "Nguyễn Văn Mẫu", "", 1, "", grants)


def declared() -> dict[str, Step]:
    found: dict[str, Step] = {}
    for each in Task._meta.get_field("state").get_all_transitions(Task):
        target = "|".join(sorted(each.target.allowed_states)) if hasattr(each.target, "allowed_states") else each.target
        flags = {name: bool(each.custom.get(name)) for name in ("flow", "engine", "form")}
        before = found.get(each.name)
        sources = {str(each.source)} | (set(before.sources) if before else set())
        found[each.name] = Step(frozenset(sources), str(target), str(each.custom["label"]), **flags)
    return found


def who_may(people: Mapping[str, Actor], make: Callable[[], Task], name: str) -> set[str]:
    """Return the names of those whom the step lets through; everybody else must be refused and change nothing."""
    may = set()
    for who, actor in people.items():
        task = make()
        before = task.state
        try:
            enter_state(task, name, by=actor)
        except NotPermitted as error:
            said = (task.state, str(error))
        else:
            assert task.state in TABLE[name].target.split("|")
            may.add(who)
            continue
        assert said == (before, f"Ông/bà không có quyền “{TABLE[name].label}” đối với nhiệm vụ này.")
    return may


class TestTheDeclaration:
    def test_is_exactly_the_table_of_the_domain(self) -> None:
        assert declared() == TABLE

    def test_has_exactly_the_states_of_the_domain_with_their_words(self) -> None:
        assert {state.value: str(state.label) for state in TaskState} == STATE_WORDS

    def test_lets_only_two_steps_to_the_engine_and_only_three_to_the_flow(self) -> None:
        assert {name for name, each in declared().items() if each.engine} == {"arm", "escalate"}
        assert {name for name, each in declared().items() if each.flow} == {"report", "return_report", "review"}

    def test_offers_no_step_of_the_flow_as_a_plain_form(self) -> None:
        assert [name for name, each in declared().items() if each.flow and each.form] == []

    def test_leaves_no_open_state_without_a_way_out_and_cancelled_final(self) -> None:
        left = {source for each in declared().values() for source in each.sources}
        assert left == set(TaskState.values) - {"cancelled"}
        assert {str(state) for state in OPEN_STATES} == set(OPEN.split())

    def test_reaches_every_state_from_the_beginning_or_the_awaited_event(self) -> None:
        reached, waiting = {"assigned", "waiting_event"}, True
        while waiting:
            found = {
                target for each in declared().values() if each.sources & reached for target in each.target.split("|")
            }
            waiting = not found <= reached
            reached |= found
        assert reached == set(TaskState.values)

    def test_a_new_task_is_assigned_and_its_state_can_not_be_set(self) -> None:
        task = Task(code="T")
        assert task.state == "assigned"
        with pytest.raises(AttributeError, match="state"):
            task.state = "reviewed"

    def test_every_step_says_in_words_what_it_does(self) -> None:
        for name, each in TABLE.items():
            assert getattr(Task, name).__doc__.strip().endswith("."), name
            assert each.label[0].isupper()


@pytest.mark.parametrize("name", TABLE)
class TestStatesOfAStep:
    @pytest.mark.parametrize("state", STATE_WORDS)
    def test_it_leads_on_from_its_sources_and_names_the_state_elsewhere(self, name: str, state: str) -> None:
        task = in_memory(state)
        if state in TABLE[name].sources:
            enter_state(task, name, by=all_powerful())
            assert task.state in TABLE[name].target.split("|")
            return
        with pytest.raises(WrongState) as caught:
            enter_state(task, name, by=all_powerful())
        assert str(caught.value) == (
            f"Nhiệm vụ đang ở trạng thái “{STATE_WORDS[state]}” nên không thể “{TABLE[name].label}”."
        )
        assert task.state == state

    def test_a_wrong_state_is_told_to_the_engine_too(self, name: str) -> None:
        for state in sorted(set(STATE_WORDS) - TABLE[name].sources):
            with pytest.raises(WrongState, match=STATE_WORDS[state]):
                enter_state(in_memory(state), name, by=None, as_engine=True)

    def test_the_engine_takes_it_by_itself_only_where_that_is_declared(self, name: str) -> None:
        for source in sorted(TABLE[name].sources):
            task = in_memory(source)
            if TABLE[name].engine:
                enter_state(task, name, by=None)
                assert task.state == TABLE[name].target
                continue
            with pytest.raises(NotPermitted) as caught:
                enter_state(task, name, by=None)
            assert str(caught.value) == f"Hệ thống không được tự “{TABLE[name].label}”."
            assert task.state == source

    def test_an_action_may_take_it_for_the_engine(self, name: str) -> None:
        task = in_memory(min(TABLE[name].sources))
        enter_state(task, name, by=None, as_engine=True)
        assert task.state in TABLE[name].target.split("|")

    def test_a_person_without_a_right_takes_it_nowhere(self, name: str) -> None:
        nobody = Actor(5, "Nguyễn Văn Mẫu", "", None, "", frozenset())
        for source in sorted(TABLE[name].sources):
            with pytest.raises(NotPermitted):
                enter_state(in_memory(source), name, by=nobody)


class TestConditions:
    @pytest.mark.parametrize(
        ("name", "missing"),
        [
            ("start", {"unit_id": None}),
            ("report", {"unit_id": None}),
            ("report", {"submitted_version": None}),
            ("review", {"submitted_version": None}),
            ("escalate", {"unit_id": None}),
            ("arm", {"event_number": ""}),
            ("arm", {"event_on": None}),
        ],
    )
    def test_what_is_missing_stops_a_person_and_the_engine(self, name: str, missing: dict[str, object]) -> None:
        for source in sorted(TABLE[name].sources):
            for by in (all_powerful(), None):
                task = in_memory(source, **missing)
                with pytest.raises(WrongState) as caught:
                    enter_state(task, name, by=by, as_engine=True)
                assert str(caught.value) == f"Nhiệm vụ chưa đủ điều kiện để “{TABLE[name].label}”."
                assert task.state == source

    @pytest.mark.parametrize("former", ["assigned", "in_progress"])
    def test_a_suspended_task_goes_back_to_where_it_was(self, former: str) -> None:
        task = in_memory("suspended", suspended_from=former)
        enter_state(task, "resume", by=all_powerful())
        assert task.state == former

    def test_a_suspended_task_goes_back_to_no_other_state(self) -> None:
        task = in_memory("suspended", suspended_from="reviewed")
        with pytest.raises(Exception, match="reviewed"):
            enter_state(task, "resume", by=all_powerful())
        assert task.state == "suspended"


@pytest.mark.parametrize("relation", MATRIX)
def test_who_may_take_each_step_and_that_all_others_are_refused(house: House, relation: str) -> None:
    people, units = everybody(house), units_of(house, relation)
    found = {
        name: who_may(people, lambda name=name: in_memory(min(TABLE[name].sources), **units), name)  # type: ignore[misc]
        for name in TABLE
    }
    assert found == {name: set(names.split()) for name, names in MATRIX[relation].items()}


def test_on_a_task_that_nobody_leads_only_those_who_chase_it_may_act(house: House) -> None:
    people, units = everybody(house), units_of(house, "nobody")
    wanted = {
        "arm": "reviewer chief",
        "direct": "reviewer chief clerk",
        "direct_close": "reviewer chief clerk",
        "withdraw_escalation": "leader",
        "suspend": "reviewer chief office_member",
        "resume": "reviewer chief office_member",
        "cancel": "leader",
        "reopen": "leader",
        "return_report": "",
    }
    for name, names in wanted.items():
        found = who_may(people, lambda name=name: in_memory(min(TABLE[name].sources), **units), name)  # type: ignore[misc]
        assert (name, found) == (name, set(names.split()))


@pytest.mark.parametrize("name", ["admin", "superuser", "inspector", "observer"])
def test_who_only_keeps_or_reads_the_house_moves_no_task(house: House, name: str) -> None:
    actor = everybody(house)[name]
    for relation in (*MATRIX, "nobody"):
        for step_name, each in TABLE.items():
            for source in each.sources:
                task = in_memory(source, **units_of(house, relation))
                with pytest.raises((NotPermitted, WrongState)):
                    enter_state(task, step_name, by=actor)
                assert task.state == source


def test_a_delegate_may_what_his_principal_may_and_no_more(house: House) -> None:
    delegate = in_place_of(house.member, house.leader)
    for relation in MATRIX:
        units = units_of(house, relation)
        for name, each in TABLE.items():
            may = {}
            for actor in (house.leader, delegate):
                task = in_memory(min(each.sources), **units)
                try:
                    enter_state(task, name, by=actor)
                except NotPermitted:
                    may[actor.person_id] = False
                else:
                    may[actor.person_id] = True
            assert may[house.leader.person_id] == may[delegate.person_id], (relation, name)


Act = Callable[[Task, Actor], object]

ACTS: Mapping[str, tuple[str, Act, str]] = {
    "start": ("assigned", lambda task, by: start_task(task.pk, by=by, now=NOW), "start"),
    "arm": ("waiting_event", lambda task, by: arm_task(task.pk, "7/QĐ", MONDAY, by=by, now=NOW), "arm"),
    "suspend": (
        "in_progress",
        lambda task, by: suspend_task(task.pk, "Chờ thanh tra", "9/KL", MONDAY, by=by, now=NOW),
        "suspend",
    ),
    "cancel": ("reported", lambda task, by: cancel_task(task.pk, "Không còn phù hợp", by=by, now=NOW), "cancel"),
    "reopen": ("reviewed", lambda task, by: reopen_task(task.pk, "Thiếu số liệu", by=by, now=NOW), "reopen"),
}

SEES = {
    "own": "head member observer reviewer chief office_member clerk leader inspector",
    "other": "stranger other_head reviewer chief office_member clerk leader inspector",
}


@pytest.mark.parametrize("relation", SEES)
@pytest.mark.parametrize("act", ACTS)
def test_an_act_refuses_who_sees_the_task_and_is_silent_to_who_does_not(house: House, act: str, relation: str) -> None:
    """The host unit's people see what it chases: the office's specialist too."""
    state, do, name = ACTS[act]
    units = {key: value for key, value in units_of(house, relation).items() if key != "kind"}
    task = make_task(house, state=state, due_on=date(2022, 12, 30), **units)
    events = AuditEvent.objects.count()
    answers: dict[str, set[str]] = {"done": set(), "refused": set(), "unseen": set()}
    people = everybody(house)
    for who, actor in people.items():
        with transaction.atomic():
            try:
                do(task, actor)
                answers["done"].add(who)
                assert Task.objects.get(pk=task.pk).state in TABLE[name].target
                transaction.set_rollback(True)
                continue
            except NotPermitted:
                answers["refused"].add(who)
            except NotFound:
                answers["unseen"].add(who)
        assert Task.objects.get(pk=task.pk).state == state
        assert AuditEvent.objects.count() == events
    may, sees = set(MATRIX[relation][name].split()), set(SEES[relation].split())
    assert answers == {"done": may, "refused": sees - may, "unseen": set(people) - sees}


@pytest.mark.parametrize("state", [state for state in STATE_WORDS if state != "suspended"])
def test_a_task_that_is_not_suspended_is_not_resumed(house: House, state: str) -> None:
    task = make_task(house, state=state)
    with pytest.raises(WrongState, match=STATE_WORDS[state]):
        resume_task(task.pk, by=house.chief, now=NOW)


@pytest.mark.parametrize("act", ["start", "reopen"])
@pytest.mark.parametrize("state", STATE_WORDS)
def test_an_act_in_a_wrong_state_names_the_state_and_writes_no_event(house: House, act: str, state: str) -> None:
    _state, do, name = ACTS[act]
    task = make_task(house, state=state)
    events = AuditEvent.objects.count()
    by = house.head if act == "start" else house.leader
    if state in TABLE[name].sources:
        do(task, by)
        assert AuditEvent.objects.filter(task_id=task.pk, name=f"task.{name}").count() == 1
        return
    with pytest.raises(WrongState, match=STATE_WORDS[state]):
        do(task, by)
    assert AuditEvent.objects.count() == events
