"""The leader's day: an extension and an obstacle are decided."""

from __future__ import annotations

from tests.browser.conftest import Sit
from tests.browser.hand import Site


def test_the_leader_decides_an_extension(site: Site, sit: Sit) -> None:
    hand = sit("giamdoc")
    hand.begin("Đề nghị gia hạn chờ quyết định", "Việc UBND tỉnh giao (trình diễn) 10")
    assert hand.heading == "Quyết định gia hạn"
    hand.sees("Đề nghị của Vũ Thị Mẫu Ba Mươi")
    hand.choose("Quyết định", "Không đồng ý")
    hand.press("Quyết định gia hạn")
    assert "Không đồng ý thì hãy ghi lý do." in hand.wrong
    hand.choose("Quyết định", "Đồng ý gia hạn")
    hand.write("Hạn được duyệt", "05/12/2022")
    hand.press("Quyết định gia hạn")
    assert hand.told == "Đã quyết định đề nghị gia hạn."
    rows = site.machine.rows(
        "SELECT code, due_on, due_first, extended_count FROM workflow_task"
        " WHERE title LIKE 'Việc UBND tỉnh giao (trình diễn) 10%' AND kind <> 'consultation'"
    )
    code, due, first, extended = (str(value) for value in rows[0])
    assert (due, first, extended) == ("2022-12-05", "2022-11-28", "1")
    assert "task.extend" in site.trail(code, last=2)
    head = sit("truongphong.dn")
    head.begin("Sắp tới", "Việc UBND tỉnh giao (trình diễn) 10")
    head.sees("thứ Hai 05/12/2022")


def test_an_obstacle_goes_from_the_offices_advice_to_the_leaders_word(site: Site, sit: Sit) -> None:
    office = sit("vanphong.duyet")
    office.begin("Vướng mắc chờ giải quyết", "giải trình và đưa ra các phương án")
    office.write("Ý kiến tham mưu", "Đề nghị giao Phòng Tổng hợp cung cấp số liệu.")
    office.press("Tham mưu về vướng mắc")
    assert office.told == "Đã ghi ý kiến tham mưu."

    leader = sit("giamdoc")
    leader.begin("Vướng mắc chờ giải quyết", "giải trình và đưa ra các phương án")
    leader.sees("Văn phòng tham mưu: Đề nghị giao Phòng Tổng hợp cung cấp số liệu.")
    leader.choose("Kết luận", "Đồng ý với kiến nghị")
    leader.write("Ý kiến giải quyết", "Giao Phòng Tổng hợp cung cấp số liệu trước 25/11/2022.")
    leader.press("Kết luận về vướng mắc")
    assert leader.told == "Đã kết luận về vướng mắc."
    code = site.value(
        "SELECT code FROM workflow_task WHERE id = (SELECT task_id FROM workflow_obstacle"
        " WHERE decision LIKE 'Giao Phòng Tổng hợp cung cấp%')"
    )
    assert site.trail(code, last=2) == ["obstacle.advise", "obstacle.decide"]


def test_the_leader_does_not_check_a_divisions_report(site: Site, sit: Sit) -> None:
    hand = sit("giamdoc")
    hand.go(f"/nhiem-vu/{site.task('2022/II.1.8/NAM/P-KTDN')}/")
    assert not [words for words in hand.offers if "báo cáo bản" in words]
    hand.go(f"/nhiem-vu/{site.task('2022/II.1.8/NAM/P-KTDN')}/nhan-bao-cao/", expected=403)
