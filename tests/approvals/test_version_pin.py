"""A decision is pinned to the version that the page showed: what changed in between is refused, line by line."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import override_settings

from tests.approvals.factories import (
    NOW,
    Matter,
    document_at,
    document_of,
    extension_at,
    report_at,
)
from tests.approvals.test_matrix import everything
from tests.factories import House
from workflow.actions.document import revise_document
from workflow.actions.report import attach_file, save_draft
from workflow.core.errors import Stale
from workflow.models import ReportRevision
from workflow.permissions import Actor
from workflow.queries.report import Line, LineChange

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _file_store(tmp_path: Path) -> object:
    """Keep the files of a test in its own folder."""
    options = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    with override_settings(STORAGES={"default": options, "staticfiles": options}):
        yield tmp_path


def changed(refused: Stale) -> list[tuple[str, str]]:
    """The lines that are not the same."""
    lines = [line for line in refused.changes if isinstance(line, Line)]
    assert len(lines) == len(refused.changes)
    return [(line.change.value, line.text) for line in lines if line.change != LineChange.SAME]


def refused_as_stale(matter: Matter, outcome: str, by: Actor, version: int | None) -> Stale:
    """Try with the version, and see that nothing at all moved."""
    before, node = everything(), matter.node()
    with pytest.raises(Stale) as found:
        matter.act(outcome, by, version)
    assert everything() == before
    assert matter.node() == node
    return found.value


def test_a_draft_written_anew_between_looking_and_submitting_is_shown_by_its_changed_lines(house: House) -> None:
    matter = report_at(house, "submit")
    seen = matter.version()
    save_draft(matter.pk, "Đã thẩm định 12 hồ sơ.\nGiải ngân đạt 47 %.", False, "Biên bản 7", by=house.member, now=NOW)
    refused = refused_as_stale(matter, "submit", house.head, seen)
    assert changed(refused) == [("removed", "Giải ngân đạt 61 %."), ("added", "Giải ngân đạt 47 %.")]
    assert [line.text for line in refused.changes if line.change == LineChange.SAME] == [
        "Đã thẩm định 12 hồ sơ.",
        "Biên bản 7",
    ]
    assert (str(seen) in str(refused), str(matter.version()) in str(refused)) == (True, True)
    matter.act("submit", house.head)
    assert matter.node() == "check"


def test_three_writings_later_the_difference_is_to_what_was_seen(house: House) -> None:
    matter = report_at(house, "draft")
    seen = matter.version()
    for text in ("Một.", "Hai.", "Ba."):
        save_draft(matter.pk, text, True, by=house.head, now=NOW)
    refused = refused_as_stale(matter, "present", house.member, seen)
    assert sorted(changed(refused)) == [
        ("added", "Ba."),
        ("added", "Không có gì để báo cáo."),
        ("removed", "Biên bản 7"),
        ("removed", "Giải ngân đạt 61 %."),
        ("removed", "Đã thẩm định 12 hồ sơ."),
    ]


def test_a_version_returned_meanwhile_and_handed_in_anew_is_another_version(house: House) -> None:
    """The checker's page still shows version 1; version 2 stands submitted, at the same node."""
    matter = report_at(house, "check")
    seen = matter.version()
    matter.act("return", house.reviewer)
    save_draft(
        matter.pk,
        "Đã thẩm định 12 hồ sơ.\nGiải ngân đạt 61 %.\nQuý III: 9 hồ sơ.",
        False,
        "Biên bản 7",
        by=house.member,
        now=NOW,
    )
    matter.act("submit", house.head)
    refused = refused_as_stale(matter, "accept", house.chief, seen)
    assert changed(refused) == [("added", "Quý III: 9 hồ sơ.")]


def test_taking_back_and_handing_in_the_same_words_again_is_still_another_version(house: House) -> None:
    matter = report_at(house, "check")
    seen = matter.version()
    matter.act("withdraw", house.head)
    save_draft(matter.pk, "Đã thẩm định 12 hồ sơ.\nGiải ngân đạt 61 %.", False, "Biên bản 7", by=house.member, now=NOW)
    matter.act("submit", house.head)
    assert changed(refused_as_stale(matter, "accept", house.reviewer, seen)) == []


def test_a_file_given_meanwhile_is_a_new_version_and_named_in_the_difference(house: House) -> None:
    matter = report_at(house, "submit")
    seen = matter.version()
    attach_file(matter.pk, "bảng số liệu.pdf", PDF, by=house.member, now=NOW)
    refused = refused_as_stale(matter, "submit", house.head, seen)
    assert changed(refused) == [("added", "Tệp kèm theo: bảng số liệu.pdf")]
    second = matter.version()
    attach_file(matter.pk, "phụ lục.pdf", PDF, by=house.head, now=NOW)
    refused = refused_as_stale(matter, "submit", house.head, second)
    assert changed(refused) == [("added", "Tệp kèm theo: phụ lục.pdf")]
    assert list(ReportRevision.objects.order_by("revision").values_list("revision", flat=True)) == [1, 2]
    matter.act("submit", house.head)


@pytest.mark.parametrize("node", ["head", "form", "sign", "sign_order"])
@pytest.mark.parametrize("alone", [True, False])
def test_a_document_written_anew_is_decided_by_nobody_who_saw_the_former_text(
    house: House, node: str, alone: bool
) -> None:
    matter = document_at(house, node, alone=alone)
    seen = matter.version()
    document = document_of(matter)
    body = "Đề nghị báo cáo.\nTrước ngày 25/10."
    revise_document(document.pk, 1, document.subject, body, ["Phòng Một", "Phòng Hai"], by=house.office_member, now=NOW)
    by, outcome = {
        "head": (house.chief, "approve"),
        "form": (house.reviewer, "approve"),
        "sign": (house.leader, "sign"),
        "sign_order": (house.chief, "sign"),
    }[node]
    refused = refused_as_stale(matter, outcome, by, seen)
    assert changed(refused) == [
        ("removed", "Trước ngày 20/10."),
        ("added", "Trước ngày 25/10."),
        ("added", "Kính gửi: Phòng Hai"),
    ]
    assert document_of(matter).number is None


@pytest.mark.parametrize("version", [None, 0, -1, 7, 2**40])
def test_a_version_that_never_was_is_refused(house: House, version: int | None) -> None:
    for matter, outcome, by in (
        (report_at(house, "check"), "accept", house.reviewer),
        (document_at(house, "sign"), "sign", house.leader),
    ):
        refused = refused_as_stale(matter, outcome, by, version)
        assert len(str(refused)) > 20


def test_another_matters_version_is_no_version_of_this_one(house: House) -> None:
    first, second = report_at(house, "check"), report_at(house, "draft")
    for text in ("Một.", "Hai."):
        save_draft(second.pk, text, by=house.member, now=NOW)
    assert second.version() == 3
    refused_as_stale(first, "accept", house.reviewer, 3)


def test_what_has_no_versions_is_decided_without_one(house: House) -> None:
    matter = extension_at(house, "advise")
    assert matter.version() is None
    step = matter.act("advise", house.reviewer, None)
    assert step.version is None
