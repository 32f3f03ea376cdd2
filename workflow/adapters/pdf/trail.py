"""Printing an extract of the trail on landscape A4; no official form was found, the layout is the house's own."""

from __future__ import annotations

from workflow.adapters.pdf.engine import PrintedPdf, print_html
from workflow.core.register import say_moment
from workflow.core.trailextract import TITLE, TrailExtract

COLUMNS = ("Thời điểm", "Người thực hiện", "Việc", "Đối tượng", "Nội dung", "Mã băm")


def print_trail(extract: TrailExtract) -> PrintedPdf:
    """Print an extract: what was sought, by whom and when, the checkpoint, then the events, oldest first.

    It is no draft: it shows what the trail holds. Each page says at its foot when it was made.

    :raises FontMissing: when Liberation Serif 2.x is not installed.
    """
    moment = say_moment(extract.asked_at)
    return print_html(
        "workflow/document/print/trail.html",
        {
            "extract": extract,
            "heading": TITLE,
            "columns": COLUMNS,
            "asked": moment,
            "foot": f"Trích xuất từ hệ thống Đôn đốc lúc {moment} · {extract.asked_by}",
        },
        stylesheet="workflow/document/print/trail.css",
        title=f"Trích xuất nhật ký lúc {moment}",
        created=extract.asked_at.date(),
    )
