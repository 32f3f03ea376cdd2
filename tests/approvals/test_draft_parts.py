"""The further parts on the pages: nơi nhận, căn cứ, lưu, độ khẩn, phụ lục, typed without JavaScript and never lost."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from approvals.queries.difference import text_of as lines_of
from approvals.queries.difference import what_changed
from tests.approvals.factories import NOW, Matter, letter
from tests.factories import House
from tests.workflow.web.conftest import Enter, assert_clean
from workflow.actions.document import Draft, Parts, draft_document, revise_document
from workflow.choices import DocumentKind, FlowKind
from workflow.core.paper import AppendixPaper
from workflow.models import Document
from workflow.queries.document import appendices_of
from workflow.queries.report import LineChange

PAGE = "/van-ban/soan/"
LETTER = {
    "kind": "CV",
    "recipients": "Sở Tài chính",
    "subject": "cung cấp số liệu",
    "body": "Đề nghị cung cấp số liệu theo phụ lục.",
    "signer": "leader",
}
FULL = LETTER | {
    "copies": "UBND tỉnh (b/c)\nSở Nội vụ",
    "grounds": "Căn cứ Kế hoạch số 1186/KH-SKHĐT ngày 19 tháng 4 năm 2022",
    "keeper": "KHTH (An)",
    "urgency": "2",
    "circulation": "xem_xong_tra_lai",
    "drafter_mark": "pl.(300)",
    "slots": "2",
    "appendix_1_title": "Danh sách số liệu",
    "appendix_1_content": "Stt | Số liệu\n1 | Thu ngân sách\n2 | Chi đầu tư",
    "appendix_1_landscape": "on",
    "appendix_2_title": "",
    "appendix_2_content": "",
}
LIST = AppendixPaper(
    title="Danh sách số liệu",
    columns=(("Stt", 4), ("Số liệu", 13)),
    rows=(("1", "Thu ngân sách"), ("2", "Chi đầu tư")),
    landscape=True,
)


def text_of(response: HttpResponse) -> str:
    """The page's main part."""
    assert_clean(response.content)
    return response.content.decode().split("<main")[1]


def stated(house: House, **given: object) -> Document:
    """A letter of the first division with one appendix whose columns somebody measured himself."""
    measured = AppendixPaper(title="Bảng", columns=(("Stt", 1), ("Tên", 9)), rows=(("1", "Phòng Một"),))
    values = {"copies": ("Sở Nội vụ",), "urgency": 1, "appendices": (measured,), "facts": {"a": "b"}, **given}
    plain = letter()
    draft = Draft(
        kind=plain.kind,
        subject=plain.subject,
        body=plain.body,
        recipients=plain.recipients,
        symbol=plain.symbol,
        signer_title=plain.signer_title,
        **values,  # type: ignore[arg-type]
    )
    return draft_document(draft, unit_id=house.division.pk, by=house.member, now=NOW)


def sent_again(response: HttpResponse, **changed: str) -> dict[str, str]:
    """What the shown form would send, some fields changed; ticks that are not set send nothing."""
    form = response.context["form"]  # type: ignore[attr-defined]
    values = {bound.html_name: bound.value() for bound in form}
    kept = {name: str(value) for name, value in values.items() if value not in {None, False}}
    return kept | {"revision": str(response.context["seen"])} | changed  # type: ignore[attr-defined]


def test_every_part_that_was_typed_is_drafted(site: House, enter: Enter) -> None:
    assert enter(site.member).post(PAGE, FULL).status_code == 302
    document = Document.objects.get()
    assert (document.copies, document.keeper, document.urgency) == (["UBND tỉnh (b/c)", "Sở Nội vụ"], "KHTH (An)", 2)
    assert document.grounds == ["Căn cứ Kế hoạch số 1186/KH-SKHĐT ngày 19 tháng 4 năm 2022"]
    assert document.facts == {"circulation": "xem_xong_tra_lai", "drafter_mark": "pl.(300)"}
    assert appendices_of(document) == (LIST,)


def test_the_further_parts_stand_closed_until_something_is_in_them(site: House, enter: Enter) -> None:
    client = enter(site.member)
    empty = text_of(client.get(PAGE))
    assert "<details open>" not in empty
    assert empty.count("<details>") == 2, "the further parts and one empty appendix"
    opened = text_of(client.post(PAGE, FULL | {"subject": ""}))
    assert opened.count("<details open>") == 2
    assert 'href="#id_subject"' in opened


@pytest.mark.parametrize(
    ("wrong", "target", "message"),
    [
        ({"copies": "Như trên"}, "copies", "Không ghi “Như trên”"),
        ({"grounds": "x" * 501}, "grounds", "nhiều nhất 500 ký tự"),
        ({"keeper": "x" * 61}, "keeper", "dài quá 60 ký tự"),
        ({"urgency": "7"}, "urgency", "Không có độ khẩn này"),
        ({"circulation": "x"}, "circulation", "Không có phạm vi lưu hành này"),
        ({"drafter_mark": "x" * 31}, "drafter_mark", "dài quá 30 ký tự"),
        ({"appendix_1_title": " "}, "appendix_1_title", "Chưa nhập tên của phụ lục 1"),
        ({"appendix_1_content": " "}, "appendix_1_content", "Phụ lục 1 chưa có nội dung"),
        ({"appendix_1_content": "a | b\n1 | 2 | 3"}, "appendix_1_content", "dòng 1 có 3 ô"),
    ],
)
def test_a_wrong_part_is_told_at_its_field_with_the_parts_open_and_all_kept(
    site: House, enter: Enter, wrong: dict[str, str], target: str, message: str
) -> None:
    response = enter(site.member).post(PAGE, FULL | wrong)
    assert response.status_code == 400
    said = text_of(response)
    assert f'<li><a href="#id_{target}">' in said
    assert message in said
    assert f'id="id_{target}_error"' in said
    assert said.count("<details open>") == 2
    kept = {name: text for name, text in FULL.items() if name not in wrong and name != "appendix_1_landscape"}
    assert kept.items() <= {bound.name: str(bound.value()) for bound in response.context["form"]}.items()
    assert not Document.objects.exists()


def test_an_empty_appendix_before_a_wrong_one_does_not_shift_the_message(site: House, enter: Enter) -> None:
    sent = FULL | {"appendix_1_title": "", "appendix_1_content": "", "appendix_2_title": "Bảng thiếu nội dung"}
    said = text_of(enter(site.member).post(PAGE, sent))
    assert '<li><a href="#id_appendix_2_content">Phụ lục 1 chưa có nội dung' in said


def test_room_for_one_more_appendix_is_made_without_storing_or_losing_anything(site: House, enter: Enter) -> None:
    client = enter(site.member)
    sent = FULL | {"more": "1", "subject": ""}
    for slots in (3, 4, 5):
        response = client.post(PAGE, sent)
        assert response.status_code == 200
        said = text_of(response)
        assert "Chưa ghi được" not in said
        assert f'name="slots" value="{slots}"' in said
        assert f"Phụ lục {slots}" in said
        assert FULL["appendix_1_content"].splitlines()[1] in said
        assert 'name="appendix_1_landscape" value="on" id="id_appendix_1_landscape" checked' in said
        sent |= {"slots": str(slots)}
    assert "Thêm phụ lục" not in said
    assert not Document.objects.exists()
    sent.pop("more")
    assert (
        client.post(PAGE, sent | {"subject": "đủ", "appendix_5_title": "E", "appendix_5_content": "x"}).status_code
        == 302
    )
    assert [row.title for row in appendices_of(Document.objects.get())] == ["Danh sách số liệu", "E"]


@pytest.mark.parametrize("slots", ["", "abc", "-1", "0", "999999", "9" * 60, "²"])
def test_a_forged_number_of_appendices_breaks_nothing(site: House, enter: Enter, slots: str) -> None:
    response = enter(site.member).post(PAGE, LETTER | {"slots": slots, "subject": ""})
    assert response.status_code == 400
    assert len(list(response.context["form"].appendices())) <= 20


def test_enter_saves_and_does_not_ask_for_another_appendix(site: House, enter: Enter) -> None:
    said = text_of(enter(site.member).get(PAGE))
    form = said.split("data-guard>")[1]
    assert form.index('type="submit"') < form.index('name="more"')


def test_what_is_typed_in_a_part_is_never_run(site: House, enter: Enter) -> None:
    script = "<script>alert(1)</script>"
    sent = FULL | dict.fromkeys(("copies", "grounds", "keeper", "appendix_1_title"), script)
    sent |= {"appendix_1_content": f"{script} | b\n1 | {script}"}
    said = text_of(enter(site.member).post(PAGE, sent, follow=True))
    assert script not in said
    assert said.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 5


# --- written anew ---


def test_the_page_of_writing_anew_shows_every_part_and_changes_only_what_is_changed(site: House, enter: Enter) -> None:
    document = stated(site)
    client = enter(site.member)
    shown = client.get(f"/phe-duyet/van-ban/{document.pk}/sua/")
    said = text_of(shown)
    assert "Stt | Tên" in said
    assert '<option value="1" selected>Khẩn</option>' in said
    assert client.post(f"/phe-duyet/van-ban/{document.pk}/sua/", sent_again(shown, body="Lời mới.")).status_code == 302
    document.refresh_from_db()
    assert (document.revision, document.body, document.copies, document.urgency) == (2, "Lời mới.", ["Sở Nội vụ"], 1)
    assert document.facts == {"a": "b"}
    assert appendices_of(document)[0].columns == (("Stt", 1), ("Tên", 9)), "nobody touched the table"


def test_how_far_a_draft_goes_is_shown_again_changed_and_taken_away(site: House, enter: Enter) -> None:
    document = stated(site, facts={"a": "b", "circulation": "noi_bo", "drafter_mark": "PL.(5)"})
    client = enter(site.member)
    address = f"/phe-duyet/van-ban/{document.pk}/sua/"
    shown = client.get(address)
    said = text_of(shown)
    assert '<option value="noi_bo" selected>Lưu hành nội bộ</option>' in said
    assert 'value="PL.(5)"' in said
    assert client.post(address, sent_again(shown, circulation="", drafter_mark="PL.(6)")).status_code == 302
    assert Document.objects.get().facts == {"a": "b", "drafter_mark": "PL.(6)"}
    approval = Matter(FlowKind.DOCUMENT, document.pk).approval()
    changes = [(line.change, line.text) for line in what_changed(approval, 1, 2) if line.change != LineChange.SAME]
    assert changes == [
        (LineChange.REMOVED, "Phạm vi lưu hành: Lưu hành nội bộ"),
        (LineChange.REMOVED, "Ký hiệu người soạn, số bản: PL.(5)"),
        (LineChange.ADDED, "Ký hiệu người soạn, số bản: PL.(6)"),
    ]


def test_an_appendix_is_changed_and_taken_away(site: House, enter: Enter) -> None:
    document = stated(site)
    client = enter(site.member)
    address = f"/phe-duyet/van-ban/{document.pk}/sua/"
    changed = sent_again(client.get(address), appendix_1_content="Stt | Tên\n1 | Phòng Hai", appendix_2_title="Thêm")
    assert client.post(address, changed | {"appendix_2_content": "Lời"}).status_code == 302
    document = Document.objects.get()
    assert [row.title for row in appendices_of(document)] == ["Bảng", "Thêm"]
    assert appendices_of(document)[0].rows == (("1", "Phòng Hai"),)
    emptied = sent_again(client.get(address), appendix_1_title="", appendix_1_content="")
    assert client.post(address, emptied).status_code == 302
    assert [row.title for row in appendices_of(Document.objects.get())] == ["Thêm"]


def test_room_for_one_more_appendix_is_made_on_the_page_of_writing_anew(site: House, enter: Enter) -> None:
    document = stated(site)
    client = enter(site.member)
    address = f"/phe-duyet/van-ban/{document.pk}/sua/"
    response = client.post(address, sent_again(client.get(address), subject="chưa lưu", more="1"))
    assert response.status_code == 200
    said = text_of(response)
    assert 'value="chưa lưu"' in said
    assert "Phụ lục 3" in said
    assert Document.objects.get().revision == 1
    stale = sent_again(response, subject="mới")
    revise_document(document.pk, 1, "của người khác", "x", ["A"], by=site.head, now=NOW)
    assert client.post(address, stale).status_code == 409


def test_what_changed_shows_the_parts_a_line_each(site: House) -> None:
    document = stated(site, grounds=("Căn cứ A",), keeper="KHTH")
    approval = Matter(FlowKind.DOCUMENT, document.pk).approval()
    assert lines_of(approval, 1)[-7:] == [
        "Căn cứ: Căn cứ A",
        "Nơi nhận: Sở Nội vụ",
        "Lưu: VT, KHTH",
        "Độ khẩn: Khẩn",
        "Phụ lục 1: Bảng",
        "Stt | Tên",
        "1 | Phòng Một",
    ]
    parts = Parts(copies=("Sở Nội vụ", "Sở Xây dựng"), grounds=("Căn cứ A",), keeper="KHTH", urgency=1)
    said = (document.subject, document.body, document.recipients)
    revise_document(document.pk, 1, *said, parts=parts, by=site.member, now=NOW)
    changes = [(line.change, line.text) for line in what_changed(approval, 1, 2) if line.change != LineChange.SAME]
    assert changes == [
        (LineChange.ADDED, "Nơi nhận: Sở Xây dựng"),
        (LineChange.REMOVED, "Phụ lục 1: Bảng"),
        (LineChange.REMOVED, "Stt | Tên"),
        (LineChange.REMOVED, "1 | Phòng Một"),
    ]


# --- read ---


def test_the_documents_page_shows_every_part(site: House, enter: Enter) -> None:
    enter(site.member).post(PAGE, FULL | {"appendix_1_content": "Mở đầu\nStt | Số liệu\nI. THU\n1 | Thu\n2 | Chi"})
    document = Document.objects.get()
    said = text_of(enter(site.member).get(f"/van-ban/{document.pk}/"))
    for words in (
        "THƯỢNG KHẨN",
        "<strong>XEM XONG TRẢ LẠI</strong>",
        "PL.(300)</p>",
        "Căn cứ Kế hoạch số 1186/KH-SKHĐT ngày 19 tháng 4 năm 2022.",
        "<li>Sở Nội vụ;</li>",
        "Lưu: VT, KHTH (An).",
        "Phụ lục: Danh sách số liệu",
        '<th scope="col">Số liệu</th>',
        '<th scope="colgroup" colspan="2">I. THU</th>',
        "<td>Chi</td>",
    ):
        assert words in said
    assert said.index("Kính gửi") < said.index("Căn cứ Kế hoạch") < said.index("Nơi nhận:") < said.index("Phụ lục:")


def test_a_plain_draft_shows_no_empty_parts(site: House, enter: Enter) -> None:
    document = draft_document(letter(), unit_id=site.division.pk, by=site.member, now=NOW)
    said = text_of(enter(site.member).get(f"/van-ban/{document.pk}/"))
    for words in ("Nơi nhận:", "Phụ lục", "KHẨN", "Căn cứ"):
        assert words not in said
    assert document.kind == DocumentKind.LETTER
