"""Every page that a role can reach: it answers, it is whole, it fits a narrow phone, its console is silent."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Sit
from tests.browser.hand import PHONE, Site

ROLES = (
    "chuyenvien.dn",
    "truongphong.dkkd",
    "vanphong.duyet",
    "chanhvanphong",
    "vanthu",
    "phogiamdoc",
    "thanhtra",
    "sonoivu",
    "sotaichinh",
    "quantri",
)


@pytest.mark.parametrize("username", ROLES)
def test_every_entry_of_the_rail_opens(sit: Sit, username: str) -> None:
    hand = sit().sign_in(username)
    rail = hand.page.get_by_role("navigation", name="Các trang")
    for words in rail.get_by_role("link").all_inner_texts():
        hand.rail(words)
        assert rail.locator("[aria-current=page]").inner_text() == words
    for path in ("/thong-bao/", "/tu-cach/", "/doi-mat-khau/", "/ho-so/", "/ho-so/xac-thuc-hai-buoc/"):
        hand.go(path)
    hand.page.get_by_role("button", name="Đăng xuất").click()
    hand.look()
    assert hand.heading == "Đăng nhập"
    hand.go("/thong-bao/")
    assert hand.heading == "Đăng nhập"


def test_the_deep_pages_open(site: Site, sit: Sit) -> None:
    hand = sit("chanhvanphong")
    for code in ("HS-09-2022/YK1", "HS-05-2022", "2022/II.1.8/GIUA-NAM/P-DTGS", "2022/I.2.1/1/P-DTGS"):
        found = site.machine.rows(f"SELECT id FROM workflow_task WHERE code = '{code}'")
        if found:
            hand.go(f"/nhiem-vu/{found[0][0]}/")
            hand.page.locator("main summary").first.click()
    for path in (
        "/ke-hoach/2022/",
        "/ke-hoach/2023/",
        "/ke-hoach/so-sanh/",
        "/nhiem-vu/?chu=bao+cao+nam&han=late",
        "/nhiem-vu/mo-viec-ubnd/",
        "/nhiem-vu/mo-ho-so/",
        "/lich/?nam=2023",
        "/van-ban/?trang-thai=issued",
    ):
        hand.go(path)
    hand.go("/nhiem-vu/999999/", expected=404)
    hand.go("/khong-co/", expected=404)


def test_every_kind_of_approval_fits_a_phone(site: Site, sit: Sit) -> None:
    hand = sit("giamdoc", size=PHONE)
    kinds = site.machine.rows("SELECT kind, result, max(id) FROM approvals_approval GROUP BY kind, result")
    assert {str(kind) for kind, _result, _id in kinds} == {
        *("report", "document", "escalation", "extension", "obstacle", "proposal")
    }
    for kind, _result, key in kinds:
        hand.go(f"/phe-duyet/{key}/")
        hand.sees("Quy trình")
        hand.picture(f"phone-{kind}-{key}")
    for path in ("/phe-duyet/quy-trinh/", "/de-xuat/"):
        hand.go(path)
    hand.go("/phe-duyet/999999/", expected=404)
    hand.go("/phe-duyet/buoc/999999/accept/", expected=404)


def test_the_administration_pages_open(site: Site, sit: Sit) -> None:
    hand = sit("quantri")
    person = site.value("SELECT id FROM workflow_person WHERE username = 'vanthu'")
    unit = site.value("SELECT id FROM workflow_unit WHERE code = 'P-DN'")
    for path in (
        "/quan-tri/don-vi/",
        "/quan-tri/don-vi/them/",
        f"/quan-tri/don-vi/{unit}/dong/",
        "/quan-tri/nguoi/",
        "/quan-tri/nguoi/them/",
        f"/quan-tri/nguoi/{person}/",
        f"/quan-tri/nguoi/{person}/bo-nhiem/",
        f"/quan-tri/nguoi/{person}/dong/",
        "/quan-tri/uy-quyen/",
        "/quan-tri/uy-quyen/ghi/",
        "/quan-tri/chinh-sach/issue_window/",
        "/quan-tri/quy-tac/",
    ):
        hand.go(path)


def test_a_wrong_password_says_nothing_of_the_name(site: Site, sit: Sit) -> None:
    hand = sit()
    said = []
    for name in ("truongphong.dn", "khong.co.ai"):
        hand.go("/dang-nhap/")
        hand.write("Tên đăng nhập", name)
        hand.write("Mật khẩu", "sai-mat-khau")
        hand.press("Đăng nhập")
        said.append(hand.wrong)
    assert said[0] == said[1]
    refused = site.value("SELECT count(*) FROM workflow_auditevent WHERE name = 'login.failure'")
    assert int(refused) >= 2


def test_search_is_under_the_slash_key_and_needs_no_accents(sit: Sit) -> None:
    hand = sit("truongphong.dn")
    hand.page.keyboard.press("/")
    hand.page.keyboard.type("ky luat ky cuong")
    with hand.page.expect_navigation():
        hand.page.keyboard.press("Enter")
    hand.look()
    hand.sees("Báo cáo năm về kỷ luật, kỷ cương")
