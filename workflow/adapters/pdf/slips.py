"""The forms of own kind, printed: phiếu hướng dẫn, thông báo bổ sung, văn bản xin lỗi on A5, phiếu trình on A4.

No official layout of them was found (facts 2.3), so the layout is proposed by this program and each page says so at its
foot. The phiếu trình follows the blocks of Phiếu giải quyết văn bản đến (NĐ 30/2020/NĐ-CP Phụ lục IV).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from workflow.choices import DocumentKind
from workflow.core.bodytext import blocks_of, closed, listed
from workflow.core.paper import Paper
from workflow.core.wording import long_day

FOLDER = "workflow/document/print"
STYLESHEET = f"{FOLDER}/slip.css"
FORM_TEMPLATE = f"{FOLDER}/slip.html"
ROUTING_TEMPLATE = f"{FOLDER}/slip_ptr.html"

NOT_OFFICIAL = "Bố cục do phần mềm đề xuất; chưa đối chiếu được với mẫu chính thức."
NO_DAY = "ngày … tháng … năm …"
LIST_BLANKS = 3
"""How many dotted lines a list has that nobody filled in."""

BESIDE_SIGNATURE = 6
"""How many lines of "Nơi nhận" stand beside the signature; the others run on below it, over pages."""

DOSSIER = (("dossier_code", "Mã hồ sơ"), ("procedure", "Thủ tục hành chính"), ("applicant", "Người nộp hồ sơ"))

RECEIVED = {
    DocumentKind.GUIDANCE_SLIP: "Ngày nhận hồ sơ",
    DocumentKind.SUPPLEMENT_NOTICE: "Ngày tiếp nhận hồ sơ",
    DocumentKind.APOLOGY: "Ngày tiếp nhận hồ sơ",
}
ASKED_BY = ("return_by", "Đề nghị nộp lại trước hoặc trong")
NEW_DATE = ("new_date", "Ngày hẹn trả kết quả mới")

LEADERS, OFFICE, UNIT = "leaders", "office", "unit"
OPINION_BLOCKS = (
    (UNIT, "II. Ý KIẾN CỦA LÃNH ĐẠO ĐƠN VỊ"),
    (OFFICE, "III. Ý KIẾN CỦA VĂN PHÒNG"),
    (LEADERS, "IV. Ý KIẾN CỦA LÃNH ĐẠO SỞ"),
)
WHOSE = (
    (UNIT, ("trưởng đơn vị", "trưởng phòng", "trưởng ban")),
    (OFFICE, ("văn phòng", "văn thư")),
    (LEADERS, ("lãnh đạo sở", "giám đốc")),
)
"""Whose opinion a step of the flow gives, or a person of that position: the first that is named."""


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form; without a value it prints a dotted blank to be filled in by hand."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody said on a phiếu trình, and when."""

    by: str
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class OpinionBlock:
    """The opinions of one level, in order of time; an empty one has dotted lines."""

    heading: str
    opinions: tuple[Opinion, ...]
    signed: bool


def slip_page(paper: Paper) -> tuple[str, dict[str, object], str]:
    """Return template, context and stylesheet of a form of own kind.

    The body is printed as it was issued. Of the facts that print sentences, only those that the body does not say
    already are added, so that nothing stands there twice and nothing is lost.
    """
    context = _head_context(paper)
    if paper.kind == DocumentKind.ROUTING_SLIP:
        return ROUTING_TEMPLATE, context | _routing_context(paper), STYLESHEET
    return FORM_TEMPLATE, context | _form_context(paper), STYLESHEET


def _head_context(paper: Paper) -> dict[str, object]:
    recipients, copies = listed(paper.recipients), _copies(paper)
    return {
        "paper": paper,
        "author": paper.head.name,
        "draft": paper.is_draft,
        "parent_name": paper.head.parent_name.upper(),
        "body_name": paper.head.name.upper(),
        "number": paper.number or f"…/{paper.symbol}",
        "place": paper.head.place,
        "day": long_day(paper.issued_on) if paper.issued_on is not None else NO_DAY,
        "kind_name": paper.kind_label.upper(),
        "subject": " ".join(paper.subject.split()),
        "recipient": recipients[0].removesuffix(".") if len(recipients) == 1 else "",
        "recipients": recipients if len(recipients) > 1 else (),
        "blocks": closed(blocks_of(paper.body)),
        "signer_lines": [line.strip().upper() for line in paper.signer_title.split("\n") if line.strip()],
        "signer_name": paper.signer_name.strip(),
        "copies": copies[:BESIDE_SIGNATURE],
        "more_copies": copies[BESIDE_SIGNATURE:],
        "not_official": NOT_OFFICIAL,
    }


def _copies(paper: Paper) -> tuple[str, ...]:
    names = ["Như trên"] if paper.recipients else []
    copies = [name.strip(" .;-") for name in paper.copies]
    names += [name for name in copies if name != "Như trên" and not name.startswith("Lưu:")]
    keeper = paper.keeper.strip()
    return listed([*dict.fromkeys(names), f"Lưu: VT, {keeper}" if keeper else "Lưu: VT"])


def _form_context(paper: Paper) -> dict[str, object]:
    facts, kind = paper.facts, DocumentKind(paper.kind)
    fields = [Field(label, text_of(facts, name)) for name, label in DOSSIER]
    fields.append(Field(RECEIVED.get(kind, "Ngày nhận hồ sơ"), day_of(facts, "received_on")))
    if kind == DocumentKind.APOLOGY:
        fields.append(Field("Ngày đã hẹn trả kết quả", day_of(facts, "due_on")))
    name, label = NEW_DATE if kind == DocumentKind.APOLOGY else ASKED_BY
    asks, empty = kind != DocumentKind.APOLOGY, not paper.body.strip()
    return {
        "fields": fields,
        "to": "" if paper.recipients else text_of(facts, "applicant"),
        "missing": [line for line in lines_of(facts, "missing") if asks and line not in paper.body],
        "missing_blanks": range(LIST_BLANKS if asks and empty and not lines_of(facts, "missing") else 0),
        "reason": _unsaid(paper, "reason"),
        "reason_blank": empty and not text_of(facts, "reason"),
        "date": Field(label, day_of(facts, name)),
    }


def _routing_context(paper: Paper) -> dict[str, object]:
    found: dict[str, list[Opinion]] = {key: [] for key, _heading in OPINION_BLOCKS}
    drafters: list[Opinion] = []
    said = paper.facts.get("opinions")
    for each in said if isinstance(said, Sequence) and not isinstance(said, str) else ():
        if isinstance(each, Mapping):
            opinion = Opinion(text_of(each, "by"), day_of(each, "at"), text_of(each, "text"))
            found.get(whose(each), drafters).append(opinion)
    return {
        "blocks": blocks_of(paper.body),
        "proposal": _unsaid(paper, "proposal"),
        "proposal_blank": not text_of(paper.facts, "proposal"),
        "drafters": drafters,
        "opinion_blocks": [
            OpinionBlock(heading, tuple(found[key]), signed=key == LEADERS) for key, heading in OPINION_BLOCKS
        ],
    }


def whose(opinion: Mapping[str, object]) -> str:
    """Return whose block an opinion belongs to, by the title of its step, else by its writer's position; "" is none."""
    step, by = text_of(opinion, "step"), text_of(opinion, "by").rpartition(",")[2]
    said = (step or by).lower()
    return next((key for key, names in WHOSE if any(name in said for name in names)), "")


def _unsaid(paper: Paper, name: str) -> str:
    said = text_of(paper.facts, name)
    return "" if said.rstrip(" .;") in paper.body else said


def text_of(facts: Mapping[str, object], name: str) -> str:
    """Return one fact as a line of text; "" when it is missing."""
    value = facts.get(name)
    return "" if value is None else " ".join(str(value).split())


def lines_of(facts: Mapping[str, object], name: str) -> list[str]:
    """Return a fact that is a list as lines; a plain text is one line."""
    value = facts.get(name)
    lines = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value or ""]
    return [line for line in (" ".join(str(each).split()) for each in lines) if line]


def day_of(facts: Mapping[str, object], name: str) -> str:
    """Return a day in full; a text that is no ISO day stays as it was written."""
    said = text_of(facts, name)
    try:
        return long_day(date.fromisoformat(said))
    except ValueError:
        return said
