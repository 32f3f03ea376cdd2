"""The inspector's day: he reads everything, he does nothing, and his reading is recorded."""

from __future__ import annotations

from tests.browser.conftest import Sit
from tests.browser.hand import Site


def test_the_inspector_reads_the_trail_and_his_reading_is_in_it(site: Site, sit: Sit) -> None:
    hand = sit("thanhtra")
    hand.sees("Không có việc nào đang chờ ông/bà.")
    hand.rail("Nhật ký")
    hand.write("Mã nhiệm vụ", "HS-09-2022/YK3")
    hand.pick("Sự kiện", "Gửi báo cáo UBND tỉnh")
    hand.press("Lọc")
    hand.sees("Gửi báo cáo UBND tỉnh")
    assert hand.page.get_by_role("row").count() == 2
    hand.page.get_by_text("Xem", exact=False).locator("visible=true").last.click()
    hand.sees("Mã băm")
    hand.picture("trail")
    hand.write("Từ ngày", "nhảm")
    hand.press("Lọc")
    assert "Ngày chưa đúng" in hand.wrong
    looks = site.value(
        "SELECT count(*) FROM workflow_auditevent WHERE name LIKE 'trail.%' AND body LIKE '%HS-09-2022/YK3%'"
    )
    assert int(looks) >= 1


def test_the_inspector_is_offered_nothing_to_do(site: Site, sit: Sit) -> None:
    hand = sit("thanhtra")
    for code in ("2022/II.1.8/NAM/P-KTDN", "HS-09-2022/YK3", "HS-11-2022/YK1"):
        hand.go(f"/nhiem-vu/{site.task(code)}/")
        assert hand.offers == []
        assert hand.choices == []
        hand.sees("Hiện ông/bà không phải làm gì với nhiệm vụ này.")
    for slug in ("soan-bao-cao", "ghi-tien-do", "huy"):
        hand.go(f"/nhiem-vu/{site.task('2022/II.1.8/NAM/P-KTDN')}/{slug}/", expected=403)
        assert hand.heading == "Ông/bà không có quyền làm việc này"
    report = site.flow("2022/II.1.8/NAM/P-KTDN")
    hand.go(f"/phe-duyet/{report}/")
    assert hand.choices == []
    assert hand.page.get_by_role("main").get_by_role("button").count() == 0
    hand.sees("Các bước đã qua")
    for outcome in ("accept", "return", "withdraw"):
        hand.go(f"/phe-duyet/buoc/{site.waits_for(report)}/{outcome}/", expected=403)
    hand.go("/phe-duyet/nhieu/report/check/", expected=403)
    hand.go("/quan-tri/", expected=403)
