"""Taking issued documents out as edXML packages: what the message says of reminders, recalls and replacements."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from lxml import etree

from tests.approvals.factories import consultation, rules
from tests.factories import House, at, make_task
from workflow.actions.document import Draft, draft_document, issue_document
from workflow.actions.document.edoc import export_edoc
from workflow.actions.reminder import draft_reminder, issue_reminder
from workflow.adapters.edxml import EdocPackage, find_faults
from workflow.choices import DocumentKind, LinkKind, SignatureRole, TaskKind, Urgency
from workflow.core.edoc import EdocFile
from workflow.core.errors import Damaged, Invalid, NotFound, NotPermitted, WrongState
from workflow.models import (
    AuditEvent,
    Document,
    DocumentLink,
    DocumentSignature,
    Letterhead,
    Plan,
    Recall,
    Task,
    Unit,
)
from workflow.queries.edoc import edoc_of
from workflow.queries.metadata import exchange_panel, metadata_of

NS = {"e": "http://www.mic.gov.vn/TBT/QCVN_102_2016"}
DAY = date(2022, 10, 17)
NOW = at(DAY)
OWN = "H32.11"

pytestmark = pytest.mark.usefixtures("file_store")


def identify(unit: Unit, organ_id: str, since: date = date(2020, 1, 1)) -> None:
    """Configure a body's identifier."""
    Letterhead.objects.create(
        body=unit,
        parent_name="UBND tỉnh Khánh Hòa",
        name=unit.name,
        abbreviation=unit.abbreviation,
        place="Khánh Hòa",
        organ_id=organ_id,
        valid_from=since,
    )


@pytest.fixture
def known(house: House) -> House:
    """The department and the outside bodies with identifiers."""
    identify(house.department, OWN)
    identify(house.body, "H32.7")
    identify(house.silent_body, "H32.9")
    return house


def issue(house: House, *, task: Task | None = None, day: date = DAY, **given: object) -> Document:
    """Draft and issue one document, as văn thư does it."""
    kind = DocumentKind(str(given.pop("kind", "CV")))
    columns = {name: given.pop(name) for name in ("signer_name", "signer_title", "urgency") if name in given}
    values: dict[str, object] = {
        "kind": kind,
        "subject": "đề nghị tham gia ý kiến",
        "body": "Đề nghị cho ý kiến./.",
        "recipients": ("Sở Tài chính",),
        "symbol": "SKHĐT-VP" if kind == DocumentKind.LETTER else f"{kind}-SKHĐT",
        **given,
    }
    made = draft_document(Draft(**values), task=task, by=house.clerk, now=at(day, "08:00"))  # type: ignore[arg-type]
    Document.objects.filter(pk=made.pk).update(**columns)
    return printed(issue_document(made.pk, by=house.clerk, now=at(day)))


def printed(document: Document, content: bytes = b"%PDF-1.7 mau") -> Document:
    """Store a PDF for the document as the printing job does."""
    content += str(document.pk).encode()
    document.pdf_name = default_storage.save(f"documents/{document.pk}.pdf", ContentFile(content))
    document.pdf_sha256 = EdocFile(name="", content=content).sha256
    document.pdf_pages = 1
    document.save(update_fields=["pdf_name", "pdf_sha256", "pdf_pages"])
    document.refresh_from_db()
    return document


def message(package: EdocPackage) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(package.content)) as archive:
        content = archive.read("van-ban.edxml")
    assert find_faults(content) == []
    return etree.fromstring(content)


def exported(house: House, document: Document) -> etree._Element:
    return message(export_edoc(document.pk, by=house.clerk, now=NOW))


def texts(root: etree._Element, path: str) -> list[str | None]:
    return [each.text for each in root.findall(path, namespaces=NS)]


def one(root: etree._Element, path: str) -> str | None:
    [found] = texts(root, path)
    return found


def exports_of(document: Document) -> list[dict[str, object]]:
    rows = AuditEvent.objects.filter(chain=f"document:{document.pk}", name="document.export").order_by("seq")
    return [json.loads(row.body) for row in rows]


# What the message says


def test_an_issued_letter_says_who_it_is_from_to_whom_and_how_urgent(known: House) -> None:
    document = issue(
        known,
        copies=("UBND tỉnh Khánh Hòa (b/c)", "Lãnh đạo Sở (b/c)"),
        signer_name="Nguyễn Văn Mẫu",
        signer_title="KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC",
        urgency=Urgency.VERY_URGENT,
    )
    identify(known.province, "H32")
    root = exported(known, document)
    number = f"{document.number:02d}/SKHĐT-VP"
    assert one(root, ".//e:MessageHeader/e:DocumentId") == f"{OWN},2022/10/17,{number}"
    assert (one(root, ".//e:From/e:OrganId"), one(root, ".//e:From/e:OrganName")) == (OWN, "Sở Kế hoạch và Đầu tư")
    assert "Sở Tài chính" in texts(root, ".//e:To/e:OrganName")
    assert "H32.7" in texts(root, ".//e:To/e:OrganId")
    assert "Lãnh đạo Sở" not in texts(root, ".//e:To/e:OrganName")
    assert one(root, ".//e:Priority") == "2"
    assert (one(root, ".//e:Competence"), one(root, ".//e:Position")) == ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")
    assert one(root, ".//e:BussinessDocType") == "0"
    assert texts(root, ".//e:ToPlaces/e:Place") == ["Sở Tài chính", "UBND tỉnh Khánh Hòa (b/c)", "Lãnh đạo Sở (b/c)"]
    assert one(root, ".//e:PromulgationAmount") == "4"
    assert one(root, ".//e:PageAmount") == "1"


def test_a_body_that_passes_the_document_on_receives_it_too(known: House) -> None:
    document = issue(known, recipients=("Sở Xây dựng (thông qua Sở Tài chính)",))
    root = exported(known, document)
    assert sorted(str(name) for name in texts(root, ".//e:To/e:OrganName")) == ["Sở Tài chính", "Sở Xây dựng"]
    assert sorted(str(name) for name in texts(root, ".//e:To/e:OrganId")) == ["H32.7", "H32.9"]


def test_an_identifier_counts_from_its_day_on(house: House) -> None:
    identify(house.department, OWN)
    identify(house.body, "H32.7", since=date(2022, 10, 1))
    identify(house.body, "H32.70", since=date(2022, 10, 18))
    document = issue(house)
    assert [party.organ_id for party in metadata_of(document).recipients] == ["H32.7"]


def test_a_name_that_two_bodies_share_is_left_without_an_identifier(known: House) -> None:
    twin = Unit.objects.create(
        code="STC-2", name="Sở Tài chính", kind=known.body.kind, valid_from=date(2020, 1, 1), abbreviation="STC2"
    )
    identify(twin, "H43.7")
    assert edoc_of(issue(known)).missing_ids == ("Sở Tài chính",)


def test_without_identifiers_the_package_is_built_and_names_whose_are_missing(house: House) -> None:
    document = issue(house)
    package = export_edoc(document.pk, by=house.clerk, now=NOW)
    assert package.without_id
    assert "thieu-ma-dinh-danh" in package.name
    root = message(package)
    assert texts(root, ".//e:OrganId") == []
    assert one(root, ".//e:MessageHeader/e:DocumentId") == f",2022/10/17,{document.full_number}"
    assert exports_of(document)[0]["details"]["missing_ids"] == ["Sở Kế hoạch và Đầu tư", "Sở Tài chính"]  # type: ignore[index]


# Reminders


def remind(house: House, task: Task, day: date) -> Document:
    """Draft and issue the task's next reminder by hand."""
    reminder = draft_reminder(task.pk, by=house.reviewer, now=at(day, "09:00"))
    issue_reminder(reminder.pk, by=house.clerk, now=at(day, "10:00"))
    return printed(Document.objects.get(pk=reminder.document_id))


def test_the_second_reminder_of_a_consultation_points_to_the_letter_that_asked_and_to_the_first(known: House) -> None:
    rules(known)
    task = consultation(known, due_on=date(2022, 10, 14))
    asking = issue(known, task=task, day=date(2022, 10, 4))
    first = remind(known, task, date(2022, 10, 17))
    second = remind(known, task, date(2022, 10, 24))
    root = exported(known, second)
    assert texts(root, ".//e:ResponseFor/e:DocumentId") == [
        f"{OWN},2022/10/04,{asking.full_number}",
        f"{OWN},2022/10/17,{first.full_number}",
    ]
    assert one(root, ".//e:DueDate") == "2022/10/14"
    assert texts(exported(known, first), ".//e:ResponseFor/e:DocumentId") == [f"{OWN},2022/10/04,{asking.full_number}"]


def test_what_replaces_a_reminder_points_to_what_that_pointed_to(known: House) -> None:
    rules(known)
    task = consultation(known, due_on=date(2022, 10, 14))
    asking = issue(known, task=task, day=date(2022, 10, 4))
    first = remind(known, task, DAY)
    again = issue(known, task=task, day=DAY + timedelta(days=1))
    DocumentLink.objects.create(document=again, target=first, kind=LinkKind.REPLACES, made_at=NOW)
    root = exported(known, again)
    assert texts(root, ".//e:ResponseFor/e:DocumentId") == [f"{OWN},2022/10/04,{asking.full_number}"]
    assert one(root, ".//e:ReplacementInfo/e:DocumentId") == f"{OWN},2022/10/17,{first.full_number}"
    assert one(root, ".//e:DueDate") == "2022/10/14"


def test_a_reminder_of_a_plan_task_points_to_the_plan(known: House) -> None:
    rules(known)
    plan = Plan.objects.create(
        number="1186/KH-SKHĐT",
        issued_on=date(2022, 4, 19),
        year=2022,
        title="Kế hoạch",
        issuer=known.department,
        signer_name="Nguyễn Văn Mẫu",
        signer_capacity="GIÁM ĐỐC",
        source_name="ke-hoach-2022.yaml",
        source_sha256="0" * 64,
        imported_at=NOW,
    )
    reminder = remind(known, make_task(known, plan=plan), DAY)
    root = exported(known, reminder)
    assert texts(root, ".//e:ResponseFor/e:DocumentId") == [f"{OWN},2022/04/19,1186/KH-SKHĐT"]
    assert texts(root, ".//e:ResponseFor/e:Code/e:CodeNumber") == ["1186"]


def test_where_no_original_is_known_it_is_left_out_and_said(known: House) -> None:
    rules(known)
    first = remind(known, consultation(known, due_on=date(2022, 10, 14)), DAY)
    package = export_edoc(first.pk, by=known.clerk, now=NOW)
    assert texts(message(package), ".//e:ResponseFor") == []
    assert any("ResponseFor không trỏ tới nó" in remark for remark in package.remarks)


def test_a_letter_that_came_after_the_reminder_is_not_its_original(known: House) -> None:
    rules(known)
    task = consultation(known, due_on=date(2022, 10, 14))
    first = remind(known, task, DAY)
    before = export_edoc(first.pk, by=known.clerk, now=NOW).content
    issue(known, task=task, day=DAY + timedelta(days=1))
    assert export_edoc(first.pk, by=known.clerk, now=NOW).content == before


def test_the_due_day_stays_that_of_the_issue_after_an_extension(known: House) -> None:
    rules(known)
    task = consultation(known, due_on=date(2022, 10, 14))
    first = remind(known, task, DAY)
    Task.objects.filter(pk=task.pk).update(due_on=date(2022, 11, 30))
    assert metadata_of(first).due_on == date(2022, 10, 14)


# What happened to it since


def test_a_recalled_document_is_taken_out_as_a_recall(known: House) -> None:
    document = issue(known)
    Recall.objects.create(document=document, reason="Sai số liệu phụ lục", recalled_at=at(date(2022, 10, 18), "14:30"))
    root = exported(known, document)
    assert (one(root, ".//e:BussinessDocType"), one(root, ".//e:BussinessDocReason")) == ("1", "Sai số liệu phụ lục")
    assert one(root, ".//e:Timestamp") == "2022/10/18 14:30:00"
    assert one(root, ".//e:Bussiness/e:DocumentId") == f"{OWN},2022/10/17,{document.full_number}"


def test_a_replacing_document_names_what_it_replaces_and_who_had_that(known: House) -> None:
    former, latter = issue(known), issue(known, day=date(2022, 10, 18))
    DocumentLink.objects.create(document=latter, target=former, kind=LinkKind.REPLACES, made_at=NOW)
    root = exported(known, latter)
    assert one(root, ".//e:BussinessDocType") == "3"
    assert one(root, ".//e:ReplacementInfo/e:DocumentId") == f"{OWN},2022/10/17,{former.full_number}"
    assert texts(root, ".//e:ReplacementInfo/e:OrganIdList/e:OrganId") == ["H32.7"]
    package = export_edoc(former.pk, by=known.clerk, now=NOW)
    assert one(message(package), ".//e:BussinessDocType") == "0"
    assert f"Văn bản này đã được thay thế bằng Văn bản số {latter.full_number}." in package.remarks


def test_a_correcting_letter_is_an_update_of_what_it_corrects(known: House) -> None:
    former, latter = issue(known), issue(known, day=date(2022, 10, 18))
    DocumentLink.objects.create(document=latter, target=former, kind=LinkKind.CORRECTS, made_at=NOW)
    root = exported(known, latter)
    assert one(root, ".//e:BussinessDocType") == "2"
    assert one(root, ".//e:Bussiness/e:DocumentId") == f"{OWN},2022/10/17,{former.full_number}"


def test_the_last_signed_file_is_taken_out_once_there_is_one(known: House) -> None:
    document = issue(known)
    for ordinal, role in enumerate(SignatureRole.values, start=1):
        content = b"%PDF-1.7 da ky " + role.encode()
        DocumentSignature.objects.create(
            document=document,
            ordinal=ordinal,
            role=role,
            certificate_subject="CN=Mẫu",
            certificate_issuer="CN=Mẫu",
            certificate_serial="1",
            certificate_sha256="0" * 64,
            signed_at=NOW,
            file_name=default_storage.save(f"documents/{document.pk}-{ordinal}.pdf", ContentFile(content)),
            sha256=EdocFile(name="", content=content).sha256,
        )
    root = exported(known, document)
    assert one(root, ".//e:Attachment/e:Description") == "Văn bản đã ký số"
    assert "b3JnYW5pc2F0aW9u" in str(one(root, ".//e:ContentTransferEncoded"))


# Hostile data


def test_hostile_text_is_carried_whole_and_what_is_too_long_is_said(known: House) -> None:
    subject = "</Subject>&amp; 😀 " + "dài " * 150
    document = issue(known, subject=subject, recipients=("<b>Sở & “Ngoài”</b>",))
    root = exported(known, document)
    assert one(root, ".//e:Subject") == subject.strip()
    assert one(root, ".//e:To/e:OrganName") == "<b>Sở & “Ngoài”</b>"
    assert [line[:18] for line in metadata_of(document).problems] == ["Trích yếu (Subject"]


def test_a_forbidden_character_of_an_old_row_is_replaced_and_said(known: House) -> None:
    document = issue(known)
    Document.objects.filter(pk=document.pk).update(subject="đôn\x1bđốc")
    package = export_edoc(document.pk, by=known.clerk, now=NOW)
    assert one(message(package), ".//e:Subject") == "đôn\ufffdđốc"
    assert any("Có 1 ký tự" in remark for remark in package.remarks)


def test_a_symbol_that_no_message_can_carry_is_refused_plainly(known: House) -> None:
    document = issue(known)
    Document.objects.filter(pk=document.pk).update(symbol="SKHĐT VP")
    with pytest.raises(Invalid, match="không đạt lược đồ"):
        export_edoc(document.pk, by=known.clerk, now=NOW)
    assert exports_of(document) == []


# Doing it


def test_the_same_document_gives_the_same_bytes_and_each_export_is_kept_in_the_trail(known: House) -> None:
    document = issue(known)
    one_package = export_edoc(document.pk, by=known.clerk, now=NOW)
    other = export_edoc(document.pk, by=known.leader, now=at(date(2023, 3, 1)))
    assert one_package.content == other.content
    events = exports_of(document)
    assert [event["actor"]["name"] for event in events] == [known.clerk.name, known.leader.name]  # type: ignore[index]
    assert [event["details"]["package_sha256"] for event in events] == [one_package.sha256] * 2  # type: ignore[index]
    assert events[0]["details"]["file_sha256"] == document.pdf_sha256  # type: ignore[index]


def test_who_may_issue_it_may_take_it_out_and_nobody_else(known: House) -> None:
    document = issue(known, task=make_task(known))
    for person in (known.clerk, known.leader, known.chief):
        assert export_edoc(document.pk, by=person, now=NOW).content
    for person in (known.head, known.member, known.reviewer, known.inspector):
        with pytest.raises(NotPermitted):
            export_edoc(document.pk, by=person, now=NOW)
    for person in (known.stranger, known.outsider, known.admin):
        with pytest.raises(NotFound):
            export_edoc(document.pk, by=person, now=NOW)
    assert len(exports_of(document)) == 3


def test_a_report_is_not_taken_out_by_who_may_only_issue_letters(known: House) -> None:
    document = issue(known, kind="BC", task=make_task(known))
    with pytest.raises(NotPermitted):
        export_edoc(document.pk, by=known.chief, now=NOW)
    assert export_edoc(document.pk, by=known.clerk, now=NOW).name.startswith("edxml-")


def test_drafts_unprinted_documents_and_internal_forms_have_no_package(known: House) -> None:
    draft = Document.objects.create(
        task=make_task(known), kind="CV", symbol="SKHĐT-VP", subject="Mẫu", body="Mẫu", drafted_at=NOW
    )
    unprinted = issue(known)
    Document.objects.filter(pk=unprinted.pk).update(pdf_name="")
    form = issue(known, kind="PTr")
    for document, said in ((draft, "đã phát hành"), (unprinted, "chưa lập xong"), (form, "mẫu nội bộ")):
        with pytest.raises(WrongState, match=said):
            export_edoc(document.pk, by=known.clerk, now=NOW)
    with pytest.raises(WrongState):
        metadata_of(draft)


def test_a_pdf_that_was_changed_is_never_taken_out(known: House, file_store: Path) -> None:
    document = issue(known)
    (file_store / document.pdf_name).write_bytes(b"%PDF-1.7 khac")
    with pytest.raises(Damaged, match="không còn đúng như lúc lưu"):
        export_edoc(document.pk, by=known.clerk, now=NOW)
    (file_store / document.pdf_name).unlink()
    with pytest.raises(NotFound):
        export_edoc(document.pk, by=known.clerk, now=NOW)
    assert exports_of(document) == []


# Metadata and the page's panel


def test_metadata_is_read_from_what_was_frozen(known: House) -> None:
    document = issue(known, kind="BC", signer_name="Nguyễn Văn Mẫu", signer_title="GIÁM ĐỐC", urgency=Urgency.URGENT)
    Letterhead.objects.update(name="Sở đổi tên")
    data = metadata_of(document).as_data()
    assert data == {
        "OrganId": OWN,
        "TypeName": "Báo cáo",
        "CodeNumber": f"{document.number:02d}",
        "CodeNotation": "BC-SKHĐT",
        "IssuedDate": "2022-10-17",
        "OrganName": "Sở Kế hoạch và Đầu tư",
        "Subject": "đề nghị tham gia ý kiến",
        "Language": "Tiếng Việt",
        "PageAmount": 1,
        "SignerInfo": {"Position": "GIÁM ĐỐC", "FullName": "Nguyễn Văn Mẫu"},
        "Priority": 1,
        "IssuedAmount": 2,
        "To": [{"OrganId": "H32.7", "OrganName": "Sở Tài chính"}],
    }


def test_a_letter_that_asks_for_an_opinion_carries_the_day_by_which_it_is_asked(known: House) -> None:
    task = consultation(known, due_on=date(2022, 10, 28))
    assert task.kind == TaskKind.CONSULTATION
    assert metadata_of(issue(known, task=task)).due_on == date(2022, 10, 28)
    assert metadata_of(issue(known, task=make_task(known))).due_on is None


def test_the_page_shows_the_package_to_who_may_take_it_out_and_the_metadata_to_the_rest(known: House) -> None:
    document = issue(known, task=make_task(known))
    shown = exchange_panel(document, known.clerk)
    assert shown is not None
    assert (shown.may_export, shown.refused, shown.business, shown.without_id) == (True, "", "văn bản mới", False)
    assert [line.partition(" (")[0] for line in shown.missing][:1] == ["Năm của hồ sơ"]
    rest = exchange_panel(document, known.member)
    assert rest is not None
    assert (rest.may_export, rest.missing) == (False, ())
    form = exchange_panel(issue(known, kind="PTr"), known.clerk)
    assert form is not None
    assert "không có mã" in form.refused
    assert exchange_panel(Document(kind="CV", task=document.task), known.clerk) is None
