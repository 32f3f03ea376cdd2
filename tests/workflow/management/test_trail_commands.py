"""manage.py verify_audit, checkpoint and explain: what they print and how they end."""

from __future__ import annotations

import json
from datetime import date, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from tests.factories import MONDAY, House, at, make_task
from tests.tamper import event, tamper, triggers_off
from workflow.actions.checkpoint import make_checkpoint
from workflow.actions.policy import seed_rules
from workflow.actions.sweep import sweep
from workflow.core.rulebook import ZONE
from workflow.management.commands import verify_audit
from workflow.management.commands.explain import moment
from workflow.models import AuditCheckpoint, Task


def told(name: str, *arguments: str) -> tuple[int, str]:
    """Run a command; return its exit code and what it printed."""
    out = StringIO()
    try:
        call_command(name, *arguments, stdout=out, stderr=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def task(house: House) -> Task:
    seed_rules(by=None, now=at(date(2022, 4, 19)))
    return make_task(house, code="1186/II.1.8-1")


def break_it(task: Task) -> int:
    row = event(f"task:{task.pk}", 1)
    tamper("UPDATE workflow_auditevent SET body = %s WHERE id = %s", [row.body + " ", row.pk])
    return row.pk


def test_a_whole_trail_ends_with_zero_and_says_so(task: Task) -> None:
    code, text = told("verify_audit")
    assert code == 0
    assert text.splitlines()[-1] == "Nhật ký nguyên vẹn."
    assert "dựng lại 1 nhiệm vụ" in text


def test_a_broken_trail_ends_with_one_and_names_the_first_bad_record(task: Task) -> None:
    pk = break_it(task)
    code, text = told("verify_audit")
    assert code == 1
    assert (
        f"LỖI: 1 chuỗi không nguyên vẹn. Bản ghi sai đầu tiên: chuỗi task:{task.pk}, bản ghi số 1, mã số {pk}: "
        "nội dung không khớp mã băm." in text
    )
    assert "nguyên vẹn." not in text.splitlines()[-1] or "LỖI" in text


def test_several_bad_chains_are_listed(house: House, task: Task) -> None:
    for one in (task, make_task(house)):
        break_it(one)
    _code, text = told("verify_audit")
    assert "LỖI: 2 chuỗi" in text
    assert text.count("nội dung không khớp mã băm") == 2


def test_chains_beyond_those_listed_are_counted(house: House, task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.queries.trail.findings.KEPT_AT_MOST", 2)
    for one in (task, *(make_task(house) for _ in range(4))):
        break_it(one)
    assert "… và 3 chuỗi khác." in told("verify_audit")[1]


def test_a_wrong_fact_ends_with_one(house: House) -> None:
    make_task(house, code="SAI", extended_count=1)
    code, text = told("verify_audit")
    assert code == 1
    assert "nhiệm vụ SAI, cột extended_count: đang ghi 1, các bản ghi gốc cho 0" in text


def test_missing_triggers_end_with_one(task: Task) -> None:
    with triggers_off():
        code, text = told("verify_audit")
    assert code == 1
    assert text.count("LỖI: thiếu trigger") == (4 if connection.vendor == "postgresql" else 6)


def test_quiet_says_nothing_of_a_whole_trail_and_all_of_a_broken_one(task: Task) -> None:
    assert told("verify_audit", "--quiet") == (0, "")
    break_it(task)
    code, text = told("verify_audit", "--quiet")
    assert code == 1
    assert "Bản ghi sai đầu tiên" in text


def test_json_is_for_machines(task: Task) -> None:
    make_checkpoint(by=None, now=at(MONDAY))
    code, text = told("verify_audit", "--json")
    data = json.loads(text)
    assert (code, data["ok"], data["bad_chains"], data["first"], data["facts_wrong"]) == (0, True, 0, None, 0)
    assert data["last_checkpoint"] == [1, AuditCheckpoint.objects.get().hash]
    pk = break_it(task)
    code, text = told("verify_audit", "--json")
    data = json.loads(text)
    assert (code, data["ok"], data["bad_chains"]) == (1, False, 1)
    assert data["first"] == {
        "chain": f"task:{task.pk}",
        "seq": 1,
        "event_id": pk,
        "reason": "nội dung không khớp mã băm",
        "columns": [],
    }


def test_a_noted_checkpoint_is_compared(task: Task) -> None:
    _code, noted = told("checkpoint")
    assert told("verify_audit", "--noted", noted.strip())[0] == 0
    code, text = told("verify_audit", "--noted", f"1:{'0' * 64}")
    assert code == 1
    assert "mã băm khác mã đã ghi chép bên ngoài" in text


@pytest.mark.parametrize("wrong", ["", "1", "một:" + "0" * 64, "1:abc"])
def test_a_note_of_another_form_is_refused(task: Task, wrong: str) -> None:
    with pytest.raises(CommandError, match="không đúng dạng SỐ:MÃ-BĂM"):
        call_command("verify_audit", "--noted", wrong)


def test_progress_is_shown_on_a_long_run(
    task: Task, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verify_audit, "PROGRESS_SECONDS", 0)
    told("verify_audit")
    assert "bản ghi (100 %)" in capsys.readouterr().err
    told("verify_audit", "--json")
    assert capsys.readouterr().err == ""


def test_a_checkpoint_prints_what_to_note_down(task: Task) -> None:
    code, text = told("checkpoint")
    assert (code, text.strip()) == (0, f"1:{AuditCheckpoint.objects.get().hash}")
    assert told("checkpoint") == (0, "Không có chuỗi nào thay đổi từ điểm chốt trước.\n")


def test_explain_prints_rules_inputs_clauses_and_the_forecast(task: Task) -> None:
    code, text = told("explain", task.code, "--at", "2022-10-17T09:00")
    assert code == 0
    assert "Lúc 09:00 thứ Hai ngày 17/10/2022 (dựng lại từ nhật ký" in text
    assert "[đúng] R-TIENDO-1 (phiên bản 1) Văn phòng đôn đốc bằng văn bản khi quá hạn: đôn đốc ← áp dụng" in text
    assert "[sai] YC-UBND-A" in text
    assert "[yêu cầu của khách hàng, không có điều khoản]" in text
    assert "    - đã quá hạn: cần có, đang là có → đúng" in text
    assert "Nếu không có báo cáo: đôn đốc lần 1 thứ Hai ngày 17/10/2022" in text
    assert "  - cách đọc I.1.5: A" in text


def test_explain_shows_past_effects_with_their_stored_basis(task: Task) -> None:
    Task.objects.filter(pk=task.pk).update(nudged_days=1, next_due=at(MONDAY))
    sweep(now=at(date(2022, 10, 17), "08:00"))
    _code, text = told("explain", task.code)
    assert "08:00 17/10/2022 Đôn đốc lần 1: đã phát hành số 01/SKHĐT-VP (theo II.1.1 Kế hoạch" in text


def test_explain_as_json(task: Task) -> None:
    _code, text = told("explain", task.code, "--at", "2022-10-17T09:00", "--json")
    data = json.loads(text)
    assert (data["code"], data["state"], data["from_trail"]) == (task.code, "assigned", True)
    assert data["account"]["decision"]["rule"] == "R-TIENDO-1"


def test_explain_says_what_is_wrong(task: Task) -> None:
    with pytest.raises(CommandError, match="Không có nhiệm vụ mã “KHÔNG-CÓ”"):
        call_command("explain", "KHÔNG-CÓ")
    with pytest.raises(CommandError, match="chưa có nhiệm vụ này"):
        call_command("explain", task.code, "--at", "2022-05-31")
    with pytest.raises(CommandError, match="không phải ngày giờ ISO"):
        call_command("explain", task.code, "--at", "hôm qua")


def test_explain_of_a_broken_trail_points_to_the_verifier(task: Task) -> None:
    row = event(f"task:{task.pk}", 1)
    tamper(
        "UPDATE workflow_auditevent SET body = %s WHERE id = %s", [row.body.replace("task.create", "task.note"), row.pk]
    )
    with pytest.raises(CommandError, match=r"hỏng ở bản ghi số 1: bản ghi đầu không phải task\.create"):
        call_command("explain", task.code, "--at", "2022-10-17")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-05-31", datetime(2022, 5, 31, 23, 59, 59, 999999, ZONE)),
        ("2022-05-31T09:00", datetime(2022, 5, 31, 9, 0, tzinfo=ZONE)),
        ("2022-05-31T02:00:00+00:00", datetime(2022, 5, 31, 9, 0, tzinfo=ZONE)),
    ],
)
def test_a_moment_is_read_in_vietnamese_time(text: str, expected: datetime) -> None:
    assert moment(text) == expected
