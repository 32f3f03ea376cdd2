"""manage.py sweep and start_demonstration_clock."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections import Counter
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from tests.factories import MONDAY, ZONE, at
from workflow.actions.sweep import SweepResult
from workflow.management.commands import sweep as command
from workflow.management.moment import read_moment
from workflow.models import DemonstrationClock
from workflow.queries.clock import current_moment, forget_clock


@pytest.fixture(autouse=True)
def _own_clock() -> object:
    forget_clock()
    yield
    forget_clock()


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2022-11-21", datetime(2022, 11, 21, tzinfo=ZONE)),
        ("2022-11-21T08:30", datetime(2022, 11, 21, 8, 30, tzinfo=ZONE)),
        ("2022-11-21T01:30+00:00", datetime(2022, 11, 21, 8, 30, tzinfo=ZONE)),
    ],
)
def test_a_moment_is_read_as_local_unless_it_names_its_zone(text: str, moment: datetime) -> None:
    assert read_moment(text) == moment


@pytest.mark.parametrize("text", ["", "hôm nay", "21/11/2022", "2022-13-01"])
def test_what_is_no_moment_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="2022-11-21T08:00"):
        read_moment(text)


def test_a_summary_names_each_rule_with_its_effect_and_count() -> None:
    effects = Counter({("remind", "R-DONDOC-2"): 3, ("escalate", "R-DONDOC-4"): 1, ("nudge", "R-DONDOC-1"): 2})
    lines = command.summarise(SweepResult(9, effects, [("T7", "ValueError: sai")]))
    assert lines == [
        "Đã xem lại 9 nhiệm vụ đến lúc.",
        "  R-DONDOC-1: nhắc trước hạn 2 lần",
        "  R-DONDOC-2: đôn đốc 3 lần",
        "  R-DONDOC-4: báo cáo UBND tỉnh 1 lần",
        "  TÁCH RIÊNG T7: ValueError: sai",
    ]


def test_an_empty_summary_says_so() -> None:
    assert command.summarise(SweepResult())[1] == "  Không có quy tắc nào phải áp dụng."


@pytest.mark.django_db
def test_the_command_sweeps_at_the_given_moment_in_a_demonstration(
    house: object, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.DEMONSTRATION = True
    moments: list[datetime] = []

    def noted(*, now: datetime) -> SweepResult:
        moments.append(now)
        return SweepResult()

    monkeypatch.setattr(command, "sweep", noted)
    text = printed("sweep", "--at", "2022-10-03T09:00")
    assert moments == [at(MONDAY)]
    assert text.startswith("Quét lúc 09:00 ngày 03/10/2022\n")


@pytest.mark.django_db
def test_the_command_sweeps_an_empty_department(house: object) -> None:
    assert "Đã xem lại 0 nhiệm vụ" in printed("sweep")


@pytest.mark.django_db
def test_a_department_without_units_is_told_to_seed_them() -> None:
    with pytest.raises(CommandError, match="seed"):
        printed("sweep")


@pytest.mark.django_db
@pytest.mark.parametrize("days", [-30, 1])
def test_a_chosen_moment_is_refused_in_real_operation_and_allowed_in_a_demonstration(
    house: object, settings: object, days: int
) -> None:
    chosen = (timezone.now() + timedelta(days=days)).isoformat()
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="không có --at"):
        printed("sweep", "--at", chosen)
    settings.DEMONSTRATION = True
    assert "Đã xem lại 0" in printed("sweep", "--at", chosen)


@pytest.mark.django_db
def test_the_demonstration_clock_is_set_by_its_command(settings: object) -> None:
    settings.DEMONSTRATION = True
    text = printed("start_demonstration_clock", "--shown-at", "2022-11-21T08:00")
    assert text == "Đồng hồ trình diễn đang chỉ 08:00 ngày 21/11/2022\n"
    assert abs(current_moment() - at(date(2022, 11, 21), "08:00")) < timedelta(minutes=1)


@pytest.mark.django_db
def test_the_demonstration_clock_is_refused_in_real_operation(settings: object) -> None:
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="DONDOC_DEMONSTRATION"):
        printed("start_demonstration_clock", "--shown-at", "2022-11-21T08:00")
    assert not DemonstrationClock.objects.exists()


def test_the_demonstration_clock_asks_for_its_moment() -> None:
    with pytest.raises(CommandError, match="--shown-at"):
        printed("start_demonstration_clock")
