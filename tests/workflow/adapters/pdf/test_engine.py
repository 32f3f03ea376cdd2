"""The file itself: one font, PDF/A, tags, and the same bytes everywhere."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from tests.printed import LETTER, PAPERS, REPORT, sample
from workflow.adapters.pdf import FontMissing, engine, print_paper

FACES = {"Liberation-Serif", "Liberation-Serif-Bold", "Liberation-Serif-Italic", "Liberation-Serif-Bold-Italic"}

HERE = Path(__file__).parents[4]

ELSEWHERE = """
import hashlib, os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
django.setup()
from tests.printed import LETTER
from workflow.adapters.pdf import print_paper
print(hashlib.sha256(print_paper(LETTER).content).hexdigest())
"""


def fonts_of(content: bytes) -> dict[str, DictionaryObject]:
    """Return the fonts of all pages by name, without the subset's tag."""
    found = {}
    for page in PdfReader(BytesIO(content)).pages:
        for named in page["/Resources"]["/Font"].values():  # type: ignore[index]
            font = named.get_object()
            found[str(font["/BaseFont"]).partition("+")[2]] = font
    return found


@pytest.mark.parametrize("kind", PAPERS)
def test_only_the_faces_of_one_font_are_used_and_all_are_embedded(kind: str) -> None:
    fonts = fonts_of(sample(kind).content)
    assert set(fonts) <= FACES
    for font in fonts.values():
        [descendant] = font["/DescendantFonts"]  # type: ignore[misc]
        assert "/FontFile2" in descendant.get_object()["/FontDescriptor"]


def test_a_letter_that_the_font_lacks_pulls_no_other_font() -> None:
    printed = print_paper(replace(LETTER, body="Biểu tượng 😀 漢 ☑ và \u0007 hết")).content
    assert set(fonts_of(printed)) <= FACES
    assert "Biểu tượng □ □ □ và hết./." in " ".join(PdfReader(BytesIO(printed)).pages[0].extract_text().split())


@pytest.mark.parametrize("kind", PAPERS)
def test_the_file_says_that_it_is_pdf_a_and_tagged_vietnamese(kind: str) -> None:
    reader = PdfReader(BytesIO(sample(kind).content))
    root = reader.trailer["/Root"].get_object()
    xmp = root["/Metadata"].get_data().decode()
    assert 'pdfaid:part="3"' in xmp
    assert 'pdfaid:conformance="B"' in xmp
    assert root["/Lang"] == "vi"
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 -- pypdf's own boolean
    assert root["/StructTreeRoot"].get_object()["/K"]
    assert root["/OutputIntents"][0]["/DestOutputProfile"].get_object().get_data()


def test_headings_and_tables_of_an_appendix_are_tagged_as_such() -> None:
    root = PdfReader(BytesIO(sample("BC").content)).trailer["/Root"].get_object()
    names: set[str] = set()
    waiting = [root["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, DictionaryObject):
            names.add(str(node.get("/S", "")))
            kids = node.get("/K", ArrayObject())
            waiting += kids if isinstance(kids, ArrayObject) else [kids]
    assert {"/H1", "/H2", "/P", "/Table", "/TH", "/TD"} <= names


def test_the_file_runs_nothing_links_nowhere_and_holds_no_clock() -> None:
    reader = PdfReader(BytesIO(sample("BC").content))
    assert all("/Annots" not in page for page in reader.pages)
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(reader.trailer["/Root"].get_object())
    assert reader.metadata is not None
    assert reader.metadata.get("/CreationDate") == "D:20220207"
    assert reader.metadata.get("/ModDate") is None


def test_a_draft_has_no_date_at_all() -> None:
    reader = PdfReader(BytesIO(sample("CV", draft=True).content))
    assert reader.metadata is not None
    assert reader.metadata.get("/CreationDate") is None


@pytest.mark.parametrize("paper", [LETTER, REPORT], ids=["letter", "report"])
def test_the_same_paper_is_the_same_file(paper: object) -> None:
    assert print_paper(paper).content == sample(paper.kind).content  # type: ignore[arg-type,attr-defined]


def test_another_process_with_other_language_home_and_fonts_makes_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "fonts.conf").write_text("<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir></fontconfig>")
    env = {**os.environ, "LC_ALL": "C", "LANG": "C", "HOME": str(tmp_path), "TZ": "America/Lima", "PYTHONHASHSEED": "7"}
    env |= {"FONTCONFIG_FILE": str(tmp_path / "fonts.conf"), "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        env=env,
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[4],
    )
    assert done.stdout.strip() == hashlib.sha256(sample("CV").content).hexdigest()


def test_printing_leaves_the_environment_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", "/mau/fonts.conf")
    engine.font_configuration.cache_clear()
    print_paper(LETTER)
    assert os.environ["FONTCONFIG_FILE"] == "/mau/fonts.conf"


def test_a_machine_without_the_font_says_which_package_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "FONT_ROOTS", (str(tmp_path),))
    engine.font_files.cache_clear()
    try:
        with pytest.raises(FontMissing, match="fonts-liberation2"):
            engine.font_files()
    finally:
        engine.font_files.cache_clear()


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<p>a\u0301</p>", "<p>á</p>"),
        ("<p>\u0338x</p>", "<p>\u0338x</p>"),
        ("<p>1\u2011 2</p>", "<p>1- 2</p>"),
        ("<p>a\tb\u200db</p>", "<p>a bb</p>"),
        ("<p>👨‍👩‍👧</p>", "<p>□□□</p>"),
    ],
)
def test_texts_are_composed_between_tags_and_never_with_them(html: str, wanted: str) -> None:
    assert engine.printable(html) == wanted
