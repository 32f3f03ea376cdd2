"""What is known of a file that somebody holds: the file, its hash, the register, the trail, the signatures."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.factories import House
from tests.signing import BODY, NOW, ORGANISATION, Desk, authority, make_desk
from tests.tamper import tamper
from workflow.adapters.signature import read_signatures
from workflow.choices import DocumentStatus, LinkKind
from workflow.core.hashchain import plain
from workflow.models import Document, DocumentLink, DocumentSignature, Recall, RegisterBook
from workflow.permissions import Actor
from workflow.queries.paperproof import Match, PaperProof, prove_file

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning")
"""WeasyPrint leaves its colour profile open after a PDF/A; nothing of ours."""


@pytest.fixture(autouse=True)
def _own_places(settings: Settings, tmp_path: Path) -> None:
    stored = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": stored}
    settings.TRUST_DIR = tmp_path / "trust"
    settings.TRUST_DIR.mkdir()
    (settings.TRUST_DIR / "noi-cap.pem").write_bytes(authority().pem)
    settings.TSA_URL = ""
    settings.DEMONSTRATION = False


@pytest.fixture
def desk(house: House) -> Desk:
    return make_desk(house)


def prove(content: bytes, actor: Actor | None = None) -> PaperProof:
    return prove_file(content, read_signatures(content, site.TRUST_DIR, at=NOW), actor=actor)


def failing(proof: PaperProof) -> list[str]:
    return [check.label for check in proof.checks if not check.ok]


def test_the_frozen_pdf_agrees_with_everything(desk: Desk) -> None:
    proof = prove(desk.frozen)
    assert proof.ok is True
    assert proof.verdict == "Tệp này đúng là bản PDF lúc phát hành của văn bản số 05/SKHĐT-VP ngày 03/10/2022."
    assert [check.label for check in proof.checks] == [
        "Nội dung đã phát hành",
        "Sổ đăng ký văn bản đi",
        "Bản lưu trong kho",
        "Nhật ký",
        "Chữ ký số",
    ]
    assert "mẫu để ký số" in proof.checks[1].found
    assert BODY in proof.checks[1].found


def test_each_signed_file_agrees_and_says_which_it_is(desk: Desk) -> None:
    first, second = desk.sign(), desk.sign(ORGANISATION)
    for row, words in ((first, "thứ 1 (người có thẩm quyền)"), (second, "thứ 2 (cơ quan)")):
        proof = prove(desk.stored(row))
        assert proof.ok is True, failing(proof)
        assert proof.verdict.startswith(f"Tệp này đúng là bản có chữ ký số {words}")
        assert len(proof.signatures) == row.ordinal
    assert prove(desk.frozen).ok is True


def test_an_unknown_file_is_unknown(desk: Desk) -> None:
    changed = bytearray(desk.frozen)
    changed[-100] ^= 1
    proof = prove_file(bytes(changed), (), actor=None)
    assert (proof.ok, proof.match, proof.known) == (False, Match.UNKNOWN, None)
    assert proof.verdict == "Không có văn bản nào đã phát hành trong hệ thống này trùng với tệp này."


def test_one_changed_byte_of_a_signed_file_is_found_twice(desk: Desk) -> None:
    content = bytearray(desk.stored(desk.sign()))
    content[len(desk.frozen) // 2] ^= 1
    proof = prove(bytes(content))
    assert proof.match == Match.UNKNOWN
    assert [found.whole for found in proof.signatures] == [False]


@pytest.mark.parametrize("extra", [b"\n", b" ", b"\n% them\n%%EOF\n", b"x" * 5000])
def test_a_known_beginning_with_more_behind_is_changed_after(desk: Desk, extra: bytes) -> None:
    proof = prove_file(desk.frozen + extra, (), actor=None)
    assert (proof.ok, proof.match) == (False, Match.ADDED_TO)
    assert "đã bị SỬA SAU ĐÓ" in proof.verdict
    assert "05/SKHĐT-VP" in proof.verdict


def test_a_known_beginning_whose_end_is_broken_says_that_it_was_not_read(desk: Desk) -> None:
    proof = prove_file(desk.frozen + b"\n%%EOF\n", (), actor=None, unread="Không đọc được.")
    assert (proof.match, failing(proof)) == (Match.ADDED_TO, ["Chữ ký số"])
    assert proof.checks[-1].found == "Không đọc được."


def test_the_longest_known_beginning_is_named(desk: Desk) -> None:
    signed = desk.stored(desk.sign())
    proof = prove_file(signed + b"\n% them\n%%EOF\n", (), actor=None)
    assert proof.known is not None
    assert proof.known.signature is not None
    assert "bản có chữ ký số thứ 1" in proof.verdict


def test_a_signature_that_nobody_registered_is_changed_after(desk: Desk) -> None:
    signed = desk.stored(desk.sign())
    DocumentSignature.objects.all().delete()
    proof = prove(signed)
    assert (proof.ok, proof.match) == (False, Match.ADDED_TO)
    assert [found.whole for found in proof.signatures] == [True]


def test_a_draft_of_the_same_file_is_not_issued(desk: Desk) -> None:
    desk.change(status=DocumentStatus.DRAFT)
    assert prove(desk.frozen).match == Match.UNKNOWN


# --- what does not agree -------------------------------------------------------------------------------------------


def test_a_text_changed_in_the_tables_is_found(desk: Desk) -> None:
    desk.change(body="Nội dung khác.")
    proof = prove(desk.frozen)
    assert failing(proof) == ["Nội dung đã phát hành"]
    assert proof.ok is False
    assert "KHÔNG KHỚP" in proof.verdict


def test_a_number_that_the_register_never_gave_is_found(desk: Desk) -> None:
    RegisterBook.objects.update(last_number=4)
    assert failing(prove(desk.frozen)) == ["Sổ đăng ký văn bản đi"]


@pytest.mark.parametrize("lost", [True, False])
def test_a_stored_copy_that_is_lost_or_changed_is_found(desk: Desk, lost: bool) -> None:
    default_storage.delete(desk.document.pdf_name)
    if not lost:
        default_storage.save(desk.document.pdf_name, ContentFile(desk.frozen + b" "))
    assert failing(prove(desk.frozen)) == ["Bản lưu trong kho"]


def test_a_stored_signed_file_that_is_lost_is_found_from_the_frozen_one(desk: Desk) -> None:
    default_storage.delete(desk.sign().file_name)
    assert failing(prove(desk.frozen)) == ["Bản lưu trong kho"]


def test_a_changed_trail_is_found(desk: Desk) -> None:
    tamper(
        "UPDATE workflow_auditevent SET body = REPLACE(body, '05/SKH', '06/SKH') WHERE chain = %s",
        [f"document:{desk.document.pk}"],
    )
    assert failing(prove(desk.frozen)) == ["Nhật ký"]


def test_a_trail_whose_end_is_gone_is_found(desk: Desk) -> None:
    desk.sign()
    tamper("DELETE FROM workflow_auditevent WHERE name = %s", ["document.sign_digitally"])
    proof = prove(desk.frozen)
    assert failing(proof) == ["Nhật ký"]
    assert "không khớp đầu chuỗi" in proof.checks[3].found


def test_a_broken_chain_of_its_task_is_found(desk: Desk) -> None:
    tamper(
        "UPDATE workflow_auditevent SET body = REPLACE(body, 'task.create', 'task.created') WHERE chain = %s",
        [f"task:{desk.document.task_id}"],
    )
    assert failing(prove(desk.frozen)) == ["Nhật ký"]


def test_a_document_whose_issue_stands_nowhere_in_the_trail_is_found(desk: Desk) -> None:
    copied = Document.objects.get(pk=desk.document.pk)
    copied.pk, copied.number = None, 4
    copied.save()
    Document.objects.filter(pk=desk.document.pk).update(pdf_sha256="")
    assert "Nhật ký" in failing(prove(desk.frozen))


def test_another_certificate_than_the_registered_is_found(desk: Desk) -> None:
    row = desk.sign()
    DocumentSignature.objects.update(certificate_sha256="0" * 64)
    assert failing(prove(desk.stored(row))) == ["Chữ ký số"]


# --- recalled, replaced --------------------------------------------------------------------------------------------


def test_a_recalled_document_is_told_and_is_not_all_well(desk: Desk) -> None:
    Recall.objects.create(document=desk.document, reason="Sai số liệu", recalled_at=NOW)
    proof = prove(desk.frozen)
    assert failing(proof) == []
    assert proof.ok is False
    assert proof.verdict.endswith("Văn bản này ĐÃ BỊ THU HỒI ngày 03/10/2022.")


def test_a_replaced_document_names_what_stands_for_it(desk: Desk) -> None:
    other = Document.objects.get(pk=desk.document.pk)
    other.pk, other.number, other.issued_on, other.pdf_sha256 = None, 4, date(2022, 10, 7), ""
    other.save()
    DocumentLink.objects.create(document=other, target=desk.document, kind=LinkKind.REPLACES, made_at=NOW)
    proof = prove(desk.frozen)
    assert proof.ok is False
    assert proof.standing == "Văn bản này ĐÃ ĐƯỢC THAY THẾ bởi văn bản số 04/SKHĐT-VP ngày 07/10/2022."


# --- who may read what ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["head", "clerk", "inspector", "leader"])
def test_who_sees_the_document_reads_every_check(desk: Desk, name: str) -> None:
    proof = prove(desk.frozen, getattr(desk.house, name))
    assert (proof.ok, proof.seen, len(proof.checks)) == (True, True, 5)


@pytest.mark.parametrize("name", ["stranger", "outsider", "admin"])
def test_who_does_not_see_it_reads_number_and_day_alone(desk: Desk, name: str) -> None:
    desk.change(subject="Bí danh Hoàng Oanh")
    proof = prove(desk.frozen, getattr(desk.house, name))
    assert proof.seen is False
    assert proof.ok is False
    assert "05/SKHĐT-VP" in proof.verdict
    told = json.dumps(plain(proof.as_data()), ensure_ascii=False)
    assert "Hoàng Oanh" not in told
    assert json.loads(told)["document"] is None


def test_what_a_command_prints_as_json_is_plain_data(desk: Desk) -> None:
    data = json.loads(json.dumps(plain(prove(desk.stored(desk.sign())).as_data()), ensure_ascii=False))
    assert (data["ok"], data["match"], data["number"]) == (True, "same", "05/SKHĐT-VP")
    assert data["signatures"][0]["certificate"]["name"] == desk.signer.name
    assert data["signatures"][0]["trust"] == "trusted"
    assert data["revocation_checked"] is False


def test_a_file_of_many_ends_costs_no_more_queries(desk: Desk) -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        prove_file(b"%PDF-1.7\n%%EOF\n", (), actor=None)
    with CaptureQueriesContext(connection) as many:
        prove_file(b"%PDF-1.7\n" + b"%%EOF\n" * 100_000, (), actor=None)
    assert len(few) == len(many) == 2
