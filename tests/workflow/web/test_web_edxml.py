"""Metadata and edXML packages as people fetch them from a document's page."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils import timezone
from lxml import etree

from tests.factories import MONDAY, House, at, make_task
from tests.registered import register_document
from tests.workflow.web.conftest import Enter, assert_clean
from workflow.core.edoc import EdocFile
from workflow.models import AuditEvent, Document
from workflow.queries.metadata import exchange_panel

CONTENT = b"%PDF-1.7 mau"


@pytest.fixture
def document(site: House) -> Document:
    """An issued letter of the first division's task with its PDF."""
    name = default_storage.save("documents/mau.pdf", ContentFile(CONTENT))
    return register_document(
        site,
        5,
        task=make_task(site),
        pdf_name=name,
        pdf_sha256=EdocFile(name="", content=CONTENT).sha256,
        pdf_pages=1,
        head={
            "parent_name": "UBND tỉnh Khánh Hòa",
            "name": "Sở Kế hoạch và Đầu tư",
            "abbreviation": "SKHĐT",
            "place": "Khánh Hòa",
            "head_title": "GIÁM ĐỐC",
            "organ_id": "",
            "contact": "",
        },
    )


def exports() -> int:
    return AuditEvent.objects.filter(name="document.export").count()


def test_the_clerk_fetches_the_package_and_the_trail_says_so(site: House, enter: Enter, document: Document) -> None:
    response = enter(site.clerk).post(f"/van-ban/{document.pk}/edxml/")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/zip")
    named = 'attachment; filename="edxml-05-SKHDT-VP-2022-10-03-chua-doi-chieu-thieu-ma-dinh-danh.zip"'
    assert response.headers["Content-Disposition"] == named
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert "van-ban.edxml" in archive.namelist()
    event = AuditEvent.objects.get(name="document.export")
    assert (event.chain, event.actor_id) == (f"document:{document.pk}", site.clerk.person_id)
    assert timezone.localdate(event.occurred_at) == MONDAY


def test_an_address_alone_takes_nothing_out(site: House, enter: Enter, document: Document) -> None:
    assert enter(site.clerk).get(f"/van-ban/{document.pk}/edxml/").status_code == 405
    assert exports() == 0


def test_who_sees_the_document_without_the_right_is_refused_and_who_does_not_see_it_finds_nothing(
    site: House, enter: Enter, document: Document
) -> None:
    for person, status in ((site.head, 403), (site.member, 403), (site.inspector, 403), (site.stranger, 404)):
        assert enter(person).post(f"/van-ban/{document.pk}/edxml/").status_code == status
    assert exports() == 0


def test_metadata_is_given_as_json_and_xml_to_whoever_sees_the_document(
    site: House, enter: Enter, document: Document
) -> None:
    client = enter(site.member)
    data = json.loads(client.get(f"/van-ban/{document.pk}/sieu-du-lieu/json/").content)
    assert data["metadata"]["CodeNumber"] == "05"
    assert data["metadata"]["To"] == [{"OrganName": "Sở Tài chính"}]
    assert data["missing"][0] == "Mã định danh cơ quan ban hành (OrganId): chưa được cấu hình."
    assert data["problems"] == []
    response = client.get(f"/van-ban/{document.pk}/sieu-du-lieu/xml/")
    assert response.headers["Content-Type"] == "application/xml"
    assert etree.fromstring(response.content).findtext("CodeNotation") == "SKHĐT-VP"


def test_metadata_of_what_is_unseen_unknown_or_not_issued_is_not_given(
    site: House, enter: Enter, document: Document
) -> None:
    for form in ("json", "xml"):
        assert enter(site.stranger).get(f"/van-ban/{document.pk}/sieu-du-lieu/{form}/").status_code == 404
    assert enter(site.member).get(f"/van-ban/{document.pk}/sieu-du-lieu/csv/").status_code == 404
    assert enter(site.member).get("/van-ban/999999/sieu-du-lieu/json/").status_code == 404
    draft = Document.objects.create(
        task=document.task, kind="CV", symbol="SKHĐT-VP", subject="Mẫu", body="Mẫu", drafted_at=at(MONDAY)
    )
    assert enter(site.member).get(f"/van-ban/{draft.pk}/sieu-du-lieu/json/").status_code == 409


def test_the_part_of_the_page_says_what_the_package_is_not_and_escapes_what_people_wrote(
    site: House, document: Document
) -> None:
    document.recipients = ["<script>Sở</script>"]
    shown = render_to_string(
        "workflow/document/exchange.html", {"exchange": exchange_panel(document, site.clerk), "document": document}
    )
    assert_clean(b"<h1>x</h1>" + shown.encode())
    assert "chưa đối chiếu với lược đồ chính thức" in shown
    assert "Xuất gói edXML (thiếu mã định danh)" in shown
    assert "&lt;script&gt;" in shown
    assert "<script>" not in shown
    rest = render_to_string(
        "workflow/document/exchange.html", {"exchange": exchange_panel(document, site.member), "document": document}
    )
    assert "Siêu dữ liệu (JSON)" in rest
    assert "Xuất gói" not in rest
    assert not render_to_string("workflow/document/exchange.html", {"exchange": None}).strip()


def test_an_administrator_writes_identifiers_and_the_next_package_carries_them(
    site: House, enter: Enter, document: Document
) -> None:
    admin = enter(site.admin)
    listed = admin.get("/quan-tri/ma-dinh-danh/")
    assert_clean(listed.content)
    assert "Sở Tài chính" in listed.content.decode()
    path = f"/quan-tri/ma-dinh-danh/{site.body.pk}/dat/"
    assert_clean(admin.get(path).content)
    assert admin.post(path, {"organ_id": "h32", "valid_from": "01/01/2022"}).status_code == 400
    saved = admin.post(path, {"organ_id": "H32.7", "valid_from": "01/01/2022"}, follow=True)
    assert "Đã lưu mã định danh của Sở Tài chính." in saved.content.decode()
    data = json.loads(enter(site.member).get(f"/van-ban/{document.pk}/sieu-du-lieu/json/").content)
    assert data["metadata"]["To"] == [{"OrganId": "H32.7", "OrganName": "Sở Tài chính"}]


def test_identifiers_are_written_by_administrators_alone(site: House, enter: Enter) -> None:
    for person in (site.clerk, site.leader, site.head):
        for path in ("/quan-tri/ma-dinh-danh/", f"/quan-tri/ma-dinh-danh/{site.body.pk}/dat/"):
            assert enter(person).get(path).status_code == 403
    assert enter(site.admin).get(f"/quan-tri/ma-dinh-danh/{site.division.pk}/dat/").status_code == 404


def test_the_document_page_offers_each_person_what_he_may_take_out(
    site: House, enter: Enter, document: Document
) -> None:
    for person, offered in ((site.clerk, True), (site.chief, True), (site.member, False), (site.inspector, False)):
        response = enter(person).get(f"/van-ban/{document.pk}/")
        assert_clean(response.content)
        shown = response.content.decode()
        assert (f'action="/van-ban/{document.pk}/edxml/"' in shown) is offered
        assert f'href="/van-ban/{document.pk}/sieu-du-lieu/json/"' in shown
