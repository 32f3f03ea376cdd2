"""Printing a document as PDF on A4, by WeasyPrint; the layout of NĐ 30/2020/NĐ-CP Phụ lục I in its main parts.

What is not here yet: the seal, digital signatures, urgency marks and page-two numbering. The place of the signature is
left empty: a signature is made by a person, never printed by the program. Fonts: Liberation Serif has the metrics of
Times New Roman.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from workflow.core.numbering import LETTER
from workflow.core.wording import PLACE, long_day

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

STYLE = """
@page { size: A4; margin: 20mm 20mm 20mm 30mm; }
body { font-family: "Times New Roman", "Liberation Serif", serif; font-size: 14pt; line-height: 1.2; color: #000; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
td { vertical-align: top; padding: 0; }
.strong { font-weight: bold; }
.head td { text-align: center; }
.issuer, .number { width: 40%; font-size: 12pt; }
.nation { font-size: 12pt; }
.ruled::after { content: ""; display: block; width: 22mm; margin: 1mm auto 0; border-top: 0.5pt solid #000; }
.motto { font-size: 13pt; }
.motto span { border-bottom: 0.5pt solid #000; padding-bottom: 0.5mm; }
.number { padding-top: 3mm; font-size: 13pt; }
.about { font-size: 12pt; margin-top: 6pt; padding: 0 4mm; }
.place { padding-top: 3mm; font-style: italic; font-size: 13pt; }
.kind { text-align: center; font-weight: bold; margin-top: 8mm; text-transform: uppercase; }
.kind-subject { text-align: center; font-weight: bold; }
.kind-rule { width: 40mm; margin: 1mm auto 0; border-top: 0.5pt solid #000; }
.to { text-align: center; margin: 8mm 0 4mm; }
.to-many { margin: 8mm 0 4mm; }
.to-many td:first-child { width: 45mm; text-align: right; padding-right: 2mm; }
.text { text-align: justify; text-indent: 12.7mm; margin: 0 0 6pt; }
.foot { margin-top: 6mm; page-break-inside: avoid; }
.copies { font-size: 11pt; }
.copies-title { font-size: 12pt; font-weight: bold; font-style: italic; }
.sign { text-align: center; width: 60%; }
.sign-space { height: 25mm; }
.draft { text-align: right; font-weight: bold; border: 0; font-size: 13pt; margin-bottom: 2mm; }
"""


@dataclass(frozen=True, slots=True)
class Paper:
    """All that stands on the printed document; `number` is "" and `issued_on` None while it is a draft."""

    kind: str
    kind_label: str
    parent_name: str
    body_name: str
    number: str
    symbol: str
    issued_on: date | None
    subject: str
    body: str
    recipients: tuple[str, ...]
    keeper: str
    signer_name: str
    signer_title: str

    @property
    def is_draft(self) -> bool:
        """Whether the paper was not issued, so that it must say so."""
        return not self.number or self.issued_on is None


@lru_cache(maxsize=1)
def _fonts_and_style() -> tuple[FontConfiguration, CSS]:
    import weasyprint  # noqa: PLC0415 -- importing WeasyPrint takes a second and only printing needs it
    from weasyprint.text.fonts import FontConfiguration as Fonts  # noqa: PLC0415 -- the same

    fonts = Fonts()
    return fonts, weasyprint.CSS(string=STYLE, font_config=fonts)


def letter_html(paper: Paper) -> str:
    """Return the document's HTML, as it is printed."""
    drafted_day = "ngày … tháng … năm …"
    return render_to_string(
        "workflow/document/letter.html",
        {
            "title": f"{paper.number or paper.symbol} {paper.subject}".strip(),
            "draft": paper.is_draft,
            "parent_name": paper.parent_name.upper(),
            "body_name": paper.body_name.upper(),
            "number": paper.number or f"…/{paper.symbol}",
            "is_letter": paper.kind == LETTER,
            "kind": paper.kind_label,
            "subject": paper.subject,
            "place": PLACE,
            "day": long_day(paper.issued_on) if paper.issued_on is not None else drafted_day,
            "recipients": paper.recipients,
            "paragraphs": [line for line in paper.body.split("\n") if line.strip()],
            "keeper": paper.keeper,
            "signer_lines": paper.signer_title.split("\n"),
            "signer_name": paper.signer_name,
        },
    )


def print_paper(paper: Paper) -> bytes:
    """Print a document as PDF; a draft carries "DỰ THẢO". Reads no network and no file but the fonts."""
    from weasyprint import HTML  # noqa: PLC0415 -- importing WeasyPrint takes a second and only printing needs it

    fonts, style = _fonts_and_style()
    page = HTML(string=letter_html(paper), url_fetcher=_refuse_fetch)
    content = page.write_pdf(stylesheets=[style], font_config=fonts)
    if not isinstance(content, bytes):
        raise TypeError("WeasyPrint không trả về tệp PDF.")
    return content


def _refuse_fetch(url: str, *_args: object, **_kwargs: object) -> dict[str, object]:
    raise ValueError(f"Văn bản không được tải nội dung từ bên ngoài: {url}")
