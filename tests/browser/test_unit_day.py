"""A division's day: the specialist writes, the head submits, Văn phòng returns and accepts."""

from __future__ import annotations

from tests.browser.conftest import Sit
from tests.browser.hand import PHONE, Site

YEAR_REPORT = "Báo cáo năm về kỷ luật, kỷ cương"
SENT = "Đã gửi; bản đã gửi được đóng lại."
CODE = "2022/II.1.8/NAM/P-DN"


def test_a_report_is_written_submitted_returned_and_accepted(site: Site, sit: Sit) -> None:
    specialist = sit("chuyenvien.dn")
    assert specialist.heading == "Việc của tôi"
    specialist.begin("Quá hạn", YEAR_REPORT)
    assert specialist.heading == "Viết báo cáo"
    specialist.press("Lưu bản thảo")
    assert "Hãy ghi nội dung báo cáo" in specialist.wrong
    specialist.write("Nội dung báo cáo", "Phòng đã thực hiện đủ các nội dung kỷ luật, kỷ cương năm 2022.")
    specialist.write("Kết quả, sản phẩm", "Báo cáo số 12/BC-DNKT (trình diễn)")
    specialist.press("Lưu bản thảo")
    assert specialist.told == "Đã lưu bản thảo. Bản thảo chưa được gửi đi."
    assert "Bản thảo chờ trưởng đơn vị nộp" in specialist.line("Quá hạn", YEAR_REPORT).inner_text()
    specialist.follow(specialist.line("Quá hạn", YEAR_REPORT).locator(".what a").inner_text())
    assert "Sửa bản thảo báo cáo" in specialist.offers
    assert not [words for words in specialist.offers if words.startswith("Nộp")]
    specialist.go(f"/nhiem-vu/{site.task(CODE)}/nop-bao-cao/", expected=403)

    head = sit("truongphong.dn")
    head.begin("Quá hạn", YEAR_REPORT)
    assert head.heading == "Nộp báo cáo bản 1"
    head.sees("Phòng đã thực hiện đủ các nội dung")
    head.press("Nộp báo cáo bản 1")
    assert head.told == SENT
    assert head.path == "/"
    assert site.state(CODE) == "reported"

    reviewer = sit("vanphong.duyet")
    reviewer.begin("Chờ tôi kiểm tra", YEAR_REPORT, "Doanh nghiệp")
    reviewer.follow("Trả lại báo cáo bản 1")
    for question, answer in (("Số lượng", "Chưa đủ"), ("Nội dung", "Chưa đạt"), ("Thời gian", "Chậm")):
        reviewer.choose(question, answer)
    reviewer.press("Trả lại báo cáo bản 1")
    assert "Hãy ghi lý do trả lại." in reviewer.wrong
    reviewer.write("Lý do trả lại", "Thiếu số liệu sáu tháng cuối năm.")
    reviewer.press("Trả lại báo cáo bản 1")
    assert reviewer.told == "Đã trả lại báo cáo."
    assert site.state(CODE) == "in_progress"

    head.rail("Việc của tôi")
    head.begin("Quá hạn", YEAR_REPORT)
    head.write("Nội dung báo cáo", "Phòng đã thực hiện đủ; sáu tháng cuối năm không có vi phạm.")
    head.press("Lưu bản thảo")
    head.begin("Quá hạn", YEAR_REPORT)
    head.press("Nộp báo cáo bản 2")
    assert head.told == SENT

    reviewer.rail("Việc của tôi")
    reviewer.begin("Chờ tôi kiểm tra", YEAR_REPORT, "Doanh nghiệp")
    reviewer.sees("Thiếu số liệu sáu tháng cuối năm.")
    reviewer.follow("Nhận báo cáo bản 2")
    for question, answer in (("Số lượng", "Đủ"), ("Nội dung", "Đạt"), ("Thời gian", "Chậm")):
        reviewer.choose(question, answer)
    reviewer.press("Nhận báo cáo bản 2")
    assert reviewer.told == "Đã nhận báo cáo; nhiệm vụ hoàn thành."
    reviewer.sees("Đã hoàn thành")

    assert site.state(CODE) == "reviewed"
    rows = site.machine.rows(
        f"SELECT version, status FROM workflow_report WHERE task_id = {site.task(CODE)} ORDER BY version"
    )
    assert [(int(str(version)), status) for version, status in rows] == [(1, "returned"), (2, "accepted")]
    assert site.trail(CODE, last=6) == [
        "report.draft",
        "task.report",
        "task.return_report",
        "report.draft",
        "task.report",
        "task.review",
    ]
    assert "Trạng thái: Đã duyệt." in site.explained(CODE)


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
    hand.begin("Sắp tới", "Bộ phận Một cửa, phòng Đăng ký kinh doanh")
    hand.write("Nội dung báo cáo", "Phòng không có phản ánh về thái độ phục vụ.")
    hand.write("Kết quả, sản phẩm", "Sổ theo dõi phản ánh năm 2022 (trình diễn)")
    hand.press("Lưu bản thảo")
    hand.begin("Sắp tới", "Bộ phận Một cửa, phòng Đăng ký kinh doanh")
    hand.picture("phone-submit")
    hand.press("Nộp báo cáo bản 1")
    assert hand.told == SENT
    done = site.value("SELECT count(*) FROM workflow_report WHERE content LIKE 'Phòng không có phản ánh%'")
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
    hand.press("Nộp báo cáo bản 1")
    assert hand.told == SENT
    state = site.value(
        "SELECT state FROM workflow_task WHERE id = (SELECT task_id FROM workflow_report"
        " WHERE content LIKE 'Trung tâm không có vi phạm%')"
    )
    assert state == "reported"


def test_a_report_needs_no_mouse(site: Site, sit: Sit) -> None:
    hand = sit()
    hand.go("/dang-nhap/")
    keys = hand.page.keyboard

    def tab_to(words: str) -> None:
        for _ in range(80):
            keys.press("Tab")
            focused = hand.page.evaluate(
                "() => { const at = document.activeElement;"
                " return ((at.labels && at.labels[0] ? at.labels[0].textContent : at.textContent) || '').trim(); }"
            )
            if focused.startswith(words):
                return
        raise AssertionError(f"không tới được “{words}” bằng phím Tab")

    tab_to("Tên đăng nhập")
    keys.type("truongphong.ktdn")
    tab_to("Mật khẩu")
    keys.type("Trinh-Dien-2022")
    with hand.page.expect_navigation():
        keys.press("Enter")
    hand.look()
    assert hand.heading == "Việc của tôi"
    tab_to("Bỏ qua")
    keys.press("Enter")
    tab_to("Viết báo cáo: Toàn thể cán bộ")
    with hand.page.expect_navigation():
        keys.press("Enter")
    hand.look()
    tab_to("Nội dung báo cáo")
    keys.type("Phòng không có vi phạm văn hóa công vụ.")
    tab_to("Kết quả, sản phẩm")
    keys.type("Biên bản họp phòng (trình diễn)")
    tab_to("Lưu bản thảo")
    with hand.page.expect_navigation():
        keys.press("Enter")
    hand.look()
    tab_to("Xem và nộp báo cáo: Toàn thể cán bộ")
    with hand.page.expect_navigation():
        keys.press("Enter")
    hand.look()
    tab_to("Nộp báo cáo bản 1")
    with hand.page.expect_navigation():
        keys.press("Enter")
    hand.look()
    assert hand.told == SENT
    done = site.value("SELECT status FROM workflow_report WHERE content LIKE 'Phòng không có vi phạm văn hóa%'")
    assert done == "submitted"
