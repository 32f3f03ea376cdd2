"""Files given with a report: what they are is told by their content."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.test import override_settings

from tests.factories import MONDAY, House, at, last_event, make_task, strangers_of
from workflow.actions.consultation import record_answer
from workflow.actions.report import attach_file, save_draft, submit_report
from workflow.choices import TaskKind, TaskState
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.models import Attachment, Task

NOW = at(MONDAY)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n..."

pytestmark = pytest.mark.usefixtures("file_store")


def consultation(house: House) -> Task:
    return make_task(
        house, kind=TaskKind.CONSULTATION, unit=house.body, host_unit=house.division, ladder="B", due_on=MONDAY
    )


def office_file(*members: str) -> bytes:
    """Make a zip with the given members."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for member in members:
            archive.writestr(member, "x")
    return packed.getvalue()


def test_a_member_attaches_a_file_to_the_draft(house: House) -> None:
    task = make_task(house)
    report = save_draft(task.pk, "x", by=house.member, now=NOW)
    file = attach_file(task.pk, "Báo cáo quý.pdf", PDF, by=house.member, now=NOW)
    assert (file.report, file.name, file.content_type) == (report, "Báo cáo quý.pdf", "application/pdf")
    assert (file.size, file.sha256) == (len(PDF), hashlib.sha256(PDF).hexdigest())
    with default_storage.open(file.stored_as) as stored:
        assert stored.read() == PDF
    event = last_event(task)
    assert event["name"] == "report.attach"
    assert event["details"] == {
        "attachment": file.pk,
        "name": "Báo cáo quý.pdf",
        "sha256": file.sha256,
        "size": len(PDF),
        "version": 1,
        "revision": 2,
    }


def test_the_stored_name_is_random_and_tells_nothing(house: House) -> None:
    task = make_task(house)
    files = [attach_file(task.pk, "../../etc/mat-khau.pdf", PDF, by=house.member, now=NOW) for _ in range(2)]
    assert files[0].stored_as != files[1].stored_as
    for file in files:
        assert file.name == "mat-khau.pdf"
        assert file.stored_as.startswith("attachments/2022/10/")
        assert "mat-khau" not in file.stored_as


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bao-cao.pdf", b"MZ\x90\x00\x03 chuong trinh"),
        ("anh.png", b"GIF89a\x01\x00\x01\x00\x80\x00"),
        ("macro.docx", office_file("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("hop.docx", office_file("a.txt")),
        ("hai.docx", office_file("[Content_Types].xml", "word/document.xml", "xl/workbook.xml")),
        ("hong.xlsx", b"PK\x03\x04 hong"),
        ("chu.txt", "văn bản".encode("utf-16")),
        ("chu.txt", b"a\x00b"),
        ("chu.txt", b"\xff\xfe\xff"),
        ("chay.sh", b"\x7fELF\x02\x01"),
    ],
)
def test_a_file_of_another_kind_is_refused_whatever_its_name(house: House, name: str, content: bytes) -> None:
    task = make_task(house)
    with pytest.raises(Invalid, match="không thuộc loại được nhận") as error:
        attach_file(task.pk, name, content, by=house.member, now=NOW)
    assert set(error.value.fields) == {"content"}
    assert not Attachment.objects.exists()


def test_a_page_that_calls_itself_a_picture_becomes_a_plain_text(house: House) -> None:
    file = attach_file(make_task(house).pk, "anh.png", b"<script>alert(1)</script>", by=house.member, now=NOW)
    assert (file.name, file.content_type) == ("anh.png.txt", "text/plain; charset=utf-8")


def test_an_empty_file_is_refused(house: House) -> None:
    with pytest.raises(Invalid, match="Tệp rỗng"):
        attach_file(make_task(house).pk, "a.pdf", b"", by=house.member, now=NOW)


@override_settings(ATTACHMENT_MAX_BYTES=1024 * 1024)
def test_a_file_above_the_limit_is_refused_and_one_at_it_taken(house: House) -> None:
    task = make_task(house)
    exact = PDF.ljust(1024 * 1024, b" ")
    assert attach_file(task.pk, "a.pdf", exact, by=house.member, now=NOW).size == 1024 * 1024
    with pytest.raises(Invalid, match="vượt mức 1 MB"):
        attach_file(task.pk, "a.pdf", exact + b" ", by=house.member, now=NOW)


def test_who_may_not_see_the_task_attaches_nothing(house: House) -> None:
    task = make_task(house)
    for actor in strangers_of(house):
        with pytest.raises(NotFound):
            attach_file(task.pk, "a.pdf", PDF, by=actor, now=NOW)


@pytest.mark.parametrize("name", ["reviewer", "leader", "clerk", "inspector"])
def test_who_only_sees_the_task_attaches_nothing(house: House, name: str) -> None:
    with pytest.raises(NotPermitted):
        attach_file(make_task(house).pk, "a.pdf", PDF, by=getattr(house, name), now=NOW)


def test_a_version_under_review_takes_no_more_files(house: House) -> None:
    task = make_task(house)
    save_draft(task.pk, "x", by=house.member, now=NOW)
    submit_report(task.pk, 1, by=house.head, now=NOW)
    with pytest.raises(WrongState, match="đang chờ duyệt"):
        attach_file(task.pk, "a.pdf", PDF, by=house.member, now=NOW)


def test_a_closed_task_takes_no_more_files(house: House) -> None:
    task = make_task(house, state=TaskState.REVIEWED)
    with pytest.raises(WrongState):
        attach_file(task.pk, "a.pdf", PDF, by=house.member, now=NOW)


def test_the_clerk_adds_the_scan_of_an_answer_after_recording_it(house: House) -> None:
    task = consultation(house)
    answer = record_answer(task.pk, "88/STC", MONDAY, "Thống nhất", by=house.clerk, now=NOW)
    assert attach_file(task.pk, "scan.pdf", PDF, by=house.clerk, now=NOW).report == answer


def test_a_scan_sent_before_goes_with_the_answer(house: House) -> None:
    task = consultation(house)
    file = attach_file(task.pk, "scan.pdf", PDF, by=house.clerk, now=NOW)
    answer = record_answer(task.pk, "88/STC", MONDAY, "Thống nhất", by=house.clerk, now=NOW)
    assert Attachment.objects.get(pk=file.pk).report == answer


def test_a_consulted_body_attaches_to_its_own_answer_only(house: House) -> None:
    own, others = consultation(house), make_task(house)
    assert attach_file(own.pk, "a.pdf", PDF, by=house.outsider, now=NOW).task == own
    with pytest.raises(NotFound):
        attach_file(others.pk, "a.pdf", PDF, by=house.outsider, now=NOW)
