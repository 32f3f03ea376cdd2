"""Typing: days as people write them, hostile input, what is kept, and the words of every error."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django import forms
from django.test import RequestFactory, override_settings
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.forms import ChecksForm, DirectionForm, ExtensionForm, ReasonForm, ReturnedChecksForm
from tests.factories import MONDAY, House, at, make_task
from tests.workflow.web.conftest import Enter, SetClock, assert_clean
from workflow.actions.notification import tell_of
from workflow.choices import NotificationKind
from workflow.forms import DayField, LineField, PickField, PickManyField, PlainForm, ProseField, TwoWayField
from workflow.models import DemonstrationClock, Task
from workflow.queries.clock import forget_clock
from workflow.web import context
from workflow.web.acts import ACTS
from workflow.web.forms import administration, consultation, report
from workflow.web.forms.adjustment import AskExtensionForm
from workflow.web.forms.session import SignInForm
from workflow.web.request import number_from


class Typed(PlainForm):
    """One field of each kind."""

    due = DayField(label="Hạn trả lời")
    number = LineField(label="Số văn bản", max_length=12)
    text = ProseField(label="Nội dung", max_length=50)
    unit = PickField(label="Đơn vị")
    bodies = PickManyField(label="Cơ quan")
    approve = TwoWayField(label="Quyết định", yes="Đồng ý", no="Không đồng ý")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer([(1, "Phòng Một"), (2, "Phòng <b>Hai</b>")])  # type: ignore[attr-defined]
        self.fields["bodies"].offer([(7, "Sở Tài chính"), (8, "Sở Xây dựng")])  # type: ignore[attr-defined]


GOOD = {
    "due": "18/11/2022",
    "number": "9/STC",
    "text": "Thống nhất.",
    "unit": "2",
    "bodies": ["7", "8"],
    "approve": "no",
}


def test_what_is_typed_well_comes_as_values() -> None:
    form = Typed(GOOD)
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "due": date(2022, 11, 18),
        "number": "9/STC",
        "text": "Thống nhất.",
        "unit": 2,
        "bodies": [7, 8],
        "approve": False,
    }


def day_of(text: str) -> date | str:
    """What a day field makes of a text: the day, or the words of its refusal."""
    try:
        return DayField(label="Hạn").clean(text) or ""
    except forms.ValidationError as error:
        return str(error.messages[0])


@pytest.mark.parametrize(
    "text",
    ["18/11/2022", "18-11-2022", "18.11.2022", "2022-11-18", " 18/11/2022 ", "18/11/2022\n"],
)
def test_the_same_day_in_each_usual_way(text: str) -> None:
    assert day_of(text) == date(2022, 11, 18)


@pytest.mark.parametrize(
    ("text", "day"),
    [("1/2/2023", date(2023, 2, 1)), ("29/02/2024", date(2024, 2, 29)), ("31/12/2100", date(2100, 12, 31))],
)
def test_the_day_stands_before_the_month(text: str, day: date) -> None:
    assert day_of(text) == day


NO_DAYS = [
    "29/02/2023",
    "31/04/2022",
    "11/18/2022",
    "18/11",
    "18/11/22",
    "18/11/202",
    "ngày mai",
    "0/0/0",
    "-1/11/2022",
    "18/11/2022 09:00",
    "2022-11-18T09:00",
    "18/11/2022; DROP TABLE",
    "١٨/١١/٢٠٢٢x",
    "<script>",
    "9" * 400,
    "\x00",
]


@pytest.mark.parametrize("text", NO_DAYS)
def test_what_is_no_day_is_refused_with_an_example(text: str) -> None:
    assert day_of(text) == "Ngày chưa đúng. Hãy ghi ngày/tháng/năm, ví dụ 18/11/2022."


@pytest.mark.parametrize("text", ["18/11/1999", "01/01/2101", "18/11/9999", "0001-01-01"])
def test_a_year_nobody_means_is_refused(text: str) -> None:
    assert day_of(text) == "Năm phải trong khoảng 2000–2100."


@settings(deadline=None, max_examples=60)
@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31)))
def test_every_day_is_read_as_it_is_printed(day: date) -> None:
    assert day_of(f"{day:%d/%m/%Y}") == day_of(day.isoformat()) == day


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=40))
def test_no_text_whatever_breaks_a_day_field(text: str) -> None:
    found = day_of(text)
    assert isinstance(found, date) or found.startswith(("Ngày chưa đúng", "Năm phải", "Hãy ghi"))


def test_a_day_not_typed_is_asked_for_by_its_name_and_left_out_when_it_may_be() -> None:
    assert day_of("") == "Hãy ghi hạn."
    assert DayField(label="Hạn mới", required=False).clean("") is None


WRONG = [
    ({"due": "hôm qua"}, "due", "Ngày chưa đúng"),
    ({"number": ""}, "number", "Hãy ghi số văn bản."),
    ({"number": "   "}, "number", "Hãy ghi số văn bản."),
    ({"number": "x" * 13}, "number", "Số văn bản dài quá 12 ký tự. Hãy viết ngắn lại."),
    ({"text": ""}, "text", "Hãy ghi nội dung."),
    ({"text": "x" * 51}, "text", "Nội dung dài quá 50 ký tự. Hãy viết ngắn lại hoặc đính kèm tệp."),
    ({"unit": ""}, "unit", "Hãy chọn đơn vị."),
    ({"unit": "3"}, "unit", "Lựa chọn này không có trong danh sách. Hãy chọn lại."),
    ({"unit": "1 OR 1=1"}, "unit", "Lựa chọn này không có trong danh sách. Hãy chọn lại."),
    ({"bodies": []}, "bodies", "Hãy chọn ít nhất một cơ quan."),
    ({"bodies": ["7", "999"]}, "bodies", "Có lựa chọn không còn trong danh sách. Hãy chọn lại."),
    ({"approve": ""}, "approve", "Hãy chọn một câu trả lời cho “quyết định”."),
    ({"approve": "maybe"}, "approve", "Hãy chọn lại một trong hai."),
]


@pytest.mark.parametrize(("typed", "name", "said"), WRONG)
def test_one_wrong_field_is_named_alone_and_leads_to_its_element(
    typed: dict[str, object], name: str, said: str
) -> None:
    form = Typed({**GOOD, **typed})
    assert not form.is_valid()
    assert list(form.errors) == [name]
    [(target, message)] = form.wrong_fields()
    assert message.startswith(said)
    text = str(form[name])
    assert f'id="{target}"' in text, "the summary's link leads to an element that is there"


def test_the_summary_lists_the_errors_in_the_order_of_the_page() -> None:
    form = Typed({})
    assert not form.is_valid()
    form.add_error(None, "Cả biểu mẫu sai.")
    assert [message for _target, message in form.wrong_fields()] == [
        "Cả biểu mẫu sai.",
        "Hãy ghi hạn trả lời.",
        "Hãy ghi số văn bản.",
        "Hãy ghi nội dung.",
        "Hãy chọn đơn vị.",
        "Hãy chọn ít nhất một cơ quan.",
        "Hãy chọn một câu trả lời cho “quyết định”.",
    ]


def test_what_was_typed_stays_as_text_and_is_escaped() -> None:
    form = Typed({**GOOD, "due": "<18/11>", "text": "<b>đậm</b>" * 20, "number": '"><script>'})
    assert not form.is_valid()
    assert 'value="&lt;18/11&gt;"' in str(form["due"])
    assert "&lt;b&gt;đậm&lt;/b&gt;" in str(form["text"])
    assert "<script>" not in str(form["number"])
    assert "Phòng &lt;b&gt;Hai&lt;/b&gt;" in str(form["unit"])
    assert 'value="2" selected' in str(form["unit"])


def test_a_day_of_the_database_is_shown_as_people_write_it() -> None:
    for form, name in ((AskExtensionForm, "wanted_due"), (ExtensionForm, "new_due")):
        assert 'value="08/11/2022"' in str(form(initial={name: date(2022, 11, 8)})[name])


def test_no_field_asks_the_browser_to_judge() -> None:
    for made in (Typed(), SignInForm(), consultation.ConsultForm(), ChecksForm(), administration.UnitForm()):
        for bound in made:
            assert " required" not in str(bound), bound.name


FORMS: list[tuple[type[PlainForm], dict[str, object], list[str]]] = [
    (report.DraftForm, {"content": "  ", "evidence": "Biên bản"}, ["content"]),
    (report.DraftForm, {"content": "", "nothing_to_report": "on"}, []),
    (report.ConfirmForm, {"has_work": "yes", "text": ""}, ["text"]),
    (report.ConfirmForm, {"has_work": "no", "text": ""}, []),
    (ReturnedChecksForm, {"quantity_ok": "yes", "content_ok": "no", "time_ok": "yes", "note": ""}, ["note"]),
    (ChecksForm, {"quantity_ok": "yes", "content_ok": "yes", "time_ok": "yes", "note": ""}, []),
    (AskExtensionForm, {"reason": "Chờ số liệu.", "wanted_due": "mai"}, ["wanted_due"]),
    (ExtensionForm, {"new_due": ""}, ["new_due"]),
    (ExtensionForm, {"new_due": "mai"}, ["new_due"]),
    (ReasonForm, {"reason": "  "}, ["reason"]),
    (ReasonForm, {"reason": "Không đủ căn cứ."}, []),
    (
        DirectionForm,
        {"number": "1", "issued_on": "18/11/2022", "content": "x", "closes": "on", "new_due": "20/11/2022"},
        ["new_due"],
    ),
    (DirectionForm, {"number": "1", "issued_on": "18/11/2022", "content": "x", "closes": "on"}, []),
    (DirectionForm, {"number": "1", "issued_on": "18/11/2022", "content": "x"}, []),
    (consultation.AnswerForm, {"number": "9/STC", "answered_on": "32/1/2022", "content": "x"}, ["answered_on"]),
]


@pytest.mark.parametrize(("form", "typed", "wrong"), FORMS)
def test_what_belongs_together_is_asked_for_together(
    form: type[PlainForm], typed: dict[str, object], wrong: list[str]
) -> None:
    made = form(typed)
    made.is_valid()
    assert list(made.errors) == wrong
    assert all(str(message).endswith((".", "…")) for _target, message in made.wrong_fields())


@pytest.mark.parametrize("slug", sorted(ACTS))
def test_every_form_of_an_act_speaks_vietnamese_and_labels_each_field(slug: str) -> None:
    form = ACTS[slug].form()
    for bound in form:
        assert bound.label, bound.name
        assert not str(bound.label).isascii(), f"{slug}: {bound.label}"
        for word in bound.field.error_messages.values():
            assert "This field" not in str(word)


@pytest.mark.parametrize(
    ("slug", "typed"),
    [
        ("xin-gia-han", {"reason": "Chờ số liệu của Cục Thống kê.", "wanted_due": "31/02/2022"}),
        ("tam-dung", {"ground": "Theo kết luận thanh tra.", "ground_number": "", "ground_on": "30/09/2022"}),
        ("lay-y-kien", {"question": "Đề nghị cho ý kiến về phương án.", "due_on": "xx"}),
    ],
)
def test_a_refused_page_keeps_every_word_that_was_typed(
    site: House, enter: Enter, task: Task, slug: str, typed: dict[str, str]
) -> None:
    response = enter(site.head).post(f"/nhiem-vu/{task.pk}/{slug}/", typed)
    assert response.status_code == 400
    text = response.content.decode()
    for value in typed.values():
        assert value in text
    assert 'aria-invalid="true"' in text
    assert_clean(response.content)
    assert Task.objects.get(pk=task.pk).chain_seq == 1


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=30))
def test_a_number_of_an_address_is_a_positive_whole_number_of_the_database_or_nothing(text: str) -> None:
    number = number_from(text)
    assert number is None or 0 < number < 2**63
    assert number is None or int(text) == number


# The frame of every page


def framed(**parts: object) -> dict[str, object]:
    request = RequestFactory().get(str(parts.pop("path", "/")))
    for name, value in parts.items():
        setattr(request, name, value)
    return context.frame(request)


def test_who_is_not_signed_in_gets_a_frame_without_places(db: None) -> None:
    values = framed()
    assert values["actor"] is None
    assert not {"places", "unread", "searches"} & set(values)


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", "Việc của tôi"),
        ("/nhiem-vu/", "Nhiệm vụ"),
        ("/nhiem-vu/7/bat-dau/", "Nhiệm vụ"),
        ("/van-ban/3/", "Văn bản"),
        ("/thong-bao/", None),
    ],
)
def test_the_rail_marks_where_one_is_and_only_there(site: House, path: str, current: str | None) -> None:
    values = framed(path=path, actor=site.head, now=at(MONDAY))
    places = values["places"]
    assert isinstance(places, list)
    assert [place.label for place, here in places if here] == ([current] if current else [])


def test_the_frame_of_an_evening_in_london_has_the_vietnamese_day(site: House) -> None:
    assert framed(actor=site.head, now=at(date(2022, 10, 4), "00:30"))["today"] == date(2022, 10, 4)


def test_unread_notices_are_counted_for_their_reader_alone_and_only_when_asked(
    site: House, django_assert_num_queries: Any
) -> None:
    task = make_task(site)
    told = [site.head.person_id]
    tell_of(task, persons=told, kind=NotificationKind.DECISION, text="Có việc", by=site.leader, now=at(MONDAY))
    with django_assert_num_queries(0):
        values = [framed(actor=actor, now=at(MONDAY)) for actor in (site.head, site.member)]
    assert [int(str(each["unread"])) for each in values] == [1, 0]


@pytest.mark.parametrize(
    ("day", "clock", "said"),
    [
        (date(2022, 11, 21), "08:05", "thứ Hai 21/11/2022 08:05"),
        (date(2022, 12, 31), "23:58", "thứ Bảy 31/12/2022 23:58"),
        (date(2024, 2, 29), "00:00", "thứ Năm 29/02/2024 00:00"),
    ],
)
def test_the_banner_shows_the_demonstrations_own_moment(  # noqa: PLR0917 -- the parts of one case
    site: House, enter: Enter, set_clock: SetClock, day: date, clock: str, said: str
) -> None:
    client = enter(site.head)
    set_clock(day, clock)
    assert f"đồng hồ trình diễn: {said}" in client.get("/").content.decode()


def test_the_banner_goes_on_with_the_real_clock_and_every_page_has_it(site: House, enter: Enter) -> None:
    DemonstrationClock.objects.all().delete()
    began = timezone.now() - timedelta(minutes=90)
    DemonstrationClock.objects.create(real_at=began, shown_at=at(MONDAY, "08:00"))
    forget_clock()
    client = enter(site.head)
    for path in ("/", "/nhiem-vu/", "/lich/", "/nhiem-vu/999999/", "/quan-tri/"):
        assert "thứ Hai 03/10/2022 09:3" in client.get(path).content.decode(), path


def test_in_real_operation_no_page_speaks_of_a_demonstration(site: House, enter: Enter) -> None:
    client = enter(site.head)
    with override_settings(DEMONSTRATION=False):
        for path in ("/", "/nhiem-vu/", "/dang-nhap/", "/nhiem-vu/999999/"):
            assert "trình diễn" not in client.get(path, follow=True).content.decode(), path
