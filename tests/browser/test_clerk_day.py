"""Văn thư's day: a signed reminder goes out with its number, one goes back to the signer, an answer is recorded."""

from __future__ import annotations

from tests.browser.conftest import Sit
from tests.browser.hand import Site

SIGNED = "HS-11-2022/YK1"
ISSUE = "Cho số và phát hành"


def test_the_clerk_issues_a_signed_reminder_once(site: Site, sit: Sit) -> None:
    leader = sit("giamdoc")
    leader.begin("Chờ tôi ký", "Hồ sơ trình diễn 11")
    assert leader.heading == "Ký"
    leader.sees("Dự thảo, chưa phát hành")
    leader.press("Ký")
    assert leader.told == "Đã ký."
    assert site.value(f"SELECT reminders_issued FROM workflow_task WHERE code = '{SIGNED}'") == "0"

    hand, second = sit("vanthu"), sit("vanthu")
    assert "Viết báo cáo" not in hand.words
    for window in (hand, second):
        window.begin("Chờ phát hành", "Hồ sơ trình diễn 11")
        assert window.heading == ISSUE
        window.sees("không sửa, không thu hồi được")
    before = int(site.value("SELECT last_number FROM workflow_registerbook WHERE series = 'chung'"))
    hand.press(ISSUE)
    assert hand.told == "Đã phát hành văn bản."
    second.press(ISSUE)
    assert second.heading == "Việc này hiện không làm được"
    second.sees("Đặng Văn Mẫu Bảy đã quyết định lúc")
    assert int(site.value("SELECT last_number FROM workflow_registerbook WHERE series = 'chung'")) == before + 1

    hand.rail("Văn bản")
    number = f"{before + 1}/SKHĐT-"
    hand.page.get_by_role("link", name=number).first.click()
    hand.look()
    assert number in hand.heading
    hand.sees("Sở Giao thông vận tải")
    hand.sees("Nguyễn Văn Mẫu Một")
    hand.picture("issued-document")
    assert hand.page.get_by_role("main").get_by_role("button").count() == 0
    assert site.value(f"SELECT reminders_issued FROM workflow_task WHERE code = '{SIGNED}'") == "1"
    assert site.trail(SIGNED, last=2) == ["reminder.issue", "approval.decide"]
    assert "đôn đốc lần 2" in site.explained(SIGNED)


def test_the_chief_signs_by_order_and_the_clerk_gives_it_back_once(site: Site, sit: Sit) -> None:
    title = "Cử người dự tập huấn"
    flow = site.flow_called(title)
    leader = sit("giamdoc")
    leader.go(f"/phe-duyet/{flow}/")
    assert leader.choices == []
    leader.go(f"/phe-duyet/buoc/{site.waits_for(flow)}/sign/", expected=403)
    chief = sit("chanhvanphong")
    chief.begin("Chờ tôi ký", title)
    assert chief.heading == "Ký thừa lệnh"
    chief.press("Ký thừa lệnh")
    assert chief.told == "Đã ký thừa lệnh."

    hand = sit("vanthu")
    hand.enter("Chờ phát hành", title)
    assert hand.choices == [ISSUE, "Trả người ký"]
    hand.settle("Trả người ký")
    hand.press("Trả người ký")
    assert "Hãy ghi lý do trả lại." in hand.wrong
    hand.write("Lý do trả lại", "Nơi nhận ghi thiếu địa chỉ.")
    hand.press("Trả người ký")
    assert hand.told == "Đã trả người ký."

    chief.rail("Việc của tôi")
    assert "Nơi nhận ghi thiếu địa chỉ." in chief.line("Chờ tôi ký", title).inner_text()
    chief.enter("Chờ tôi ký", title)
    chief.decide("Ký thừa lệnh")
    hand.rail("Việc của tôi")
    hand.begin("Chờ phát hành", title)
    hand.press(ISSUE)
    assert hand.told == "Đã phát hành văn bản."
    assert site.result(flow) == "approved"
    assert site.passed(flow)[-4:] == ["sign", "send_back", "sign", "issue"]
    signed = f"(SELECT target_id FROM approvals_approval WHERE id = {flow})"
    rows = site.machine.rows(f"SELECT status, signer_name FROM workflow_document WHERE id = {signed}")
    assert [str(value) for value in rows[0]] == ["issued", "Lê Văn Mẫu Ba"]


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
    unit.begin("Ý kiến trả lời chờ tôi xem", "Sở Xây dựng")
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
