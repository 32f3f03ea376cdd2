"""Every command when it is given something wrong: one Vietnamese sentence, a code that is not zero, nothing written.

The commands run as a person runs them, through Django's own entry with its printing of errors: what is looked for is
the text on the terminal, never a traceback.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest
from django.apps import apps
from django.core.management import call_command, get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections
from guardian.models import UserObjectPermission

from tests.department import Department
from tests.factories import MONDAY, House, at, make_task
from tests.tamper import event, tamper
from workflow.actions.checkpoint import make_checkpoint
from workflow.actions.policy import seed_rules
from workflow.actions.unit import sync_grants
from workflow.adapters.seeds import PLAN_FILES
from workflow.management.commands import prepare_demo, rehearse
from workflow.models import AuditEvent, Person, Plan, PlanItem, Task, Unit
from workflow.queries.clock import forget_clock

OURS = sorted(name for name, app in get_commands().items() if app == "workflow")
ISSUED = "2022-04-19T09:00"


@pytest.fixture(autouse=True)
def _own_clock() -> object:
    forget_clock()
    yield
    forget_clock()


def entered(name: str, *arguments: str) -> tuple[int, str, str]:
    """Run a command as `manage.py` does; return its exit code and what stood on the two streams."""
    out, err = StringIO(), StringIO()
    command = load_command_class("workflow", name)
    command.stdout._out, command.stderr._out = out, err  # type: ignore[attr-defined]
    try:
        with patch.object(connections, "close_all"):  # The test's own connection must outlive the command.
            command.run_from_argv(["manage.py", name, *arguments])
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def counts() -> dict[str, int]:
    """How many rows each of our tables holds."""
    return {model.__name__: model._default_manager.count() for model in apps.get_app_config("workflow").get_models()}


def test_the_commands_are_those_that_the_manual_names() -> None:
    assert {
        "check_grants",
        "checkpoint",
        "clock",
        "demo_accounts",
        "explain",
        "import_plan",
        "prepare_demo",
        "quarantine",
        "rehearse",
        "seed",
        "start_demonstration_clock",
        "sweep",
        "sync_grants",
        "verify_audit",
        "worker",
    } <= set(OURS)


@pytest.mark.parametrize("name", OURS)
def test_each_command_says_in_vietnamese_what_it_is_for(name: str) -> None:
    command = load_command_class("workflow", name)
    assert isinstance(command, BaseCommand)
    assert any(letter in command.help.lower() for letter in "ăâđêôơưáàạảãéèẹẻếềệểíìịóòọốồộớờợúùụứừựýỳ"), command.help
    assert not command.help.isascii()
    parser = command.create_parser("manage.py", name)
    standard = {"version", "verbosity", "settings", "pythonpath", "traceback", "no_color", "force_color", "skip_checks"}
    for option in parser._actions:
        if option.dest not in standard and option.dest != "help" and option.help:
            assert not option.help.isascii(), f"{name} {option.dest}"


@pytest.mark.parametrize("name", OURS)
def test_an_option_that_does_not_exist_ends_with_two_and_no_traceback(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = entered(name, "--khong-co-lua-chon-nay")
    printed = out + err + "".join(capsys.readouterr())
    assert code == 2
    assert "--khong-co-lua-chon-nay" in printed or "required" in printed or "bắt buộc" in printed
    assert "Traceback" not in printed


WRONG_WORDS = [
    ("sweep", ["--at", "hôm nay"], "không phải thời điểm"),
    ("sweep", ["--at", "2022-02-30"], "không phải thời điểm"),
    ("sweep", ["--at", "21/11/2022"], "không phải thời điểm"),
    ("start_demonstration_clock", ["--shown-at", "sáng mai"], "không phải thời điểm"),
    ("explain", ["T1", "--at", "hôm qua"], "không phải ngày giờ ISO"),
    ("explain", ["T1", "--at", "2022-13-01"], "không phải ngày giờ ISO"),
    ("explain", ["T1", "--at", ""], "không phải ngày giờ ISO"),
    ("verify_audit", ["--noted", "mười hai"], "không đúng dạng SỐ:MÃ-BĂM"),
    ("rehearse", ["--plan", "2021", "--until", "2022-11-21"], "2021"),
    ("rehearse", ["--plan", "2022", "--until", "cuối năm"], "cuối năm"),
    ("rehearse", ["--plan", "2022"], "--until"),
    ("rehearse", ["--until", "2022-11-21"], "--plan"),
    ("rehearse", ["--plan", "2022", "--until", "2022-11-21", "--seed", "một"], "một"),
    ("import_plan", [], "file"),
    ("import_plan", ["x.yaml", "--at", "lúc nào đó"], "lúc nào đó"),
    ("worker", ["--interval", "nhanh"], "nhanh"),
    ("clock", ["--interval", "chậm"], "chậm"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "arguments", "said"), WRONG_WORDS)
def test_a_word_that_is_not_understood_is_named_before_anything_runs(
    name: str, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = counts()
    code, out, err = entered(name, *arguments)
    printed = out + err + "".join(capsys.readouterr())
    assert code == 2
    assert said in printed
    assert "Traceback" not in printed
    assert counts() == before


REFUSED = [
    ("explain", ["KHÔNG-CÓ"], "Không có nhiệm vụ mã “KHÔNG-CÓ”"),
    ("explain", ["' OR 1=1"], "Không có nhiệm vụ mã"),
    ("quarantine", ["--release", "KHÔNG-CÓ"], "Không có nhiệm vụ nào mã “KHÔNG-CÓ” đang bị tách riêng"),
    ("import_plan", [str(PLAN_FILES[0])], "manage.py seed"),
    ("sweep", ["--at", "2022-10-03T09:00"], "seed"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "arguments", "said"), REFUSED)
def test_a_refusal_ends_with_one_and_a_sentence_on_the_error_stream(name: str, arguments: list[str], said: str) -> None:
    before = counts()
    code, out, err = entered(name, *arguments)
    assert code == 1
    assert said in err
    assert "Traceback" not in out + err
    assert counts() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("rehearse", ["--plan", "2022", "--until", "2022-05-01"]),
        ("prepare_demo", []),
        ("start_demonstration_clock", ["--shown-at", "2022-11-21T08:00"]),
    ],
)
def test_nothing_of_the_demonstration_runs_in_real_operation(settings: object, name: str, arguments: list[str]) -> None:
    settings.DEMONSTRATION = False  # type: ignore[attr-defined]
    before = counts()
    code, _out, err = entered(name, *arguments)
    assert code == 1
    assert "DONDOC_DEMONSTRATION" in err
    assert counts() == before


# rehearse and prepare_demo


@pytest.mark.parametrize(
    ("name", "arguments"), [("rehearse", ["--plan", "2022", "--until", "2022-05-01", "--quiet"]), ("prepare_demo", [])]
)
def test_a_demonstration_is_not_built_over_somebodys_data(
    house: House, settings: object, name: str, arguments: list[str]
) -> None:
    settings.DEMONSTRATION = True  # type: ignore[attr-defined]
    make_task(house)
    before = counts()
    code, _out, err = entered(name, *arguments)
    assert code == 1
    assert "dữ liệu" in err
    assert "Traceback" not in err
    after = counts()
    assert after == before


@pytest.mark.django_db
@pytest.mark.parametrize("until", ["2022-04-18", "2021-12-31"])
def test_a_year_is_not_rehearsed_to_a_day_before_its_plan(settings: object, until: str) -> None:
    settings.DEMONSTRATION = True  # type: ignore[attr-defined]
    before = counts()
    code, _out, err = entered("rehearse", "--plan", "2022", "--until", until, "--quiet")
    assert code == 1
    assert err.strip()
    assert "Traceback" not in err
    assert counts() == before


@pytest.mark.django_db
def test_a_busy_database_is_said_to_be_busy(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEMONSTRATION = True  # type: ignore[attr-defined]

    def locked(**_named: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(prepare_demo, "prepare_demonstration", locked)
    code, _out, err = entered("prepare_demo", "--quiet")
    assert code == 1
    assert "đang bận" in err
    assert "thử lại" in err


@pytest.mark.django_db
def test_a_rehearsal_that_the_project_has_no_plan_for_says_which_years_there_are(
    settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMONSTRATION = True  # type: ignore[attr-defined]

    def missing(*_given: object, **_named: object) -> None:
        raise LookupError("Phần mềm không kèm kế hoạch năm 2022; các năm có là 2023.")

    monkeypatch.setattr(rehearse, "rehearse_plan", missing)
    code, _out, err = entered("rehearse", "--plan", "2022", "--until", "2022-11-21")
    assert (code, "không kèm kế hoạch" in err) == (1, True)


# Bringing a plan in


class TestImportPlan(Department):
    """A plan file that is wrong in one way or another, and the same file twice."""

    place: Path

    @pytest.fixture(autouse=True)
    def _take_place(self, tmp_path: Path) -> None:
        self.place = tmp_path

    def written(self, text: str | bytes) -> str:
        file = self.place / "ke-hoach.yaml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(file)

    def refused(self, path: str) -> str:
        before = counts()
        code, out, err = entered("import_plan", path, "--at", ISSUED)
        assert code == 1, out
        assert "Traceback" not in out + err
        assert counts() == before
        return err

    def test_a_file_that_is_not_there_is_named(self) -> None:
        assert "khong-co.yaml" in self.refused(str(self.place / "khong-co.yaml"))

    def test_a_folder_is_no_file(self) -> None:
        assert self.place.name in self.refused(str(self.place))

    def test_what_is_no_yaml_is_told_with_its_line(self) -> None:
        said = self.refused(self.written("plan: [1, 2\nitems: {"))
        assert "dòng" in said

    def test_bytes_that_are_no_text_are_refused(self) -> None:
        assert self.refused(self.written(b"\xff\xfe\x00\x01plan"))

    def test_a_list_instead_of_a_plan_is_refused(self) -> None:
        assert "1." in self.refused(self.written("- một\n- hai\n"))

    def test_an_empty_file_is_refused(self) -> None:
        assert self.refused(self.written(""))

    def test_a_yaml_that_builds_objects_is_never_built(self) -> None:
        self.refused(self.written("plan: !!python/object/apply:os.system ['touch " + str(self.place / "xau") + "']\n"))
        assert not (self.place / "xau").exists()

    def test_every_error_is_told_at_once_with_its_place(self) -> None:
        text = PLAN_FILES[0].read_text(encoding="utf-8")
        spoiled = text.replace("- P-DKKD", "- P-SAI").replace("timeline_text: Quý II", "timeline_text: khi rảnh")
        said = self.refused(self.written(spoiled))
        head, *lines = said.replace("CommandError: ", "").strip().splitlines()
        assert f"Tệp có {len(lines)} lỗi, chưa nhập gì:" in head
        assert len(lines) > 2
        assert [line.split(".")[0].strip() for line in lines] == [str(number) for number in range(1, len(lines) + 1)]
        assert all("/" in line and ":" in line for line in lines), "each names its place"

    def test_a_dry_run_of_a_wrong_file_is_refused_as_the_import_is(self) -> None:
        before = counts()
        code, _out, err = entered("import_plan", self.written("plan: {}\n"), "--dry-run", "--at", ISSUED)
        assert code == 1
        assert "chưa nhập gì" in err
        assert counts() == before

    def test_a_dry_run_writes_nothing_and_tells_the_number_of_tasks_that_the_import_makes(self) -> None:
        before = counts()
        code, out, _err = entered("import_plan", str(PLAN_FILES[1]), "--dry-run", "--at", "2023-04-11T09:00")
        assert code == 0
        assert out.strip().endswith("Mới chỉ xem trước: chưa ghi gì.")
        assert counts() == before
        code, out, _err = entered("import_plan", str(PLAN_FILES[1]), "--at", "2023-04-11T09:00")
        assert code == 0
        assert f"{Task.objects.count()} nhiệm vụ." in out
        assert PlanItem.objects.count() == 17

    def test_the_same_file_three_times_is_one_plan_and_one_trail(self) -> None:
        for _ in range(3):
            assert entered("import_plan", str(PLAN_FILES[1]), "--no-activate", "--at", "2023-04-11T09:00")[0] == 0
        assert Plan.objects.count() == 1
        assert AuditEvent.objects.filter(name="plan.import").count() == 1

    def test_a_moment_without_a_zone_is_vietnamese(self) -> None:
        entered("import_plan", str(PLAN_FILES[1]), "--no-activate", "--at", "2023-04-11T09:00")
        assert Plan.objects.get().imported_at == at(Plan.objects.get().issued_on, "09:00")


# seed, grants


@pytest.mark.django_db
def test_seeding_twice_adds_no_row_and_no_event() -> None:
    assert entered("seed", "--demonstration")[0] == 0
    before = counts()
    code, out, _err = entered("seed", "--demonstration")
    assert code == 0
    assert [word for line in out.splitlines() for word in line.split() if word.isdigit() and word != "0"] == []
    assert counts() == before


@pytest.mark.django_db
def test_the_demonstrations_accounts_have_no_right_over_tasks_by_being_administrators() -> None:
    entered("seed", "--demonstration")
    assert not Person.objects.filter(is_superuser=True).exists()
    assert entered("check_grants")[0] == 0


def spoil_by_taking_away(house: House) -> None:
    UserObjectPermission.objects.filter(user_id=house.head.person_id).first().delete()  # type: ignore[union-attr]


def spoil_by_adding(house: House) -> None:
    known = UserObjectPermission.objects.filter(user_id=house.head.person_id).first()
    assert known is not None
    UserObjectPermission.objects.create(
        user_id=house.stranger.person_id,
        permission_id=known.permission_id,
        content_type_id=known.content_type_id,
        object_pk=known.object_pk,
    )


@pytest.mark.parametrize(("spoil", "word"), [(spoil_by_taking_away, "thiếu"), (spoil_by_adding, "thừa")])
def test_a_grant_too_few_or_too_many_is_found_named_and_mended(
    house: House, spoil: Callable[[House], None], word: str
) -> None:
    sync_grants(by=None, now=at(MONDAY))
    spoil(house)
    code, out, err = entered("check_grants")
    assert code == 1
    assert out.count(f"{word}: ") == 1
    assert "1 chỗ không khớp; chạy sync_grants" in err
    assert entered("sync_grants")[0] == 0
    assert entered("check_grants")[0] == 0


# verify_audit, explain


@pytest.fixture
def task(house: House) -> Task:
    seed_rules(by=None, now=at(MONDAY))
    return make_task(house, code="1186/II.1.8-1")


JSON_OF_VERIFY = {
    "ok": bool,
    "events": int,
    "chains": int,
    "tasks": int,
    "checkpoints": int,
    "bad_chains": int,
    "facts_wrong": int,
    "facts": list,
    "milliseconds": int,
}


@pytest.mark.parametrize("broken", [False, True])
def test_the_verifiers_json_has_its_fields_and_types_whatever_it_finds(task: Task, broken: bool) -> None:
    make_checkpoint(by=None, now=at(MONDAY))
    if broken:
        row = event(f"task:{task.pk}", 1)
        tamper("UPDATE workflow_auditevent SET body = %s WHERE id = %s", [row.body + " ", row.pk])
    code, out, err = entered("verify_audit", "--json")
    data = json.loads(out)
    assert {name: type(data[name]) for name in JSON_OF_VERIFY} == JSON_OF_VERIFY
    assert (code, data["ok"], err) == (int(broken), not broken, "")
    assert (data["first"] is None) is not broken
    if broken:
        assert set(data["first"]) == {"chain", "seq", "event_id", "reason", "columns"}


def test_the_verifier_writes_nothing_and_finds_the_same_twice(task: Task) -> None:
    before = counts()
    first, second = (json.loads(entered("verify_audit", "--json")[1]) for _ in range(2))
    del first["milliseconds"], second["milliseconds"]
    assert first == second
    assert counts() == before


def test_explain_says_that_the_task_did_not_exist_yet(task: Task) -> None:
    code, _out, err = entered("explain", task.code, "--at", "2022-01-01")
    assert code == 1
    assert "chưa có nhiệm vụ này" in err
    assert "Traceback" not in err


def test_explaining_writes_nothing(task: Task) -> None:
    before = counts()
    for extra in ([], ["--json"], ["--at", "2022-10-20"], ["--at", "2022-10-20", "--json"]):
        assert entered("explain", task.code, *extra)[0] == 0
    assert counts() == before


def test_a_task_is_explained_in_another_zone_as_in_ours(task: Task) -> None:
    ours = entered("explain", task.code, "--at", "2022-10-17T09:00")[1]
    theirs = entered("explain", task.code, "--at", "2022-10-17T02:00:00+00:00")[1]
    assert ours == theirs
    assert "Lúc 09:00 thứ Hai ngày 17/10/2022" in ours


# Sweeping


def test_a_sweep_at_a_past_moment_of_an_idle_department_writes_nothing_but_looks(house: House) -> None:
    seed_rules(by=None, now=at(MONDAY))
    make_task(house)
    before = counts()
    code, out, _err = entered("sweep", "--at", "2022-10-04T09:00")
    assert code == 0
    assert out.startswith("Quét lúc 09:00 ngày 04/10/2022\n")
    assert "Không có quy tắc nào phải áp dụng." in out
    assert counts() == before


def test_the_same_sweep_twice_does_its_work_once(house: House) -> None:
    seed_rules(by=None, now=at(MONDAY))
    task = make_task(house, nudged_days=1)
    Task.objects.update(next_due=at(MONDAY))
    call_command("sweep", "--at", "2022-10-17T08:00", stdout=StringIO())
    before = counts()
    code, out, _err = entered("sweep", "--at", "2022-10-17T08:00")
    task.refresh_from_db()
    assert (code, task.reminders_issued) == (0, 1)
    assert "Đã xem lại 0 nhiệm vụ đến lúc." in out
    assert counts() == before


def test_a_unit_code_of_a_closed_database_is_no_reason_for_a_traceback(house: House) -> None:
    """Commands that only read answer on a department without plan, rules or register."""
    for name in ("verify_audit", "check_grants", "quarantine", "demo_accounts"):
        code, out, err = entered(name)
        assert code in {0, 1}
        assert "Traceback" not in out + err
    assert Unit.objects.exists()


def test_an_error_of_the_program_is_never_taken_for_a_refusal(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only an ActionError is told as a sentence; a fault of the program stays visible to who runs the command."""

    def broken(**_named: object) -> None:
        raise ZeroDivisionError("lỗi lập trình")

    monkeypatch.setattr("workflow.management.commands.sweep.sweep", broken)
    with pytest.raises(ZeroDivisionError):
        call_command("sweep", "--at", "2022-10-04T09:00", stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("explain", "KHÔNG-CÓ")
