"""Files given at an approval: what they are is told by their content, and only who sees the approval gets them."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.test import override_settings

from approvals.actions.talking import MOST_FILES, enclose
from approvals.models import Enclosure
from approvals.queries.talk import enclosures_of, find_enclosure
from tests.approvals.factories import NOW, proposal_at, report_at, task_of
from tests.factories import House, events_of, last_event, make_actor, strangers_of
from workflow.choices import Role
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.models import AuditEvent, Notification

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n..."

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("file_store")]


def office_file(*members: str) -> bytes:
    """Make a zip with the given members."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for member in members:
            archive.writestr(member, "x")
    return packed.getvalue()


def test_a_file_stands_at_the_step_that_waits_with_its_hash_in_the_trail(house: House) -> None:
    matter = report_at(house, "check")
    file = enclose(matter.approval().pk, "Biểu 3.pdf", PDF, by=house.head, now=NOW)
    sha256 = hashlib.sha256(PDF).hexdigest()
    assert (file.step, file.name, file.media_type, file.size, file.sha256) == (
        matter.step(),
        "Biểu 3.pdf",
        "application/pdf",
        len(PDF),
        sha256,
    )
    assert (file.given_by_id, file.given_name, file.given_at) == (house.head.person_id, house.head.name, NOW)
    with default_storage.open(file.stored_as) as stored:
        assert stored.read() == PDF
    event = last_event(task_of(matter))
    assert event["name"] == "approval.enclose"
    assert event["details"] == {
        "approval": matter.approval().pk,
        "flow": "report",
        "step": matter.step().pk,
        "node": "check",
        "title": "Văn phòng Sở kiểm tra",
        "enclosure": file.pk,
        "name": "Biểu 3.pdf",
        "sha256": sha256,
        "size": len(PDF),
    }


def test_files_are_read_in_the_order_in_which_they_were_given(house: House) -> None:
    matter = report_at(house, "check")
    for name in ("b.pdf", "a.pdf"):
        enclose(matter.approval().pk, name, PDF, by=house.head, now=NOW)
    assert [file.name for file in enclosures_of(matter.approval())] == ["b.pdf", "a.pdf"]


def test_the_stored_name_is_random_and_tells_nothing(house: House) -> None:
    matter = report_at(house, "check")
    files = [enclose(matter.approval().pk, "../../etc/mat-khau.pdf", PDF, by=house.head, now=NOW) for _ in range(2)]
    assert files[0].stored_as != files[1].stored_as
    for file in files:
        assert file.name == "mat-khau.pdf"
        assert file.stored_as.startswith("enclosures/2022/10/")
        assert "mat-khau" not in file.stored_as


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bao-cao.pdf", b"MZ\x90\x00\x03 chuong trinh"),
        ("anh.svg.png", b"GIF89a\x01\x00\x01\x00\x80\x00"),
        ("macro.docx", office_file("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("hong.xlsx", b"PK\x03\x04 hong"),
        ("chu.txt", b"a\x00b"),
        ("chay.sh", b"\x7fELF\x02\x01"),
    ],
)
def test_a_file_of_another_kind_is_refused_whatever_its_name(house: House, name: str, content: bytes) -> None:
    matter = report_at(house, "check")
    before = len(events_of(task_of(matter)))
    with pytest.raises(Invalid, match="không thuộc loại được nhận") as error:
        enclose(matter.approval().pk, name, content, by=house.head, now=NOW)
    assert set(error.value.fields) == {"content"}
    assert not Enclosure.objects.exists()
    assert len(events_of(task_of(matter))) == before


@pytest.mark.parametrize("name", ["anh.png", "trang.html", "tranh.svg"])
def test_a_page_that_runs_in_a_browser_is_kept_as_plain_text_under_a_harmless_name(house: House, name: str) -> None:
    matter = report_at(house, "check")
    file = enclose(matter.approval().pk, name, b"<svg onload=alert(1)></svg>", by=house.head, now=NOW)
    assert (file.name, file.media_type) == (f"{name}.txt", "text/plain; charset=utf-8")


def test_an_empty_file_is_refused(house: House) -> None:
    with pytest.raises(Invalid, match="Tệp rỗng"):
        enclose(report_at(house, "check").approval().pk, "a.pdf", b"", by=house.head, now=NOW)


@override_settings(ATTACHMENT_MAX_BYTES=1024 * 1024)
def test_a_file_above_the_limit_is_refused_and_one_at_it_taken(house: House) -> None:
    approval = report_at(house, "check").approval()
    exact = PDF.ljust(1024 * 1024, b" ")
    assert enclose(approval.pk, "a.pdf", exact, by=house.head, now=NOW).size == 1024 * 1024
    with pytest.raises(Invalid, match="vượt mức 1 MB"):
        enclose(approval.pk, "a.pdf", exact + b" ", by=house.head, now=NOW)


def test_an_approval_takes_so_many_files_and_no_more(house: House) -> None:
    approval = report_at(house, "check").approval()
    for _ in range(MOST_FILES):
        enclose(approval.pk, "a.pdf", PDF, by=house.head, now=NOW)
    with pytest.raises(Invalid, match="đã có 20 tệp kèm theo") as error:
        enclose(approval.pk, "a.pdf", PDF, by=house.head, now=NOW)
    assert set(error.value.fields) == {"content"}
    assert Enclosure.objects.filter(approval=approval).count() == MOST_FILES


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.OBSERVER])
def test_who_only_looks_on_gives_no_file(house: House, role: Role) -> None:
    approval = report_at(house, "check").approval()
    onlooker = house.inspector if role == Role.INSPECTOR else make_actor(role, house.division)
    with pytest.raises(NotPermitted, match="chỉ được xem"):
        enclose(approval.pk, "a.pdf", PDF, by=onlooker, now=NOW)
    assert not Enclosure.objects.exists()


def test_who_may_not_see_the_approval_gives_no_file(house: House) -> None:
    approval = report_at(house, "check").approval()
    for stranger in strangers_of(house):
        with pytest.raises(NotFound):
            enclose(approval.pk, "a.pdf", PDF, by=stranger, now=NOW)
    assert not Enclosure.objects.exists()


def test_a_closed_approval_takes_no_more_files(house: House) -> None:
    matter = report_at(house, "check")
    matter.act("accept", house.reviewer)
    with pytest.raises(WrongState, match="đã kết thúc"):
        enclose(matter.approval().pk, "a.pdf", PDF, by=house.head, now=NOW)


def test_those_on_whom_it_waits_and_who_took_part_are_told_of_a_file(house: House) -> None:
    matter = report_at(house, "check")
    enclose(matter.approval().pk, "Biểu 3.pdf", PDF, by=house.head, now=NOW)
    told = Notification.objects.filter(text__contains="Biểu 3.pdf").values_list("person_id", flat=True)
    assert set(told) == {actor.person_id for actor in (house.reviewer, house.chief, house.member)}


def test_of_what_is_of_no_task_the_file_stands_in_the_approvals_own_chain(house: House) -> None:
    matter = proposal_at(house, "head")
    enclose(matter.approval().pk, "Báo giá.pdf", PDF, by=house.member, now=NOW)
    events = AuditEvent.objects.filter(chain=f"approval:{matter.approval().pk}")
    assert [event.name for event in events] == ["approval.enclose"]


@pytest.mark.parametrize("name", ["member", "head", "reviewer", "clerk", "leader", "inspector"])
def test_who_sees_the_approval_finds_its_file(house: House, name: str) -> None:
    file = enclose(report_at(house, "check").approval().pk, "a.pdf", PDF, by=house.head, now=NOW)
    assert find_enclosure(getattr(house, name), file.pk) == file


def test_who_does_not_see_the_approval_finds_no_file_of_it(house: House) -> None:
    for matter in (report_at(house, "check"), proposal_at(house, "advise")):
        file = enclose(matter.approval().pk, "a.pdf", PDF, by=house.head, now=NOW)
        for stranger in strangers_of(house):
            with pytest.raises(NotFound):
                find_enclosure(stranger, file.pk)


def test_a_file_that_is_not_there_looks_the_same(house: House) -> None:
    with pytest.raises(NotFound):
        find_enclosure(house.leader, 10**6)
