"""Văn thư's day: a drafted reminder goes out with its number, an answer on paper is recorded."""

from __future__ import annotations

from tests.browser.conftest import Sit
from tests.browser.hand import Site

DRAFTED = "HS-11-2022/YK1"


def test_the_clerk_issues_a_drafted_reminder_once(site: Site, sit: Sit) -> None:
    hand = sit("vanthu")
    assert "Viết báo cáo" not in hand.words
    hand.begin("Đôn đốc chờ phát hành", "Hồ sơ trình diễn 11")
    assert hand.heading == "Phát hành đôn đốc lần 1"
    hand.sees("Dự thảo, chưa phát hành")
    hand.sees("Sau khi phát hành không sửa, không thu hồi được")
    second = sit("chanhvanphong")
    second.begin("Đôn đốc chờ phát hành", "Hồ sơ trình diễn 11")
    before = int(site.value("SELECT last_number FROM workflow_registerbook"))
    hand.press("Phát hành đôn đốc lần 1")
    assert hand.told == "Đã phát hành văn bản đôn đốc."
    second.press("Phát hành đôn đốc lần 1")
    assert second.heading in {"Việc này hiện không làm được", "Không tìm thấy"}
    assert int(site.value("SELECT last_number FROM workflow_registerbook")) == before + 1

    hand.rail("Văn bản")
    number = f"{before + 1}/SKHĐT-"
    hand.page.get_by_role("link", name=number).first.click()
    hand.look()
    assert number in hand.heading
    hand.sees("Sở Giao thông vận tải")
    hand.picture("issued-document")
    assert hand.page.get_by_role("button", name="Phát hành").count() == 0
    assert site.value(f"SELECT reminders_issued FROM workflow_task WHERE code = '{DRAFTED}'") == "1"
    assert site.trail(DRAFTED, last=1) == ["reminder.issue"]
    assert "đôn đốc lần 2" in site.explained(DRAFTED)


def test_the_clerk_records_an_answer_on_paper(site: Site, sit: Sit) -> None:
    hand = sit("vanthu")
    hand.begin("Chờ ghi văn bản trả lời", "Sở Xây dựng", "Việc UBND tỉnh giao (trình diễn) 11")
    hand.write("Số, ký hiệu văn bản trả lời", "215/SXD-TD")
    hand.write("Ngày văn bản trả lời", "25/12/2022")
    hand.write("Nội dung trả lời", "Thống nhất với dự thảo quy hoạch.")
    hand.press("Ghi văn bản trả lời")
    assert "trả lời" in hand.wrong
    hand.write("Ngày văn bản trả lời", "18/11/2022")
    hand.press("Ghi văn bản trả lời")
    assert hand.told == "Đã ghi văn bản trả lời."

    unit = sit("truongphong.th")
    unit.begin("Chờ tôi kiểm tra", "Sở Xây dựng")
    unit.sees("215/SXD-TD ngày 18/11/2022")
    unit.follow("Nhận ý kiến trả lời")
    unit.press("Nhận ý kiến trả lời")
    assert unit.told == "Đã nhận ý kiến trả lời; việc lấy ý kiến hoàn thành."
    code = site.value(
        "SELECT code FROM workflow_task WHERE id = (SELECT task_id FROM workflow_report"
        " WHERE answer_number = '215/SXD-TD')"
    )
    assert site.trail(code, last=2) == ["task.report", "task.review"]
    assert site.state(code) == "reviewed"
