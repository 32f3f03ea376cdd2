"""A document's day: drafted, agreed, checked for its form, signed, numbered; and each way back."""

from __future__ import annotations

from tests.browser.conftest import Sit
from tests.browser.hand import Site

TITLE = "Bổ sung thành phần hồ sơ giả định K"
AGREES = "Đồng ý, chuyển Văn phòng"
BACK = "Lý do trả lại"


def test_a_draft_is_sent_back_at_each_step_and_goes_out_at_last(site: Site, sit: Sit) -> None:
    flow = site.flow_called(TITLE)
    address = f"/phe-duyet/{flow}/"
    head = sit("truongphong.dtgs")
    head.enter("Chờ tôi duyệt", TITLE)
    assert head.choices == [AGREES, "Trả lại"]
    head.decide("Trả lại", "Ghi rõ ngày tiếp nhận.", label=BACK)
    assert head.told == "Đã trả lại."

    specialist = sit("chuyenvien.dtgs")
    assert "Ghi rõ ngày tiếp nhận." in specialist.line("Chờ tôi trình", TITLE).inner_text()
    specialist.enter("Chờ tôi trình", TITLE)
    specialist.follow("Sửa dự thảo")
    specialist.write("Kính gửi", "")
    specialist.press("Lưu dự thảo")
    assert "Hãy ghi ít nhất một nơi ở phần “Nơi nhận”" in specialist.wrong
    specialist.write("Kính gửi", "Người nộp hồ sơ (trình diễn)\nLưu: VT")
    specialist.write("Nội dung văn bản", "Sở đã tiếp nhận hồ sơ ngày 14/11/2022.")
    specialist.press("Lưu dự thảo")
    assert specialist.told.startswith("Đã sửa dự thảo")
    specialist.decide("Trình dự thảo")
    assert specialist.told == "Đã trình dự thảo."
    head.go(address).decide(AGREES)

    office = sit("vanphong.duyet")
    office.enter("Chờ tôi duyệt", TITLE)
    office.decide("Trả lại", "Thiếu căn cứ.", label=BACK)
    assert office.told == "Đã trả lại."
    specialist.go(address).decide("Trình dự thảo")
    head.go(address).decide(AGREES)
    office.go(address).decide("Đạt thể thức, trình ký")
    sign_change_sign_and_issue(sit, address)
    ways = ["send_back", "present", "approve", "send_back", "present", "approve", "approve"]
    assert site.passed(flow)[-11:] == [*ways, "sign", "changed", "sign", "issue"]
    assert site.result(flow) == "approved"


def sign_change_sign_and_issue(sit: Sit, address: str) -> None:
    """Let the leader sign, the writer change what is signed, the leader sign again, and văn thư issue it."""
    leader = sit("giamdoc")
    leader.enter("Chờ tôi ký", TITLE)
    leader.decide("Ký")
    assert leader.told == "Đã ký."
    specialist = sit("chuyenvien.dtgs")
    specialist.go(address)
    specialist.follow("Sửa dự thảo")
    specialist.sees("sửa thì chữ ký không còn và dự thảo trở lại người ký")
    specialist.write("Nội dung văn bản", "Sở đã tiếp nhận hồ sơ ngày 14/11/2022 và đang xử lý.")
    specialist.press("Lưu dự thảo")
    clerk = sit("vanthu")
    assert TITLE not in clerk.words
    leader.rail("Việc của tôi")
    leader.begin("Chờ tôi ký", TITLE)
    leader.sees("và đang xử lý")
    leader.press("Ký")
    clerk.rail("Việc của tôi")
    clerk.begin("Chờ phát hành", TITLE)
    clerk.press("Cho số và phát hành")
    assert clerk.told == "Đã phát hành văn bản."
    clerk.go(address)
    clerk.sees("Dự thảo được sửa sau khi ký, trả người ký")
    clerk.picture("document-history")


def test_the_form_is_not_passed_on_a_text_that_was_changed_meanwhile(site: Site, sit: Sit) -> None:
    title = "Bổ sung thành phần hồ sơ giả định L"
    flow = site.flow_called(title)
    office = sit("phovanphong")
    office.begin("Chờ tôi duyệt", title)
    office.write("Ý kiến", "Đúng mẫu.")
    specialist = sit("chuyenvien.ktdn")
    specialist.go(f"/phe-duyet/{flow}/")
    specialist.follow("Sửa dự thảo")
    specialist.write("Nội dung văn bản", "Đề nghị bổ sung bản sao giấy chứng nhận.")
    specialist.press("Lưu dự thảo")
    office.press("Đạt thể thức, trình ký")
    assert "Nội dung đã có bản mới hơn" in office.wrong
    assert "Đề nghị bổ sung bản sao giấy chứng nhận." in office.wrong
    assert "thêm" in office.wrong
    assert office.page.get_by_label("Ý kiến").input_value() == "Đúng mẫu."
    office.picture("stale-document")
    before = site.passed(flow)
    office.press("Đạt thể thức, trình ký")
    assert office.told == "Đã trình ký."
    assert site.passed(flow) == [*before, "approve"]


def test_the_signer_sends_a_letter_back(site: Site, sit: Sit) -> None:
    title = "Góp ý quy hoạch giả định"
    flow = site.flow_called(title)
    leader = sit("phogiamdoc")
    leader.enter("Chờ tôi ký", title)
    leader.settle("Trả lại")
    leader.press("Trả lại")
    assert "Hãy ghi lý do trả lại." in leader.wrong
    leader.write(BACK, "Góp ý chưa nêu căn cứ.")
    leader.press("Trả lại")
    assert leader.told == "Đã trả lại."
    writer = sit("chuyenvien.th")
    assert "Góp ý chưa nêu căn cứ." in writer.line("Chờ tôi trình", title).inner_text()
    assert site.passed(flow)[-1] == "send_back"


def test_a_step_is_given_to_one_person_and_talked_about(site: Site, sit: Sit) -> None:
    flow = site.flow("2022/I.2.3/1/BPMC")
    head = sit("phutrach.motcua")
    head.go(f"/phe-duyet/{flow}/")
    head.follow("Giao người xử lý")
    head.press("Giao")
    assert "Hãy chọn người xử lý." in head.wrong
    head.pick("Người xử lý", "Đặng Văn Mẫu Mười Lăm")
    head.press("Giao")
    assert head.told == "Đã giao người xử lý bước này."
    head.sees("chờ Đặng Văn Mẫu Mười Lăm")
    writer = sit("chuyenvien.motcua")
    his = writer.page.get_by_role("listitem").filter(has_text="Bộ phận Một cửa, phòng Đăng ký kinh doanh")
    assert his.locator("a[href*='/present/']").count() == 1
    writer.go(f"/phe-duyet/{flow}/")
    assert writer.page.get_by_role("link", name="Giao lại người xử lý").count() == 0
    writer.page.get_by_text("Gửi ý kiến trao đổi").click()
    writer.press("Gửi ý kiến")
    assert "Hãy ghi ý kiến trao đổi." in writer.wrong
    writer.write("Ý kiến trao đổi", "Đề nghị trưởng bộ phận xem trong sáng nay.")
    writer.press("Gửi ý kiến")
    assert writer.told == "Đã gửi ý kiến trao đổi."
    writer.decide("Trình trưởng đơn vị")
    head.go(f"/phe-duyet/{flow}/")
    head.sees("Đề nghị trưởng bộ phận xem trong sáng nay.")
    head.decide("Nộp báo cáo")
    assert head.told == "Đã nộp; bản đã nộp được đóng lại."
    assert site.passed(flow)[-2:] == ["present", "submit"]
