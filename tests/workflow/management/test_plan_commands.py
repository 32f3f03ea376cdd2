"""The commands that a person runs: import, look before, accounts, grants."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from guardian.models import UserObjectPermission

from tests.department import Department
from tests.factories import MONDAY, House, at
from workflow.actions.unit import sync_grants
from workflow.adapters.seeds import PLAN_FILES
from workflow.models import Person, Plan, Task, Unit

ISSUED = "2022-04-19T09:00"


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


class TestImportPlan(Department):
    """manage.py import_plan."""

    place: Path

    @pytest.fixture(autouse=True)
    def _take_place(self, tmp_path: Path) -> None:
        self.place = tmp_path

    def test_a_plan_is_imported_and_activated(self) -> None:
        said = run("import_plan", str(PLAN_FILES[0]), "--at", ISSUED)
        assert "Đã nhập Kế hoạch số 1186/KH-SKHĐT: 24 dòng" in said
        assert "Đã kích hoạt Kế hoạch số 1186/KH-SKHĐT: 169 nhiệm vụ." in said
        assert Task.objects.count() == 169

    def test_run_again_it_says_that_nothing_was_done(self) -> None:
        run("import_plan", str(PLAN_FILES[0]), "--at", ISSUED)
        said = run("import_plan", str(PLAN_FILES[0]), "--at", ISSUED)
        assert said.count("không làm gì thêm") == 2
        assert Task.objects.count() == 169

    def test_a_plan_is_imported_without_its_tasks(self) -> None:
        run("import_plan", str(PLAN_FILES[0]), "--no-activate", "--at", ISSUED)
        assert (Plan.objects.count(), Task.objects.count()) == (1, 0)

    def test_a_dry_run_shows_what_would_be_made(self) -> None:
        said = run("import_plan", str(PLAN_FILES[0]), "--dry-run", "--at", ISSUED)
        assert "dòng II.1.7: 2 nhiệm vụ chủ trì, 4 việc phối hợp (6 chờ sự kiện)" in said
        assert "chưa ghi gì" in said
        assert Plan.objects.count() == 0

    def test_a_wrong_file_is_refused_with_every_error(self) -> None:
        text = PLAN_FILES[0].read_text(encoding="utf-8")
        spoiled = text.replace("- P-DKKD", "- P-SAI").replace("timeline_text: Quý II", "timeline_text: khi rảnh")
        file = self.place / "sai.yaml"
        file.write_text(spoiled, encoding="utf-8")
        with pytest.raises(CommandError) as caught:
            run("import_plan", str(file), "--at", ISSUED)
        lines = str(caught.value).splitlines()
        assert lines[0].startswith("Tệp có ")
        assert any("items/I.1.3/timeline_text: Không đọc được tiến độ" in line for line in lines)
        assert any("items/I.1.2/method/1/lead/1: không có đơn vị mang mã “P-SAI”" in line for line in lines)
        assert Plan.objects.count() == 0

    def test_another_file_under_the_same_number_is_refused(self) -> None:
        run("import_plan", str(PLAN_FILES[0]), "--no-activate", "--at", ISSUED)
        file = self.place / "khac.yaml"
        file.write_text(PLAN_FILES[0].read_text(encoding="utf-8") + "\n# sửa\n", encoding="utf-8")
        with pytest.raises(CommandError, match="nội dung khác"):
            run("import_plan", str(file), "--at", ISSUED)


def test_without_units_the_person_is_told_to_seed(db: None) -> None:
    with pytest.raises(CommandError, match=r"manage\.py seed"):
        run("import_plan", str(PLAN_FILES[0]))


def test_accounts_are_listed_with_role_name_password_and_unit(db: None) -> None:
    lines = run("demo_accounts").splitlines()
    assert lines[0].split() == ["Vai", "trò", "Tài", "khoản", "Mật", "khẩu", "Đơn", "vị", "Chức", "vụ"]
    assert any("truongphong.dkkd" in line and "Trinh-Dien-2022" in line and "P-DKKD" in line for line in lines)
    assert len(lines) == 40


def test_grants_in_step_are_said_to_be(house: House) -> None:
    sync_grants(by=None, now=at(MONDAY))
    assert "khớp" in run("check_grants")


def test_grants_out_of_step_are_listed_and_mended_by_the_sync(house: House) -> None:
    sync_grants(by=None, now=at(MONDAY))
    UserObjectPermission.objects.filter(user_id=house.member.person_id).delete()
    out = StringIO()
    with pytest.raises(CommandError, match="2 chỗ không khớp"):
        call_command("check_grants", stdout=out)
    assert out.getvalue().count("thiếu: ") == 2
    assert run("sync_grants").startswith("Thêm 2 quyền, bớt 0")
    assert "khớp" in run("check_grants")


@pytest.mark.django_db
def test_a_fresh_database_is_seeded_and_seeding_again_adds_nothing() -> None:
    first = run("seed", "--demonstration")
    assert "Đơn vị: thêm 53." in first
    assert "thêm 11 đơn vị, xác định 14 tập hợp, 39 người, 1 ủy quyền" in first
    again = run("seed", "--demonstration")
    assert "Lịch: thêm 0 ngày." in again
    assert "Đơn vị: thêm 0." in again
    assert "thêm 0 đơn vị, xác định 0 tập hợp, 0 người, 0 ủy quyền" in again


@pytest.mark.django_db
def test_without_the_option_no_person_is_made() -> None:
    run("seed")
    assert Unit.objects.count() == 53
    assert not Person.objects.exists()
