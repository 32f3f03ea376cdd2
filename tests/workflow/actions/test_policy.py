"""Setting policies and rules: who may, from when, what is recorded, and what the engine then sees."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import transaction

from tests.factories import House, at, make_task
from workflow.actions.policy import add_rule_version, condition_fault, seed_rules, set_policy
from workflow.adapters.rulefile import load_rule_seeds
from workflow.core.errors import Invalid, NotFound, NotPermitted
from workflow.core.rulebook import DEFAULT_POLICIES
from workflow.models import AuditEvent, Policy, Rule, Task
from workflow.queries.rulebook import load_rulebook, rulebook_known_at

NOW = at(date(2022, 10, 3))
TODAY = NOW.date()


def events(chain: str) -> list[dict[str, object]]:
    return [json.loads(row.body) for row in AuditEvent.objects.filter(chain=chain).order_by("seq")]


# Policies


def test_an_administrator_sets_a_policy_from_a_day_on(house: House) -> None:
    row = set_policy("wait_days", 5, date(2022, 10, 10), "Theo ý kiến giao ban", by=house.admin, now=NOW)
    assert (row.set_by_id, row.set_by_name, row.recorded_at) == (house.admin.person_id, house.admin.name, NOW)
    book = load_rulebook()
    assert [book.policy("wait_days", date(2022, 10, day)) for day in (9, 10)] == [3, 5]


def test_setting_a_policy_leaves_one_event_with_what_held_before(house: House) -> None:
    set_policy("reading_i15", "B", TODAY, "Đọc lại câu chữ", by=house.admin, now=NOW)
    [event] = events("policy")
    assert (event["name"], event["before"]) == ("policy.set", {"key": "reading_i15", "value": "A"})
    assert event["after"] == {"key": "reading_i15", "value": "B", "valid_from": "2022-10-03"}
    assert event["details"] == {"reason": "Đọc lại câu chữ"}


def test_nobody_else_sets_a_policy(house: House) -> None:
    for person in (
        house.head,
        house.member,
        house.stranger,
        house.reviewer,
        house.chief,
        house.leader,
        house.inspector,
    ):
        with pytest.raises(NotPermitted, match="quản trị"):
            set_policy("wait_days", 5, TODAY, "Lý do", by=person, now=NOW)
    assert not Policy.objects.exists()
    assert events("policy") == []


def test_an_unknown_key_is_not_found(house: House) -> None:
    with pytest.raises(NotFound, match="khong_co"):
        set_policy("khong_co", 5, TODAY, "Lý do", by=house.admin, now=NOW)


def test_every_wrong_field_is_named_at_once(house: House) -> None:
    with pytest.raises(Invalid) as refused:
        set_policy("wait_days", 0, date(2022, 10, 2), "  ", by=house.admin, now=NOW)
    assert set(refused.value.fields) == {"value", "valid_from", "reason"}
    assert "từ 1 đến 30" in refused.value.fields["value"]
    assert not Policy.objects.exists()


def test_only_the_engine_sets_a_policy_for_a_day_that_has_passed(house: House) -> None:
    row = set_policy("wait_days", 2, date(2022, 1, 1), "Dữ liệu trình diễn", by=None, now=NOW)
    assert (row.set_by_id, row.set_by_name) == (None, "Hệ thống Đôn đốc")


def test_a_later_value_of_the_same_day_takes_over_and_both_rows_stay(house: House) -> None:
    set_policy("wait_days", 5, TODAY, "Lần một", by=house.admin, now=NOW)
    set_policy("wait_days", 4, TODAY, "Sửa lại", by=house.admin, now=at(TODAY, "10:00"))
    assert load_rulebook().policy("wait_days", TODAY) == 4
    assert [event["before"] for event in events("policy")] == [
        {"key": "wait_days", "value": 3},
        {"key": "wait_days", "value": 5},
    ]
    assert Policy.objects.count() == 2


def test_a_replay_of_a_moment_before_the_change_does_not_know_it(house: House) -> None:
    set_policy("wait_days", 5, TODAY, "Lý do", by=house.admin, now=NOW)
    assert rulebook_known_at(at(TODAY, "08:59")).policy("wait_days", TODAY) == 3
    assert rulebook_known_at(NOW).policy("wait_days", TODAY) == 5


def test_a_change_of_policy_wakes_every_task_whose_clock_runs(house: House) -> None:
    seed_rules(by=None, now=at(date(2022, 4, 19)))
    running, reported = make_task(house), make_task(house)
    Task.objects.filter(pk=reported.pk).update(state="reported", next_due=None)
    assert running.next_due is not None
    set_policy("nudge_days", [8], TODAY, "Nhắc sớm hơn", by=house.admin, now=NOW)
    found = Task.objects.in_bulk([running.pk, reported.pk])
    assert (found[running.pk].next_due, found[reported.pk].next_due) == (NOW, None)


def test_two_rolled_back_changes_never_leave_a_stale_rulebook(house: House) -> None:
    for value in (5, 7):
        with transaction.atomic():
            set_policy("wait_days", value, TODAY, "Thử", by=house.admin, now=NOW)
            assert load_rulebook().policy("wait_days", TODAY) == value
            transaction.set_rollback(True)
        assert load_rulebook().policy("wait_days", TODAY) == 3


# Rules


def test_the_shipped_rules_are_inserted_once_with_one_event(house: House) -> None:
    made = seed_rules(by=None, now=NOW)
    assert len(made) == len(load_rule_seeds()) == Rule.objects.count()
    assert seed_rules(by=None, now=NOW) == []
    [event] = events("rule")
    assert event["name"] == "rule.seed"
    assert isinstance(event["after"], dict)
    assert event["after"]["YC-UBND-A 2022 escalate"] == 1


def test_seeding_again_leaves_what_a_department_changed(house: House) -> None:
    seed_rules(by=None, now=NOW)
    Rule.objects.filter(code="YC-UBND-A").update(priority=77)
    Rule.objects.filter(code="CS-NHACHAN-C", plan_year=2023).delete()
    [back] = seed_rules(by=None, now=NOW)
    assert (back.code, back.plan_year) == ("CS-NHACHAN-C", 2023)
    assert set(Rule.objects.filter(code="YC-UBND-A").values_list("priority", flat=True)) == {77}


def test_only_an_administrator_seeds_rules(house: House) -> None:
    with pytest.raises(NotPermitted):
        seed_rules(by=house.chief, now=NOW)
    assert seed_rules(by=house.admin, now=NOW)


def test_the_engine_reads_the_seeded_rules_as_they_stand_in_the_file(house: House) -> None:
    seed_rules(by=None, now=NOW)
    rules = load_rulebook().rules_for(2022, "B")
    assert [rule.code for rule in rules] == ["R-DONDOC-3", "R-DONDOC-2", "R-DONDOC-1", "CS-NHACHAN-B", "R-DONDOC-4"]


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ("late", "danh sách"),
        (["late"], "fact, op, value"),
        ([{"fact": "la", "op": "is", "value": True}], "Không có điều kiện tên"),
        ([{"fact": "late", "op": ">", "value": True}], "Phép so sánh không biết"),
        ([{"fact": "late", "op": "is", "value": {"policy": "la"}}], "Không có chính sách"),
    ],
)
def test_conditions_that_the_engine_cannot_judge_are_refused(conditions: object, said: str) -> None:
    assert said in condition_fault(conditions)


def test_conditions_that_the_engine_can_judge_are_taken() -> None:
    policy = next(iter(DEFAULT_POLICIES))
    assert condition_fault([{"fact": "late", "op": "is", "value": {"policy": policy}}]) == ""
    assert condition_fault([]) == ""


def second_version(house: House, **given: object) -> Rule:
    rule = Rule.objects.get(code="YC-UBND-A", plan_year=2022, version=1)
    changes = given.pop("changes", {"priority": 35})
    values = {"valid_from": date(2022, 10, 10), "reason": "Đổi thứ tự xét", "by": house.admin, "now": NOW, **given}
    return add_rule_version(  # type: ignore[arg-type]
        rule.pk, changes, values.pop("valid_from"), values.pop("reason"), **values
    )


def test_a_new_version_takes_over_from_its_day_and_the_former_ends_the_day_before(house: House) -> None:
    seed_rules(by=None, now=NOW)
    newest = second_version(house)
    former = Rule.objects.get(code="YC-UBND-A", plan_year=2022, version=1)
    assert (newest.version, newest.priority, newest.basis) == (2, 35, former.basis)
    assert (former.valid_to, newest.valid_from, newest.valid_to) == (date(2022, 10, 9), date(2022, 10, 10), None)
    event = events("rule")[-1]
    assert (event["name"], event["before"]) == ("rule.version", {"version": 1, "priority": 30})
    assert event["details"] == {
        "rule": "YC-UBND-A",
        "plan_year": 2022,
        "effect": "escalate",
        "reason": "Đổi thứ tự xét",
    }


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"valid_from": TODAY}, "valid_from"),
        ({"valid_from": date(2022, 4, 19)}, "valid_from"),
        ({"reason": ""}, "reason"),
        ({"changes": {}}, "changes"),
        ({"changes": {"clause": "Điều khoản tự đặt"}}, "changes"),
        ({"changes": {"conditions": [{"fact": "la", "op": "is", "value": 1}]}}, "conditions"),
        ({"changes": {"basis": ""}}, "basis"),
    ],
)
def test_a_version_that_would_rewrite_the_past_or_the_clause_is_refused(
    house: House, given: dict[str, object], field: str
) -> None:
    seed_rules(by=None, now=NOW)
    with pytest.raises(Invalid) as refused:
        second_version(house, **given)
    assert field in refused.value.fields
    assert not Rule.objects.filter(version=2).exists()


def test_only_the_newest_version_is_continued(house: House) -> None:
    seed_rules(by=None, now=NOW)
    second_version(house)
    with pytest.raises(Invalid, match="phiên bản mới nhất"):
        second_version(house, valid_from=date(2022, 11, 1))


def test_a_version_needs_an_administrator_and_a_rule(house: House) -> None:
    seed_rules(by=None, now=NOW)
    for person in (house.leader, house.chief, house.member):
        with pytest.raises(NotPermitted):
            second_version(house, by=person)
    with pytest.raises(NotFound):
        add_rule_version(10**9, {"priority": 1}, date(2022, 10, 10), "Lý do", by=house.admin, now=NOW)
