"""Outgoing documents: drafts, the gapless register, signing and issuing, and the printing of each issued one."""

from workflow.actions.document.drafting import (
    ONLY_LETTERS_BY_ORDER,
    Draft,
    cancel_draft,
    document_target,
    draft_document,
    drafting_units,
    may_draft,
    may_revise,
    revise_document,
)
from workflow.actions.document.issuing import (
    HEAD_TITLE,
    deliveries_of,
    freeze,
    issue_document,
    issue_draft,
    pass_up_signing,
    sign_document,
    signing_title,
)
from workflow.actions.document.letterhead import LetterheadFacts, set_letterhead
from workflow.actions.document.parts import NO_COPY, NO_RECIPIENT, Parts, appendix_rows, missing_place
from workflow.actions.document.recalling import may_recall, recall_document
from workflow.actions.document.register import open_register, series_of, take_numbers
from workflow.actions.document.rendering import (
    RENDER_CHUNK,
    RENDER_GRACE,
    ask_rendering_again,
    render_document,
    render_documents,
    render_missing,
    request_rendering,
)
from workflow.actions.document.replacing import correction_places, may_amend, start_correction, start_replacement
from workflow.actions.document.signing import Signing, attach_signed_pdf, sign_pdf
from workflow.queries.document import may_issue

__all__ = [
    "HEAD_TITLE",
    "NO_COPY",
    "NO_RECIPIENT",
    "ONLY_LETTERS_BY_ORDER",
    "RENDER_CHUNK",
    "RENDER_GRACE",
    "Draft",
    "LetterheadFacts",
    "Parts",
    "Signing",
    "appendix_rows",
    "ask_rendering_again",
    "attach_signed_pdf",
    "cancel_draft",
    "correction_places",
    "deliveries_of",
    "document_target",
    "draft_document",
    "drafting_units",
    "freeze",
    "issue_document",
    "issue_draft",
    "may_amend",
    "may_draft",
    "may_issue",
    "may_recall",
    "may_revise",
    "missing_place",
    "open_register",
    "pass_up_signing",
    "recall_document",
    "render_document",
    "render_documents",
    "render_missing",
    "request_rendering",
    "revise_document",
    "series_of",
    "set_letterhead",
    "sign_document",
    "sign_pdf",
    "signing_title",
    "start_correction",
    "start_replacement",
    "take_numbers",
]
