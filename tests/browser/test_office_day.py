"""Văn phòng's day: the board, a reminder by hand signed under the delegation, and the way to UBND tỉnh and back."""

from __future__ import annotations

from tests.browser.conftest import Sit
from tests.browser.hand import Site

LATE_REPORT = "2022/II.1.8/NAM/P-DTGS"
SILENT_BODY = "HS-10-2022/YK2"


def test_the_office_reminds_by_hand_and_the_deputy_signs_in_the_chiefs_place(site: Site, sit: Sit) -> None:
    reviewer = sit("vanphong.duyet")
    reviewer.rail("Bàn điều phối")
    assert reviewer.heading == "Bàn điều phối"
    reviewer.follow("Phòng Thẩm định và Giám sát đầu tư")
    reviewer.page.get_by_role("row").filter(has_text="Báo cáo năm về kỷ luật").get_by_role("link").click()
    reviewer.look()
    reviewer.sees("Nếu không có báo cáo: đôn đốc lần 1")
    assert "Soạn đôn đốc lần 1" in reviewer.offers
    reviewer.follow("Soạn đôn đốc lần 1")
    reviewer.sees("Dự thảo chưa phát hành thì chưa tính là một lần đôn đốc.")
    reviewer.press("Soạn đôn đốc lần 1")
    assert reviewer.told == "Đã soạn dự thảo đôn đốc."
    assert "Phát hành đôn đốc lần 1" not in reviewer.offers
    assert site.value(f"SELECT reminders_issued FROM workflow_task WHERE code = '{LATE_REPORT}'") == "0"

    deputy = sit("phovanphong")
    deputy.follow("Phạm Thị Mẫu Bốn – tài khoản và tư cách làm việc", within=deputy.page.get_by_role("banner"))
    deputy.page.get_by_label("Lê Văn Mẫu Ba, Chánh Văn phòng").check()
    deputy.press("Chọn tư cách này")
    assert deputy.told == "Ông/bà đang làm thay Lê Văn Mẫu Ba."
    assert "đang làm thay Lê Văn Mẫu Ba (TL.)" in deputy.page.get_by_role("banner").inner_text()
    deputy.begin("Đôn đốc chờ phát hành", "Báo cáo năm về kỷ luật", "Thẩm định")
    deputy.sees("TL. GIÁM ĐỐC")
    deputy.picture("reminder-to-issue")
    deputy.press("Phát hành đôn đốc lần 1")
    assert deputy.told == "Đã phát hành văn bản đôn đốc."

    assert site.value(f"SELECT reminders_issued FROM workflow_task WHERE code = '{LATE_REPORT}'") == "1"
    record = site.last_record(LATE_REPORT)
    assert site.trail(LATE_REPORT, last=1) == ["reminder.issue"]
    actor = record["actor"]
    assert isinstance(actor, dict)
    assert (actor["capacity"], actor["name"]) == ("TL.", "Phạm Thị Mẫu Bốn")
    head = sit("truongphong.dtgs")
    assert "Đã đôn đốc 1 lần" in head.line("Quá hạn", "Báo cáo năm về kỷ luật").inner_text()
    head.rail("Văn bản")
    head.sees("đôn đốc lần 1 việc thực hiện nhiệm vụ: Báo cáo năm về kỷ luật")


def test_a_silent_body_is_reported_to_the_province_and_its_direction_opens_a_new_round(site: Site, sit: Sit) -> None:
    reviewer = sit("vanphong.duyet")
    reviewer.rail("Nhiệm vụ")
    reviewer.write("Chữ trong nhiệm vụ", SILENT_BODY)
    reviewer.press("Lọc")
    reviewer.page.get_by_role("row").filter(has_text="UBND thành phố Nha Trang").get_by_role("link").click()
    reviewer.look()
    reviewer.follow("Chuyển UBND tỉnh")
    reviewer.sees("II.1.9")
    reviewer.press("Chuyển UBND tỉnh")
    assert "Hãy ghi lý do." in reviewer.wrong
    reviewer.write("Lý do", "Hồ sơ sắp hết thời gian xử lý, cơ quan được hỏi chưa có ý kiến.")
    reviewer.press("Chuyển UBND tỉnh")
    assert reviewer.told == "Đã chuyển; dự thảo báo cáo UBND tỉnh chờ phát hành."
    assert "Phát hành báo cáo UBND tỉnh" not in reviewer.offers
    assert "Soạn đôn đốc lần 2" not in reviewer.offers
    assert site.state(SILENT_BODY) == "escalated"

    clerk = sit("vanthu")
    clerk.rail("Bàn điều phối")
    clerk.begin("Báo cáo UBND tỉnh chờ phát hành", "Hồ sơ trình diễn 10")
    assert clerk.heading == "Phát hành báo cáo UBND tỉnh"
    clerk.sees("BÁO CÁO")
    clerk.sees("Không sửa, không thu hồi được.")
    clerk.picture("report-to-province")
    before = int(site.value("SELECT last_number FROM workflow_registerbook"))
    clerk.press("Phát hành báo cáo UBND tỉnh")
    assert clerk.told == "Đã phát hành báo cáo UBND tỉnh."
    assert int(site.value("SELECT last_number FROM workflow_registerbook")) == before + 1
    number = f"{before + 1}/BC-SKHĐT"

    reviewer.go(f"/nhiem-vu/{site.task(SILENT_BODY)}/")
    reviewer.sees(number)
    reviewer.sees("chờ ý kiến chỉ đạo")
    reviewer.picture("escalated-task")
    reviewer.follow("Ghi ý kiến chỉ đạo")
    reviewer.write("Số, ký hiệu văn bản chỉ đạo", "9012/UBND-TD")
    reviewer.write("Ngày văn bản", "21/11/2022")
    reviewer.write("Nội dung chỉ đạo", "UBND thành phố Nha Trang trả lời trước ngày 28/11/2022.")
    reviewer.write("Hạn mới", "28.11.2022")
    reviewer.tick("Văn bản chỉ đạo kết thúc nhiệm vụ này")
    reviewer.press("Ghi ý kiến chỉ đạo")
    assert "Đã chọn kết thúc nhiệm vụ thì không ghi hạn mới." in reviewer.wrong
    reviewer.page.get_by_label("Văn bản chỉ đạo kết thúc nhiệm vụ này").uncheck()
    reviewer.press("Ghi ý kiến chỉ đạo")
    assert reviewer.told == "Đã ghi ý kiến chỉ đạo của UBND tỉnh."
    reviewer.sees("thứ Hai 28/11/2022")

    assert site.trail(SILENT_BODY, last=3) == ["task.escalate", "escalation.send", "task.direct"]
    rows = site.machine.rows(f"SELECT round, due_on, due_first FROM workflow_task WHERE code = '{SILENT_BODY}'")
    assert [str(value) for value in rows[0]] == ["2", "2022-11-28", "2022-11-14"]
    assert "Nếu không có" in site.explained(SILENT_BODY)


def test_the_office_records_a_direction_that_ends_a_task(site: Site, sit: Sit) -> None:
    reviewer = sit("vanphong.duyet")
    reviewer.begin("Chờ ý kiến chỉ đạo", "Việc UBND tỉnh giao (trình diễn) 08")
    reviewer.write("Số, ký hiệu văn bản chỉ đạo", "9013/UBND-TD")
    reviewer.write("Ngày văn bản", "31/02/2022")
    reviewer.write("Nội dung chỉ đạo", "Giao Sở Xây dựng chủ trì; Sở Kế hoạch và Đầu tư không phải thực hiện nữa.")
    reviewer.tick("Văn bản chỉ đạo kết thúc nhiệm vụ này")
    reviewer.press("Ghi ý kiến chỉ đạo")
    assert "Ngày chưa đúng" in reviewer.wrong
    assert reviewer.page.get_by_label("Nội dung chỉ đạo").input_value().startswith("Giao Sở Xây dựng chủ trì")
    reviewer.write("Ngày văn bản", "21/11/2022")
    reviewer.press("Ghi ý kiến chỉ đạo")
    assert reviewer.told == "Đã ghi ý kiến chỉ đạo của UBND tỉnh."
    code = site.value("SELECT code FROM workflow_task WHERE title LIKE 'Việc UBND tỉnh giao (trình diễn) 08%'")
    assert site.trail(code, last=1) == ["task.direct_close"]
    assert site.state(code) in {"reviewed", "cancelled"}
