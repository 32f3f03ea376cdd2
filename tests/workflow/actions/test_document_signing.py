"""Signing an issued document: who, in which order, with which key, and what is refused; with real keys."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pytest_django import Settings

from tests.factories import House, in_place_of
from tests.signing import (
    BODY,
    NOW,
    PASSPHRASE,
    PIN,
    SOFTHSM,
    Desk,
    authority,
    holder,
    make_desk,
    picture,
    stamping,
    token,
)
from workflow.actions.document import attach_signed_pdf
from workflow.adapters.pdf import signature_places
from workflow.adapters.signature import make_demo_files, read_signatures, sign_content
from workflow.choices import DocumentStatus, SignatureRole
from workflow.core.errors import Damaged, Invalid, NotFound, NotPermitted, WrongState
from workflow.core.signature import Pkcs12Key, TokenKey
from workflow.models import Document, DocumentSignature, Recall
from workflow.permissions import Actor
from workflow.queries.signature import signature_panel

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning")
"""WeasyPrint leaves its colour profile open after a PDF/A; nothing of ours."""

SIGNER, ORGANISATION = SignatureRole.SIGNER, SignatureRole.ORGANISATION


@pytest.fixture(autouse=True)
def _own_places(settings: Settings, tmp_path: Path) -> None:
    stored = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "files"},
    }
    settings.STORAGES = {**settings.STORAGES, "default": stored}
    settings.TRUST_DIR = tmp_path / "trust"
    settings.TRUST_DIR.mkdir()
    (settings.TRUST_DIR / "noi-cap.pem").write_bytes(authority().pem)
    settings.TSA_URL = ""
    settings.DEMONSTRATION = False


@pytest.fixture
def desk(house: House) -> Desk:
    return make_desk(house)


def rectangle(content: bytes, field: str) -> list[float]:
    [(_name, _value, found)] = enumerate_sig_fields(PdfFileReader(io.BytesIO(content)), with_name=field)
    return [float(each) for each in found.get_object()["/Rect"]]


# --- signing -------------------------------------------------------------------------------------------------------


def test_the_signer_signs_and_the_frozen_pdf_stays(desk: Desk) -> None:
    row = desk.sign()
    content = desk.stored(row)
    desk.document.refresh_from_db()
    with default_storage.open(desk.document.pdf_name, "rb") as file:
        assert file.read() == desk.frozen
    assert content.startswith(desk.frozen)
    assert hashlib.sha256(content).hexdigest() == row.sha256
    assert (row.ordinal, row.role, row.person_id) == (1, SIGNER, desk.signer.person_id)
    assert (row.signed_at, row.timestamped) == (NOW, False)


def test_the_certificate_is_kept_with_the_signature(desk: Desk) -> None:
    row = desk.sign()
    made = holder(desk.signer.name, which=1)
    assert row.certificate_subject == desk.signer.name
    assert row.certificate_issuer == "Nơi cấp chứng thư thử"
    assert row.certificate_serial == f"{made.certificate.serial_number:x}"
    assert row.certificate_sha256 == hashlib.sha256(made.der).hexdigest()


def test_the_trail_tells_who_signed_with_which_certificate(desk: Desk) -> None:
    row = desk.sign()
    [event] = desk.events()
    assert event["after"] == {"role": "signer", "ordinal": 1, "sha256": row.sha256}
    details = event["details"]
    assert isinstance(details, dict)
    assert details["certificate"] == desk.signer.name
    assert details["serial"] == row.certificate_serial
    assert details["pdf_sha256"] == desk.document.pdf_sha256
    actor = event["actor"]
    assert isinstance(actor, dict)
    assert actor["id"] == desk.signer.person_id


def test_the_organisation_signs_after_the_signer_on_the_same_file(desk: Desk) -> None:
    first = desk.sign()
    second = desk.sign(ORGANISATION)
    assert desk.stored(second).startswith(desk.stored(first))
    found = read_signatures(desk.stored(second), Path("khong-co"), at=NOW)
    assert [each.certificate.name for each in found if each.certificate] == [desk.signer.name, BODY]
    assert [each.whole for each in found] == [True, True]


def test_the_signature_stands_in_the_room_between_position_and_name(desk: Desk) -> None:
    room = signature_places(desk.frozen).signer
    left, bottom, right, top = rectangle(desk.stored(desk.sign(image=picture())), "ChuKyNguoiKy")
    assert room.left <= left < right <= room.right
    assert room.bottom <= bottom < top <= room.top
    assert (left + right) / 2 == pytest.approx((room.left + room.right) / 2, abs=0.1)


def test_the_seal_covers_the_left_third_of_the_signature(desk: Desk) -> None:
    desk.sign(image=picture())
    content = desk.stored(desk.sign(ORGANISATION, image=picture((200, 0, 0), size=(425, 425))))
    left, _bottom, right, _top = rectangle(content, "ChuKyNguoiKy")
    assert rectangle(content, "ChuKyCoQuan")[2] == pytest.approx(left + (right - left) / 3, abs=0.1)


def test_a_document_without_a_room_is_signed_out_of_sight(desk: Desk, settings: Settings) -> None:
    """A document that an older release printed has no marked room; it is signed all the same."""
    writer = IncrementalPdfFileWriter(io.BytesIO(desk.frozen))
    del writer.root["/Names"]
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    default_storage.delete(desk.document.pdf_name)
    name = default_storage.save(desk.document.pdf_name, ContentFile(out.getvalue()))
    desk.change(pdf_name=name, pdf_sha256=hashlib.sha256(out.getvalue()).hexdigest())
    assert rectangle(desk.stored(desk.sign(image=picture())), "ChuKyNguoiKy") == [0, 0, 0, 0]


def test_a_time_stamp_is_kept_where_an_authority_is_named(desk: Desk, settings: Settings) -> None:
    with stamping() as url:
        settings.TSA_URL = url
        row = desk.sign()
    [found] = read_signatures(desk.stored(row), settings.TRUST_DIR, at=NOW)
    assert row.timestamped is True
    assert found.stamped_by == "Dấu thời gian thử"


def test_without_the_named_authority_nothing_is_signed(desk: Desk, settings: Settings) -> None:
    settings.TSA_URL = "http://127.0.0.1:9/tsa"
    with pytest.raises(WrongState, match="Không lấy được dấu thời gian"):
        desk.sign()
    assert not DocumentSignature.objects.exists()


@pytest.mark.skipif(not SOFTHSM.exists(), reason="softhsm2 is not installed")
def test_a_token_signs(desk: Desk) -> None:
    made = token(desk.signer.name)
    row = desk.sign(key=TokenKey(str(SOFTHSM), made.label, made.key, PIN))
    assert row.certificate_subject == desk.signer.name


# --- who, and when -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["leader", "clerk", "chief", "head", "member", "inspector"])
def test_nobody_but_the_signer_signs_as_such(desk: Desk, name: str) -> None:
    with pytest.raises(NotPermitted, match="Trần Thị Ký Mẫu"):
        desk.sign(by=getattr(desk.house, name))
    assert not DocumentSignature.objects.exists()


@pytest.mark.parametrize("name", ["leader", "chief", "reviewer", "head", "inspector"])
def test_nobody_but_the_clerk_signs_for_the_organisation(desk: Desk, name: str) -> None:
    desk.sign()
    with pytest.raises(NotPermitted, match="Chỉ văn thư"):
        desk.sign(ORGANISATION, by=getattr(desk.house, name))
    assert DocumentSignature.objects.count() == 1


@pytest.mark.parametrize("name", ["stranger", "outsider", "admin"])
def test_who_does_not_see_the_document_learns_nothing(desk: Desk, name: str) -> None:
    for role in (SIGNER, ORGANISATION):
        with pytest.raises(NotFound):
            desk.sign(role, by=getattr(desk.house, name))


def test_who_acts_in_the_signers_place_does_not_sign_with_his_name(desk: Desk) -> None:
    with pytest.raises(NotPermitted):
        desk.sign(by=in_place_of(desk.house.leader, desk.signer))


def test_the_organisation_never_signs_first(desk: Desk) -> None:
    with pytest.raises(WrongState, match="Chưa có chữ ký số của người có thẩm quyền"):
        desk.sign(ORGANISATION)
    assert not DocumentSignature.objects.exists()


def test_each_signs_once(desk: Desk) -> None:
    desk.sign()
    with pytest.raises(WrongState, match="đã có chữ ký số của người có thẩm quyền"):
        desk.sign()
    desk.sign(ORGANISATION)
    with pytest.raises(WrongState, match="đã có chữ ký số của cơ quan"):
        desk.sign(ORGANISATION)
    assert DocumentSignature.objects.count() == 2


def test_a_recalled_document_is_not_signed(desk: Desk) -> None:
    Recall.objects.create(document=desk.document, reason="Sai số liệu", recalled_at=NOW)
    with pytest.raises(WrongState, match="đã thu hồi"):
        desk.sign()


def test_a_draft_is_not_signed(desk: Desk) -> None:
    desk.change(status=DocumentStatus.DRAFT)
    with pytest.raises(WrongState, match="đã phát hành"):
        desk.sign()


def test_a_document_without_its_pdf_is_not_signed_yet(desk: Desk) -> None:
    desk.change(pdf_name="")
    with pytest.raises(WrongState, match="chưa được lập"):
        desk.sign()


def test_what_the_engine_issued_has_no_signer(desk: Desk) -> None:
    desk.change(signed_by=None, signed_at=None)
    with pytest.raises(WrongState, match="do hệ thống phát hành theo chính sách"):
        desk.sign()
    with pytest.raises(WrongState, match="do hệ thống phát hành theo chính sách"):
        desk.sign(ORGANISATION)


def test_a_pdf_that_was_changed_in_the_store_is_not_signed(desk: Desk) -> None:
    default_storage.delete(desk.document.pdf_name)
    default_storage.save(desk.document.pdf_name, ContentFile(desk.frozen + b" "))
    with pytest.raises(Damaged, match="không còn đúng như lúc lưu"):
        desk.sign()


def test_what_changed_while_a_token_was_asked_is_not_signed_over(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recall comes in between: signing holds no lock, storing asks again."""

    def slow(*args: object, **kwargs: object) -> object:
        Recall.objects.create(document=desk.document, reason="Sai số liệu", recalled_at=NOW)
        return sign_content(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr("workflow.actions.document.signing.sign_content", slow)
    with pytest.raises(WrongState, match="đã thu hồi"):
        desk.sign()
    assert not DocumentSignature.objects.exists()
    assert desk.events() == []


def test_of_two_signatures_at_once_one_is_stored(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[bool] = []

    def slow(*args: object, **kwargs: object) -> object:
        if not begun:
            begun.append(True)
            desk.sign()
        return sign_content(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr("workflow.actions.document.signing.sign_content", slow)
    with pytest.raises(WrongState, match="đã có chữ ký số"):
        desk.sign()
    assert DocumentSignature.objects.count() == 1


# --- keys and certificates -----------------------------------------------------------------------------------------


def test_a_wrong_passphrase_stores_nothing(desk: Desk) -> None:
    with pytest.raises(Invalid, match="sai mật khẩu"):
        desk.sign(key=Pkcs12Key(holder(desk.signer.name, which=1).pkcs12(), "sai"))
    assert not DocumentSignature.objects.exists()
    assert desk.events() == []


def test_another_persons_certificate_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid, match="“Lê Văn Khác” không phải của “Trần Thị Ký Mẫu”"):
        desk.sign(key=desk.key("Lê Văn Khác"))


def test_a_persons_certificate_is_not_the_organisations(desk: Desk) -> None:
    desk.sign()
    with pytest.raises(Invalid, match=f"không phải của “{BODY}”"):
        desk.sign(ORGANISATION, key=desk.key())


def test_a_name_without_accents_in_the_certificate_is_the_same_name(desk: Desk) -> None:
    assert desk.sign(key=desk.key("TRAN THI KY MAU")).certificate_subject == "TRAN THI KY MAU"


@pytest.mark.parametrize(
    ("since", "until"),
    [("2022-01-01", "2022-10-01"), ("2022-11-01", "2023-01-01")],
    ids=["ended", "not yet"],
)
def test_a_certificate_out_of_its_time_is_refused(desk: Desk, since: str, until: str) -> None:
    begin, end = (datetime.fromisoformat(f"{day}T00:00:00+00:00") for day in (since, until))
    wrong = holder(desk.signer.name, which=5, since=begin, until=end)
    with pytest.raises(Invalid, match=f"chỉ có hiệu lực từ {begin:%d/%m/%Y} đến {end:%d/%m/%Y}"):
        desk.sign(key=Pkcs12Key(wrong.pkcs12(), PASSPHRASE))


def test_a_certificate_that_is_not_for_signing_is_refused(desk: Desk) -> None:
    wrong = holder(desk.signer.name, which=6, signs=False)
    with pytest.raises(Invalid, match="không được cấp để ký số"):
        desk.sign(key=Pkcs12Key(wrong.pkcs12(), PASSPHRASE))


@pytest.mark.parametrize("demonstration", [True, False])
def test_demonstration_certificates_sign_in_a_demonstration_alone(
    desk: Desk, settings: Settings, demonstration: bool
) -> None:
    settings.DEMONSTRATION = demonstration
    files = make_demo_files(desk.signer.name, BODY, PASSPHRASE, since=NOW - timedelta(days=1))
    key = Pkcs12Key(files.leader, PASSPHRASE)
    if demonstration:
        assert "TRÌNH DIỄN" in desk.sign(key=key).certificate_subject
        return
    with pytest.raises(Invalid, match="chứng thư trình diễn"):
        desk.sign(key=key)


# --- handing in what was signed elsewhere --------------------------------------------------------------------------


def elsewhere(desk: Desk, base: bytes, *, key: Pkcs12Key | None = None, organisation: bool = False) -> bytes:
    """Sign a file as another program does, on the holder's own machine."""
    return sign_content(
        base,
        key or (desk.key(BODY, which=2) if organisation else desk.key()),
        organisation=organisation,
        place=None,
        image=None,
        accept=lambda _certificate: None,
        stamp_url="",
        at=NOW,
    ).content


def hand_in(desk: Desk, content: bytes, role: SignatureRole = SIGNER, by: Actor | None = None) -> DocumentSignature:
    by = by or (desk.house.clerk if role == ORGANISATION else desk.signer)
    return attach_signed_pdf(desk.document.pk, content, role=role, by=by, now=NOW + timedelta(hours=1))


def appended(content: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def overwrite_page(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 100 100 re f"))
    writer.update_container(page)


def test_a_file_signed_elsewhere_is_taken_in(desk: Desk) -> None:
    content = elsewhere(desk, desk.frozen)
    row = hand_in(desk, content)
    assert desk.stored(row) == content
    assert (row.role, row.certificate_subject, row.signed_at) == (SIGNER, desk.signer.name, NOW)
    [event] = desk.events()
    details = event["details"]
    assert isinstance(details, dict)
    assert details["elsewhere"] is True


def test_the_organisations_signature_from_elsewhere_follows_the_signers(desk: Desk) -> None:
    first = hand_in(desk, elsewhere(desk, desk.frozen))
    second = hand_in(desk, elsewhere(desk, desk.stored(first), organisation=True), ORGANISATION)
    assert (second.ordinal, second.certificate_subject) == (2, BODY)


def test_the_frozen_pdf_signed_by_the_organisation_alone_is_not_taken(desk: Desk) -> None:
    desk.sign()
    with pytest.raises(Invalid, match="phần đầu khác bản đang lưu"):
        hand_in(desk, elsewhere(desk, desk.frozen, organisation=True), ORGANISATION)


@pytest.mark.parametrize("what", ["unsigned", "foreign", "twice", "shadowed", "trailing", "flipped"])
def test_a_file_that_is_not_exactly_that_is_refused(desk: Desk, what: str) -> None:
    signed = elsewhere(desk, desk.frozen)
    flipped = bytearray(signed)
    flipped[len(desk.frozen) + 40] ^= 1
    content, words = {
        "unsigned": (desk.frozen, "phần đầu khác bản đang lưu"),
        "foreign": (b"%PDF-1.7\n" + signed, "phần đầu khác bản đang lưu"),
        "twice": (elsewhere(desk, signed, organisation=True), "thêm đúng một chữ ký số"),
        "shadowed": (elsewhere(desk, appended(desk.frozen, overwrite_page)), "còn bị sửa nội dung"),
        "trailing": (appended(signed, overwrite_page), "không được nhận"),
        "flipped": (bytes(flipped), "."),
    }[what]
    with pytest.raises(Invalid, match=words):
        hand_in(desk, content)
    assert not DocumentSignature.objects.exists()


def test_somebody_elses_certificate_from_elsewhere_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid, match="“Lê Văn Khác” không phải của"):
        hand_in(desk, elsewhere(desk, desk.frozen, key=desk.key("Lê Văn Khác")))


def test_only_the_signer_hands_in_the_signers(desk: Desk) -> None:
    with pytest.raises(NotPermitted):
        hand_in(desk, elsewhere(desk, desk.frozen), by=desk.house.clerk)


def test_a_file_larger_than_is_taken_is_refused(desk: Desk, settings: Settings) -> None:
    settings.VERIFY_MAX_BYTES = 100
    with pytest.raises(Invalid, match="lớn quá"):
        hand_in(desk, elsewhere(desk, desk.frozen))


# --- what the page says --------------------------------------------------------------------------------------------


def test_the_page_tells_whose_signature_is_missing_next(desk: Desk) -> None:
    def said(actor: Actor) -> tuple[str, SignatureRole | None]:
        panel = signature_panel(Document.objects.get(pk=desk.document.pk), actor)
        assert panel is not None
        return panel.waiting, panel.role

    clerk = desk.house.clerk
    assert said(desk.signer) == ("Chờ chữ ký số của Trần Thị Ký Mẫu.", SIGNER)
    assert said(clerk) == ("Chờ chữ ký số của Trần Thị Ký Mẫu.", None)
    desk.sign()
    assert said(desk.signer) == ("Chờ chữ ký số của cơ quan, do văn thư ký.", None)
    assert said(clerk) == ("Chờ chữ ký số của cơ quan, do văn thư ký.", ORGANISATION)
    desk.sign(ORGANISATION)
    assert said(clerk) == ("", None)


def test_a_draft_has_no_panel(desk: Desk) -> None:
    desk.change(status=DocumentStatus.DRAFT)
    assert signature_panel(Document.objects.get(pk=desk.document.pk), desk.signer) is None
