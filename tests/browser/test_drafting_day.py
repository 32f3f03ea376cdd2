"""A document by hand: drafted on its page, agreed, sent back, written anew, signed, issued; and one signed TL."""

from __future__ import annotations

from tests.browser.conftest import Sit
from tests.browser.hand import PHONE, Site

DRAFT = "Soạn văn bản"
KEEP = "Lưu dự thảo"
PRESENT = "Trình dự thảo"
AGREES = "Đồng ý, chuyển Văn phòng"
FORM_IS_RIGHT = "Đạt thể thức, trình ký"
ISSUE = "Cho số và phát hành"
BACK = "Lý do trả lại"
TASK = "2022/I.2.3/1/P-DTGS"

FIRST = "Bổ sung hồ sơ đăng ký giả định Q"
SECOND = "Bổ sung thành phần hồ sơ đăng ký giả định Q"


def test_a_notice_by_hand_is_sent_back_written_anew_signed_and_issued(site: Site, sit: Sit) -> None:
    specialist = sit("chuyenvien.ktdn")
    specialist.rail("Văn bản")
    specialist.follow(DRAFT)
    assert specialist.path == "/van-ban/soan/"
    specialist.sees("Đơn vị soạn: Phòng Kinh tế đối ngoại")
    specialist.picture("draft")
    specialist.press(KEEP)
    for words in ("Hãy chọn loại văn bản.", "Hãy ghi trích yếu.", "Hãy ghi nội dung văn bản."):
        assert words in specialist.wrong
    specialist.pick("Loại văn bản", "Thông báo")
    specialist.press(KEEP)
    assert "Hãy ghi ít nhất một nơi ở phần “Nơi nhận”" in specialist.wrong
    specialist.write("Kính gửi", "Công ty trình diễn Q\nÔng Nguyễn Văn Mẫu")
    specialist.write("Trích yếu", FIRST)
    specialist.write("Nội dung văn bản", "Đề nghị bổ sung bản sao giấy chứng nhận.")
    specialist.choose("Người ký", "Chánh Văn phòng ký thừa lệnh (TL.)")
    specialist.press(KEEP)
    assert "Chỉ công văn được ký thừa lệnh (TL.)" in specialist.wrong
    assert specialist.page.get_by_label("Trích yếu").input_value() == FIRST
    specialist.picture("draft-wrong")
    specialist.choose("Người ký", "Lãnh đạo Sở")
    specialist.press(KEEP)
    assert specialist.told == "Đã lưu dự thảo. Đọc lại rồi bấm “Trình dự thảo”."
    flow = site.flow_called(FIRST)
    address = f"/phe-duyet/{flow}/"
    assert (specialist.path, specialist.choices) == (address, [PRESENT])
    specialist.sees("TB-SKHĐT")
    specialist.sees("Công ty trình diễn Q;")
    specialist.sees("Lưu: VT, KTĐN.")
    specialist.decide(PRESENT)

    head = sit("truongphong.ktdn")
    head.enter("Chờ tôi duyệt", FIRST)
    head.decide(AGREES)
    office = sit("vanphong.duyet")
    office.enter("Chờ tôi duyệt", FIRST)
    office.decide("Trả lại", "Trích yếu ghi rõ thành phần hồ sơ.", label=BACK)
    assert office.told == "Đã trả lại."

    assert "Trích yếu ghi rõ thành phần hồ sơ." in specialist.rail("Việc của tôi").words
    specialist.enter("Chờ tôi trình", FIRST)
    specialist.follow("Sửa dự thảo")
    specialist.write("Kính gửi", "Công ty trình diễn Q")
    specialist.write("Trích yếu", SECOND)
    specialist.press(KEEP)
    assert specialist.told.startswith("Đã sửa dự thảo")
    assert SECOND in specialist.heading
    specialist.decide(PRESENT)
    head.rail("Việc của tôi").enter("Chờ tôi duyệt", SECOND)
    head.decide(AGREES)
    office.rail("Việc của tôi").enter("Chờ tôi duyệt", SECOND)
    office.decide(FORM_IS_RIGHT)
    leader = sit("giamdoc")
    leader.enter("Chờ tôi ký", SECOND)
    leader.decide("Ký")
    clerk = sit("vanthu")
    clerk.enter("Chờ phát hành", SECOND)
    clerk.decide(ISSUE)
    assert clerk.told == "Đã phát hành văn bản."
    ways = ["present", "approve", "send_back", "present", "approve", "approve", "sign", "issue"]
    assert (site.passed(flow), site.result(flow)) == (ways, "approved")
    specialist.rail("Văn bản")
    row = specialist.page.get_by_role("row").filter(has_text=SECOND)
    assert "/TB-SKHĐT" in row.inner_text()
    row.get_by_role("link").click()
    specialist.look()
    specialist.sees("GIÁM ĐỐC")


def test_a_letter_of_a_task_is_signed_by_order(site: Site, sit: Sit) -> None:
    subject = "Đề nghị cử đầu mối phối hợp giả định R"
    head = sit("truongphong.dtgs", size=PHONE)
    task = f"/nhiem-vu/{site.task(TASK)}/"
    head.go(task)
    head.picture("phone-task-documents")
    head.follow(DRAFT)
    assert head.path == f"/van-ban/soan/?nhiem-vu={site.task(TASK)}"
    head.pick("Loại văn bản", "Công văn")
    head.write("Kính gửi", "Các phòng thuộc Sở")
    head.write("Trích yếu", subject)
    head.write("Nội dung văn bản", "Đề nghị các phòng cử đầu mối trước ngày 25/11/2022.")
    head.choose("Người ký", "Chánh Văn phòng ký thừa lệnh (TL.)")
    head.picture("phone-draft")
    head.press(KEEP)
    flow = site.flow_called(subject)
    head.sees("/SKHĐT-")
    head.decide(PRESENT)
    head.go(task)
    head.sees(subject)
    office = sit("vanphong.duyet")
    office.enter("Chờ tôi duyệt", subject)
    office.decide(FORM_IS_RIGHT)
    chief = sit("chanhvanphong")
    chief.enter("Chờ tôi ký", subject)
    chief.decide("Ký thừa lệnh")
    assert chief.told == "Đã ký thừa lệnh."
    clerk = sit("vanthu")
    clerk.begin("Chờ phát hành", subject)
    clerk.press(ISSUE)
    assert site.passed(flow) == ["present", "approve", "sign", "issue"]
    title = site.value(f"SELECT signer_title FROM workflow_document WHERE subject = '{subject}'")
    assert title == "TL. GIÁM ĐỐC\nCHÁNH VĂN PHÒNG"


def test_who_may_not_draft_is_offered_nothing(sit: Sit) -> None:
    for username in ("thanhtra", "sotaichinh"):
        hand = sit(username)
        hand.rail("Văn bản")
        assert hand.page.get_by_role("link", name=DRAFT).count() == 0
        hand.go("/van-ban/soan/", expected=403)


def test_an_appendix_is_typed_without_scripts_and_read_on_the_page(site: Site, sit: Sit) -> None:
    subject = "Cung cấp số liệu giả định S"
    specialist = sit("chuyenvien.ktdn", scripts=False)
    specialist.rail("Văn bản")
    specialist.follow(DRAFT)
    specialist.pick("Loại văn bản", "Công văn")
    specialist.write("Kính gửi", "Sở Tài chính")
    specialist.write("Trích yếu", subject)
    specialist.write("Nội dung văn bản", "Đề nghị cung cấp số liệu theo phụ lục kèm theo.")
    specialist.page.get_by_text("Phần khác của văn bản").click()
    specialist.pick("Độ khẩn", "Khẩn")
    specialist.page.get_by_text("Phụ lục 1 (trống)").click()
    specialist.write("Tên phụ lục 1", "Danh mục số liệu")
    specialist.write("Nội dung phụ lục 1", "Stt | Số liệu | Kỳ\n1 | Thu ngân sách | Quý III\n2 | Chi đầu tư | Quý III")
    specialist.press("Thêm phụ lục")
    assert specialist.page.get_by_label("Trích yếu").input_value() == subject
    assert "Thu ngân sách" in specialist.page.get_by_label("Nội dung phụ lục 1").input_value()
    specialist.page.get_by_text("Phụ lục 2 (trống)").click()
    specialist.write("Tên phụ lục 2", "Biểu trống")
    specialist.press(KEEP)
    assert "Phụ lục 2 chưa có nội dung" in specialist.wrong
    specialist.picture("draft-appendices")
    specialist.write("Tên phụ lục 2", "")
    specialist.press(KEEP)
    for words in ("KHẨN", "Phụ lục: Danh mục số liệu", "Thu ngân sách", "Quý III"):
        specialist.sees(words)
    specialist.picture("draft-read")
