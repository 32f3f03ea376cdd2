"""A proposal's day (2022 I.2.2): the unit proposes, its head agrees, Văn phòng advises, a leader decides."""

from __future__ import annotations

from pathlib import Path

from tests.browser.conftest import Sit
from tests.browser.hand import PHONE, Site

ADVICE = "Ý kiến tham mưu của Văn phòng"
REFUSAL = "Lý do không đồng ý"


def test_a_proposal_is_approved(site: Site, sit: Sit, tmp_path: Path) -> None:
    specialist = sit("chuyenvien.xtdt", size=PHONE)
    specialist.rail("Đề xuất")
    specialist.follow("Làm đề xuất mới")
    specialist.press("Gửi đề xuất")
    assert "Hãy ghi đề xuất." in specialist.wrong
    specialist.page.get_by_label("Đề xuất", exact=True).fill("Thay hai máy in của Trung tâm")
    specialist.write("Nội dung, lý do", "Hai máy in hỏng trục, sửa không đáng.")
    specialist.picture("phone-propose")
    specialist.press("Gửi đề xuất")
    assert specialist.told == "Đã gửi đề xuất."
    flow = site.flow_called("Thay hai máy in của Trung tâm")
    assert specialist.path == f"/phe-duyet/{flow}/"
    assert specialist.choices == []
    quote = tmp_path / "bao-gia.txt"
    quote.write_text("Hai máy in: 12.000.000 đồng", encoding="utf-8")
    specialist.page.get_by_text("Kèm tệp", exact=True).first.click()
    specialist.page.get_by_label("Tệp kèm theo", exact=True).set_input_files(quote)
    specialist.press("Kèm tệp này")
    said = specialist.wrong if specialist.page.get_by_role("alert").count() else specialist.told
    assert said == "Đã kèm tệp vào hồ sơ."

    head = sit("phutrach.xtdt")
    head.enter("Chờ tôi duyệt", "Thay hai máy in của Trung tâm")
    head.sees("bao-gia.txt")
    assert head.choices == ["Đồng ý đề xuất", "Không đồng ý"]
    head.decide("Đồng ý đề xuất")
    assert head.told == "Đã đồng ý."
    office = sit("vanphong.duyet")
    office.begin("Chờ tôi duyệt", "Thay hai máy in của Trung tâm")
    office.write(ADVICE, "Còn kinh phí; đề nghị duyệt.")
    office.press("Tham mưu")
    leader = sit("phogiamdoc", size=PHONE)
    leader.begin("Chờ tôi duyệt", "Thay hai máy in của Trung tâm")
    leader.sees("Còn kinh phí; đề nghị duyệt.")
    leader.press("Phê duyệt đề xuất")
    assert leader.told == "Đã phê duyệt đề xuất."
    assert site.passed(flow) == ["approve", "advise", "approve"]
    assert site.value("SELECT status FROM workflow_proposal WHERE subject LIKE 'Thay hai máy in%'") == "approved"
    specialist.rail("Đề xuất")
    specialist.sees("Thay hai máy in của Trung tâm")
    specialist.go("/thong-bao/")
    specialist.sees("Đã phê duyệt đề xuất.")


def test_a_heads_own_proposal_goes_straight_to_the_office_and_a_leader_refuses_it(site: Site, sit: Sit) -> None:
    head = sit("truongphong.dn")
    head.rail("Đề xuất")
    head.follow("Làm đề xuất mới")
    head.page.get_by_label("Đề xuất", exact=True).fill("Mua xe ô tô cho phòng")
    head.write("Nội dung, lý do", "Đi cơ sở nhiều.")
    head.press("Gửi đề xuất")
    flow = site.flow_called("Mua xe ô tô cho phòng")
    office = sit("chanhvanphong")
    office.enter("Chờ tôi duyệt", "Mua xe ô tô cho phòng")
    office.decide("Tham mưu", "Không có tiêu chuẩn xe cho phòng.", label=ADVICE)
    leader = sit("giamdoc")
    leader.enter("Chờ tôi duyệt", "Mua xe ô tô cho phòng")
    leader.decide("Không đồng ý", "Dùng xe chung của Sở.", label=REFUSAL)
    assert leader.told == "Đã ghi ý kiến không đồng ý."
    assert (site.result(flow), site.passed(flow)) == ("refused", ["advise", "refuse"])
    head.go(f"/phe-duyet/{flow}/")
    head.sees("Dùng xe chung của Sở.")
    other = sit("truongphong.th")
    other.go(f"/phe-duyet/{flow}/", expected=404)
    other.rail("Đề xuất")
    assert "Mua xe ô tô" not in other.words


def test_a_head_refuses_his_specialists_proposal(site: Site, sit: Sit) -> None:
    title = "Sửa chữa hệ thống họp trực tuyến"
    flow = site.flow_called(title)
    head = sit("truongphong.th")
    head.enter("Chờ tôi duyệt", title)
    head.settle("Không đồng ý")
    head.press("Không đồng ý")
    assert "Hãy ghi lý do không đồng ý." in head.wrong
    head.write(REFUSAL, "Bộ phận Quản trị mạng đã sửa.")
    head.press("Không đồng ý")
    assert head.told == "Đã ghi ý kiến không đồng ý."
    assert (site.result(flow), site.passed(flow)) == ("refused", ["refuse"])
    assert site.value(f"SELECT status FROM workflow_proposal WHERE subject = '{title}'") == "refused"
