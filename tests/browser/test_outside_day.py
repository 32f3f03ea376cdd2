"""A consulted body's day: it answers by its own account and sees nothing else; a division of the department too."""

from __future__ import annotations

from tests.browser.conftest import Sit
from tests.browser.hand import Site

PARENT = "HS-12-2022"


def test_a_division_asks_two_bodies_and_one_answers_by_its_account(site: Site, sit: Sit) -> None:
    unit = sit("truongphong.dn")
    unit.begin("Sắp tới", "Hồ sơ trình diễn 12")
    unit.follow("Hồ sơ trình diễn 12: thành lập hợp tác xã giả định N")
    unit.follow("Lấy ý kiến cơ quan khác")
    assert "Các cơ quan, đơn vị được lấy ý kiến" not in unit.words
    unit.tick("Sở Tài chính")
    unit.tick("Sở Xây dựng")
    unit.tick("Phòng Kinh tế đối ngoại")
    unit.write("Nội dung lấy ý kiến", "Đề nghị cho ý kiến về vốn góp và trụ sở của hợp tác xã.")
    unit.write("Hạn trả lời", "20/11/2022")
    unit.press("Lấy ý kiến cơ quan khác")
    assert unit.page.get_by_role("alert").count() == 1
    assert unit.page.get_by_label("Sở Tài chính", exact=True).is_checked()
    unit.write("Hạn trả lời", "28/11/2022")
    unit.press("Lấy ý kiến cơ quan khác")
    assert unit.told == "Đã gửi lấy ý kiến."
    table = unit.page.get_by_role("region", name="Lấy ý kiến")
    assert table.get_by_role("row").filter(has_text="Sở Tài chính").count() == 1
    assert "trả lời bằng văn bản giấy" in table.get_by_role("row").filter(has_text="Sở Xây dựng").inner_text()
    unit.picture("consulted")

    outside = sit("sotaichinh")
    rail = outside.page.get_by_role("navigation", name="Các trang").inner_text()
    assert "Kế hoạch" not in rail
    assert "Bàn điều phối" not in rail
    outside.begin("Tuần này" if "Tuần này" in outside.words else "Sắp tới", "vốn góp và trụ sở")
    assert outside.heading == "Ghi văn bản trả lời"
    outside.write("Số, ký hiệu văn bản trả lời", "77/STC-TD")
    outside.write("Ngày văn bản trả lời", "21/11/2022")
    outside.write("Nội dung trả lời", "Sở Tài chính thống nhất về vốn góp.")
    outside.press("Ghi văn bản trả lời")
    assert outside.told == "Đã ghi văn bản trả lời."
    own = site.value(
        "SELECT t.id FROM workflow_task t JOIN workflow_unit u ON u.id = t.unit_id"
        " WHERE u.code = 'STC' AND t.title LIKE '%vốn góp%'"
    )
    outside.rail("Nhiệm vụ")
    assert outside.page.locator("table.tasks tbody tr").count() == 1
    assert "Hồ sơ trình diễn 12" not in outside.words
    outside.page.locator("table.tasks tbody a").click()
    outside.look()
    outside.sees("77/STC-TD ngày 21/11/2022")
    outside.picture("outside-task")
    for path in (f"/nhiem-vu/{site.task(PARENT)}/", f"/nhiem-vu/{site.task('2022/II.1.8/NAM/P-DN')}/"):
        outside.go(path, expected=404)
    foreign = site.flow("2022/II.1.8/NAM/P-KTDN")
    outside.go(f"/phe-duyet/{foreign}/", expected=404)
    outside.go(f"/phe-duyet/buoc/{site.waits_for(foreign)}/accept/", expected=404)
    for path in ("/ke-hoach/", "/ban-dieu-phoi/", "/nhat-ky/", "/quan-tri/"):
        outside.go(path, expected=403)

    unit.rail("Việc của tôi")
    unit.begin("Ý kiến trả lời chờ tôi xem", "vốn góp và trụ sở", "Sở Tài chính")
    unit.sees("Sở Tài chính thống nhất về vốn góp.")
    unit.follow("Nhận ý kiến trả lời")
    unit.press("Nhận ý kiến trả lời")
    assert unit.told == "Đã nhận ý kiến trả lời; việc lấy ý kiến hoàn thành."
    assert site.value(f"SELECT state FROM workflow_task WHERE id = {own}") == "reviewed"
    other = site.value(
        "SELECT t.state FROM workflow_task t JOIN workflow_unit u ON u.id = t.unit_id"
        " WHERE u.code = 'SXD' AND t.title LIKE '%vốn góp%'"
    )
    assert other == "assigned"

    division = sit("truongphong.ktdn")
    division.begin("Tuần này" if "Tuần này" in division.words else "Sắp tới", "vốn góp và trụ sở")
    assert division.heading == "Viết ý kiến trả lời"
    assert "trong kỳ" not in division.words
    division.press("Lưu bản thảo")
    assert "Hãy ghi nội dung trả lời" in division.wrong
    division.tick("Thống nhất, không có ý kiến khác")
    division.press("Lưu bản thảo")
    division.follow("Đề nghị cho ý kiến về vốn góp và trụ sở của hợp tác xã.")
    assert division.offers[0] == "Gửi ý kiến trả lời bản 1"
    assert "Bắt đầu thực hiện" not in division.offers
    assert division.page.locator("main a.button.primary").count() == 1
    division.follow("Gửi ý kiến trả lời bản 1")
    division.press("Gửi ý kiến trả lời bản 1")
    assert division.told == "Đã gửi; bản đã gửi được đóng lại."

    observer = sit("sonoivu")
    observer.rail("Nhiệm vụ")
    assert "vốn góp" not in observer.words
