"""The register's page: who reads it, what it shows, its XLSX, and a volume printed from it."""

from __future__ import annotations

import io
import re
from datetime import date

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.http import FileResponse
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from tests.factories import MONDAY, House, at
from tests.registered import book_of, register_document
from tests.workflow.web.conftest import Enter, assert_clean
from workflow.core.register import COLUMNS
from workflow.models import AuditEvent, Recall, RegisterBook

PAGE = "/van-ban/so-dang-ky/"
READERS = ("clerk", "reviewer", "chief", "leader", "inspector")
OTHERS = ("head", "member", "stranger", "office_member", "outsider", "admin")


def run_jobs() -> None:
    """Run the prints that are asked for, as a worker does."""
    for job in DBTaskResult.objects.all():
        job.task.call(*job.args_kwargs["args"], **job.args_kwargs["kwargs"])
        job.delete()


@pytest.mark.parametrize("name", READERS)
def test_who_handles_or_inspects_papers_reads_the_register(site: House, enter: Enter, name: str) -> None:
    register_document(site, 1, subject="đôn đốc lần 1")
    response = enter(getattr(site, name)).get(PAGE)
    assert response.status_code == 200
    text = response.content.decode()
    assert "01/SKHĐT-VP" in text
    assert "Công văn V/v đôn đốc lần 1" in text
    assert_clean(response.content)


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_else_reads_it_exports_it_or_prints_it(site: House, enter: Enter, name: str) -> None:
    register_document(site, 1, subject="việc riêng")
    client = enter(getattr(site, name))
    answers = [client.get(PAGE), client.get(f"{PAGE}xlsx/"), client.get(f"{PAGE}ban-in/1/")]
    answers.append(client.post(f"{PAGE}in/", {"quyen": "1"}))
    assert [answer.status_code for answer in answers] == [403] * 4
    assert all(b"vi\xe1\xbb\x87c ri\xc3\xaang" not in answer.content for answer in answers)
    assert DBTaskResult.objects.count() == 0


@pytest.mark.parametrize(("name", "linked"), [("clerk", True), ("inspector", True), ("head", False)])
def test_the_list_of_documents_leads_to_it_for_who_may_read_it(
    site: House, enter: Enter, name: str, linked: bool
) -> None:
    assert (f'href="{PAGE}"' in enter(getattr(site, name)).get("/van-ban/").content.decode()) is linked


def test_an_empty_series_says_so_and_offers_nothing_to_load(site: House, enter: Enter) -> None:
    response = enter(site.clerk).get(PAGE)
    assert response.status_code == 200
    text = response.content.decode()
    assert "Chưa có văn bản nào trong sổ này" in text
    assert "XLSX" not in text
    assert_clean(response.content)


def test_without_any_series_the_page_says_when_one_is_opened(site: House, enter: Enter) -> None:
    book_of(site).delete()
    response = enter(site.clerk).get(PAGE)
    assert response.status_code == 200
    assert "Sổ được mở khi văn bản đầu tiên" in response.content.decode()
    assert enter(site.clerk).get(f"{PAGE}xlsx/").status_code == 404


def test_what_is_between_the_bounds_is_shown(site: House, enter: Enter) -> None:
    for number in range(1, 6):
        register_document(site, number, day=date(2022, 10, number))
    client = enter(site.clerk)

    def numbers(query: str) -> list[int]:
        text = client.get(f"{PAGE}?{query}").content.decode()
        return [number for number in range(1, 6) if f"{number:02d}/SKHĐT-VP" in text]

    assert numbers("") == [1, 2, 3, 4, 5]
    assert numbers("tu_ngay=02/10/2022&den_ngay=04/10/2022") == [2, 3, 4]
    assert numbers("tu_so=4") == [4, 5]
    assert numbers("den_so=2&tu_ngay=02/10/2022") == [2]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("tu_ngay=05/10/2022&den_ngay=04/10/2022", "Ngày cuối phải không trước ngày đầu."),
        ("tu_so=9&den_so=3", "Số cuối phải không nhỏ hơn số đầu."),
        ("tu_so=mot", "Từ số phải là một số"),
        ("tu_ngay=32/10/2022", "Ngày chưa đúng"),
        ("so=999999", "Lựa chọn này không có trong danh sách"),
    ],
)
def test_bounds_that_make_no_sense_are_told(site: House, enter: Enter, query: str, says: str) -> None:
    register_document(site, 1)
    response = enter(site.clerk).get(f"{PAGE}?{query}")
    assert response.status_code == 400
    assert says in response.content.decode()
    assert_clean(response.content)
    assert enter(site.clerk).get(f"{PAGE}xlsx/?{query}").status_code == 400


def test_a_number_that_no_document_has_is_told(site: House, enter: Enter) -> None:
    for number in (1, 2, 4):
        register_document(site, number)
    text = enter(site.clerk).get(PAGE).content.decode()
    assert "Sổ này thiếu số: 3." in text


def test_the_page_goes_on_below_its_last_number(site: House, enter: Enter) -> None:
    for number in range(1, 53):
        register_document(site, number)
    client = enter(site.clerk)
    first = client.get(PAGE).content.decode()
    assert "52/SKHĐT-VP" in first
    assert "02/SKHĐT-VP" not in first
    assert "sau=3" in first
    second = client.get(f"{PAGE}?sau=3").content.decode()
    assert "02/SKHĐT-VP" in second
    assert "01/SKHĐT-VP" in second
    assert "sau=" not in second


def test_the_page_takes_as_many_queries_for_many_rows_as_for_few(site: House, enter: Enter) -> None:
    client = enter(site.clerk)

    def queries() -> int:
        client.get(PAGE)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(PAGE).status_code == 200
        return len(caught)

    first = register_document(site, 1)
    register_document(site, 2, replaces=first)
    Recall.objects.create(document=first, reason="sai", recalled_at=at(MONDAY))
    few = queries()
    for number in range(3, 14):
        document = register_document(site, number, replaces=first)
        Recall.objects.create(document=document, reason="sai", recalled_at=at(MONDAY))
    assert queries() == few


def test_the_spreadsheet_holds_what_the_page_was_narrowed_to(site: House, enter: Enter) -> None:
    for number in range(1, 5):
        register_document(site, number, subject=f"việc {number}")
    response = enter(site.inspector).get(f"{PAGE}xlsx/?tu_so=2&den_so=3")
    assert response.status_code == 200
    assert "so-dang-ky-van-ban-di-2022-02-03.xlsx" in response.headers["Content-Disposition"]
    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))
    table = rows[rows.index(COLUMNS) + 1 :]
    assert [row[0] for row in table] == ["02/SKHĐT-VP", "03/SKHĐT-VP"]
    assert [row[2] for row in table] == ["Công văn V/v việc 2", "Công văn V/v việc 3"]


def test_a_volume_is_asked_for_printed_and_loaded(site: House, enter: Enter) -> None:
    register_document(site, 1)
    client = enter(site.clerk)
    response = client.post(f"{PAGE}in/", {"quyen": "1"}, follow=True)
    text = response.content.decode()
    assert "Đã yêu cầu lập bản in 1 văn bản" in text
    assert "Đang lập bản in" in text
    assert_clean(response.content)
    run_jobs()
    event = AuditEvent.objects.get(name="register.print")
    shown = client.get(PAGE).content.decode()
    assert "Đang lập bản in" not in shown
    assert f"{PAGE}ban-in/{event.pk}/" in shown
    loaded = enter(site.inspector).get(f"{PAGE}ban-in/{event.pk}/")
    assert isinstance(loaded, FileResponse)
    content = b"".join(loaded.streaming_content)
    assert content.startswith(b"%PDF-")


def test_an_inspector_reads_but_has_nothing_printed(site: House, enter: Enter) -> None:
    register_document(site, 1)
    client = enter(site.inspector)
    assert "Lập bản in" not in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}in/", {"quyen": "1"}).status_code == 403
    assert DBTaskResult.objects.count() == 0


@pytest.mark.parametrize("volume", ["", "0", "100", "hai"])
def test_a_volume_needs_its_number(site: House, enter: Enter, volume: str) -> None:
    register_document(site, 1)
    response = enter(site.clerk).post(f"{PAGE}in/", {"quyen": volume})
    assert response.status_code == 400
    assert "uyển số" in response.content.decode()
    assert DBTaskResult.objects.count() == 0


def test_a_print_that_was_changed_in_the_storage_is_not_given(site: House, enter: Enter) -> None:
    register_document(site, 1)
    enter(site.clerk).post(f"{PAGE}in/", {"quyen": "1"})
    run_jobs()
    event = AuditEvent.objects.get(name="register.print")
    [name] = default_storage.listdir("registers/2022")[1]
    default_storage.delete(f"registers/2022/{name}")
    assert enter(site.clerk).get(f"{PAGE}ban-in/{event.pk}/").status_code == 500
    default_storage.save(f"registers/2022/{name}", ContentFile(b"%PDF-khac"))
    response = enter(site.clerk).get(f"{PAGE}ban-in/{event.pk}/")
    assert response.status_code == 500
    assert b"khac" not in response.content
    assert enter(site.clerk).get(f"{PAGE}ban-in/{event.pk + 1000}/").status_code == 404


def test_the_common_series_is_shown_first_whatever_other_series_there_are(site: House, enter: Enter) -> None:
    for series in ("PHD", "BC"):
        RegisterBook.objects.create(body=site.department, year=2022, series=series)
    page = enter(site.clerk).get("/van-ban/so-dang-ky/").content.decode()
    listed = re.findall(r"Năm 2022, sổ ([^,<]+),", page)
    assert listed == ["chung", "báo cáo", "phiếu hướng dẫn hoàn thiện hồ sơ"]
