"""Văn phòng's day: the board, a reminder signed under the delegation, the way to UBND tỉnh and back, many at once."""

from __future__ import annotations

from tests.browser.conftest import Sit
from tests.browser.hand import Hand, Site

LATE_REPORT = "2022/II.1.8/NAM/P-DTGS"
SILENT_BODY = "HS-10-2022/YK2"
PRESENT = "Trình dự thảo"
HEAD_AGREES = "Đồng ý, chuyển Văn phòng"
FORM_IS_RIGHT = "Đạt thể thức, trình ký"
ISSUE = "Cho số và phát hành"


def in_the_chiefs_place(hand: Hand) -> Hand:
    """Choose to act in Chánh Văn phòng's place."""
    hand.follow("Phạm Thị Mẫu Bốn – tài khoản và tư cách làm việc", within=hand.page.get_by_role("banner"))
    hand.page.get_by_label("Lê Văn Mẫu Ba, Chánh Văn phòng").check()
    hand.press("Chọn tư cách này")
    assert hand.told == "Ông/bà đang làm thay Lê Văn Mẫu Ba."
    assert "đang làm thay Lê Văn Mẫu Ba (TL.)" in hand.page.get_by_role("banner").inner_text()
    return hand


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
    assert reviewer.choices == [PRESENT]
    reviewer.decide(PRESENT)
    assert reviewer.told == "Đã trình dự thảo."
    flow = site.flow(LATE_REPORT, "document")
    address = f"/phe-duyet/{flow}/"

    chief = sit("chanhvanphong")
    chief.enter("Chờ tôi duyệt", "đôn đốc lần 1", "Thẩm định")
    assert chief.choices == [HEAD_AGREES, "Trả lại"]
    chief.decide(HEAD_AGREES)
    assert chief.told == "Đã đồng ý."

    reviewer.go(address)
    assert reviewer.choices == ["Rút lại dự thảo để sửa"]
    reviewer.sees("đã soạn hoặc trình nội dung này nên không được duyệt")
    reviewer.go(f"/phe-duyet/buoc/{site.waits_for(flow)}/approve/", expected=403)

    deputy = sit("phovanphong")
    deputy.go(address)
    deputy.decide(FORM_IS_RIGHT)
    assert deputy.told == "Đã trình ký."
    deputy.go(address)
    assert deputy.choices == []
    in_the_chiefs_place(deputy)
    deputy.begin("Chờ tôi ký", "đôn đốc lần 1", "Thẩm định")
    assert deputy.heading == "Ký thừa lệnh"
    deputy.sees("TL. GIÁM ĐỐC")
    deputy.picture("reminder-to-sign")
    deputy.press("Ký thừa lệnh")
    assert deputy.told == "Đã ký thừa lệnh."
    assert site.value(f"SELECT reminders_issued FROM workflow_task WHERE code = '{LATE_REPORT}'") == "0"
    record = site.last_record(LATE_REPORT)
    actor = record["actor"]
    assert isinstance(actor, dict)
    assert (actor["capacity"], actor["name"]) == ("TL.", "Phạm Thị Mẫu Bốn")

    clerk = sit("vanthu")
    clerk.begin("Chờ phát hành", "đôn đốc lần 1", "Thẩm định")
    assert clerk.heading == ISSUE
    clerk.sees("không sửa, không thu hồi được")
    clerk.press(ISSUE)
    assert clerk.told == "Đã phát hành văn bản."
    assert site.value(f"SELECT reminders_issued FROM workflow_task WHERE code = '{LATE_REPORT}'") == "1"
    assert site.trail(LATE_REPORT, last=2) == ["reminder.issue", "approval.decide"]
    assert site.passed(flow) == ["present", "approve", "approve", "sign", "issue"]
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
    assert "Soạn đôn đốc lần 2" not in reviewer.offers
    assert reviewer.choices == [PRESENT]
    reviewer.sees("Chờ báo cáo UBND tỉnh được ký và phát hành.")
    reviewer.picture("duty-on-task")
    assert site.state(SILENT_BODY) == "escalated"
    reviewer.decide(PRESENT)
    flow, duty = site.flow(SILENT_BODY, "document"), site.flow(SILENT_BODY, "escalation")
    address = f"/phe-duyet/{flow}/"

    sit("truongphong.ktdn").go(address).decide(HEAD_AGREES)
    sit("phovanphong").go(address).decide(FORM_IS_RIGHT)
    leader = sit("giamdoc")
    leader.enter("Chờ tôi ký", "Hồ sơ trình diễn 10")
    leader.sees("BÁO CÁO")
    leader.picture("report-to-province")
    assert leader.choices == ["Ký", "Trả lại"]
    leader.decide("Ký")
    assert leader.told == "Đã ký."

    clerk = sit("vanthu")
    clerk.rail("Bàn điều phối")
    before = int(site.value("SELECT last_number FROM workflow_registerbook WHERE series = 'chung'"))
    clerk.begin("Phát hành văn bản: Văn thư cho số, phát hành", "Hồ sơ trình diễn 10")
    assert clerk.heading == ISSUE
    clerk.press(ISSUE)
    assert clerk.told == "Đã phát hành văn bản."
    assert clerk.path == "/ban-dieu-phoi/"
    assert int(site.value("SELECT last_number FROM workflow_registerbook WHERE series = 'chung'")) == before + 1
    number = f"{before + 1}/BC-SKHĐT"

    reviewer.go(f"/nhiem-vu/{site.task(SILENT_BODY)}/")
    reviewer.sees(number)
    reviewer.sees("chờ ý kiến chỉ đạo")
    reviewer.picture("escalated-task")
    reviewer.settle("Ghi ý kiến chỉ đạo")
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

    works = [name for name in site.trail(SILENT_BODY, last=10) if name != "approval.decide"]
    assert works[-3:] == ["task.escalate", "escalation.send", "task.direct"]
    assert (site.result(flow), site.result(duty)) == ("approved", "approved")
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
    assert site.trail(code, last=2) == ["task.direct_close", "approval.decide"]
    assert site.state(code) in {"reviewed", "cancelled"}


def test_a_leader_withdraws_a_report_to_the_province(site: Site, sit: Sit) -> None:
    leader = sit("giamdoc")
    code = "HS-09-2022/YK3"
    leader.go(f"/nhiem-vu/{site.task(code)}/")
    assert leader.choices == []
    leader.follow("Rút báo cáo UBND tỉnh")
    leader.write("Lý do", "Cơ quan được hỏi đã hẹn trả lời trong tuần.")
    leader.press("Rút báo cáo UBND tỉnh")
    assert leader.told == "Đã rút báo cáo UBND tỉnh."
    assert site.state(code) == "in_progress"
    assert site.result(site.flow(code, "escalation")) == "closed"
    leader.sees("Đã kết thúc")


def hand_in(hand: Hand, words: str) -> Hand:
    """Write a report on the task and submit it, as the unit's head."""
    hand.begin("Sắp tới", words)
    hand.write("Nội dung báo cáo", "Đơn vị đã thực hiện đủ (thử nhiều mục).")
    hand.write("Kết quả, sản phẩm", "Sổ theo dõi (thử nhiều mục)")
    hand.press("Lưu bản thảo")
    hand.begin("Sắp tới", words)
    return hand.press("Nộp báo cáo")


def test_many_reports_are_decided_at_once_each_on_its_own(site: Site, sit: Sit) -> None:
    words = "Trường hợp các cơ quan, đơn vị được lấy ý kiến chậm trễ"
    heads = {unit: hand_in(sit(f"truongphong.{unit.lower()}"), words) for unit in ("DN", "DTGS", "KTDN")}
    reviewer = sit("vanphong.duyet")
    reviewer.rail("Bàn điều phối")
    reviewer.follow("Duyệt báo cáo nhiều mục cùng lúc")
    reviewer.picture("many-at-once")
    lines = reviewer.page.get_by_role("listitem").filter(has_text=words)
    assert lines.count() == 3
    reviewer.press("Duyệt báo cáo các mục đã đánh dấu")
    assert "Hãy đánh dấu ít nhất một mục." in reviewer.wrong
    for unit in ("Doanh nghiệp", "Thẩm định"):
        lines.filter(has_text=f"Phòng {unit}").get_by_role("checkbox").check()
    reviewer.check("Đủ", "Đạt", "Đúng hạn")

    codes = {
        unit: site.value(
            "SELECT t.code FROM workflow_task t JOIN workflow_report r ON r.task_id = t.id"
            f" JOIN workflow_unit u ON u.id = t.unit_id WHERE u.code = 'P-{unit}' AND r.status = 'submitted'"
            " AND r.content LIKE '%(thử nhiều mục)%'"
        )
        for unit in heads
    }
    heads["DTGS"].go(f"/nhiem-vu/{site.task(codes['DTGS'])}/").decide("Rút lại báo cáo đã nộp")

    reviewer.press("Duyệt báo cáo các mục đã đánh dấu")
    assert reviewer.heading == "Kết quả: Duyệt báo cáo"
    assert reviewer.told.startswith("Đã thực hiện 1 trên 2 mục.")
    reviewer.picture("many-at-once-result")
    rows = reviewer.page.get_by_role("row")
    assert "Đã duyệt báo cáo." in rows.filter(has_text="Đã thực hiện").inner_text()
    assert "đã quyết định lúc" in rows.filter(has_text="Không thực hiện").inner_text()
    assert {unit: site.state(code) for unit, code in codes.items()} == {
        "DN": "reviewed",
        "DTGS": "in_progress",
        "KTDN": "reported",
    }
