"""Printing as PDF by WeasyPrint: documents in the form of NĐ 30/2020/NĐ-CP, slips, the register, the trail."""

from workflow.adapters.pdf.document import print_paper
from workflow.adapters.pdf.engine import FontMissing, PrintedPdf, print_html
from workflow.adapters.pdf.places import Box, SignaturePlaces, signature_places
from workflow.adapters.pdf.register import print_register
from workflow.adapters.pdf.trail import print_trail
from workflow.core.paper import AppendixPaper, Head, Paper

__all__ = [
    "AppendixPaper",
    "Box",
    "FontMissing",
    "Head",
    "Paper",
    "PrintedPdf",
    "SignaturePlaces",
    "print_html",
    "print_paper",
    "print_register",
    "print_trail",
    "signature_places",
]
