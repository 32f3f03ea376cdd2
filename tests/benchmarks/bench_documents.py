"""Documents: PDFs a second, the first one and later ones, one and two processes, against a plain WeasyPrint loop.

    python tests/benchmarks/bench_documents.py [COUNT]      (default 500 documents)

The plain loop prints the same HTML with the same stylesheet and the same options (PDF/A, tags), as WeasyPrint's manual
shows it: fonts and stylesheet anew each time. Everything is measured in this very run, in turn; no database is needed.
Prints seconds, documents a second, ratios, and the memory (RSS) of one process on the way.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter

import stage  # noqa: F401 -- sets Django up

from django.template import Engine
from django.template.loader import render_to_string

from tests.printed import LETTER
from workflow.adapters.pdf import print_paper
from workflow.adapters.pdf.document import STYLESHEET, paper_page
from workflow.adapters.pdf.engine import VARIANT, font_configuration, printable
from workflow.core.paper import Paper

SLICE = 25
"""Ours and the plain loop take turns of so many documents, so that both meet the same machine."""

PLAIN_SHARE = 4
"""The plain loop does a quarter of the documents; its rate is what counts."""

STEPS = 5


def letter(number: int) -> Paper:
    """Return one reminder; each differs, so that nothing is printed twice."""
    return replace(LETTER, number=f"{number:02d}/SKHĐT-VP", recipients=(f"Cơ quan thứ {number}",))


def html_of(paper: Paper) -> str:
    """Return the HTML that our engine gives to WeasyPrint."""
    template, context, _stylesheet = paper_page(paper)
    return printable(render_to_string(template, {**context, "title": "Văn bản", "created": paper.issued_on}))


def plain(html: str, stylesheet: str) -> int:
    """Print as WeasyPrint's manual shows it."""
    from weasyprint import CSS, HTML  # noqa: PLC0415 -- as late as our engine does
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 -- the same

    fonts = FontConfiguration()
    style = CSS(string=stylesheet, font_config=fonts)
    return len(HTML(string=html).write_pdf(stylesheets=[style], font_config=fonts, **VARIANT))


def memory() -> float:
    """Return this process' resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def print_one(number: int) -> int:
    """Print one letter in a worker process."""
    return len(print_paper(letter(number)).content)


def one_process(count: int) -> tuple[float, float]:
    """Print ours and the plain loop in turns; return both medians of documents a second, and print memory on the way."""
    stylesheet = Engine.get_default().get_template(STYLESHEET).source
    ours, others = [], []
    done = 0
    print(f"bộ nhớ sau 1 văn bản: {memory():.0f} MB")
    while done < count:
        size = min(SLICE, count - done)
        start = perf_counter()
        for number in range(done + 1, done + size + 1):
            print_paper(letter(number))
        ours.append(size / (perf_counter() - start))
        pages = [html_of(letter(number)) for number in range(max(size // PLAIN_SHARE, 1))]
        start = perf_counter()
        for html in pages:
            plain(html, stylesheet)
        others.append(len(pages) / (perf_counter() - start))
        done += size
        if done % (max(count // STEPS, SLICE)) < SLICE:
            print(f"bộ nhớ sau {done} văn bản: {memory():.0f} MB")
    return median(ours), median(others)


def two_processes(count: int) -> float:
    """Print with two worker processes that are warm already; return documents a second."""
    with get_context("spawn").Pool(2) as pool:
        pool.map(print_one, range(4), chunksize=2)
        start = perf_counter()
        pool.map(print_one, range(1, count + 1), chunksize=10)
        return count / (perf_counter() - start)


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    start = perf_counter()
    font_configuration()
    loading = perf_counter() - start
    start = perf_counter()
    print_paper(letter(0))
    first = perf_counter() - start
    print(f"nạp WeasyPrint và phông: {loading:.2f} s; văn bản đầu tiên: {first:.2f} s")
    ours, others = one_process(count)
    print(
        f"một tiến trình: {ours:.1f} văn bản/s; vòng lặp WeasyPrint thường: {others:.1f}; gấp {ours / others:.2f} lần"
    )
    both = two_processes(count)
    print(f"hai tiến trình: {both:.1f} văn bản/s; gấp {both / ours:.2f} lần một tiến trình")


if __name__ == "__main__":
    main()
