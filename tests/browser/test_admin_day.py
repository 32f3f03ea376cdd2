"""The administrator's day: a policy, a calendar day after seeing what it moves, and no task at all."""

from __future__ import annotations

from tests.browser.conftest import Sit
from tests.browser.hand import Site


def test_the_administrator_sets_a_policy_with_its_day_and_reason(site: Site, sit: Sit) -> None:
    hand = sit("quantri")
    assert hand.heading == "Quản trị"
    hand.follow("Chính sách")
    hand.page.get_by_role("row").filter(has_text="Mốc nhắc nhở trước hạn").get_by_role("link").click()
    hand.look()
    hand.write("Giá trị mới", "7, 3, 1")
    hand.write("Có hiệu lực từ ngày", "01/12/2022")
    hand.press("Đặt giá trị")
    assert "Hãy ghi lý do." in hand.wrong
    hand.write("Lý do", "Thống nhất tại giao ban Văn phòng (trình diễn).")
    hand.press("Đặt giá trị")
    assert hand.told == "Đã đặt giá trị mới."
    hand.sees("7, 3 và 1 ngày làm việc")
    hand.sees("Thống nhất tại giao ban Văn phòng (trình diễn).")
    hand.picture("policies")
    rows = site.machine.rows("SELECT valid_from, set_by_name FROM workflow_policy WHERE reason LIKE 'Thống nhất tại%'")
    assert [[str(value) for value in row] for row in rows] == [["2022-12-01", "Đặng Văn Mẫu Ba Chín"]]
    assert site.value("SELECT name FROM workflow_auditevent WHERE chain = 'policy' ORDER BY seq DESC LIMIT 1") == (
        "policy.set"
    )


def test_the_administrator_sees_what_a_day_off_moves_before_it_is_set(site: Site, sit: Sit) -> None:
    hand = sit("quantri")
    hand.rail("Lịch làm việc")
    hand.follow("Thêm hoặc sửa một ngày")
    hand.page.get_by_label("Ngày", exact=True).fill("30/12/2022")
    hand.pick("Loại", "Ngày nghỉ")
    hand.write("Tên ngày", "Nghỉ bù (trình diễn)")
    hand.write("Căn cứ", "Thông báo TD-01 (trình diễn)")
    hand.page.get_by_label("Mức chắc chắn").select_option(index=1)
    hand.press("Xem trước ảnh hưởng")
    hand.sees("Thay đổi này làm dời")
    hand.sees("thứ Sáu 30/12/2022 → thứ Năm 29/12/2022:")
    assert hand.page.locator(".consequence li").count() < 10
    hand.picture("calendar-preview")
    assert site.value("SELECT count(*) FROM workflow_calendarday WHERE name = 'Nghỉ bù (trình diễn)'") == "0"
    hand.press("Ghi vào lịch")
    assert hand.told == "Đã ghi ngày 30/12/2022 vào lịch."
    assert site.value("SELECT count(*) FROM workflow_calendarday WHERE name = 'Nghỉ bù (trình diễn)'") == "1"


def test_the_administrator_sees_no_task(site: Site, sit: Sit) -> None:
    hand = sit("quantri")
    for path in ("/nhiem-vu/", "/ban-dieu-phoi/", "/van-ban/", "/nhat-ky/"):
        hand.go(path, expected=403)
    hand.go(f"/nhiem-vu/{site.task('2022/II.1.8/NAM/P-KTDN')}/", expected=404)
    flow = site.flow("2022/II.1.8/NAM/P-KTDN")
    hand.go(f"/phe-duyet/{flow}/", expected=404)
    hand.go(f"/phe-duyet/buoc/{site.waits_for(flow)}/accept/", expected=404)
    hand.go("/phe-duyet/nhieu/report/check/", expected=403)
    hand.go("/de-xuat/", expected=403)
    hand.rail("Kế hoạch")
    hand.go("/ke-hoach/2022/")
    assert hand.page.locator("main a[href^='/nhiem-vu/']").count() == 0
