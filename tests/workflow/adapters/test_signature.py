"""Signing and reading back with real keys: a PKCS#12 file, a token, a time-stamping authority, and files that lie."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PdfFileWriter, copy_into_new_writer
from pyhanko.sign.fields import enumerate_sig_fields

from tests.signing import (
    PASSPHRASE,
    PIN,
    SOFTHSM,
    authority,
    holder,
    is_later,
    picture,
    stamping,
    token,
)
from workflow.adapters.pdf import print_paper
from workflow.adapters.signature import make_demo_files, only_signed_since, read_signatures, sign_content
from workflow.adapters.signature.certificates import load_trusted
from workflow.core.errors import Invalid, WrongState
from workflow.core.paper import Head, Paper
from workflow.core.signature import (
    Certificate,
    Integrity,
    Pkcs12Key,
    Place,
    Rectangle,
    Signed,
    SigningKey,
    TokenKey,
    Trust,
    Unreadable,
)

AT = datetime(2022, 10, 3, 2, tzinfo=UTC)
BOX = Rectangle(300, 300, 460, 380)
PLACE = Place(0, BOX)
NAME = "Nguyễn Văn Mẫu"
BODY = "Sở Kế hoạch và Đầu tư"

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning")
"""WeasyPrint leaves its colour profile open after a PDF/A; nothing of ours."""

needs_softhsm = pytest.mark.skipif(not SOFTHSM.exists(), reason="softhsm2 is not installed")


@pytest.fixture(scope="module")
def printed() -> bytes:
    head = Head(parent_name="UBND tỉnh Khánh Hòa", name=BODY, abbreviation="SKHĐT", place="Khánh Hòa")
    paper = Paper(
        kind="CV",
        kind_label="Công văn",
        head=head,
        symbol="SKHĐT-VP",
        subject="mẫu để ký",
        body="Kính đề nghị.",
        number="05/SKHĐT-VP",
        issued_on=AT.date(),
        recipients=("Sở Tài chính",),
        signer_name=NAME,
        signer_title="GIÁM ĐỐC",
    )
    return print_paper(paper).content


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("trust")
    (place / "noi-cap.pem").write_bytes(authority().pem)
    return place


def key_of(name: str = NAME, which: int = 1) -> Pkcs12Key:
    return Pkcs12Key(holder(name, which=which).pkcs12(), PASSPHRASE)


def any_certificate(_certificate: Certificate) -> None:
    """Refuse none."""


def put(
    content: bytes,
    key: SigningKey | None = None,
    *,
    organisation: bool = False,
    image: bytes | None = None,
    place: Place | None = PLACE,
    accept: Callable[[Certificate], None] = any_certificate,
    stamp_url: str = "",
) -> Signed:
    return sign_content(
        content,
        key or (key_of(BODY, 2) if organisation else key_of()),
        organisation=organisation,
        place=place,
        image=image,
        accept=accept,
        stamp_url=stamp_url,
        at=AT,
    )


@pytest.fixture(scope="module")
def by_signer(printed: bytes) -> bytes:
    return put(printed, image=picture()).content


@pytest.fixture(scope="module")
def by_both(by_signer: bytes) -> bytes:
    return put(by_signer, organisation=True, image=picture((200, 0, 0), size=(425, 425))).content


def widget(content: bytes, field: str) -> generic.DictionaryObject:
    reader = PdfFileReader(io.BytesIO(content))
    [(_name, _value, found)] = enumerate_sig_fields(reader, with_name=field)
    held = found.get_object()
    assert isinstance(held, generic.DictionaryObject)
    return held


def sides(content: bytes, field: str) -> list[float]:
    return [round(float(each), 1) for each in widget(content, field)["/Rect"]]


# --- signing -------------------------------------------------------------------------------------------------------


def test_a_signature_adds_to_the_file_and_changes_nothing_of_it(printed: bytes, by_signer: bytes) -> None:
    assert by_signer.startswith(printed)
    assert only_signed_since(by_signer, len(printed)) is True


def test_the_signature_is_pades_baseline_and_tells_the_given_moment(by_signer: bytes) -> None:
    value = widget(by_signer, "ChuKyNguoiKy")["/V"]
    assert value["/SubFilter"] == "/ETSI.CAdES.detached"
    assert "/Name" not in value
    assert "/Reason" not in value
    assert generic.parse_pdf_date(value["/M"]).astimezone(UTC) == AT


def test_the_certificate_is_shown_before_anything_is_signed(printed: bytes) -> None:
    def refuse(certificate: Certificate) -> None:
        raise Invalid(certificate.name)

    with pytest.raises(Invalid, match=NAME):
        put(printed, accept=refuse)


def test_what_a_certificate_says_is_read(printed: bytes) -> None:
    certificate = put(printed).certificate
    made = holder(NAME, which=1).certificate
    assert certificate.name == NAME
    assert certificate.serial == f"{made.serial_number:x}"
    assert (certificate.valid_from, certificate.valid_until) == (made.not_valid_before_utc, made.not_valid_after_utc)
    assert certificate.may_sign is True
    assert certificate.demonstration is False


def test_a_signature_without_a_picture_shows_nothing_at_all(printed: bytes) -> None:
    content = put(printed).content
    drawn = widget(content, "ChuKyNguoiKy")["/AP"]["/N"]
    assert sides(content, "ChuKyNguoiKy") == [300, 300, 460, 380]
    assert drawn.data.split() == [b"q", b"Q"]
    assert "/XObject" not in drawn.get("/Resources", {})


def test_a_signature_without_a_place_is_out_of_sight(printed: bytes) -> None:
    assert sides(put(printed, place=None, image=picture()).content, "ChuKyNguoiKy") == [0, 0, 0, 0]


def test_the_signers_picture_is_centred_in_its_room_in_its_proportion(by_signer: bytes) -> None:
    """600 × 200 dots at 300 an inch are 144 × 48 points."""
    assert sides(by_signer, "ChuKyNguoiKy") == [308, 316, 452, 364]


def test_the_seal_covers_the_left_third_of_the_signers_picture(by_both: bytes) -> None:
    """425 dots at 300 an inch are 102 points; 308 and a third of 144 make its right side (Phụ lục I Mục II.8)."""
    assert sides(by_both, "ChuKyCoQuan") == [254, 289, 356, 391]


def test_a_picture_larger_than_its_room_is_shrunk_into_it(printed: bytes) -> None:
    content = put(printed, image=picture(size=(1800, 1200))).content
    assert sides(content, "ChuKyNguoiKy") == [320, 300, 440, 380]


def test_no_words_stand_in_the_appearance(by_both: bytes) -> None:
    for field in ("ChuKyNguoiKy", "ChuKyCoQuan"):
        drawn = widget(by_both, field)["/AP"]["/N"]
        assert b"Tj" not in drawn.data
        assert "/Font" not in drawn["/Resources"]


def test_the_same_signature_is_not_put_twice(by_signer: bytes) -> None:
    with pytest.raises(WrongState, match="đã có chữ ký số"):
        put(by_signer)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"GIF89a", "phải là tệp PNG"),
        (picture(alpha=255), "không có nền trong suốt"),
        (picture(size=(4001, 10)), "quá 4000 điểm"),
        (picture()[:60], "hỏng"),
    ],
    ids=["no png", "opaque", "huge", "cut"],
)
def test_a_picture_that_is_not_fit_is_refused(printed: bytes, content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        put(printed, image=content)


# --- keys ----------------------------------------------------------------------------------------------------------


def test_a_wrong_passphrase_is_said_plainly(printed: bytes) -> None:
    with pytest.raises(Invalid, match="sai mật khẩu của tệp") as refused:
        put(printed, Pkcs12Key(holder(NAME).pkcs12(), "sai"))
    assert set(refused.value.fields) == {"passphrase"}


def test_a_file_that_is_no_pkcs12_is_said_plainly(printed: bytes) -> None:
    with pytest.raises(Invalid, match="không phải PKCS#12"):
        put(printed, Pkcs12Key(b"khong phai", PASSPHRASE))


def test_a_key_and_its_passphrase_are_in_no_representation() -> None:
    assert PASSPHRASE not in repr(key_of())
    assert PIN not in repr(TokenKey("m", "t", "k", PIN))


@needs_softhsm
def test_a_token_signs(printed: bytes, trusted: Path) -> None:
    made = token(NAME)
    signed = put(printed, TokenKey(str(SOFTHSM), made.label, made.key, PIN))
    [found] = read_signatures(signed.content, trusted, at=AT)
    assert (found.integrity, found.covers_file, found.trust) == (Integrity.VALID, True, Trust.TRUSTED)
    assert found.certificate == signed.certificate


@needs_softhsm
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pin": "000000"}, "Sai mã PIN"),
        ({"token": "không có"}, "Không mở được thiết bị ký “không có”"),
        ({"key": "khác"}, "không có khóa và chứng thư tên “khác”"),
        ({"module": "/khong/co.so"}, "Không có thư viện PKCS#11"),
    ],
    ids=["pin", "token", "key", "module"],
)
def test_a_token_that_does_not_answer_is_said_plainly(printed: bytes, changes: dict[str, str], words: str) -> None:
    made = token(NAME)
    given = {"module": str(SOFTHSM), "token": made.label, "key": made.key, "pin": PIN, **changes}
    with pytest.raises(Invalid, match=words):
        put(printed, TokenKey(**given))


# --- time stamps ---------------------------------------------------------------------------------------------------


def test_a_time_stamp_is_asked_for_and_read_back(printed: bytes, trusted: Path) -> None:
    with stamping() as url:
        signed = put(printed, stamp_url=url)
    [found] = read_signatures(signed.content, trusted, at=AT)
    assert signed.timestamped is True
    assert found.stamped_by == "Dấu thời gian thử"
    assert found.stamp_trusted is True
    assert found.stamped_at is not None
    assert is_later(found.stamped_at)
    assert found.claimed_at == AT


def test_without_an_authority_there_is_no_time_stamp(by_signer: bytes, trusted: Path) -> None:
    [found] = read_signatures(by_signer, trusted, at=AT)
    assert (found.stamped_at, found.stamp_broken) == (None, False)


def test_an_authority_that_fails_is_said_plainly_and_nothing_is_signed(printed: bytes) -> None:
    with stamping(fails=True) as url, pytest.raises(WrongState, match="Không lấy được dấu thời gian"):
        put(printed, stamp_url=url)


def test_an_authority_that_is_not_there_is_said_plainly(printed: bytes) -> None:
    with pytest.raises(WrongState, match="chưa ký"):
        put(printed, stamp_url="http://127.0.0.1:9/tsa")


# --- reading back --------------------------------------------------------------------------------------------------


def test_both_signatures_are_valid_in_their_order(by_both: bytes, trusted: Path) -> None:
    signer, body = read_signatures(by_both, trusted, at=AT)
    assert [found.certificate.name for found in (signer, body) if found.certificate] == [NAME, BODY]
    assert (signer.covers_file, signer.later_harmless, signer.whole) == (False, True, True)
    assert (body.covers_file, body.whole) == (True, True)
    assert signer.said == "hợp lệ; sau chữ ký này tệp chỉ được ký thêm"
    assert body.said == "hợp lệ, bao trùm toàn bộ tệp"


def test_an_unsigned_file_has_no_signature(printed: bytes, trusted: Path) -> None:
    assert read_signatures(printed, trusted, at=AT) == ()


@pytest.mark.parametrize("place", [100, 3000, -400])
def test_one_changed_byte_breaks_the_signature(by_signer: bytes, trusted: Path, place: int) -> None:
    changed = bytearray(by_signer)
    changed[place] ^= 1
    try:
        found = read_signatures(bytes(changed), trusted, at=AT)
    except Unreadable:
        return
    assert [each.integrity == Integrity.VALID and each.whole for each in found] in ([], [False])


def appended(content: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def overwrite_page(writer: IncrementalPdfFileWriter) -> None:
    """Put other words on the page, as somebody who changes a signed paper would."""
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 100 100 re f"))
    writer.update_container(page)


def test_words_changed_after_the_signature_are_found(by_signer: bytes, trusted: Path) -> None:
    [found] = read_signatures(appended(by_signer, overwrite_page), trusted, at=AT)
    assert found.integrity == Integrity.VALID
    assert (found.covers_file, found.later_harmless, found.whole) == (False, False, False)
    assert found.said == "hợp lệ cho phần đã ký, nhưng sau đó tệp đã bị sửa thêm"


def test_words_changed_and_then_signed_are_not_only_signed(printed: bytes) -> None:
    content = put(appended(printed, overwrite_page)).content
    assert content.startswith(printed)
    assert only_signed_since(content, len(printed)) is False


def test_a_link_laid_over_the_page_is_not_only_signing(printed: bytes) -> None:
    def lay(writer: IncrementalPdfFileWriter) -> None:
        link = generic.DictionaryObject(
            {
                generic.NameObject("/Subtype"): generic.NameObject("/Link"),
                generic.NameObject("/Rect"): generic.ArrayObject(generic.NumberObject(n) for n in (0, 0, 9, 9)),
            }
        )
        writer.register_annotation(writer.root["/Pages"]["/Kids"].raw_get(0).reference, writer.add_object(link))

    assert only_signed_since(put(appended(printed, lay)).content, len(printed)) is False


def test_an_added_page_is_not_only_signing(printed: bytes) -> None:
    def add(writer: IncrementalPdfFileWriter) -> None:
        kids = writer.root["/Pages"]["/Kids"]
        copied = generic.DictionaryObject(writer.root["/Pages"]["/Kids"][0])
        kids.append(writer.add_object(copied))
        writer.update_container(kids)

    assert only_signed_since(put(appended(printed, add)).content, len(printed)) is False


def test_a_file_that_was_written_anew_is_not_a_continuation(printed: bytes, by_signer: bytes) -> None:
    assert only_signed_since(by_signer, len(by_signer)) is False


# --- trust ---------------------------------------------------------------------------------------------------------


def test_a_certificate_of_an_unknown_authority_is_not_called_trusted(by_signer: bytes, tmp_path: Path) -> None:
    [found] = read_signatures(by_signer, tmp_path / "khong-co", at=AT)
    assert (found.trust, found.whole) == (Trust.UNKNOWN, True)


def test_an_authority_of_the_same_name_is_not_the_same_authority(printed: bytes, tmp_path: Path) -> None:
    files = make_demo_files(NAME, BODY, PASSPHRASE, since=AT)
    (tmp_path / "khac.pem").write_bytes(files.authority)
    [found] = read_signatures(put(printed).content, tmp_path, at=AT)
    assert found.trust == Trust.UNKNOWN


def test_a_certificate_that_had_ended_when_it_signed_is_told(printed: bytes, trusted: Path) -> None:
    ended = holder(NAME, which=5, until=datetime(2022, 6, 1, tzinfo=UTC))
    signed = put(printed, Pkcs12Key(ended.pkcs12(), PASSPHRASE))
    [found] = read_signatures(signed.content, trusted, at=AT)
    assert found.trust == Trust.OUT_OF_TIME


def test_a_certificate_that_ended_since_was_good_when_it_signed(printed: bytes, trusted: Path) -> None:
    ended = holder(NAME, which=5, until=datetime(2023, 1, 1, tzinfo=UTC))
    signed = put(printed, Pkcs12Key(ended.pkcs12(), PASSPHRASE))
    [found] = read_signatures(signed.content, trusted, at=datetime(2026, 1, 1, tzinfo=UTC))
    assert found.trust == Trust.TRUSTED


def test_a_certificate_that_is_not_for_signing_is_told(printed: bytes, trusted: Path) -> None:
    signed = put(printed, Pkcs12Key(holder(NAME, which=6, signs=False).pkcs12(), PASSPHRASE))
    [found] = read_signatures(signed.content, trusted, at=AT)
    assert signed.certificate.may_sign is False
    assert found.trust == Trust.UNFIT


def test_demonstration_certificates_say_what_they_are_even_when_trusted(printed: bytes, tmp_path: Path) -> None:
    files = make_demo_files(NAME, BODY, PASSPHRASE, since=AT)
    (tmp_path / "trinh-dien.pem").write_bytes(files.authority)
    content = put(printed, Pkcs12Key(files.leader, PASSPHRASE)).content
    content = put(content, Pkcs12Key(files.organisation, PASSPHRASE), organisation=True).content
    found = read_signatures(content, tmp_path, at=AT)
    assert [each.trust for each in found] == [Trust.DEMONSTRATION, Trust.DEMONSTRATION]
    assert [each.certificate.name for each in found if each.certificate] == [
        f"{NAME} (TRÌNH DIỄN)",
        f"{BODY} (TRÌNH DIỄN)",
    ]
    assert all("KHÔNG CÓ GIÁ TRỊ PHÁP LÝ" in each.certificate.subject for each in found if each.certificate)


def test_a_name_longer_than_a_certificate_holds_is_cut_and_still_a_demonstration(
    printed: bytes, tmp_path: Path
) -> None:
    files = make_demo_files("Nguyễn " * 20, BODY, PASSPHRASE, since=AT)
    [found] = read_signatures(put(printed, Pkcs12Key(files.leader, PASSPHRASE)).content, tmp_path, at=AT)
    assert found.certificate is not None
    assert found.certificate.name.startswith("Nguyễn Nguyễn")
    assert "TRÌNH DIỄN" in found.certificate.subject
    assert found.trust == Trust.DEMONSTRATION


def test_files_that_are_no_certificates_are_named_and_left_out(tmp_path: Path) -> None:
    (tmp_path / "hong.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    (tmp_path / "hong.cer").write_bytes(b"khong phai")
    (tmp_path / "doc.txt").write_bytes(b"ghi chu")
    (tmp_path / "tot.der").write_bytes(authority().der)
    found, wrong = load_trusted(tmp_path)
    assert len(found) == 1
    assert wrong == ("hong.cer", "hong.pem")


# --- files that lie ------------------------------------------------------------------------------------------------


def encrypted(content: bytes) -> bytes:
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(content)))
    writer.encrypt("chu", "khach")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def bomb() -> bytes:
    """A small file whose page tree lies in a stream that unfolds to far more than any document of ours."""
    writer = PdfFileWriter(stream_xrefs=True)
    packed = zlib.compress(zlib.compress(b"\0" * (200 * 1024 * 1024), 9), 9)
    stream = generic.StreamObject(
        {
            generic.NameObject("/Filter"): generic.ArrayObject([generic.NameObject("/FlateDecode")] * 2),
            generic.NameObject("/Type"): generic.NameObject("/ObjStm"),
            generic.NameObject("/N"): generic.NumberObject(1),
            generic.NameObject("/First"): generic.NumberObject(10),
        },
        encoded_data=packed,
    )
    writer.add_object(stream)
    writer.root["/AcroForm"] = generic.DictionaryObject(
        {generic.NameObject("/Fields"): generic.ArrayObject([generic.NullObject()])}
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"khong phai PDF", b"%PDF-1.7\n", b"%PDF-1.7\n" + b"[" * 100_000, b"%PDF-1.7\nstartxref\n0\n%%EOF"],
    ids=["empty", "text", "head", "nested", "loop"],
)
def test_what_is_no_pdf_is_said_plainly(content: bytes, trusted: Path) -> None:
    with pytest.raises(Unreadable) as refused:
        read_signatures(content, trusted, at=AT)
    assert str(refused.value) in {
        "Tệp này không phải PDF. Hãy chọn tệp PDF.",
        "Không đọc được tệp PDF: tệp hỏng hoặc tải chưa hết. Hãy lấy lại tệp từ nơi gửi rồi kiểm tra lại.",
    }


def test_an_encrypted_file_is_said_plainly(printed: bytes, trusted: Path) -> None:
    with pytest.raises(Unreadable, match="đặt mật khẩu"):
        read_signatures(encrypted(printed), trusted, at=AT)


def test_a_cut_file_is_said_plainly(by_both: bytes, trusted: Path) -> None:
    with pytest.raises(Unreadable, match="hỏng hoặc tải chưa hết"):
        read_signatures(by_both[: len(by_both) // 2], trusted, at=AT)


def test_a_stream_that_unfolds_without_end_is_not_unfolded(trusted: Path) -> None:
    try:
        found = read_signatures(bomb(), trusted, at=AT)
    except Unreadable:
        return
    assert found == ()


def test_every_cut_and_flip_of_a_signed_file_ends_in_words(by_signer: bytes, trusted: Path) -> None:
    """No fault of a file may leave as anything but plain words; a signature is never valid over what was changed.

    In the signature's own container not every byte is signed: the certificates that come along, for one.
    """
    _start, gap, after, _length = (int(each) for each in widget(by_signer, "ChuKyNguoiKy")["/V"]["/ByteRange"])
    for step in range(0, len(by_signer), 1499):
        flipped = bytearray(by_signer)
        flipped[step] = (flipped[step] + 13) % 256
        for content in (bytes(flipped), by_signer[:step]):
            try:
                found = read_signatures(content, trusted, at=AT)
            except Unreadable:
                continue
            if not gap <= step < after or len(content) == step:
                assert not any(each.whole for each in found), step


def test_more_signatures_than_any_paper_has_are_not_read(by_signer: bytes, trusted: Path) -> None:
    def crowd(writer: IncrementalPdfFileWriter) -> None:
        fields = writer.root["/AcroForm"]["/Fields"]
        original = fields[0]
        for number in range(30):
            copied = generic.DictionaryObject(original)
            copied[generic.NameObject("/T")] = generic.pdf_string(f"x{number}")
            fields.append(writer.add_object(copied))
        writer.update_container(fields)

    with pytest.raises(Unreadable, match="quá 20 chữ ký số"):
        read_signatures(appended(by_signer, crowd), trusted, at=AT)


def test_a_file_added_to_without_end_is_not_read(by_signer: bytes, trusted: Path) -> None:
    def touch(writer: IncrementalPdfFileWriter) -> None:
        writer.update_root()

    content = by_signer
    for _time in range(51):
        content = appended(content, touch)
    with pytest.raises(Unreadable, match="ghi thêm quá 50 lần"):
        read_signatures(content, trusted, at=AT)


def test_a_file_with_more_to_compare_than_any_paper_is_not_compared(
    by_both: bytes, trusted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.adapters.signature.reading.MOST_WORK", 100)
    with pytest.raises(Unreadable, match="quá nhiều phần"):
        read_signatures(by_both, trusted, at=AT)
