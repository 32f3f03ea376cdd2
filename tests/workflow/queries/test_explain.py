"""“Vì sao?”: every rule looked at, what comes on which day, and the same answer for ever about a past moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction

from tests.factories import MONDAY, House, at, make_task
from workflow.actions.calendar import set_calendar_day
from workflow.actions.policy import seed_rules, set_policy
from workflow.actions.sweep import sweep
from workflow.actions.transition import change_task, lock_task, perform_transition
from workflow.choices import EscalationStatus, Ladder, TaskKind, TaskOrigin, TaskState
from workflow.core.errors import Invalid
from workflow.core.explanation import RuleLook
from workflow.core.hashchain import canonical
from workflow.models import CalendarDay, Escalation, Reminder, Rule, Task
from workflow.queries.explain import Explanation, explain_task, past_effects, task_as_of

FRIDAY = date(2022, 10, 14)
TODAY = at(date(2022, 11, 30))


@pytest.fixture
def rules(house: House) -> House:
    seed_rules(by=None, now=at(date(2022, 4, 19)))
    return house


def consulted(house: House, **columns: object) -> Task:
    """A body outside, consulted for a TTHC dossier: ladder B."""
    parent = make_task(house, kind=TaskKind.DOSSIER, origin=TaskOrigin.PROCEDURE, due_on=date(2022, 11, 30))
    defaults: dict[str, object] = {
        "kind": TaskKind.CONSULTATION,
        "origin": TaskOrigin.PROCEDURE,
        "ladder": Ladder.B,
        "unit": house.body,
        "host_unit": house.division,
        "parent": parent,
        "by_paper": True,
        "processing_until": date(2022, 11, 30),
    }
    return make_task(house, **(defaults | columns))


def change(task: Task, now: datetime, **columns: object) -> Task:
    with transaction.atomic():
        return change_task(lock_task(task.pk, by=None), name="task.extend", by=None, now=now, changes=columns)


def rule(found: Explanation, code: str, effect: str) -> RuleLook:
    [look] = [look for look in found.account.rules if (look.code, look.effect) == (code, effect)]
    return look


def same_answer(one: Explanation, other: Explanation) -> bool:
    return canonical(asdict(one)) == canonical(asdict(other))


def test_the_forecast_says_every_step_with_its_weekday(rules: House) -> None:
    task = make_task(rules, due_on=FRIDAY)
    found = explain_task(task, at=None, now=at(MONDAY))
    assert found.account.now == "Lúc này không quy tắc nào đủ điều kiện."
    assert found.account.sentences == (
        (
            "Nếu không có báo cáo: nhắc nhở trước hạn 5 ngày làm việc thứ Sáu ngày 07/10/2022; "
            "nhắc nhở trước hạn 1 ngày làm việc thứ Năm ngày 13/10/2022; "
            "đôn đốc lần 1 thứ Hai ngày 17/10/2022; đôn đốc lần 2 thứ Sáu ngày 21/10/2022; "
            "chuyển UBND tỉnh thứ Năm ngày 27/10/2022."
        ),
        (
            "Bước chuyển UBND tỉnh không có trong điều khoản của kế hoạch; căn cứ: "
            "Yêu cầu riêng của khách hàng; không có trong điều khoản của Kế hoạch."
        ),
    )
    assert [f"{step.at:%d/%m %H:%M}" for step in found.account.coming] == [
        "07/10 08:00",
        "13/10 08:00",
        "17/10 08:00",
        "21/10 08:00",
        "27/10 00:00",
    ]


def test_every_rule_is_told_true_or_false_with_its_inputs_clause_and_basis(rules: House) -> None:
    task = make_task(rules, due_on=FRIDAY)
    found = explain_task(task, at=None, now=at(date(2022, 10, 17), "09:00"))
    reminder = rule(found, "R-TIENDO-1", "đôn đốc")
    assert (reminder.holds, reminder.chosen, reminder.customer, reminder.inferred) == (True, True, False, False)
    assert "đôn đốc, nhắc nhở các phòng, Trung tâm" in reminder.clause
    assert reminder.citation == "II.1.1 Kế hoạch 1186/KH-SKHĐT"
    escalation = rule(found, "YC-UBND-A", "chuyển UBND tỉnh")
    assert (escalation.holds, escalation.chosen, escalation.customer, escalation.clause) == (False, False, True, "")
    counted = next(check for check in escalation.checks if "số lần đôn đốc" in check.label)
    assert (counted.wanted, counted.found, counted.holds) == ("từ 2 trở lên", "0", False)
    late = next(check for check in escalation.checks if check.label == "đã quá hạn")
    assert (late.wanted, late.found, late.holds) == ("có", "có", True)
    assert found.account.now == "Lúc này đủ điều kiện: đôn đốc lần 1, theo II.1.1 Kế hoạch 1186/KH-SKHĐT."
    assert found.account.decision["rule"] == "R-TIENDO-1"


def test_what_falls_outside_working_hours_is_told_as_deferred(rules: House) -> None:
    task = make_task(rules, due_on=FRIDAY, nudged_days=1)
    found = explain_task(task, at=None, now=at(date(2022, 10, 15), "10:00"))
    assert found.account.now == (
        "Đủ điều kiện: đôn đốc lần 1, theo II.1.1 Kế hoạch 1186/KH-SKHĐT; "
        "ngoài giờ phát hành nên hoãn đến 08:00 thứ Hai ngày 17/10/2022."
    )


def test_a_consulted_body_owes_an_answer_and_an_inferred_rule_is_marked(rules: House) -> None:
    task = consulted(rules, rule_year=2023)
    change(task, at(MONDAY), due_on=date(2023, 10, 13), processing_until=date(2023, 11, 30))
    found = explain_task(Task.objects.get(pk=task.pk), at=None, now=at(date(2023, 10, 2)))
    assert found.account.sentences[0].startswith("Nếu không có văn bản trả lời: nhắc nhở trước hạn 5 ngày làm việc")
    inferred = [look for look in found.account.rules if look.inferred]
    assert inferred
    assert all("suy đoán từ bản 2022" in look.citation for look in inferred)
    assert any("suy đoán từ bản 2022" in sentence for sentence in found.account.sentences[1:])


def test_an_inferred_rule_that_policy_leaves_out_says_so(rules: House) -> None:
    task = consulted(rules, rule_year=2023, due_on=date(2023, 10, 13))
    set_policy("inherit_two_times_2023", False, date(2023, 1, 1), "x", by=None, now=at(MONDAY))
    found = explain_task(task, at=None, now=at(date(2023, 10, 2)))
    left_out = {look.left_out for look in found.account.rules if look.inferred}
    assert left_out == {"suy đoán từ bản 2022, chính sách không cho kế thừa"}


def test_a_standing_task_says_why_nothing_comes(rules: House) -> None:
    task = make_task(rules, due_on=None, due_first=None, last_day=None, confirm_monthly=True)
    [sentence] = explain_task(task, at=None, now=at(MONDAY)).account.sentences
    assert sentence == "Không có hạn; chỉ hỏi xác nhận hằng tháng, lần tới thứ Ba ngày 01/11/2022."


def test_a_task_with_neither_deadline_nor_question_says_so(rules: House) -> None:
    task = make_task(rules, due_on=None, due_first=None, last_day=None)
    [sentence] = explain_task(task, at=None, now=at(MONDAY)).account.sentences
    assert sentence == "Không có hạn và không hỏi xác nhận hằng tháng; không có gì tự đến."


@pytest.mark.parametrize(
    ("state", "start"),
    [
        (TaskState.WAITING_EVENT, "Đang chờ sự kiện"),
        (TaskState.REPORTED, "Đã có báo cáo chờ duyệt"),
        (TaskState.REVIEWED, "Đã duyệt"),
        (TaskState.ESCALATED, "Đã chuyển UBND tỉnh"),
        (TaskState.SUSPENDED, "Đang tạm dừng"),
        (TaskState.CANCELLED, "Đã hủy"),
    ],
)
def test_a_task_whose_clock_stands_says_why(rules: House, state: TaskState, start: str) -> None:
    found = explain_task(make_task(rules, state=state), at=None, now=at(date(2022, 12, 1)))
    [sentence] = found.account.sentences
    assert sentence.startswith(start)
    assert found.account.coming == ()
    assert found.state_label == state.label


def test_a_task_without_a_lead_unit_says_so(rules: House) -> None:
    [sentence] = explain_task(make_task(rules, unit=None), at=None, now=at(MONDAY)).account.sentences
    assert sentence == "Chưa có đơn vị chủ trì nên chưa đôn đốc được ai."


def test_a_quarantined_task_says_so_instead_of_a_forecast(rules: House) -> None:
    task = make_task(rules, quarantined_at=at(MONDAY), quarantine_error="lỗi")
    account = explain_task(task, at=None, now=at(MONDAY)).account
    assert (account.coming, len(account.sentences)) == ((), 1)
    assert "tách riêng vì lỗi" in account.sentences[0]


def test_a_ladder_that_has_ended_says_so(rules: House) -> None:
    task = make_task(rules, ladder_done=True, due_on=FRIDAY, nudged_days=1)
    [sentence] = explain_task(task, at=None, now=at(date(2022, 10, 20))).account.sentences
    assert sentence == "Vòng này đã đi hết thang; không có gì tự đến cho đến khi có hạn mới."


def test_a_drafted_reminder_counts_nothing_and_the_forecast_says_what_it_supposes(rules: House) -> None:
    task = consulted(rules, reminder_drafted=True, due_on=FRIDAY)
    sentences = explain_task(task, at=None, now=at(date(2022, 10, 22), "10:00")).account.sentences
    assert sentences[0] == (
        "Dự thảo đôn đốc lần 1 chưa phát hành nên chưa tính; các ngày dưới đây tính như dự thảo được phát hành "
        "thứ Hai ngày 24/10/2022."
    )
    assert "đôn đốc lần 2 thứ Sáu ngày 28/10/2022" in sentences[1]


def test_the_policies_of_the_day_are_listed_in_words(rules: House) -> None:
    policies = dict(explain_task(make_task(rules), at=None, now=at(MONDAY)).account.policies)
    assert policies["cách đọc I.1.5"] == "A"
    assert policies["giờ phát hành văn bản"] == "08:00–17:00"
    assert policies["nhắc nhở trước hạn (ngày làm việc)"] == "5, 1"
    assert policies["vướng mắc làm dừng thời hạn"] == "không"


def test_the_past_is_explained_by_the_columns_of_then(rules: House) -> None:
    task = make_task(rules, due_on=FRIDAY, now=at(MONDAY))
    change(task, at(date(2022, 10, 10)), due_on=date(2022, 11, 18))
    row = Task.objects.get(pk=task.pk)
    then = explain_task(row, at=at(date(2022, 10, 5)), now=TODAY)
    assert (then.from_trail, then.state) == (True, TaskState.ASSIGNED)
    assert "đôn đốc lần 1 thứ Hai ngày 17/10/2022" in then.account.sentences[0]
    later = explain_task(row, at=at(date(2022, 10, 11)), now=TODAY)
    assert "đôn đốc lần 1 thứ Hai ngày 21/11/2022" in later.account.sentences[0]


@pytest.mark.parametrize("valid_from", [date(2022, 11, 30), date(2022, 1, 1)], ids=["from today", "back-dated"])
def test_a_policy_changed_today_from_a_to_b_does_not_change_what_last_month_shows(
    rules: House, valid_from: date
) -> None:
    task = consulted(rules, due_on=FRIDAY, reminders_issued=2, last_reminder_at=at(date(2022, 10, 21)))
    then = at(date(2022, 10, 27))
    before = explain_task(task, at=then, now=TODAY)
    assert rule(before, "R-DONDOC-2", "chuyển UBND tỉnh").chosen
    set_policy("reading_i15", "B", valid_from, "Đổi cách đọc", by=None, now=TODAY)
    after = explain_task(task, at=then, now=TODAY + timedelta(minutes=1))
    assert same_answer(before, after)
    assert dict(after.account.policies)["cách đọc I.1.5"] == "A"


def test_and_today_the_new_reading_holds(rules: House) -> None:
    task = consulted(rules, due_on=FRIDAY, reminders_issued=2, last_reminder_at=at(date(2022, 10, 21)))
    now = at(date(2022, 11, 28))
    assert rule(explain_task(task, at=None, now=now), "R-DONDOC-2", "chuyển UBND tỉnh").chosen
    set_policy("reading_i15", "B", date(2022, 11, 29), "Đổi cách đọc", by=rules.admin, now=now)
    today = explain_task(task, at=None, now=at(date(2022, 11, 29)))
    assert not rule(today, "R-DONDOC-2", "chuyển UBND tỉnh").holds
    assert dict(today.account.policies)["cách đọc I.1.5"] == "B"


def test_a_calendar_changed_later_does_not_change_the_past(rules: House) -> None:
    task = make_task(rules, due_on=FRIDAY)
    then = at(date(2022, 10, 5))
    before = explain_task(task, at=then, now=TODAY)
    set_calendar_day(date(2022, 10, 17), "off", "Nghỉ thử", "Kiểm thử", "confirmed", by=rules.admin, now=TODAY)
    assert CalendarDay.objects.filter(day=date(2022, 10, 17)).exists()
    assert same_answer(before, explain_task(task, at=then, now=TODAY + timedelta(minutes=1)))


def test_before_it_was_made_there_is_nothing_to_explain(rules: House) -> None:
    task = make_task(rules, now=at(MONDAY))
    with pytest.raises(Invalid, match="chưa có nhiệm vụ này") as caught:
        explain_task(task, at=at(date(2022, 5, 31)), now=TODAY)
    assert "at" in caught.value.fields
    assert task_as_of(task, at(date(2022, 5, 31))) is None


def test_a_moment_to_come_is_explained_from_the_row(rules: House) -> None:
    task = make_task(rules, due_on=FRIDAY)
    found = explain_task(task, at=at(date(2022, 10, 17), "09:00"), now=at(MONDAY))
    assert (found.from_trail, found.account.now.split(",")[0]) == (False, "Lúc này đủ điều kiện: đôn đốc lần 1")


def test_what_the_sweep_did_is_shown_with_the_decision_stored_then(rules: House) -> None:
    task = make_task(rules, due_on=FRIDAY, nudged_days=1)
    for day in (17, 21, 27):
        sweep(now=at(date(2022, 10, day), "08:00"))
    row = Task.objects.get(pk=task.pk)
    assert row.state == TaskState.ESCALATED
    first, second, escalation = explain_task(row, at=None, now=TODAY).past
    assert [effect.label.split(":")[0] for effect in (first, second)] == ["Đôn đốc lần 1", "Đôn đốc lần 2"]
    assert "đã phát hành số 01/" in first.label
    assert first.decision == Reminder.objects.get(ordinal=1).decision
    assert (second.decision["rule"], second.decision["inputs"]["reminders_issued"]) == ("R-TIENDO-1", 1)
    assert escalation.decision["basis"] == "Yêu cầu riêng của khách hàng; không có trong điều khoản của Kế hoạch"


def test_only_what_had_happened_by_then_is_shown_as_it_stood(rules: House) -> None:
    task = consulted(rules, due_on=FRIDAY)
    sweep(now=at(date(2022, 10, 17), "08:00"))
    assert [effect.label for effect in past_effects(task, at(date(2022, 10, 17), "12:00"))] == [
        "Đôn đốc lần 1: dự thảo"
    ]
    assert past_effects(task, at(date(2022, 10, 16))) == ()
    Reminder.objects.update(withdrawn_at=at(date(2022, 10, 18)), status="withdrawn")
    assert [effect.label for effect in past_effects(task, TODAY)] == ["Đôn đốc lần 1: dự thảo đã rút"]
    assert [effect.label for effect in past_effects(task, at(date(2022, 10, 17), "12:00"))] == [
        "Đôn đốc lần 1: dự thảo"
    ]


def test_an_escalation_by_hand_is_shown_with_its_decision(rules: House) -> None:
    task = make_task(rules)
    Escalation.objects.create(
        task=task,
        round=1,
        status=EscalationStatus.DUTY,
        rule=Rule.objects.first(),
        decision={"rule": "R-THU", "basis": "kiểm thử"},
        raised_at=at(date(2022, 10, 20)),
    )
    [effect] = past_effects(task, TODAY)
    assert (effect.kind, effect.decision["rule"]) == ("escalation", "R-THU")


def test_explaining_changes_nothing_and_takes_few_queries(
    rules: House, django_assert_max_num_queries: Callable[..., object]
) -> None:
    task = make_task(rules, due_on=FRIDAY)
    with transaction.atomic():
        perform_transition(lock_task(task.pk, by=rules.member), "start", by=rules.member, now=at(date(2022, 10, 5)))
    row = Task.objects.get(pk=task.pk)
    with django_assert_max_num_queries(7):
        explain_task(row, at=at(date(2022, 10, 6)), now=TODAY)
    unchanged = Task.objects.get(pk=task.pk)
    assert (unchanged.chain_seq, unchanged.state) == (2, TaskState.IN_PROGRESS)


def test_the_answer_as_data_has_a_canonical_text(rules: House) -> None:
    found = explain_task(make_task(rules), at=None, now=at(MONDAY))
    assert '"account":' in canonical(found.as_data())
