"""From draft to verified signatures by the real way: through the flow, the printer and two keys; and by the engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from pytest_django import Settings

from tests.approvals.factories import Matter, letter
from tests.factories import House, at, make_task
from tests.signing import BODY, PASSPHRASE, authority, holder, picture
from workflow.actions.document import Signing, draft_document, recall_document, render_document, sign_pdf
from workflow.actions.policy import seed_rules
from workflow.actions.sweep import sweep
from workflow.adapters.signature import read_signatures
from workflow.choices import FlowKind, SignatureRole
from workflow.core.errors import WrongState
from workflow.core.signature import Pkcs12Key
from workflow.models import Document, DocumentSignature, Person, RegisterBook
from workflow.permissions import Actor
from workflow.queries.paperproof import PaperProof, prove_file

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning")
"""WeasyPrint leaves its colour profile open after a PDF/A; nothing of ours."""

NOW = at(date(2022, 10, 3), "10:00")
SIGNER = "Trần Thị Ký Mẫu"


@pytest.fixture
def trusted(settings: Settings, tmp_path: Path) -> Path:
    stored = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": stored}
    settings.TRUST_DIR = tmp_path / "trust"
    settings.TRUST_DIR.mkdir()
    (settings.TRUST_DIR / "noi-cap.pem").write_bytes(authority().pem)
    settings.TSA_URL = ""
    return tmp_path / "trust"


def stored(name: str) -> bytes:
    with default_storage.open(name, "rb") as file:
        return bytes(file.read())


def prove(content: bytes, trusted: Path) -> PaperProof:
    return prove_file(content, read_signatures(content, trusted, at=NOW), actor=None)


def put(document_id: int, role: SignatureRole, name: str, by: Actor, which: int) -> DocumentSignature:
    signing = Signing(key=Pkcs12Key(holder(name, which=which).pkcs12(), PASSPHRASE), image=picture())
    return sign_pdf(document_id, signing, role=role, by=by, now=NOW)


def test_what_passed_its_flow_is_signed_twice_and_proved(house: House, trusted: Path) -> None:
    seed_rules(by=None, now=NOW)
    leader = replace(house.leader, name=SIGNER)
    Person.objects.filter(pk=leader.person_id).update(full_name=SIGNER)
    pk = draft_document(letter(), task=make_task(house), by=house.reviewer, now=NOW).pk
    matter = Matter(FlowKind.DOCUMENT, pk)
    steps = (("present", house.reviewer), ("approve", house.chief), ("approve", house.chief), ("sign", leader))
    for outcome, by in (*steps, ("issue", house.clerk)):
        matter.act(outcome, by, now=NOW)
    assert render_document(pk) is True
    put(pk, SignatureRole.SIGNER, SIGNER, leader, 1)
    last = put(pk, SignatureRole.ORGANISATION, BODY, house.clerk, 2)
    document = Document.objects.get(pk=pk)
    for content in (stored(document.pdf_name), stored(last.file_name)):
        proof = prove(content, trusted)
        assert proof.ok is True, [check for check in proof.checks if not check.ok]
    assert [found.whole for found in prove(stored(last.file_name), trusted).signatures] == [True, True]
    recall_document(pk, reason="Sai số liệu", by=leader, now=NOW)
    assert "ĐÃ BỊ THU HỒI" in prove(stored(last.file_name), trusted).verdict


def test_what_the_engine_issued_is_proved_from_its_tasks_trail_and_has_no_signer(house: House, trusted: Path) -> None:
    seed_rules(by=None, now=at(date(2022, 1, 1)))
    RegisterBook.objects.create(body=house.department, year=2022, series="chung", first_number=1, last_number=0)
    task = make_task(house)
    sweep(now=at(date(2022, 10, 17), "08:00"))
    document = Document.objects.get(task=task)
    assert render_document(document.pk) is True
    document.refresh_from_db()
    proof = prove(stored(document.pdf_name), trusted)
    assert proof.ok is True, [check for check in proof.checks if not check.ok]
    with pytest.raises(WrongState, match="do hệ thống phát hành theo chính sách"):
        put(document.pk, SignatureRole.SIGNER, SIGNER, house.chief, 1)
