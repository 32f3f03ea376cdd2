"""The pages of digital signatures: verifying a file, handing in a signed one, taking it out again."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from tests.factories import House
from tests.signing import BODY, NOW, ORGANISATION, PASSPHRASE, Desk, authority, holder, make_desk
from tests.tamper import tamper
from tests.workflow.web.conftest import Enter, assert_clean
from workflow.actions.unit import sync_grants
from workflow.adapters.signature import sign_content
from workflow.core.signature import Pkcs12Key
from workflow.models import DocumentSignature, Recall

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning")
"""WeasyPrint leaves its colour profile open after a PDF/A; nothing of ours."""

VERIFY = "/van-ban/kiem-tra/"


@pytest.fixture(autouse=True)
def _own_places(settings: Settings, tmp_path: Path) -> None:
    settings.TRUST_DIR = tmp_path / "trust"
    settings.TRUST_DIR.mkdir()
    (settings.TRUST_DIR / "noi-cap.pem").write_bytes(authority().pem)
    settings.TSA_URL = ""


@pytest.fixture
def desk(site: House) -> Desk:
    site.department.register_books.all().delete()
    made = make_desk(site)
    sync_grants(by=None, now=NOW)
    return made


def send(client: Client, path: str, content: bytes, name: str = "van-ban.pdf") -> HttpResponse:
    response: HttpResponse = client.post(path, {"content": SimpleUploadedFile(name, content, "application/pdf")})
    return response


def elsewhere(desk: Desk, base: bytes, *, organisation: bool = False) -> bytes:
    owner = holder(BODY, which=2) if organisation else holder(desk.signer.name, which=1)
    return sign_content(
        base,
        Pkcs12Key(owner.pkcs12(), PASSPHRASE),
        organisation=organisation,
        place=None,
        image=None,
        accept=lambda _certificate: None,
        stamp_url="",
        at=NOW,
    ).content


# --- verifying -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["head", "stranger", "outsider", "admin", "inspector"])
def test_the_page_opens_to_everybody_who_is_signed_in(desk: Desk, enter: Enter, name: str) -> None:
    response = enter(getattr(desk.house, name)).get(VERIFY)
    assert response.status_code == 200
    assert "error-summary" not in response.content.decode()
    assert_clean(response.content)


def test_the_page_asks_for_sign_in(desk: Desk) -> None:
    assert Client().get(VERIFY).status_code == 302


def test_a_file_that_agrees_is_said_to(desk: Desk, enter: Enter) -> None:
    desk.sign()
    response = send(enter(desk.house.head), VERIFY, desk.stored(desk.sign(ORGANISATION)))
    text = response.content.decode()
    assert response.status_code == 200
    assert_clean(response.content)
    assert "Tệp này đúng là bản có chữ ký số thứ 2 (cơ quan) của văn bản số 05/SKHĐT-VP ngày 03/10/2022." in text
    assert text.count("✓ Khớp") == 5
    assert desk.signer.name in text
    assert "Hệ thống không hỏi nơi cấp xem chứng thư có bị thu hồi hay không" in text


def test_who_may_not_see_the_document_gets_its_number_alone(desk: Desk, enter: Enter) -> None:
    desk.change(subject="Bí danh Hoàng Oanh")
    response = send(enter(desk.house.stranger), VERIFY, desk.frozen)
    text = response.content.decode()
    assert "05/SKHĐT-VP" in text
    assert "Hoàng Oanh" not in text
    assert f"/van-ban/{desk.document.pk}/" not in text
    assert_clean(response.content)


def test_a_changed_file_is_told_and_its_signature_too(desk: Desk, enter: Enter) -> None:
    content = bytearray(desk.stored(desk.sign()))
    content[len(desk.frozen) // 2] ^= 1
    response = send(enter(desk.house.head), VERIFY, bytes(content))
    text = response.content.decode()
    assert "Không tìm thấy" in text
    assert "KHÔNG hợp lệ: nội dung đã bị sửa sau khi ký" in text
    assert_clean(response.content)


def test_a_recalled_document_is_told(desk: Desk, enter: Enter) -> None:
    Recall.objects.create(document=desk.document, reason="Sai", recalled_at=NOW)
    assert "ĐÃ BỊ THU HỒI" in send(enter(desk.house.head), VERIFY, desk.frozen).content.decode()


@pytest.mark.parametrize(
    "content", [b"khong phai", b"%PDF-1.7\n", b"%PDF-1.7" + b"<" * 5000], ids=["text", "head", "odd"]
)
def test_what_is_no_pdf_is_refused_in_words(desk: Desk, enter: Enter, content: bytes) -> None:
    response = send(enter(desk.house.head), VERIFY, content)
    assert response.status_code == 400
    assert "PDF" in response.content.decode()
    assert_clean(response.content)


def test_nothing_sent_and_too_much_sent_are_refused(desk: Desk, enter: Enter, settings: Settings) -> None:
    client = enter(desk.house.head)
    assert client.post(VERIFY).status_code == 400
    settings.VERIFY_MAX_BYTES = 100
    response = send(client, VERIFY, desk.frozen)
    assert (response.status_code, "Tệp lớn quá" in response.content.decode()) == (400, True)


def test_markup_in_a_files_name_and_certificate_stays_text(desk: Desk, enter: Enter) -> None:
    base = desk.frozen
    bad = sign_content(
        base,
        Pkcs12Key(holder("<script>alert(1)</script>", which=1).pkcs12(), PASSPHRASE),
        organisation=False,
        place=None,
        image=None,
        accept=lambda _certificate: None,
        stamp_url="",
        at=NOW,
    ).content
    response = send(enter(desk.house.head), VERIFY, bad, name="<b>x</b>.pdf")
    assert "<script>alert" not in response.content.decode()
    assert_clean(response.content)


# --- handing in ----------------------------------------------------------------------------------------------------


def test_the_signer_then_the_clerk_hand_in_what_they_signed(desk: Desk, enter: Enter) -> None:
    path = f"/van-ban/{desk.document.pk}/ky-so/"
    signer, clerk = enter(desk.signer), enter(desk.house.clerk)
    shown = signer.get(path)
    assert (shown.status_code, f"/van-ban/{desk.document.pk}/pdf/" in shown.content.decode()) == (200, True)
    assert "error-summary" not in shown.content.decode()
    assert_clean(shown.content)
    first = elsewhere(desk, desk.frozen)
    assert send(signer, path, first).status_code == 302
    shown = clerk.get(path)
    assert f"/van-ban/{desk.document.pk}/ban-ky/1/" in shown.content.decode()
    assert send(clerk, path, elsewhere(desk, first, organisation=True)).status_code == 302
    assert [row.certificate_subject for row in DocumentSignature.objects.order_by("ordinal")] == [
        desk.signer.name,
        BODY,
    ]
    assert clerk.get(path).status_code == 409


@pytest.mark.parametrize(("name", "status"), [("clerk", 403), ("head", 403), ("leader", 403), ("stranger", 404)])
def test_nobody_else_hands_in(desk: Desk, enter: Enter, name: str, status: int) -> None:
    client = enter(getattr(desk.house, name))
    path = f"/van-ban/{desk.document.pk}/ky-so/"
    assert client.get(path).status_code == status
    assert send(client, path, elsewhere(desk, desk.frozen)).status_code == status
    assert not DocumentSignature.objects.exists()


def test_a_file_that_is_not_the_documents_is_refused_beside_its_field(desk: Desk, enter: Enter) -> None:
    response = send(enter(desk.signer), f"/van-ban/{desk.document.pk}/ky-so/", b"%PDF-1.7 khac")
    assert response.status_code == 400
    assert "phần đầu khác bản đang lưu" in response.content.decode()
    assert_clean(response.content)


# --- the document's page and its signed files ----------------------------------------------------------------------


def test_the_page_tells_who_signed_and_what_is_missing(desk: Desk, enter: Enter) -> None:
    path = f"/van-ban/{desk.document.pk}/"
    signer = enter(desk.signer).get(path).content.decode()
    assert "Chờ chữ ký số của Trần Thị Ký Mẫu." in signer
    assert f"{path}ky-so/" in signer
    assert f"{path}ky-so/" not in enter(desk.house.head).get(path).content.decode()
    desk.sign()
    response = enter(desk.house.clerk).get(path)
    text = response.content.decode()
    assert "Chờ chữ ký số của cơ quan, do văn thư ký." in text
    assert f"{path}ban-ky/1/" in text
    assert_clean(response.content)


def test_a_signed_file_is_given_as_it_was_stored(desk: Desk, enter: Enter) -> None:
    row = desk.sign()
    response = enter(desk.house.head).get(f"/van-ban/{desk.document.pk}/ban-ky/1/")
    assert response.headers["Content-Type"] == "application/pdf"
    assert b"".join(response.streaming_content) == desk.stored(row)  # type: ignore[attr-defined]


def test_a_signed_file_that_was_changed_is_not_given(desk: Desk, enter: Enter) -> None:
    row = desk.sign()
    default_storage.delete(row.file_name)
    default_storage.save(row.file_name, ContentFile(b"%PDF-1.7 khac"))
    response = enter(desk.house.head).get(f"/van-ban/{desk.document.pk}/ban-ky/1/")
    assert response.status_code == 500
    assert b"khac" not in response.content.replace("khác".encode(), b"")


@pytest.mark.parametrize("name", ["stranger", "outsider"])
def test_a_signed_file_is_not_given_to_who_does_not_see_the_document(desk: Desk, enter: Enter, name: str) -> None:
    desk.sign()
    assert enter(getattr(desk.house, name)).get(f"/van-ban/{desk.document.pk}/ban-ky/1/").status_code == 404


@pytest.mark.parametrize("ordinal", [2, 99999, 999999999999999999])
def test_a_signed_file_that_never_was_is_not_found(desk: Desk, enter: Enter, ordinal: int) -> None:
    desk.sign()
    assert enter(desk.house.head).get(f"/van-ban/{desk.document.pk}/ban-ky/{ordinal}/").status_code == 404


def test_a_broken_trail_is_told_on_the_page(desk: Desk, enter: Enter) -> None:
    tamper(
        "UPDATE workflow_auditevent SET body = REPLACE(body, '05/SKH', '06/SKH') WHERE chain = %s",
        [f"document:{desk.document.pk}"],
    )
    assert "✕ Không khớp" in send(enter(desk.house.head), VERIFY, desk.frozen).content.decode()
