"""Drafting an outgoing document by hand: who may, in whose name, of which task, what is refused, and what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.http import HttpResponse

from approvals.models import Approval, Step
from approvals.queries.standing import waiting_step
from tests.approvals.factories import NOW, Matter, consultation, letter
from tests.factories import PERSON_NAMES, House, in_place_of, make_task
from tests.workflow.web.conftest import Enter, assert_clean
from workflow.actions.document import (
    HEAD_TITLE,
    cancel_draft,
    draft_document,
    drafting_units,
    may_revise,
    revise_document,
)
from workflow.choices import DocumentKind, DocumentStatus, FlowKind
from workflow.core.errors import Invalid, NotPermitted
from workflow.models import AuditEvent, Document, Task, Unit
from workflow.permissions import Actor
from workflow.queries.document import CHIEF_TITLE

PAGE = "/van-ban/soan/"
NOTICE = {
    "kind": "TB",
    "recipients": "Công ty A\n\n Ông Nguyễn Văn B ",
    "subject": "Bổ sung thành phần hồ sơ",
    "body": "Đề nghị bổ sung bản sao giấy chứng nhận.",
    "signer": "leader",
}
DRAFTERS = {"head", "member", "stranger", "other_head", "reviewer", "chief", "office_member", "clerk", "leader"}
FOR_THE_TASK = {"head", "member", "reviewer", "chief", "office_member", "clerk", "leader"}
ASKED = {"reviewer", "chief", "clerk", "leader"}
"""Those who may draft in several units' names."""

BUTTON = 'href="/van-ban/soan/'


@pytest.fixture
def task(site: House) -> Task:
    """A task of the first division that Văn phòng chases."""
    return make_task(site, title="Báo cáo năm của Phòng Một")


def typed(site: House, name: str, unit: Unit | None = None, **given: str) -> dict[str, str]:
    """What the person types, with the unit where it is asked."""
    asked = {"unit": str((unit or site.division).pk)} if name in ASKED else {}
    return NOTICE | asked | given


def text_of(response: HttpResponse) -> str:
    """The page's main part."""
    assert_clean(response.content)
    return response.content.decode().split("<main")[1]


def approval_of(document: Document) -> Approval:
    """The newest approval of the document."""
    return Matter(FlowKind.DOCUMENT, document.pk).approval()


def step_of(approval: Approval) -> Step:
    """The step that waits."""
    step = waiting_step(approval)
    assert step is not None
    return step


# --- who may ---


@pytest.mark.parametrize("name", PERSON_NAMES)
def test_who_may_draft_finds_button_and_page_and_nobody_else_does(site: House, enter: Enter, name: str) -> None:
    client = enter(getattr(site, name))
    listed = client.get("/van-ban/")
    shown = client.get(PAGE)
    sent = client.post(PAGE, typed(site, name))
    said = text_of(shown)
    if name in DRAFTERS:
        assert BUTTON in text_of(listed)
        assert (shown.status_code, sent.status_code) == (200, 302)
        assert "Điều sẽ xảy ra" in said
        assert Document.objects.get().drafted_by_id == getattr(site, name).person_id
    else:
        assert BUTTON not in listed.content.decode()
        assert (shown.status_code, sent.status_code) == (403, 403)
        assert "<form" not in said
        assert not Document.objects.exists()


@pytest.mark.parametrize("name", PERSON_NAMES)
def test_a_tasks_document_is_drafted_by_those_of_the_task(site: House, enter: Enter, task: Task, name: str) -> None:
    client = enter(getattr(site, name))
    address = f"{PAGE}?nhiem-vu={task.pk}"
    shown, sent = client.get(address), client.post(address, typed(site, name))
    of_task = client.get(f"/nhiem-vu/{task.pk}/")
    if name in FOR_THE_TASK:
        assert (shown.status_code, sent.status_code) == (200, 302)
        assert Document.objects.get().task_id == task.pk
        assert f'href="{address}"' in text_of(of_task)
    else:
        refused = 403 if name == "inspector" else 404
        assert (shown.status_code, sent.status_code) == (refused, refused)
        assert task.title not in shown.content.decode() or name == "inspector"
        assert BUTTON not in of_task.content.decode()
        assert not Document.objects.exists()


@pytest.mark.parametrize("asked", ["", "abc", "0", "-1", "999999", "9" * 60, "١"])
def test_a_task_that_is_none_is_not_found(site: House, enter: Enter, asked: str) -> None:
    client = enter(site.chief)
    assert client.get(f"{PAGE}?nhiem-vu={asked}").status_code == 404
    assert client.post(f"{PAGE}?nhiem-vu={asked}", typed(site, "chief")).status_code == 404
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("name", "units"),
    [
        ("member", ["Phòng Một"]),
        ("chief", ["Lãnh đạo Sở", "Phòng Hai", "Phòng Một", "Văn phòng Sở"]),
        ("clerk", ["Lãnh đạo Sở", "Phòng Hai", "Phòng Một", "Văn phòng Sở"]),
        ("inspector", []),
    ],
)
def test_only_parts_of_the_department_draft(site: House, name: str, units: list[str]) -> None:
    found = drafting_units(getattr(site, name), None, on=NOW.date())
    assert [unit.name for unit in found] == units


def test_of_a_task_only_its_own_units_draft(site: House, task: Task) -> None:
    assert drafting_units(site.chief, task, on=NOW.date()) == [site.division, site.office]
    assert drafting_units(site.member, task, on=NOW.date()) == [site.division]
    assert drafting_units(site.chief, consultation(site), on=NOW.date()) == [site.division]


def test_a_unit_that_is_no_more_drafts_nothing(site: House, enter: Enter) -> None:
    Unit.objects.filter(pk=site.other.pk).update(valid_to=date(2022, 9, 30))
    assert site.other not in drafting_units(site.chief, None, on=NOW.date())
    response = enter(site.chief).post(PAGE, typed(site, "chief", site.other))
    assert response.status_code == 400
    with pytest.raises(Invalid) as refused:
        draft_document(letter(), unit_id=site.other.pk, by=site.chief, now=NOW)
    assert set(refused.value.fields) == {"unit"}


@pytest.mark.parametrize("of_task", [True, False])
def test_nobody_drafts_in_the_name_of_a_unit_where_he_has_no_right(site: House, task: Task, of_task: bool) -> None:
    given = task if of_task else None
    for by, unit in ((site.member, site.other), (site.stranger, site.division), (site.inspector, site.division)):
        with pytest.raises(NotPermitted):
            draft_document(letter(), task=given, unit_id=unit.pk, by=by, now=NOW)
    with pytest.raises(NotPermitted):
        draft_document(letter(), task=task, unit_id=site.other.pk, by=site.chief, now=NOW)
    for body in (site.body, site.department):
        with pytest.raises(Invalid):
            draft_document(letter(), unit_id=body.pk, by=site.chief, now=NOW)
    assert not Document.objects.exists()


def test_a_unit_that_is_not_asked_can_not_be_forged(site: House, enter: Enter) -> None:
    assert enter(site.member).post(PAGE, NOTICE | {"unit": str(site.other.pk)}).status_code == 302
    assert Approval.objects.get().unit == site.division


# --- what is typed ---


def test_one_unit_is_not_asked_and_several_are_with_ones_own_chosen(site: House, enter: Enter, task: Task) -> None:
    alone = text_of(enter(site.member).get(PAGE))
    assert "Đơn vị soạn: Phòng Một" in alone
    assert 'name="unit"' not in alone
    several = text_of(enter(site.chief).get(PAGE))
    assert f'<option value="{site.office.pk}" selected>Văn phòng Sở</option>' in several
    of_task = text_of(enter(site.leader).get(f"{PAGE}?nhiem-vu={task.pk}"))
    assert "Phòng Hai" not in of_task
    assert '<option value="" selected>– Chọn –</option>' in of_task


def test_the_page_says_who_says_yes_and_in_which_order(site: House, enter: Enter) -> None:
    said = text_of(enter(site.member).get(PAGE))
    for words in ("“Trình dự thảo”", "trưởng đơn vị đồng ý, Văn phòng kiểm tra thể thức", "văn thư cho số"):
        assert words in said
    assert "“Trình dự thảo”" not in text_of(enter(site.clerk).get(PAGE))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kind": ""}, "Hãy chọn loại văn bản."),
        ({"kind": "QĐ"}, "Không có loại văn bản này."),
        ({"recipients": "Công ty " + "A" * 255}, "Một dòng ở phần “Kính gửi” dài 263 ký tự"),
        ({"subject": " "}, "Hãy ghi trích yếu."),
        ({"subject": "a" * 501}, "Trích yếu dài quá 500 ký tự."),
        ({"body": ""}, "Hãy ghi nội dung văn bản."),
        ({"body": "Có \x07 chuông"}, "Nội dung có ký tự điều khiển"),
        ({"signer": ""}, "Hãy chọn người ký."),
        ({"signer": "clerk"}, "Hãy chọn lại người ký."),
        ({"unit": ""}, "Hãy chọn đơn vị soạn."),
        ({"unit": "999999"}, "Lựa chọn này không có trong danh sách."),
        ({"signer": "order"}, "Chỉ công văn được ký thừa lệnh (TL.)"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_all_that_was_typed_is_kept(
    site: House, enter: Enter, task: Task, wrong: dict[str, str], message: str
) -> None:
    sent = typed(site, "chief", site.office) | wrong
    response = enter(site.chief).post(f"{PAGE}?nhiem-vu={task.pk}", sent)
    assert response.status_code == 400
    said = text_of(response)
    [field] = wrong
    target = "id_signer_0" if field == "signer" else f"id_{field}"
    assert f'<li><a href="#{target}">{message}' in said
    assert f'id="id_{field}_error"' in said
    kept = {name: text for name, text in sent.items() if name not in wrong}
    assert kept.items() <= {bound.name: bound.value() for bound in response.context["form"]}.items()
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("kind", "field", "message"),
    [
        ("CV", "recipients", "Hãy ghi ít nhất một nơi ở phần “Kính gửi”"),
        ("TTr", "recipients", "Hãy ghi ít nhất một nơi ở phần “Kính gửi”"),
        ("BC", "copies", "Hãy ghi ít nhất một nơi ở phần “Nơi nhận”"),
        ("TB", "copies", "Hãy ghi ít nhất một nơi ở phần “Nơi nhận”"),
        ("KH", "copies", "Hãy ghi ít nhất một nơi ở phần “Nơi nhận”"),
    ],
)
def test_a_document_that_goes_nowhere_is_refused_where_its_kind_names_places(
    site: House, enter: Enter, kind: str, field: str, message: str
) -> None:
    response = enter(site.member).post(PAGE, NOTICE | {"kind": kind, "recipients": " \n "})
    assert response.status_code == 400
    said = text_of(response)
    assert f'<li><a href="#id_{field}">{message}' in said
    assert f'id="id_{field}_error"' in said
    assert ("<details open>" in said) == (field == "copies")
    assert not Document.objects.exists()


@pytest.mark.parametrize("kind", ["BC", "TB", "KH"])
def test_a_report_a_notice_and_a_plan_may_go_to_noi_nhan_alone(site: House, enter: Enter, kind: str) -> None:
    sent = NOTICE | {"kind": kind, "recipients": "", "copies": "- Các phòng;\n\nBan Giám đốc."}
    assert enter(site.member).post(PAGE, sent).status_code == 302
    document = Document.objects.get()
    assert (document.recipients, document.copies) == ([], ["Các phòng", "Ban Giám đốc"])


def test_the_internal_forms_are_not_drafted_on_this_page(site: House, enter: Enter) -> None:
    said = text_of(enter(site.member).get(PAGE))
    for kind in ("CV", "BC", "TB", "TTr", "KH"):
        assert f'<option value="{kind}">' in said
    for kind in ("PTr", "PHD", "TBBS", "PXL"):
        assert f'<option value="{kind}">' not in said
        assert enter(site.member).post(PAGE, NOTICE | {"kind": kind}).status_code == 400


@pytest.mark.parametrize("kind", [DocumentKind.REPORT, DocumentKind.NOTICE, DocumentKind.SUBMISSION])
def test_only_a_letter_is_signed_by_order(site: House, kind: DocumentKind) -> None:
    with pytest.raises(Invalid) as refused:
        draft_document(replace(letter(by_order=True), kind=kind), by=site.chief, now=NOW)
    assert set(refused.value.fields) == {"signer"}
    assert draft_document(letter(by_order=True), by=site.chief, now=NOW).signer_title == CHIEF_TITLE


def test_a_missing_abbreviation_is_told_and_nothing_that_was_typed_is_lost(site: House, enter: Enter) -> None:
    Unit.objects.filter(pk=site.department.pk).update(abbreviation="")
    response = enter(site.member).post(PAGE, NOTICE)
    assert response.status_code == 400
    said = text_of(response)
    assert "Thiếu chữ viết tắt của cơ quan ban hành" in said
    assert NOTICE["body"] in said
    assert not Document.objects.exists()


def test_what_is_typed_is_never_run(site: House, enter: Enter) -> None:
    script = "<script>alert(1)</script>"
    sent = NOTICE | {"recipients": script, "subject": script, "body": script}
    response = enter(site.member).post(PAGE, sent, follow=True)
    assert script not in text_of(response)
    assert script not in text_of(enter(site.member).post(PAGE, sent | {"kind": script}))


# --- what is drafted ---


@pytest.mark.parametrize(
    ("kind", "by_unit", "symbol"),
    [
        ("CV", "division", "SKHĐT-P-A"),
        ("CV", "office", "SKHĐT-VP"),
        ("TB", "division", "TB-SKHĐT"),
        ("BC", "office", "BC-SKHĐT"),
        ("TTr", "other", "TTr-SKHĐT"),
    ],
)
def test_the_symbol_follows_the_kind_and_the_unit_and_is_never_typed(
    site: House, enter: Enter, kind: str, by_unit: str, symbol: str
) -> None:
    sent = typed(site, "chief", getattr(site, by_unit), kind=kind, symbol="GIẢ")
    assert enter(site.chief).post(PAGE, sent).status_code == 302
    document = Document.objects.get()
    assert (document.symbol, document.kind) == (symbol, kind)
    assert approval_of(document).unit == getattr(site, by_unit)


def test_a_draft_says_what_was_typed_and_waits_to_be_presented(site: House, enter: Enter) -> None:
    client = enter(site.member)
    response = client.post(PAGE, NOTICE, follow=True)
    document = Document.objects.get()
    approval = approval_of(document)
    assert response.redirect_chain == [(f"/phe-duyet/{approval.pk}/", 302)]
    said = text_of(response)
    assert "Đã lưu dự thảo. Đọc lại rồi bấm “Trình dự thảo”." in said
    assert f'href="/phe-duyet/buoc/{step_of(approval).pk}/present/"' in said
    assert document.recipients == ["Công ty A", "Ông Nguyễn Văn B"]
    assert (document.subject, document.body) == (NOTICE["subject"], NOTICE["body"])
    assert (document.status, document.signer_title, document.task) == (DocumentStatus.DRAFT, HEAD_TITLE, None)
    assert (approval.title, approval.unit, approval.opened_by_id) == (
        NOTICE["subject"],
        site.division,
        site.member.person_id,
    )
    assert AuditEvent.objects.filter(chain=f"document:{document.pk}", name="document.draft").count() == 1
    assert NOTICE["subject"] in text_of(client.get("/van-ban/"))


def test_who_can_not_present_is_told_who_does(site: House, enter: Enter) -> None:
    response = enter(site.clerk).post(PAGE, typed(site, "clerk"), follow=True)
    said = text_of(response)
    assert "Đã lưu dự thảo; chờ trình: Người thực hiện (Phòng Một)." in said
    assert "/present/" not in said
    step = step_of(approval_of(Document.objects.get()))
    assert f"/buoc/{step.pk}/present/" in enter(site.member).get(f"/phe-duyet/{step.process_id}/").content.decode()


def test_a_tasks_draft_stands_on_the_tasks_page_and_in_its_own_units_name(
    site: House, enter: Enter, task: Task
) -> None:
    client = enter(site.member)
    assert "Chưa có văn bản nào của nhiệm vụ này." in text_of(client.get(f"/nhiem-vu/{task.pk}/"))
    client.post(f"{PAGE}?nhiem-vu={task.pk}", NOTICE)
    said = text_of(client.get(f"/nhiem-vu/{task.pk}/"))
    document = Document.objects.get()
    assert f'<a href="/van-ban/{document.pk}/">Dự thảo</a>: {NOTICE["subject"]}' in said
    approval = approval_of(document)
    assert (approval.subject_id, approval.unit) == (task.pk, site.division)
    assert enter(site.stranger).get(f"/phe-duyet/{approval.pk}/").status_code == 404


def test_a_draft_of_the_engines_kind_still_stands_in_the_chasing_units_name(site: House, task: Task) -> None:
    document = draft_document(letter(), task=task, by=site.reviewer, now=NOW)
    assert approval_of(document).unit == site.office


# --- its way ---


def test_a_specialists_notice_passes_its_head_the_office_the_leader_and_van_thu(site: House, task: Task) -> None:
    for of_task in (task, None):
        document = draft_document(
            replace(letter(), kind=DocumentKind.NOTICE, symbol="TB-SKHĐT"),
            task=of_task,
            unit_id=site.division.pk,
            by=site.member,
            now=NOW,
        )
        matter = Matter(FlowKind.DOCUMENT, document.pk)
        way = (
            ("prepare", "present", site.member),
            ("head", "approve", site.head),
            ("form", "approve", site.reviewer),
            ("sign", "sign", site.leader),
            ("issue", "issue", site.clerk),
        )
        for node, outcome, by in way:
            assert matter.node() == node
            matter.act(outcome, by)
        document.refresh_from_db()
        assert (document.status, matter.approval().result) == (DocumentStatus.ISSUED, "approved")


def test_a_letter_by_order_is_signed_by_chanh_van_phong(site: House, enter: Enter) -> None:
    enter(site.head).post(PAGE, typed(site, "head", kind="CV", signer="order"))
    document = Document.objects.get()
    matter = Matter(FlowKind.DOCUMENT, document.pk)
    for outcome, by in (("present", site.head), ("approve", site.reviewer)):
        matter.act(outcome, by)
    assert matter.node() == "sign_order"
    matter.act("sign", site.chief)
    matter.act("issue", site.clerk)
    document.refresh_from_db()
    assert (document.signer_title, document.full_number) == (CHIEF_TITLE, "01/SKHĐT-P-A")


def test_who_drafted_in_anothers_place_is_named_with_him(site: House) -> None:
    by = in_place_of(site.stranger, site.member)
    document = draft_document(letter(), unit_id=site.division.pk, by=by, now=NOW)
    assert document.drafted_by_id == site.stranger.person_id
    body = AuditEvent.objects.get(chain=f"document:{document.pk}").body
    assert f'"in_place_of":{{"id":{site.member.person_id}' in body


# --- written anew ---


def rewritten(document: Document, by: Actor, subject: str) -> Document:
    """Write it anew with another subject."""
    return revise_document(document.pk, document.revision, subject, "Lời mới.", ["Công ty A"], by=by, now=NOW)


@pytest.mark.parametrize("of_task", [True, False])
def test_an_approval_is_called_as_the_subject_is_rewritten(site: House, task: Task, of_task: bool) -> None:
    document = draft_document(
        letter(), task=task if of_task else None, unit_id=site.division.pk, by=site.member, now=NOW
    )
    document = rewritten(document, site.head, "Tiếp nhận hồ sơ")
    assert (approval_of(document).title, document.subject) == ("Tiếp nhận hồ sơ", "Tiếp nhận hồ sơ")
    with pytest.raises(Invalid):
        rewritten(document, site.head, " ")
    assert approval_of(document).title == "Tiếp nhận hồ sơ"


def test_the_title_of_what_was_signed_follows_too(site: House) -> None:
    document = draft_document(letter(), unit_id=site.office.pk, by=site.office_member, now=NOW)
    matter = Matter(FlowKind.DOCUMENT, document.pk)
    for outcome, by in (
        ("present", site.office_member),
        ("approve", site.chief),
        ("approve", site.reviewer),
        ("sign", site.leader),
    ):
        matter.act(outcome, by)
    rewritten(document, site.office_member, "Lời nhắc mới")
    assert (matter.node(), matter.approval().title) == ("sign", "Lời nhắc mới")


@pytest.mark.parametrize("name", PERSON_NAMES)
def test_a_draft_of_no_task_is_written_anew_in_its_own_unit_alone(site: House, name: str) -> None:
    document = draft_document(letter(), unit_id=site.division.pk, by=site.member, now=NOW)
    by = getattr(site, name)
    if name in {"head", "member", "reviewer", "chief", "clerk", "leader"}:
        assert may_revise(by, document)
        assert rewritten(document, by, "Mới").revision == 2
    else:
        assert not may_revise(by, document)
        with pytest.raises(Exception, match=r"không có quyền|Không tìm thấy"):
            rewritten(document, by, "Mới")
        assert Document.objects.get().revision == 1


def test_who_left_the_unit_may_read_his_draft_and_not_write_it_anew(site: House, enter: Enter) -> None:
    document = draft_document(letter(), unit_id=site.division.pk, by=site.member, now=NOW)
    Document.objects.filter(pk=document.pk).update(drafted_by_id=site.stranger.person_id)
    client = enter(site.stranger)
    assert client.get(f"/van-ban/{document.pk}/").status_code == 200
    assert client.get(f"/phe-duyet/van-ban/{document.pk}/sua/").status_code == 403


def test_the_page_of_writing_anew_calls_the_field_as_the_paper_does(site: House, enter: Enter) -> None:
    document = draft_document(letter(), unit_id=site.division.pk, by=site.member, now=NOW)
    said = text_of(enter(site.member).get(f"/phe-duyet/van-ban/{document.pk}/sua/"))
    for label in ("Kính gửi</label>", "Trích yếu</label>", "Nội dung văn bản</label>", "Nơi nhận <span"):
        assert label in said


def test_a_draft_by_hand_can_be_dropped_by_who_drafted_it(site: House, enter: Enter) -> None:
    document = draft_document(letter(), unit_id=site.division.pk, by=site.member, now=NOW)
    assert "Bỏ dự thảo" in text_of(enter(site.member).get(f"/van-ban/{document.pk}/"))
    cancel_draft(document.pk, by=site.member, now=NOW)
    assert approval_of(document).result == "closed"


def test_the_empty_list_says_that_one_may_draft(site: House, enter: Enter) -> None:
    assert text_of(enter(site.member).get("/van-ban/")).count(BUTTON) == 2
    said: Any = text_of(enter(site.inspector).get("/van-ban/"))
    assert "Văn bản đôn đốc và báo cáo UBND tỉnh được lập từ nhiệm vụ." in said
    assert BUTTON not in said
