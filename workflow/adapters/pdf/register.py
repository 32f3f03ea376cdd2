"""Printing a volume of the register of outgoing documents: NĐ 30/2020/NĐ-CP Phụ lục IV Mẫu I, on landscape A4."""

from __future__ import annotations

from workflow.adapters.pdf.engine import PrintedPdf, print_html
from workflow.core.register import COLUMNS, TITLE, RegisterVolume, say_moment


def print_register(volume: RegisterVolume) -> PrintedPdf:
    """Print a volume: the cover, then its rows in ten columns with the head on every page and pages numbered from 1.

    It is no draft: it shows what was issued. The line at the foot says when it was put together.

    :raises FontMissing: when Liberation Serif 2.x is not installed.
    """
    made = f"Lập từ hệ thống Đôn đốc lúc {say_moment(volume.made_at)}" if volume.made_at is not None else ""
    said = (f"Sổ đăng ký văn bản đi năm {volume.year}", f"quyển số {volume.volume:02d}", made)
    return print_html(
        "workflow/document/print/register.html",
        {
            "volume": volume,
            "heading": TITLE,
            "columns": COLUMNS,
            "rows": [row.cells() for row in volume.rows],
            "foot": " · ".join(part for part in said if part),
        },
        stylesheet="workflow/document/print/register.css",
        title=f"{TITLE} năm {volume.year}, quyển số {volume.volume:02d} – {volume.name}",
        created=volume.made_at.date() if volume.made_at is not None else None,
    )
