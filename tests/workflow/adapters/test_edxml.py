"""The message as XML, read back; our schema, which must find what is broken; the package, the same each time."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from tests.workflow.core.test_metadata import metadata
from workflow.adapters.edxml import build_message, build_metadata, find_faults, pack
from workflow.core.edoc import Business, Edoc, EdocFile, Organ, Pointer, Replaced
from workflow.core.metadata import Party

NS = {"e": "http://www.mic.gov.vn/TBT/QCVN_102_2016", "x": "http://www.w3.org/1999/xlink"}
PDF = EdocFile(name="05-SKHĐT-VP.pdf", content=b"%PDF-1.7 \x00\xff mau", description="Văn bản đã phát hành")
ON = date(2022, 10, 17)

EDOC = Edoc(
    sender=Organ(
        name="Sở Kế hoạch và Đầu tư", organ_id="H32.11", in_charge="UBND tỉnh Khánh Hòa", address="01 Trần Phú"
    ),
    document=Pointer.of("05/SKHĐT-VP", ON, "H32.11"),
    kind="CV",
    kind_label="Công văn",
    place="Khánh Hòa",
    subject="đôn đốc lần 2 việc tham gia ý kiến",
    signer_competence="KT. GIÁM ĐỐC",
    signer_position="PHÓ GIÁM ĐỐC",
    signer_name="Nguyễn Văn Mẫu",
    at=datetime(2022, 10, 17, 9, 5, 7, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")),
    receivers=(Organ(name="Sở Tài chính", organ_id="H32.7"), Organ(name="Sở Xây dựng", organ_id="H32.9")),
    to_places=("Sở Tài chính", "UBND tỉnh (b/c)"),
    due_on=date(2022, 10, 14),
    priority=1,
    copies=3,
    pages=2,
    appendices=("Danh mục hồ sơ",),
    answers=(Pointer.of("12/SKHĐT-P1", date(2022, 9, 5), "H32.11"), Pointer.of("03/SKHĐT-VP", date(2022, 10, 10), "")),
    department="VP",
    files=(PDF,),
)


def read(content: bytes) -> etree._Element:
    return etree.fromstring(content)


def text(root: etree._Element, path: str) -> str | None:
    return root.findtext(path, namespaces=NS)


def texts(root: etree._Element, path: str) -> list[str | None]:
    return [each.text for each in root.findall(path, namespaces=NS)]


# The message, read back


def test_the_header_says_who_sends_what_to_whom() -> None:
    root = read(build_message(EDOC))
    header = root.find(".//e:MessageHeader", namespaces=NS)
    assert header is not None
    assert [each.tag.rpartition("}")[2] for each in header] == [
        "From",
        "To",
        "To",
        "Code",
        "PromulgationInfo",
        "DocumentType",
        "Subject",
        "SignerInfo",
        "DueDate",
        "ToPlaces",
        "OtherInfo",
        "ResponseFor",
        "ResponseFor",
        "DocumentId",
    ]
    said = {
        path: text(header, "/".join(f"e:{part}" for part in path.split("/")))
        for path in (
            "From/OrganId",
            "From/OrganizationInCharge",
            "From/OrganName",
            "From/OrganAdd",
            "Code/CodeNumber",
            "Code/CodeNotation",
            "PromulgationInfo/Place",
            "PromulgationInfo/PromulgationDate",
            "DocumentType/Type",
            "DocumentType/TypeName",
            "Subject",
            "SignerInfo/Competence",
            "SignerInfo/Position",
            "SignerInfo/FullName",
            "DueDate",
            "OtherInfo/Priority",
            "OtherInfo/PromulgationAmount",
            "OtherInfo/PageAmount",
            "OtherInfo/Appendixes/Appendix",
            "DocumentId",
        )
    }
    assert list(said.values()) == [
        "H32.11",
        "UBND tỉnh Khánh Hòa",
        "Sở Kế hoạch và Đầu tư",
        "01 Trần Phú",
        "05",
        "SKHĐT-VP",
        "Khánh Hòa",
        "2022/10/17",
        "18",
        "Công văn",
        "đôn đốc lần 2 việc tham gia ý kiến",
        "KT. GIÁM ĐỐC",
        "PHÓ GIÁM ĐỐC",
        "Nguyễn Văn Mẫu",
        "2022/10/14",
        "1",
        "3",
        "2",
        "Danh mục hồ sơ",
        "H32.11,2022/10/17,05/SKHĐT-VP",
    ]
    assert texts(header, "e:To/e:OrganId") == ["H32.7", "H32.9"]
    assert texts(header, "e:ToPlaces/e:Place") == ["Sở Tài chính", "UBND tỉnh (b/c)"]


def test_a_reminder_points_to_what_it_reminds_of_in_order() -> None:
    root = read(build_message(EDOC))
    assert texts(root, ".//e:ResponseFor/e:DocumentId") == [
        "H32.11,2022/09/05,12/SKHĐT-P1",
        ",2022/10/10,03/SKHĐT-VP",
    ]
    assert texts(root, ".//e:ResponseFor/e:OrganId") == ["H32.11"]
    assert texts(root, ".//e:ResponseFor/e:PromulgationDate") == ["2022/09/05", "2022/10/10"]


def test_the_envelope_bears_the_prefix_and_the_attachments_stand_outside_it_without_one() -> None:
    written = build_message(EDOC).decode()
    assert written.startswith("<?xml version='1.0' encoding='UTF-8'?>\n<edXML xmlns=")
    assert "<edXML:edXMLEnvelope " in written
    assert "<edXML:MessageHeader>" in written
    assert "</edXML:edXMLEnvelope><AttachmentEncoded><Attachment>" in written


def test_the_file_goes_with_the_message_and_the_manifest_refers_to_it() -> None:
    root = read(build_message(EDOC))
    reference = root.find(".//e:Reference", namespaces=NS)
    assert reference is not None
    assert reference.get(f"{{{NS['x']}}}href") == f"cid:{PDF.content_id}"
    assert text(reference, "e:ContentId") == text(root, ".//e:Attachment/e:ContentId") == PDF.content_id
    assert text(reference, "e:AttachmentName") == "05-SKHĐT-VP.pdf"
    encoded = text(root, ".//e:Attachment/e:ContentTransferEncoded")
    assert encoded is not None
    assert base64.b64decode(encoded) == PDF.content


@pytest.mark.parametrize(
    ("given", "kind", "reason", "concerns", "replaced"),
    [
        ({}, "0", None, "H32.11,2022/10/17,05/SKHĐT-VP", []),
        (
            {"business": Business.RECALL, "reason": "Sai số liệu"},
            "1",
            "Sai số liệu",
            "H32.11,2022/10/17,05/SKHĐT-VP",
            [],
        ),
        (
            {"business": Business.UPDATE, "concerns": Pointer.of("04/SKHĐT-VP", ON, "H32.11")},
            "2",
            None,
            "H32.11,2022/10/17,04/SKHĐT-VP",
            [],
        ),
        (
            {
                "business": Business.REPLACE,
                "replaced": (Replaced(document=Pointer.of("04/SKHĐT-VP", ON, "H32.11"), organ_ids=("H32.7",)),),
            },
            "3",
            None,
            "H32.11,2022/10/17,05/SKHĐT-VP",
            ["H32.11,2022/10/17,04/SKHĐT-VP"],
        ),
    ],
)
def test_the_trace_says_what_the_receiver_is_asked_to_do(
    given: dict[str, object], kind: str, reason: str | None, concerns: str, replaced: list[str]
) -> None:
    content = build_message(replace(EDOC, **given))  # type: ignore[arg-type]
    assert find_faults(content) == []
    root = read(content)
    assert text(root, ".//e:TraceHeader/e:Timestamp") == "2022/10/17 09:05:07"
    assert text(root, ".//e:BussinessDocType") == kind
    assert text(root, ".//e:BussinessDocReason") == reason
    assert text(root, ".//e:Bussiness/e:DocumentId") == concerns
    assert texts(root, ".//e:ReplacementInfo/e:DocumentId") == replaced
    assert texts(root, ".//e:ReplacementInfo/e:OrganIdList/e:OrganId") == (["H32.7"] if replaced else [])
    assert text(root, ".//e:StaffInfo/e:Department") == "VP"


def test_what_is_not_known_is_left_out_and_the_rest_still_passes() -> None:
    bare = replace(
        EDOC,
        sender=Organ(name="Sở Kế hoạch và Đầu tư"),
        document=Pointer.of("05/SKHĐT-VP", ON, ""),
        receivers=(),
        to_places=(),
        due_on=None,
        copies=0,
        pages=None,
        appendices=(),
        answers=(),
        signer_competence="",
        signer_position="",
        signer_name="",
        department="",
    )
    content = build_message(bare)
    assert find_faults(content) == []
    for name in ("OrganId", "DueDate", "ToPlaces", "PageAmount", "ResponseFor", "SignerInfo", "SteeringType"):
        assert read(content).find(f".//e:{name}", namespaces=NS) is None, name


HOSTILE = (
    "</Subject><Subject>x",
    "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>&b;",
    "]]> &amp; &#0; \"'",
    "văn bản 😀 𝔘 nghìn",
    "từ" * 300,
    "  \t\n dòng\r\ndòng",
    "\u202e ngược \u200b",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_read_back_as_it_was_written(hostile: str) -> None:
    edoc = replace(EDOC, subject=hostile, signer_name=hostile, to_places=(hostile,), reason=hostile)
    content = build_message(edoc)
    assert find_faults(content) == []
    root = read(content)
    for name in ("Subject", "FullName", "Place", "BussinessDocReason"):
        assert hostile in [(each or "").replace("\r\n", "\n") for each in texts(root, f".//e:{name}")] or (
            hostile in texts(root, f".//e:{name}")
        ), name
    assert len(root.findall(".//e:Subject", namespaces=NS)) == 1


def test_a_character_that_xml_forbids_is_replaced_visibly() -> None:
    edoc = replace(EDOC, subject="đôn\x00 đốc\x1b")
    assert text(read(build_message(edoc)), ".//e:Subject") == "đôn\ufffd đốc\ufffd"
    assert any("Có 2 ký tự" in remark for remark in edoc.remarks)


# The schema


def without(path: str) -> Callable[[etree._Element], None]:
    def take(root: etree._Element) -> None:
        found = root.find(path, namespaces=NS)
        assert found is not None, path
        parent = found.getparent()
        assert parent is not None
        parent.remove(found)

    return take


def saying(path: str, value: str) -> Callable[[etree._Element], None]:
    def say(root: etree._Element) -> None:
        found = root.find(path, namespaces=NS)
        assert found is not None, path
        found.text = value

    return say


def twice(path: str) -> Callable[[etree._Element], None]:
    def add(root: etree._Element) -> None:
        found = root.find(path, namespaces=NS)
        assert found is not None, path
        found.addnext(etree.fromstring(etree.tostring(found)))

    return add


BROKEN = {
    "no sender": without(".//e:From"),
    "no subject": without(".//e:Subject"),
    "an empty subject": saying(".//e:Subject", " \n"),
    "no code": without(".//e:Code"),
    "a number with letters": saying(".//e:CodeNumber", "05a"),
    "a symbol with a blank": saying(".//e:CodeNotation", "SKHĐT VP"),
    "a day the other way round": saying(".//e:PromulgationDate", "17/10/2022"),
    "a thirteenth month": saying(".//e:PromulgationDate", "2022/13/17"),
    "a code off the list": saying(".//e:DocumentType/e:Type", "27"),
    "an urgency off the list": saying(".//e:Priority", "5"),
    "an identifier too long": saying(".//e:From/e:OrganId", "H" * 36),
    "an identifier with small letters": saying(".//e:From/e:OrganId", "h32"),
    "no document id": without(".//e:MessageHeader/e:DocumentId"),
    "a document id without its day": saying(".//e:MessageHeader/e:DocumentId", "H32.11,05/SKHĐT-VP"),
    "a business off the list": saying(".//e:BussinessDocType", "4"),
    "no trace": without(".//e:TraceHeaderList"),
    "a moment without its clock": saying(".//e:Timestamp", "2022/10/17"),
    "no manifest": without(".//e:edXMLManifest"),
    "a reference to no file": saying(".//e:Reference/e:ContentId", "khong-co"),
    "two files of one name": twice(".//e:Attachment"),
    "content that is not base64": saying(".//e:ContentTransferEncoded", "%%%"),
    "an empty file": saying(".//e:ContentTransferEncoded", ""),
    "no file": without(".//e:Attachment"),
    "no page": saying(".//e:PageAmount", "0"),
    "a second subject": twice(".//e:Subject"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_our_schema_finds_what_is_broken(broken: str) -> None:
    root = read(build_message(EDOC))
    BROKEN[broken](root)
    assert find_faults(etree.tostring(root)) != []


def test_what_is_no_xml_is_a_fault_and_entities_are_not_followed() -> None:
    assert "Không đọc được XML" in find_faults(b"<edXML")[0]
    bomb = b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]><a>&b;</a>"
    assert find_faults(bomb) != []


def test_a_message_of_many_megabytes_is_checked_too() -> None:
    large = replace(EDOC, files=(replace(PDF, content=b"\x00" * 12_000_000),))
    assert find_faults(build_message(large)) == []


# The package


def test_the_same_message_gives_the_same_bytes() -> None:
    assert pack(EDOC).content == pack(replace(EDOC)).content
    assert pack(EDOC).sha256 != pack(replace(EDOC, priority=2)).sha256


def test_the_package_holds_the_message_the_schema_and_a_note_that_says_what_it_is_not() -> None:
    package = pack(EDOC)
    assert package.name == "edxml-05-SKHDT-VP-2022-10-17-chua-doi-chieu.zip"
    with zipfile.ZipFile(io.BytesIO(package.content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["DOC-TRUOC-KHI-DUNG.txt", "van-ban.edxml", "edoc.xsd", "xlink.xsd"]
        note = archive.read("DOC-TRUOC-KHI-DUNG.txt").decode()
        assert find_faults(archive.read("van-ban.edxml")) == []
    assert note.startswith("CHƯA ĐỐI CHIẾU VỚI LƯỢC ĐỒ CHÍNH THỨC")
    assert "Mã văn bản: H32.11,2022/10/17,05/SKHĐT-VP" in note
    assert PDF.sha256 in note


def test_a_package_without_an_identifier_says_so_in_its_name_and_note() -> None:
    package = pack(replace(EDOC, receivers=(Organ(name="Sở Tài chính"),)))
    assert (package.without_id, package.name) == (
        True,
        "edxml-05-SKHDT-VP-2022-10-17-chua-doi-chieu-thieu-ma-dinh-danh.zip",
    )
    assert any("Chưa có mã định danh của: Sở Tài chính" in remark for remark in package.remarks)


def test_a_message_that_our_schema_refuses_is_never_packed() -> None:
    with pytest.raises(ValueError, match="không đạt lược đồ"):
        pack(replace(EDOC, document=Pointer.of("05/SKHĐT VP", ON, "H32.11")))


def test_a_kind_without_a_code_has_no_message() -> None:
    with pytest.raises(ValueError, match="không có mã"):
        build_message(replace(EDOC, kind="PTr", kind_label="Phiếu trình"))


# Metadata


def test_metadata_is_written_under_the_names_of_the_appendix() -> None:
    root = read(build_metadata(metadata(subject="<b> & \x00", organ_id="", recipients=(Party(name="Sở <X>"),))))
    assert root.findtext("Subject") == "<b> & \ufffd"
    assert root.findtext("SignerInfo/FullName") == "Nguyễn Văn Mẫu"
    assert root.findtext("To/OrganName") == "Sở <X>"
    assert root.find("OrganId") is None
    assert root.findtext("IssuedDate") == "2022-10-17"
    assert (root.findtext("Missing") or "").startswith("Mã định danh cơ quan ban hành")
