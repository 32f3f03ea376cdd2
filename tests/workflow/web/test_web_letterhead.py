"""The page of the names that a body prints: who opens it, what it shows, what it writes and refuses."""

from __future__ import annotations

from datetime import date

import pytest
from django.http import HttpResponse

from tests.factories import PERSON_NAMES, House, make_unit
from tests.workflow.web.conftest import Enter, assert_clean
from workflow.choices import UnitKind
from workflow.models import Letterhead, Unit
from workflow.queries.document import head_on

LIST = "/quan-tri/ten-in/"
TYPED = {
    "parent_name": "UBND tỉnh Khánh Hòa",
    "name": "Sở Tài chính",
    "abbreviation": "STC",
    "place": "Khánh Hòa",
    "head_title": "Giám đốc",
    "organ_id": "",
    "contact": "01 Đường Mẫu, Nha Trang",
    "valid_from": "01/03/2025",
    "basis": "Nghị quyết sắp xếp tổ chức bộ máy",
}


def text_of(response: HttpResponse) -> str:
    assert_clean(response.content)
    return response.content.decode().split("<main")[1]


@pytest.mark.parametrize("name", PERSON_NAMES)
def test_only_an_administrator_opens_the_pages_and_writes(site: House, enter: Enter, name: str) -> None:
    client = enter(getattr(site, name))
    address = f"{LIST}{site.department.pk}/dat/"
    codes = (client.get(LIST).status_code, client.get(address).status_code, client.post(address, TYPED).status_code)
    assert codes == ((200, 200, 302) if name == "admin" else (403, 403, 403))
    assert Letterhead.objects.exists() == (name == "admin")


def test_a_body_without_rows_says_what_it_prints_all_the_same(site: House, enter: Enter) -> None:
    said = text_of(enter(site.admin).get(LIST))
    assert "Đang in theo danh mục đơn vị: UBND tỉnh Khánh Hòa, Sở Kế hoạch và Đầu tư, ký hiệu SKHĐT" in said


def test_the_form_begins_from_what_is_printed_today_and_the_row_is_listed(site: House, enter: Enter) -> None:
    client = enter(site.admin)
    address = f"{LIST}{site.department.pk}/dat/"
    shown = text_of(client.get(address))
    for value in ("UBND tỉnh Khánh Hòa", "Sở Kế hoạch và Đầu tư", "SKHĐT", "GIÁM ĐỐC", "03/10/2022"):
        assert f'value="{value}"' in shown
    said = text_of(client.post(address, TYPED, follow=True))
    for words in ("Đã lưu tên in trên văn bản.", "01/03/2025", '<td data-label="Ký hiệu">STC</td>', "GIÁM ĐỐC"):
        assert words in said
    assert "Đang in theo danh mục đơn vị" in said, "the row begins later"
    assert head_on(date(2025, 3, 1)).contact == "01 Đường Mẫu, Nha Trang"


def test_each_body_of_a_reorganisation_stands_with_its_time(site: House, enter: Enter) -> None:
    Unit.objects.filter(pk=site.department.pk).update(valid_to=date(2025, 2, 28))
    later = make_unit(
        "STC-2025",
        UnitKind.DEPARTMENT,
        name="Sở Tài chính tỉnh Khánh Hòa",
        predecessor=site.department,
        valid_from=date(2025, 3, 1),
    )
    client = enter(site.admin)
    said = text_of(client.get(LIST))
    assert "đến hết 28/02/2025" in said
    assert "kế thừa Sở Kế hoạch và Đầu tư" in said
    assert 'value="01/03/2025"' in text_of(client.get(f"{LIST}{later.pk}/dat/"))
    assert client.post(f"{LIST}{later.pk}/dat/", TYPED).status_code == 302
    assert head_on(date(2025, 3, 3)).name == "Sở Tài chính"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": ""}, "Hãy ghi tên cơ quan trên văn bản."),
        ({"abbreviation": "S TC"}, "Chữ viết tắt không có dấu cách"),
        ({"organ_id": "h 32"}, "Mã định danh gồm chữ in hoa"),
        ({"valid_from": "31/02/2025"}, "Ngày chưa đúng"),
        ({"valid_from": "01/01/2019"}, "hãy chọn ngày trong thời gian đó"),
        ({"contact": "x" * 256}, "dài quá 255 ký tự"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(site: House, enter: Enter, wrong: dict[str, str], message: str) -> None:
    response = enter(site.admin).post(f"{LIST}{site.department.pk}/dat/", TYPED | wrong)
    assert response.status_code == 400
    said = text_of(response)
    [field] = wrong
    assert f'href="#id_{field}">' in said
    assert message in said
    assert not Letterhead.objects.exists()


def test_a_unit_that_issues_nothing_has_no_such_page(site: House, enter: Enter) -> None:
    client = enter(site.admin)
    for pk in (site.division.pk, 10**9):
        assert client.get(f"{LIST}{pk}/dat/").status_code == 404
        assert client.post(f"{LIST}{pk}/dat/", TYPED).status_code == 404


def test_names_are_shown_as_they_were_typed_and_never_run(site: House, enter: Enter) -> None:
    script = "<script>alert(1)</script>"
    client = enter(site.admin)
    said = text_of(client.post(f"{LIST}{site.department.pk}/dat/", TYPED | {"name": script}, follow=True))
    assert script not in said
    assert "&lt;script&gt;" in said
