"""The one door to WeasyPrint: a template and its data become a PDF that is the same on every machine.

Fonts are a world of their own: fontconfig is shown the four faces of Liberation Serif (the metrics of Times New Roman)
and nothing else, so that no font of the system may change a page. Nothing is fetched, from the net or from the disk.
The file is PDF/A-3b and tagged; it holds no clock and no chance: same input, same bytes.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import RLock
from typing import TYPE_CHECKING

from django.template import Engine
from django.template.loader import render_to_string

if TYPE_CHECKING:
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

FAMILY = "Liberation Serif"
FACES = (
    "LiberationSerif-Regular.ttf",
    "LiberationSerif-Bold.ttf",
    "LiberationSerif-Italic.ttf",
    "LiberationSerif-BoldItalic.ttf",
)
FONT_ROOTS = ("/usr/share/fonts", "/usr/local/share/fonts")
FONT_PACKAGE = "fonts-liberation2 (Debian 12), fonts-liberation (Debian 13 trở đi) hoặc liberation-serif-fonts (Fedora)"

HARDEST_LETTERS = "ẰẴẶỂỖỘỞỠỮỰỲỸđĐơƯ…–“”"
"""Letters that Liberation 1.x did not have; a font that has them has all of Vietnamese."""

REPLACEMENT = "□"
"""What stands for a character that the font lacks, such as an emoji: a person sees that something stood there."""

UNSEEN = frozenset({"Cc", "Cf"})
"""Categories of characters that print nothing of their own and are left out: one of them could turn a line around."""

WORD_JOINER = "\u2060"
"""Keeps two letters on one line (Unicode); pango heeds it and prints nothing for it, so it needs no glyph."""

HYPHENS = {"\u2010": "-", "\u2011": "-"}
"""Kinds of hyphen that the font lacks, and the hyphen that looks the same."""

VARIANT = {"pdf_variant": "pdf/a-3b", "pdf_tags": True}

KEPT = frozenset({"\n", WORD_JOINER})
"""Characters that have no glyph and need none."""

_LOCK = RLock()
"""Pango's font map is shared by the process and no two threads may lay out with it at once."""


class FontMissing(RuntimeError):
    """The machine has no Liberation Serif with all Vietnamese letters."""


@dataclass(frozen=True, slots=True)
class PrintedPdf:
    """A printed file and its number of pages."""

    content: bytes
    pages: int


def print_html(
    template: str, context: Mapping[str, object], *, stylesheet: str, title: str, created: date | None = None
) -> PrintedPdf:
    """Print a template with its data by one stylesheet; both are named as Django finds templates.

    The template gets `title` and `created` beside the context and must print them as `print/base.html` does. `created`
    is the document's own date; without it the file has none. Django escapes the data, and only the markup of our
    templates is ever interpreted. A character that the font lacks is printed as "□".

    :raises FontMissing: when Liberation Serif 2.x is not installed.
    """
    rendered = render_to_string(template, {**context, "title": title, "created": created})
    with _LOCK:
        fonts = font_configuration()
        html = printable(rendered)
        # WeasyPrint 70 leaves the file of its colour profile to be closed by the interpreter, which would warn of it.
        warnings.filterwarnings("ignore", message=r"unclosed file .*sRGB2014\.icc", category=ResourceWarning)
        document = _page(html).render(font_config=fonts, stylesheets=[_style(stylesheet)], **VARIANT)
        content = document.write_pdf(pdf_identifier=hashlib.sha256(html.encode()).digest()[:16], **VARIANT)
    if not isinstance(content, bytes):
        raise TypeError("WeasyPrint không trả về tệp PDF.")
    return PrintedPdf(content, len(document.pages))


def printable(html: str) -> str:
    """Return markup whose texts are NFC and hold only characters that the font has.

    Each text between two tags is composed by itself: a combining stroke at the start of a text would otherwise make a
    letter of its own with the ">" of the tag before it.
    """
    composed = re.sub(r"[^<>]+", lambda text: unicodedata.normalize("NFC", text[0]), html)
    strange = {char for char in set(composed) - KEPT if ord(char) not in _letters() or _is_unseen(char)}
    return composed.translate({ord(char): _stand_in(char) for char in strange}) if strange else composed


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in UNSEEN


def _stand_in(char: str) -> str:
    if char in HYPHENS:
        return HYPHENS[char]
    if char in "\t\r\u2028\u2029\u0085":
        return " "
    if _is_unseen(char) or unicodedata.name(char, "").startswith("VARIATION SELECTOR"):
        return ""
    return " " if char.isspace() else REPLACEMENT


@lru_cache(maxsize=1)
def font_files() -> tuple[Path, ...]:
    """Return the four faces of Liberation Serif, regular first.

    :raises FontMissing: when one is missing or lacks Vietnamese letters.
    """
    for root in FONT_ROOTS:
        for regular in sorted(Path(root).rglob(FACES[0])):
            files = tuple(regular.with_name(name) for name in FACES)
            if all(path.is_file() for path in files) and _has_vietnamese(regular):
                return files
    raise FontMissing(
        "Không in được văn bản: máy chưa có phông Liberation Serif 2.x đủ chữ tiếng Việt. "
        f"Hãy cài gói {FONT_PACKAGE} rồi thử lại."
    )


def _has_vietnamese(path: Path) -> bool:
    letters = _character_set(path)
    return all(ord(letter) in letters for letter in HARDEST_LETTERS)


def _character_set(path: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # noqa: PLC0415 -- comes with WeasyPrint

    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap() or {})


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    return frozenset.intersection(*(_character_set(path) for path in font_files()))


@lru_cache(maxsize=1)
def font_configuration() -> FontConfiguration:
    """Return this process's one font configuration, which knows Liberation Serif alone.

    fontconfig reads its configuration when WeasyPrint is imported and once more here; the environment shows it ours
    for that moment only, so that no other program started from here is led astray.

    :raises FontMissing: when Liberation Serif 2.x is not installed.
    """
    files = font_files()
    with TemporaryDirectory(prefix="dondoc-phong-") as folder:
        settings = Path(folder) / "fonts.conf"
        accepted = "".join(f"<glob>{path}</glob>" for path in files)
        settings.write_text(
            f'<?xml version="1.0"?><fontconfig><dir>{files[0].parent}</dir><cachedir>{folder}</cachedir>'
            f"<selectfont><rejectfont><glob>*</glob></rejectfont><acceptfont>{accepted}</acceptfont></selectfont>"
            "</fontconfig>",
            encoding="utf-8",
        )
        with _environment(FONTCONFIG_FILE=str(settings)):
            from weasyprint.text.fonts import FontConfiguration as Fonts  # noqa: PLC0415 -- takes a second to import

            return Fonts()


@contextmanager
def _environment(**wanted: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@lru_cache(maxsize=16)
def _style(stylesheet: str) -> CSS:
    import weasyprint  # noqa: PLC0415 -- importing WeasyPrint takes a second and only printing needs it

    text = Engine.get_default().get_template(stylesheet).source
    return weasyprint.CSS(string=text, font_config=font_configuration(), url_fetcher=_no_fetching())


def _page(html: str) -> HTML:
    import weasyprint  # noqa: PLC0415 -- importing WeasyPrint takes a second and only printing needs it

    return weasyprint.HTML(string=html, url_fetcher=_no_fetching())


def _no_fetching() -> URLFetcher:
    """Return a fetcher that allows no protocol: whatever asks for a file stops the printing."""
    from weasyprint.urls import URLFetcher as Fetcher  # noqa: PLC0415 -- the same

    return Fetcher(allowed_protocols=frozenset(), fail_on_errors=True)
