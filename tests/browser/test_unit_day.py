"""A division's day: the specialist writes and presents, the head submits, Văn phòng returns and accepts."""

from __future__ import annotations

from tests.browser.conftest import Sit
from tests.browser.hand import PASSWORD, PHONE, Hand, Site

YEAR_REPORT = "Báo cáo năm về kỷ luật, kỷ cương"
DRAFTED = "Đã lưu bản thảo. Bản thảo chưa được gửi đi."
PRESENTED = "Đã trình trưởng đơn vị."
SENT = "Đã nộp; bản đã nộp được đóng lại."
CODE = "2022/II.1.8/NAM/P-DN"


def test_a_report_is_written_presented_submitted_returned_and_accepted(site: Site, sit: Sit) -> None:
    specialist = sit("chuyenvien.dn")
    assert specialist.heading == "Việc của tôi"
    specialist.begin("Quá hạn", YEAR_REPORT)
    assert specialist.heading == "Viết báo cáo"
    specialist.press("Lưu bản thảo")
    assert "Hãy ghi nội dung báo cáo" in specialist.wrong
    specialist.write("Nội dung báo cáo", "Phòng đã thực hiện đủ các nội dung kỷ luật, kỷ cương năm 2022.")
    specialist.write("Kết quả, sản phẩm", "Báo cáo số 12/BC-DNKT (trình diễn)")
    specialist.press("Lưu bản thảo")
    assert specialist.told == DRAFTED
    assert "chưa nộp" in specialist.line("Quá hạn", YEAR_REPORT).inner_text()
    specialist.enter("Quá hạn", YEAR_REPORT)
    assert "Sửa bản thảo báo cáo" in specialist.offers
    assert specialist.choices == ["Trình trưởng đơn vị"]
    flow = site.flow(CODE)
    specialist.go(f"/phe-duyet/buoc/{site.waits_for(flow)}/submit/", expected=403)
    specialist.rail("Việc của tôi")
    specialist.begin("Quá hạn", YEAR_REPORT)
    specialist.sees("Trưởng đơn vị xem và nộp, hoặc trả lại để sửa.")
    specialist.write("Ý kiến", "Số liệu lấy đến hết tháng 10.")
    specialist.press("Trình trưởng đơn vị")
    assert specialist.told == PRESENTED
    assert specialist.path == "/"

    head = sit("truongphong.dn")
    assert "Ý kiến: Số liệu lấy đến hết tháng 10." in head.line("Quá hạn", YEAR_REPORT).inner_text()
    head.begin("Quá hạn", YEAR_REPORT)
    assert head.heading == "Nộp báo cáo"
    head.follow("Trả lại")
    head.press("Trả lại")
    assert "Hãy ghi lý do trả lại." in head.wrong
    head.write("Lý do trả lại", "Ghi rõ số cuộc kiểm tra.")
    head.press("Trả lại")
    assert head.told == "Đã trả lại."
    assert site.state(CODE) == "in_progress"

    specialist.rail("Việc của tôi")
    assert "trả lại" in specialist.line("Quá hạn", YEAR_REPORT).inner_text()
    assert "Ghi rõ số cuộc kiểm tra." in specialist.line("Quá hạn", YEAR_REPORT).inner_text()
    specialist.begin("Quá hạn", YEAR_REPORT)
    specialist.write("Nội dung báo cáo", "Phòng đã thực hiện đủ; đã kiểm tra ba cuộc.")
    specialist.press("Lưu bản thảo")
    specialist.begin("Quá hạn", YEAR_REPORT)
    specialist.press("Trình trưởng đơn vị")
    head.rail("Việc của tôi")
    head.begin("Quá hạn", YEAR_REPORT)
    assert head.heading == "Nộp báo cáo"
    head.sees("đã kiểm tra ba cuộc")
    head.press("Nộp báo cáo")
    assert head.told == SENT
    assert head.path == "/"
    assert site.state(CODE) == "reported"

    return_and_accept(site, sit, head)
    assert (site.flow(CODE), site.result(flow)) == (flow, "approved")
    assert site.passed(flow) == ["present", "send_back", "present", "submit", "return", "submit", "accept"]
    told = [name for name in site.trail(CODE, last=20) if name.startswith("task.re") or name == "approval.decide"]
    assert told[-11:] == [
        *["approval.decide"] * 3,
        *["task.report", "approval.decide", "task.return_report", "approval.decide"],
        *["task.report", "approval.decide", "task.review", "approval.decide"],
    ]
    assert "Trạng thái: Đã duyệt." in site.explained(CODE)
    specialist.go("/thong-bao/")
    specialist.sees("Đã duyệt báo cáo.")


def return_and_accept(site: Site, sit: Sit, head: Hand) -> None:
    """Let Văn phòng return the report, the head write and submit it anew, and Văn phòng accept it."""
    reviewer = sit("vanphong.duyet")
    reviewer.enter("Chờ tôi duyệt", YEAR_REPORT, "Doanh nghiệp")
    assert reviewer.choices == ["Duyệt báo cáo", "Trả lại báo cáo"]
    reviewer.settle("Trả lại báo cáo")
    reviewer.check("Chưa đủ", "Chưa đạt", "Chậm")
    reviewer.press("Trả lại báo cáo")
    assert "Hãy ghi lý do trả lại." in reviewer.wrong
    assert reviewer.page.get_by_label("Chưa đủ", exact=True).is_checked()
    reviewer.write("Lý do trả lại", "Thiếu số liệu sáu tháng cuối năm.")
    reviewer.press("Trả lại báo cáo")
    assert reviewer.told == "Đã trả lại báo cáo."
    assert site.state(CODE) == "in_progress"

    head.rail("Việc của tôi")
    head.begin("Quá hạn", YEAR_REPORT)
    head.write("Nội dung báo cáo", "Phòng đã thực hiện đủ; sáu tháng cuối năm không có vi phạm.")
    head.press("Lưu bản thảo")
    head.begin("Quá hạn", YEAR_REPORT)
    assert head.heading == "Nộp báo cáo"
    head.press("Nộp báo cáo")
    assert head.told == SENT

    reviewer.rail("Việc của tôi")
    reviewer.begin("Chờ tôi duyệt", YEAR_REPORT, "Doanh nghiệp")
    assert reviewer.heading == "Duyệt báo cáo"
    reviewer.sees("sáu tháng cuối năm không có vi phạm")
    reviewer.press("Duyệt báo cáo")
    assert "Hãy chọn một câu trả lời cho “số lượng”." in reviewer.wrong
    reviewer.check("Đủ", "Đạt", "Chậm")
    reviewer.press("Duyệt báo cáo")
    assert reviewer.told == "Đã duyệt báo cáo."
    reviewer.go(f"/nhiem-vu/{site.task(CODE)}/")
    reviewer.sees("Đã hoàn thành")
    reviewer.sees("Thiếu số liệu sáu tháng cuối năm.")

    assert site.state(CODE) == "reviewed"
    rows = site.machine.rows(
        f"SELECT version, status FROM workflow_report WHERE task_id = {site.task(CODE)} ORDER BY version"
    )
    assert [(int(str(version)), status) for version, status in rows] == [(1, "returned"), (2, "accepted")]


def test_a_head_takes_back_what_nobody_has_checked(site: Site, sit: Sit) -> None:
    code = "2022/II.1.5/1/P-DKKD"
    stranger = sit("truongphong.dn")
    stranger.go(f"/phe-duyet/{site.flow(code)}/", expected=404)
    head = sit("truongphong.dkkd")
    head.go(f"/nhiem-vu/{site.task(code)}/")
    assert head.choices == ["Rút lại báo cáo đã nộp"]
    head.settle("Rút lại báo cáo đã nộp")
    head.sees("Báo cáo thôi chờ kiểm tra")
    head.press("Rút lại báo cáo đã nộp")
    assert head.told == "Đã rút lại báo cáo."
    assert site.state(code) == "in_progress"
    assert site.passed(site.flow(code))[-1] == "withdraw"


def test_a_specialist_answers_for_a_month(site: Site, sit: Sit) -> None:
    hand = sit("chuyenvien.dn")
    hand.begin("Chờ xác nhận tháng", "Ban Biên tập")
    assert hand.heading == "Xác nhận tháng 10/2022"
    hand.choose("Trong tháng có phát sinh", "Có phát sinh")
    hand.press("Xác nhận tháng 10/2022")
    assert "Có phát sinh thì hãy ghi nội dung đã làm." in hand.wrong
    hand.write("Nội dung", "Đã gửi Ban Biên tập hai tin về hợp tác xã.")
    hand.press("Xác nhận tháng 10/2022")
    assert hand.told == "Đã xác nhận tháng."
    confirmed = site.value(
        "SELECT confirmed_month FROM workflow_task WHERE kind <> 'x' AND id ="
        " (SELECT max(task_id) FROM workflow_progressnote WHERE text LIKE 'Đã gửi Ban Biên tập hai tin%')"
    )
    assert confirmed == "2022-10-01"


def test_a_head_reports_from_a_phone(site: Site, sit: Sit) -> None:
    hand = sit("truongphong.th", size=PHONE)
    assert hand.heading == "Việc của tôi"
    hand.picture("phone-my-work")
    hand.begin("Sắp tới", "phấn đấu không có công việc trễ hạn")
    hand.write("Nội dung báo cáo", "Phòng không có phản ánh về thái độ phục vụ.")
    hand.write("Kết quả, sản phẩm", "Sổ theo dõi phản ánh năm 2022 (trình diễn)")
    hand.press("Lưu bản thảo")
    hand.begin("Sắp tới", "phấn đấu không có công việc trễ hạn")
    hand.picture("phone-submit")
    hand.press("Nộp báo cáo")
    assert hand.told == SENT
    done = site.value(
        "SELECT count(*) FROM workflow_report WHERE content LIKE 'Phòng không có phản ánh%' AND status = 'submitted'"
    )
    assert done == "1"


def test_a_report_needs_no_scripts(site: Site, sit: Sit) -> None:
    hand = sit("phutrach.xtdt", scripts=False)
    hand.begin("Sắp tới", "văn hóa công vụ")
    hand.press("Lưu bản thảo")
    assert "Hãy ghi nội dung báo cáo" in hand.wrong
    hand.write("Nội dung báo cáo", "Trung tâm không có vi phạm kỷ luật, kỷ cương.")
    hand.write("Kết quả, sản phẩm", "Biên bản họp tháng 11 (trình diễn)")
    hand.press("Lưu bản thảo")
    hand.begin("Sắp tới", "văn hóa công vụ")
    hand.press("Nộp báo cáo")
    assert hand.told == SENT
    task = "(SELECT task_id FROM workflow_report WHERE content LIKE 'Trung tâm không có vi phạm%')"
    assert site.value(f"SELECT state FROM workflow_task WHERE id = {task}") == "reported"

    reviewer = sit("vanphong.duyet", scripts=False)
    reviewer.enter("Chờ tôi duyệt", "văn hóa công vụ", "Trung tâm Xúc tiến đầu tư")
    reviewer.settle("Trả lại báo cáo")
    reviewer.press("Trả lại báo cáo")
    assert "Hãy chọn một câu trả lời" in reviewer.wrong
    reviewer.check("Đủ", "Chưa đạt", "Đúng hạn")
    reviewer.write("Lý do trả lại", "Ghi rõ ngày họp.")
    reviewer.press("Trả lại báo cáo")
    assert reviewer.told == "Đã trả lại báo cáo."
    assert site.value(f"SELECT state FROM workflow_task WHERE id = {task}") == "in_progress"


def test_a_report_needs_no_mouse(site: Site, sit: Sit) -> None:
    hand = sit()
    hand.go("/dang-nhap/")
    keys = hand.page.keyboard
    hand.tab_to("Tên đăng nhập")
    keys.type("truongphong.ktdn")
    hand.tab_to("Mật khẩu")
    keys.type(PASSWORD)
    hand.enter_key()
    assert hand.heading == "Việc của tôi"
    hand.tab_to("Bỏ qua")
    keys.press("Enter")
    hand.tab_to("Viết báo cáo: Toàn thể cán bộ")
    hand.enter_key()
    hand.tab_to("Nội dung báo cáo")
    keys.type("Phòng không có vi phạm văn hóa công vụ.")
    hand.tab_to("Kết quả, sản phẩm")
    keys.type("Biên bản họp phòng (trình diễn)")
    hand.tab_to("Lưu bản thảo")
    hand.enter_key()
    hand.tab_to("Xem và nộp báo cáo: Toàn thể cán bộ")
    hand.enter_key()
    hand.tab_to("Nộp báo cáo")
    hand.enter_key()
    assert hand.told == SENT
    done = site.value("SELECT status FROM workflow_report WHERE content LIKE 'Phòng không có vi phạm văn hóa%'")
    assert done == "submitted"


def test_a_report_is_returned_without_a_mouse(site: Site, sit: Sit) -> None:
    hand = sit("vanphong.duyet")
    code = "2022/I.2.3/1/P-TH"
    hand.go(f"/phe-duyet/{site.flow(code)}/")
    keys = hand.page.keyboard
    hand.tab_to("Trả lại báo cáo")
    hand.enter_key()
    for answer in ("Đủ", "Đạt", "Đúng hạn"):
        hand.tab_to(answer)
        keys.press("ArrowDown")
    hand.tab_to("Lý do trả lại")
    keys.type("Đề nghị nêu số lượt phản ánh.")
    hand.tab_to("Trả lại báo cáo")
    hand.enter_key()
    assert hand.told == "Đã trả lại báo cáo."
    rows = site.machine.rows(
        "SELECT quantity_ok, content_ok, time_ok, check_note FROM workflow_report"
        f" WHERE task_id = {site.task(code)} AND status = 'returned' ORDER BY version DESC"
    )
    assert [str(bool(value)) for value in rows[0][:3]] == ["False", "False", "False"]
    assert rows[0][3] == "Đề nghị nêu số lượt phản ánh."


def test_a_head_is_shown_what_was_changed_under_his_eyes(site: Site, sit: Sit) -> None:
    code = "2022/II.1.5/1/TT-XTDT"
    flow = site.flow(code)
    head = sit("phutrach.xtdt")
    head.begin("Chờ tôi duyệt", "phấn đấu không có công việc trễ hạn")
    assert head.heading == "Nộp báo cáo"
    specialist = sit("chuyenvien.xtdt")
    specialist.go(f"/nhiem-vu/{site.task(code)}/soan-bao-cao/")
    specialist.write("Nội dung báo cáo", "Trung tâm không có công việc trễ hạn.\nCó một việc xin gia hạn.")
    specialist.press("Lưu bản thảo")
    head.press("Nộp báo cáo")
    assert "Nội dung đã có bản mới hơn" in head.wrong
    changes = head.page.get_by_role("list", name="Chỗ khác nhau giữa bản đã xem và bản mới")
    assert "Có một việc xin gia hạn." in changes.locator(".added").all_inner_texts()[-1]
    assert changes.locator(".removed").count() >= 1
    head.picture("stale")
    assert site.state(code) == "in_progress"
    assert site.passed(flow) == ["present"]
    head.press("Nộp báo cáo")
    assert head.told == SENT
    assert site.state(code) == "reported"
    sent = site.value(f"SELECT content FROM workflow_report WHERE task_id = {site.task(code)} AND status = 'submitted'")
    assert sent.endswith("Có một việc xin gia hạn.")
