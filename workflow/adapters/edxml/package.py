"""The file that a person takes out: the message, our schema, and a note that says what the message is not."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass

from workflow.adapters.edxml.message import build_message
from workflow.adapters.edxml.schema import SCHEMA_FILES, find_faults
from workflow.core.edoc import BUSINESS_LABELS, Edoc, xml_text
from workflow.core.fold import fold

NOTE = "DOC-TRUOC-KHI-DUNG.txt"
NOT_PROVEN = (
    "CHƯA ĐỐI CHIẾU VỚI LƯỢC ĐỒ CHÍNH THỨC. Gói được dựng theo cách các phần mềm đang dùng QCVN 102:2016/BTTTT, chỉ "
    "mới qua kiểm tra bằng lược đồ riêng của hệ thống (edoc.xsd trong gói). Trước khi gửi thật phải thử với trục "
    "liên thông."
)


@dataclass(frozen=True, slots=True)
class EdocPackage:
    """A ready package. `remarks` are what a person must know before it is used."""

    name: str
    content: bytes
    without_id: bool
    remarks: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """The SHA-256 of the package, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def pack(edoc: Edoc) -> EdocPackage:
    """Build the message, check it, and put it in a ZIP file with our schema and a note.

    The same message gives the same bytes: nothing is compressed (libraries differ in that) and every entry bears the
    moment of the issue or of the recall.

    :raises ValueError: when the document's kind has no code, or our schema finds faults in the message.
    """
    content = build_message(edoc)
    faults = find_faults(content)
    if faults:
        raise ValueError(f"Gói dựng ra không đạt lược đồ của hệ thống: {' '.join(faults)}")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        entries = [(NOTE, _note(edoc).encode()), ("van-ban.edxml", content)]
        entries += [(path.name, path.read_bytes()) for path in SCHEMA_FILES]
        for name, data in entries:
            entry = zipfile.ZipInfo(name, edoc.at.timetuple()[:6])
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return EdocPackage(_name(edoc), made.getvalue(), edoc.without_id, edoc.remarks)


def _name(edoc: Edoc) -> str:
    """Return a name that says what the package is and what it was not checked against."""
    said = fold(f"{edoc.document.number}-{edoc.document.notation}").upper()
    number = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in said)
    unmarked = "-thieu-ma-dinh-danh" if edoc.without_id else ""
    return f"edxml-{number}-{edoc.document.issued_on:%Y-%m-%d}-chua-doi-chieu{unmarked}.zip"


def _note(edoc: Edoc) -> str:
    lines = [
        NOT_PROVEN,
        "",
        f"{edoc.kind_label} số {edoc.document.number}/{edoc.document.notation} ngày {edoc.document.issued_on:%d/%m/%Y}",
        f"Trích yếu: {' '.join(edoc.subject.split())}",
        f"Nghiệp vụ: {BUSINESS_LABELS[edoc.business]}",
        f"Mã văn bản: {edoc.document.document_id}",
        "",
        "Điều cần biết:",
        *(f"- {remark}" for remark in edoc.remarks),
        "- Không ghi SteeringType, TypeDetail vì chưa tìm được ý nghĩa của chúng.",
        "- Không ghi DigitalSignature: chữ ký số của văn bản, nếu có, nằm trong tệp PDF.",
        "",
        "Tệp kèm (SHA-256):",
        *(f"- {file.name}: {file.sha256}" for file in edoc.files),
        "",
    ]
    return xml_text("\r\n".join(lines))
