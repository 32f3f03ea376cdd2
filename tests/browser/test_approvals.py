"""Approvals end to end in a browser: a proposal to its end, a text that changed meanwhile, a draft written anew."""

from __future__ import annotations

from pathlib import Path

from tests.browser.conftest import Sit
from tests.browser.hand import PHONE, Site

PROPOSAL = "Thay hai máy in của phòng (kiểm thử)"
DRAFT = "Tiếp nhận hồ sơ giả định N (văn bản trình diễn)"
SIGNED = "Bổ sung thành phần hồ sơ giả định M (văn bản trình diễn)"


def test_a_proposal_goes_from_a_specialist_to_the_leader(site: Site, sit: Sit, tmp_path: Path) -> None:
    specialist = sit("chuyenvien.dn")
    specialist.rail("Đề xuất").follow("Làm đề xuất mới")
    specialist.press("Gửi đề xuất")
    assert "Hãy ghi đề xuất." in specialist.wrong
    specialist.write("Đề xuất", PROPOSAL).write("Nội dung, lý do", "Hai máy hỏng bộ sấy.")
    specialist.press("Gửi đề xuất")
    assert specialist.told == "Đã gửi đề xuất."
    assert specialist.choices == []
    approval = site.flow_called(PROPOSAL)
    quotation = tmp_path / "bao-gia.pdf"
    quotation.write_bytes(b"%PDF-1.4 bao gia mau")
    specialist.page.get_by_text("Kèm tệp", exact=True).click()
    specialist.page.get_by_label("Tệp kèm theo", exact=True).set_input_files(quotation)
    specialist.press("Kèm tệp này")
    specialist.sees("bao-gia.pdf")

    head = sit("truongphong.dn", size=PHONE)
    head.go(f"/phe-duyet/{approval}/")
    assert head.choices == ["Đồng ý đề xuất", "Không đồng ý"]
    head.decide("Đồng ý đề xuất")
    assert head.told == "Đã đồng ý."

    office = sit("vanphong.duyet")
    office.go(f"/phe-duyet/{approval}/")
    office.page.get_by_text("Gửi ý kiến trao đổi", exact=True).click()
    office.write("Ý kiến trao đổi", "Phòng còn máy nào dùng được không?")
    office.press("Gửi ý kiến")
    office.sees("Phòng còn máy nào dùng được không?")
    with office.page.expect_download() as given:
        office.page.get_by_role("link", name="bao-gia.pdf").click()
    assert given.value.path().read_bytes() == b"%PDF-1.4 bao gia mau"
    office.settle("Tham mưu")
    office.press("Tham mưu")
    assert "Hãy ghi ý kiến tham mưu của Văn phòng." in office.wrong
    office.write("Ý kiến tham mưu", "Nên mua một máy.").press("Tham mưu")

    leader = sit("giamdoc")
    leader.go(f"/phe-duyet/{approval}/")
    leader.settle("Phê duyệt đề xuất")
    leader.sees("Nên mua một máy.")
    leader.picture("approval-decide")
    leader.press("Phê duyệt đề xuất")
    assert leader.told == "Đã phê duyệt đề xuất."
    leader.sees("Đã duyệt")
    leader.picture("approval-done")
    assert site.passed(approval) == ["approve", "advise", "approve"]
    assert site.result(approval) == "approved"
    specialist.go("/de-xuat/")
    specialist.sees(PROPOSAL)


def test_what_changed_meanwhile_is_shown_before_it_is_decided(site: Site, sit: Sit) -> None:
    approval = site.flow_called(DRAFT)
    hand = sit("chuyenvien.dn")
    hand.go(f"/phe-duyet/{approval}/").settle("Trình dự thảo")
    hand.write("Ý kiến", "Kính trình trưởng phòng.")
    other = sit("truongphong.dn")
    other.go(f"/phe-duyet/{approval}/").follow("Sửa dự thảo")
    other.write("Nội dung văn bản", "Lời đã được trưởng phòng sửa.").press("Lưu dự thảo")
    other.sees("Lời đã được trưởng phòng sửa.")
    hand.press("Trình dự thảo")
    assert "chưa ghi gì" in hand.wrong
    assert "+ thêm\nLời đã được trưởng phòng sửa." in hand.wrong
    assert hand.page.get_by_label("Ý kiến").input_value() == "Kính trình trưởng phòng."
    hand.picture("approval-stale")
    hand.press("Trình dự thảo")
    assert hand.told == "Đã trình dự thảo."
    hand.go(f"/phe-duyet/{approval}/")
    hand.sees("Kính trình trưởng phòng.")
    assert site.passed(approval)[-1] == "present"


def test_a_signed_draft_that_is_changed_goes_back_to_its_signer(site: Site, sit: Sit) -> None:
    approval = site.flow_called(SIGNED)
    clerk = sit("vanthu", scripts=False)
    clerk.go(f"/phe-duyet/{approval}/")
    assert clerk.choices == ["Cho số và phát hành", "Trả người ký"]
    office = sit("vanphong.duyet")
    office.go(f"/phe-duyet/{approval}/").follow("Sửa dự thảo")
    office.sees("Điều 11 khoản 2")
    office.write("Trích yếu", f"{SIGNED}, sửa thể thức").press("Lưu dự thảo")
    office.sees("Dự thảo được sửa sau khi ký, trả người ký")
    assert site.passed(approval)[-1] == "changed"
    clerk.go(f"/phe-duyet/{approval}/")
    assert clerk.choices == []


def test_a_decision_needs_no_mouse(site: Site, sit: Sit) -> None:
    hand = sit("chuyenvien.dn")
    hand.go("/de-xuat/")
    hand.tab_to("Làm đề xuất mới").enter_key()
    keys = hand.page.keyboard
    hand.tab_to("Đề xuất")
    while hand.page.evaluate("document.activeElement.id") != "id_subject":
        hand.tab_to("Đề xuất")
    keys.type("Mua giấy in (kiểm thử bàn phím)")
    hand.tab_to("Nội dung, lý do")
    keys.type("Hai mươi ram A4.")
    hand.tab_to("Gửi đề xuất").enter_key()
    head = sit("truongphong.dn")
    head.go(f"/phe-duyet/{site.flow_called('Mua giấy in (kiểm thử')}/")
    head.tab_to("Không đồng ý").enter_key()
    head.tab_to("Lý do không đồng ý")
    head.page.keyboard.type("Quý này đã mua.")
    head.tab_to("Không đồng ý").enter_key()
    assert head.told == "Đã ghi ý kiến không đồng ý."
    assert site.result(site.flow_called("Mua giấy in (kiểm thử")) == "refused"
