"""The leader's day: extensions, obstacles and reports are decided, each way."""

from __future__ import annotations

from tests.browser.conftest import Sit
from tests.browser.hand import PHONE, Site

ADVICE = "Ý kiến tham mưu của Văn phòng"
REFUSAL = "Lý do không đồng ý"


def test_the_leader_grants_an_extension_from_his_phone(site: Site, sit: Sit) -> None:
    hand = sit("giamdoc", size=PHONE)
    hand.begin("Chờ tôi duyệt", "Đến 08/12/2022", "Việc UBND tỉnh giao (trình diễn) 10")
    assert hand.heading == "Đồng ý gia hạn"
    hand.sees("Vũ Thị Mẫu Ba Mươi")
    hand.sees("Lý do có cơ sở; đề nghị Lãnh đạo Sở xem xét.")
    assert hand.page.get_by_label("Hạn được duyệt").input_value() == "08/12/2022"
    hand.write("Hạn được duyệt", "35/12/2022")
    hand.press("Đồng ý gia hạn")
    assert "Ngày chưa đúng" in hand.wrong
    hand.write("Hạn được duyệt", "05/12/2022")
    hand.picture("phone-extension")
    hand.press("Đồng ý gia hạn")
    assert hand.told == "Đã đồng ý gia hạn."
    rows = site.machine.rows(
        "SELECT code, due_on, due_first, extended_count FROM workflow_task"
        " WHERE title LIKE 'Việc UBND tỉnh giao (trình diễn) 10%' AND kind <> 'consultation'"
    )
    code, due, first, extended = (str(value) for value in rows[0])
    assert (due, first, extended) == ("2022-12-05", "2022-11-28", "1")
    assert "task.extend" in site.trail(code, last=2)
    assert site.result(site.flow(code, "extension")) == "approved"
    head = sit("truongphong.dn")
    head.enter("Sắp tới", "Việc UBND tỉnh giao (trình diễn) 10")
    head.sees("thứ Hai 05/12/2022")
    head.sees("Hạn đầu")
    head.sees("thứ Hai 28/11/2022")


def test_a_unit_asks_for_more_time_and_is_refused_with_a_reason(site: Site, sit: Sit) -> None:
    head = sit("truongphong.ktdn")
    head.enter("Sắp tới", "Hồ sơ trình diễn 10")
    head.follow("Xin gia hạn")
    head.write("Lý do xin gia hạn", "Chờ ý kiến của một cơ quan.")
    head.write("Hạn đề nghị", "20/12/2022")
    head.press("Xin gia hạn")
    assert head.told == "Đã gửi đề nghị gia hạn."
    head.sees("Văn phòng Sở tham mưu")
    assert head.choices == []

    office = sit("phovanphong")
    office.begin("Chờ tôi duyệt", "Đến 20/12/2022")
    assert office.heading == "Tham mưu"
    office.press("Tham mưu")
    assert "Hãy ghi ý kiến tham mưu của Văn phòng." in office.wrong
    office.write(ADVICE, "Còn đủ thời gian để đôn đốc; đề nghị không gia hạn.")
    office.press("Tham mưu")
    assert office.told == "Đã tham mưu; Lãnh đạo Sở quyết định."

    leader = sit("phogiamdoc")
    leader.enter("Chờ tôi duyệt", "Đến 20/12/2022")
    leader.sees("Còn đủ thời gian để đôn đốc; đề nghị không gia hạn.")
    assert leader.choices == ["Đồng ý gia hạn", "Không đồng ý"]
    leader.settle("Không đồng ý")
    leader.press("Không đồng ý")
    assert "Hãy ghi lý do không đồng ý." in leader.wrong
    leader.write(REFUSAL, "Thời gian còn lại đủ; phòng đôn đốc cơ quan được hỏi.")
    leader.press("Không đồng ý")
    assert leader.told == "Đã ghi ý kiến không đồng ý."

    code = "HS-10-2022"
    rows = site.machine.rows(f"SELECT due_on, due_first, extended_count FROM workflow_task WHERE code = '{code}'")
    assert str(rows[0][0]) == str(rows[0][1])
    assert int(str(rows[0][2])) == 0
    flow = site.flow(code, "extension")
    assert (site.result(flow), site.passed(flow)) == ("refused", ["advise", "refuse"])
    head.go(f"/phe-duyet/{flow}/")
    head.sees("Thời gian còn lại đủ; phòng đôn đốc cơ quan được hỏi.")
    assert head.page.locator("main a.button.primary").count() == 0
    head.go("/thong-bao/")
    head.sees("Không đồng ý gia hạn (")


def test_an_obstacle_goes_from_the_offices_advice_to_the_leaders_word(site: Site, sit: Sit) -> None:
    office = sit("vanphong.duyet")
    office.begin("Chờ tôi duyệt", "giải trình và đưa ra các phương án", "Chưa có người thay cán bộ")
    office.write(ADVICE, "Đề nghị giao Phòng Tổng hợp cung cấp số liệu.")
    office.press("Tham mưu")
    assert office.told == "Đã tham mưu; Lãnh đạo Sở kết luận."

    leader = sit("giamdoc")
    leader.begin("Chờ tôi duyệt", "giải trình và đưa ra các phương án", "Chưa có người thay cán bộ")
    assert leader.heading == "Kết luận giải quyết"
    leader.sees("Đề nghị giao Phòng Tổng hợp cung cấp số liệu.")
    leader.write("Ý kiến giải quyết", "Giao Phòng Tổng hợp cung cấp số liệu trước 25/11/2022.")
    leader.press("Kết luận giải quyết")
    assert leader.told == "Đã kết luận."
    code = site.value(
        "SELECT code FROM workflow_task WHERE id = (SELECT task_id FROM workflow_obstacle"
        " WHERE decision LIKE 'Giao Phòng Tổng hợp cung cấp%')"
    )
    assert site.trail(code, last=4) == ["obstacle.advise", "approval.decide", "obstacle.decide", "approval.decide"]
    assert site.result(site.flow(code, "obstacle")) == "approved"


def test_an_obstacle_is_refused(site: Site, sit: Sit) -> None:
    unit = sit("chuyenvien.ktdn")
    unit.enter("Sắp tới", "Hồ sơ trình diễn 10")
    unit.follow("Nêu vướng mắc")
    unit.write("Khó khăn, vướng mắc", "Hồ sơ cần thêm người thẩm định (thử).")
    unit.press("Nêu vướng mắc")
    assert unit.told == "Đã gửi vướng mắc cho Văn phòng Sở."
    office = sit("chanhvanphong")
    office.begin("Chờ tôi duyệt", "Hồ sơ cần thêm người thẩm định")
    office.write(ADVICE, "Phòng còn đủ người.")
    office.press("Tham mưu")
    leader = sit("giamdoc")
    leader.enter("Chờ tôi duyệt", "Hồ sơ cần thêm người thẩm định")
    leader.decide("Không đồng ý", "Phòng tự sắp xếp trong số người hiện có.", label=REFUSAL)
    assert leader.told == "Đã ghi ý kiến không đồng ý."
    flow = site.flow("HS-10-2022", "obstacle")
    assert (site.result(flow), site.passed(flow)) == ("refused", ["advise", "refuse"])


def test_a_leader_checks_what_the_office_itself_has_done(site: Site, sit: Sit) -> None:
    code = "2022/II.1.11/1/VP"
    step = site.waits_for(site.flow(code))
    for username in ("vanphong.duyet", "chanhvanphong"):
        colleague = sit(username)
        colleague.go(f"/nhiem-vu/{site.task(code)}/")
        assert "Duyệt báo cáo" not in colleague.choices
        colleague.go(f"/phe-duyet/buoc/{step}/accept/", expected=403)
        assert colleague.heading == "Ông/bà không có quyền làm việc này"
    leader = sit("giamdoc")
    leader.begin("Chờ tôi duyệt", "Văn phòng Sở triển khai đến các phòng")
    assert leader.heading == "Duyệt báo cáo"
    leader.check("Đủ", "Đạt", "Đúng hạn")
    leader.press("Duyệt báo cáo")
    assert leader.told == "Đã duyệt báo cáo."
    assert site.state(code) == "reviewed"
    assert site.result(site.flow(code)) == "approved"


def test_a_leader_says_the_last_word_on_a_report_that_asks_for_it(site: Site, sit: Sit) -> None:
    code = "2022/II.1.7/1/VP/PH-P-KTDN"
    leader = sit("phogiamdoc")
    leader.enter("Chờ tôi duyệt", "Phòng Kinh tế đối ngoại", "Lãnh đạo Sở duyệt")
    assert leader.choices == ["Duyệt báo cáo", "Trả lại báo cáo"]
    leader.sees("✓ Đủ số lượng")
    leader.decide("Duyệt báo cáo")
    assert leader.told == "Đã duyệt báo cáo."
    assert site.state(code) == "reviewed"
    assert site.result(site.flow(code)) == "approved"


def test_work_of_the_province_goes_on_to_a_leader_who_returns_it(site: Site, sit: Sit) -> None:
    title = "Việc UBND tỉnh giao (trình diễn) 11"
    head = sit("truongphong.th")
    head.begin("Sắp tới", title)
    head.write("Nội dung báo cáo", "Phòng đã góp ý quy hoạch (thử).")
    head.write("Kết quả, sản phẩm", "Văn bản góp ý (thử)")
    head.press("Lưu bản thảo")
    head.begin("Sắp tới", title)
    head.press("Nộp báo cáo")
    office = sit("vanphong.duyet")
    office.begin("Chờ tôi duyệt", title)
    office.check("Đủ", "Đạt", "Đúng hạn")
    office.write("Ý kiến kiểm tra", "Trình Lãnh đạo Sở.")
    office.press("Duyệt báo cáo")
    code = site.value(f"SELECT code FROM workflow_task WHERE title LIKE '{title}%' AND kind <> 'consultation'")
    assert site.state(code) == "reported"
    leader = sit("giamdoc")
    leader.enter("Chờ tôi duyệt", title)
    leader.sees("“Trình Lãnh đạo Sở.”")
    leader.decide("Trả lại báo cáo", "Bổ sung số liệu đất đai.", label="Lý do trả lại")
    assert leader.told == "Đã trả lại báo cáo."
    assert site.state(code) == "in_progress"
    assert site.passed(site.flow(code)) == ["submit", "accept", "return"]
    head.rail("Việc của tôi")
    assert "Bổ sung số liệu đất đai." in head.line("Sắp tới", title).inner_text()


def test_the_leader_does_not_check_a_divisions_report(site: Site, sit: Sit) -> None:
    hand = sit("giamdoc")
    code = "2022/II.1.8/NAM/P-KTDN"
    hand.go(f"/nhiem-vu/{site.task(code)}/")
    assert hand.choices == []
    step = site.waits_for(site.flow(code))
    for outcome in ("accept", "return", "withdraw"):
        hand.go(f"/phe-duyet/buoc/{step}/{outcome}/", expected=403)
