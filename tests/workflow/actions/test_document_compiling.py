"""Documents compiled from live data: what they say, who may compile them, and that they are drafts like any other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest

from tests.factories import MONDAY, House, at, make_house, make_task, make_unit
from workflow.actions.document import issue_draft, revise_document
from workflow.actions.document.compiling import (
    compile_briefing,
    compile_notice,
    compile_period,
    compile_plan,
    compile_routing,
    compile_submission,
)
from workflow.actions.document.slips import Applicant, compile_apology, compile_missing_papers
from workflow.actions.flow import flows, in_node
from workflow.choices import DocumentKind, DocumentStatus, FlowKind, ReportStatus, TaskKind, TaskState, UnitKind
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.models import Document, Plan, PlanBullet, PlanItem, Report, Task
from workflow.permissions import Actor
from workflow.queries.compilation import month_figures, period_figures
from workflow.queries.document import appendices_of

NOW = at(date(2022, 10, 20))
TODAY = date(2022, 10, 20)
HOSTILE = "<script>alert('x')</script> {{ 7*7 }} {% now %} 🚀"
Queries = Callable[[int], AbstractContextManager[object]]


@pytest.fixture
def house(db: None) -> House:
    """The small department and Sở Nội vụ."""
    house = make_house()
    make_unit("SNV", UnitKind.OUTSIDE, name="Sở Nội vụ")
    return house


@pytest.fixture
def plan(house: House) -> Plan:
    """A plan of two rows in two groups, the second with a task of each division."""
    plan = Plan.objects.create(
        number="1186/KH-SKHĐT",
        issued_on=date(2022, 4, 19),
        year=2022,
        title="Thực hiện các biện pháp cải thiện",
        issuer=house.department,
        imported_at=at(MONDAY),
        header={
            "legal_basis_text": "Căn cứ Quyết định số 1/QĐ-UBND; Quyết định số 2/QĐ-UBND,",
            "opening": "Sở xây dựng Kế hoạch như sau:",
            "purpose": ["Cải thiện."],
            "requirements": ["Phối hợp."],
            "part_ii_text": "(Chi tiết theo phụ lục đính kèm)",
            "organisation": [{"clause": "III.1", "text": "Các phòng thực hiện."}],
            "recipients": ["Ban GĐ Sở", "Lưu: VT, VP (Truong)"],
        },
    )
    for order, code in enumerate(("I.1.1", "II.1.1"), start=1):
        item = PlanItem.objects.create(
            plan=plan,
            order=order,
            code=code,
            printed_stt=code[-3:],
            section=f"MỤC {order}",
            group="Nhóm",
            content=[f"Nội dung {order}"],
            product=[f"Sản phẩm {order}"],
            timeline_text="Quý III",
        )
        PlanBullet.objects.create(item=item, ordinal=1, text=f"Cách làm {order}")
    second = plan.items.get(order=2)
    done = make_task(house, plan=plan, item=second, title="Việc xong", due_on=date(2022, 10, 7))
    accept(house, done, "Đã cập nhật 12 thủ tục")
    make_task(house, plan=plan, item=second, unit=house.other, title="Việc muộn", due_on=date(2022, 10, 14))
    make_task(house, plan=plan, item=plan.items.get(order=1), title="Việc còn hạn", due_on=date(2022, 11, 10))
    return plan


def accept(house: House, task: Task, content: str) -> None:
    """Let the task stand as reported and reviewed on its due day."""
    day = at(task.due_on or MONDAY, "10:00")
    Report.objects.create(
        task=task,
        version=1,
        round=1,
        status=ReportStatus.ACCEPTED,
        content=content,
        author_id=house.member.person_id,
        author_name="Mẫu",
        created_at=day,
        decided_at=day,
    )
    Task.objects.filter(pk=task.pk).update(state=TaskState.REVIEWED, reported_at=day, closed_at=day)


def dossier(house: House, title: str = "Cấp giấy chứng nhận.") -> Task:
    """A dossier of the first division, due on Friday 28/10/2022."""
    code = f"HS-{Task.objects.count() + 1:02d}"
    return make_task(house, kind=TaskKind.DOSSIER, code=code, title=title, due_on=date(2022, 10, 28))


# The reports of Văn phòng


def test_the_giao_ban_report_in_full(house: House, plan: Plan) -> None:
    dossier(house)
    document = compile_briefing(MONDAY, by=house.reviewer, now=NOW)
    assert (document.kind, document.recipients, document.keeper) == (DocumentKind.REPORT, [], "VP")
    assert document.copies == ["Lãnh đạo Sở", "Các phòng, đơn vị thuộc Sở"]
    assert document.subject == "Kết quả thực hiện nhiệm vụ tháng 10 năm 2022, phục vụ cuộc họp giao ban"
    assert document.body.split("\n") == [
        "I. KẾT QUẢ THỰC HIỆN NHIỆM VỤ CẢI CÁCH HÀNH CHÍNH",
        "Số liệu tính đến hết ngày 20 tháng 10 năm 2022.",
        "1. Nhiệm vụ đang theo dõi: 02, trong đó quá hạn 01.",
        "2. Hoàn thành trong tháng: 01.",
        "3. Đến hạn trong tháng sau: 01.",
        "4. Văn bản đôn đốc phát hành trong tháng: 00; báo cáo UBND tỉnh trong tháng: 00.",
        "Số liệu theo đơn vị nêu tại Phụ lục I; danh sách nhiệm vụ quá hạn nêu tại Phụ lục II.",
        "II. KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH",
        "1. Hồ sơ tiếp nhận trong tháng: 01.",
        "2. Hồ sơ giải quyết xong trong tháng: 00, trong đó đúng hạn 00, quá hạn 00.",
        "3. Hồ sơ đang giải quyết: 01, trong đó quá hạn 00.",
        "4. Lượt lấy ý kiến đang chờ trả lời: 00, trong đó quá hạn 00.",
        "III. NHẬN XÉT, KIẾN NGHỊ",
        "Phần nhận xét, nguyên nhân và phương án giải quyết do Văn phòng Sở bổ sung trước khi trình./.",
    ]
    units, late = appendices_of(document)
    assert units.rows == (("1", "Phòng Hai", "1", "0", "1", "0"), ("2", "Phòng Một", "1", "1", "0", "1"))
    assert late.rows == (("1", "Việc muộn", "Phòng Hai", "14/10/2022", "0 lần"),)


def test_what_people_say_of_the_figures_ends_the_report(house: House) -> None:
    document = compile_briefing(MONDAY, "Cần đôn đốc Phòng Hai.", by=house.leader, now=NOW)
    assert document.body.split("\n")[-1] == "Cần đôn đốc Phòng Hai./."
    assert "Trong kỳ không có nhiệm vụ nào của các đơn vị thuộc Sở." in document.body


def test_a_month_that_is_over_stands_as_it_ended_and_one_to_come_is_refused(house: House) -> None:
    task = make_task(house, due_on=date(2022, 10, 14))
    accept(house, task, "xong")
    late = make_task(house, due_on=date(2022, 10, 31))
    figures = month_figures(MONDAY, actor=house.reviewer, today=date(2022, 12, 5))
    assert figures.as_of == date(2022, 10, 31)
    [unit] = figures.units
    assert (unit.owed, unit.done, unit.late) == (1, 1, 1)
    assert [row.title for row in figures.late] == [late.title]
    with pytest.raises(Invalid, match="chưa đến"):
        compile_briefing(date(2022, 11, 1), by=house.reviewer, now=NOW)


def test_the_half_year_report_names_each_row_its_units_and_who_is_silent(house: House, plan: Plan) -> None:
    document = compile_period(plan.pk, False, by=house.chief, now=NOW)
    assert document.recipients == ["Ủy ban nhân dân tỉnh Khánh Hòa (thông qua Sở Nội vụ)"]
    assert document.subject == "Kết quả thực hiện Kế hoạch số 1186/KH-SKHĐT năm 2022"
    assert document.body.split("\n") == [
        (
            "Thực hiện Kế hoạch số 1186/KH-SKHĐT ngày 19 tháng 4 năm 2022 của Sở Kế hoạch và Đầu tư về việc thực hiện "
            "các biện pháp cải thiện, Sở Kế hoạch và Đầu tư báo cáo kết quả thực hiện năm 2022 như sau:"
        ),
        "I. TÌNH HÌNH THỰC HIỆN",
        "Số liệu tính đến hết ngày 20 tháng 10 năm 2022.",
        (
            "Tổng số nhiệm vụ theo dõi trong kỳ: 03; đã hoàn thành 01; chưa hoàn thành 02, trong đó quá hạn 01; số còn "
            "lại ước thực hiện đến hết ngày 31 tháng 12 năm 2022."
        ),
        "Kết quả từng nhiệm vụ nêu tại Phụ lục kèm theo Báo cáo này.",
        "II. ĐƠN VỊ CHƯA BÁO CÁO KẾT QUẢ ĐÃ ĐẾN HẠN",
        "- Phòng Hai: 01 nhiệm vụ.",
        "III. NHẬN XÉT, KIẾN NGHỊ",
        "Phần nhận xét, khó khăn và kiến nghị do Văn phòng Sở bổ sung trước khi trình./.",
    ]
    [table] = appendices_of(document)
    assert (table.landscape, table.title) == (True, "KẾT QUẢ THỰC HIỆN KẾ HOẠCH NĂM 2022")
    assert table.rows == (
        ("MỤC 1: Nhóm",),
        ("1.1", "Nội dung 1", "Sản phẩm 1", "Quý III", "Phòng Một", "", "Ước thực hiện đến 31/12/2022"),
        ("MỤC 2: Nhóm",),
        ("1.1", "Nội dung 2", "Sản phẩm 2", "Quý III", "Phòng Hai", "", "Quá hạn, chưa báo cáo"),
        ("", "", "", "", "Phòng Một", "Đã cập nhật 12 thủ tục", "Đã hoàn thành"),
    )


def test_units_without_a_result_that_stand_alike_share_a_line(house: House, plan: Plan) -> None:
    third = make_unit("P-C", name="Phòng Ba", parent=house.department)
    make_task(house, plan=plan, item=plan.items.get(order=2), unit=third, due_on=date(2022, 10, 14))
    [table] = appendices_of(compile_period(plan.pk, False, by=house.reviewer, now=NOW))
    assert [cells[4:] for cells in table.rows[3:]] == [
        ("Phòng Ba; Phòng Hai", "", "Quá hạn, chưa báo cáo"),
        ("Phòng Một", "Đã cập nhật 12 thủ tục", "Đã hoàn thành"),
    ]


def test_a_period_that_is_over_estimates_nothing(house: House, plan: Plan) -> None:
    figures = period_figures(plan.pk, half=False, actor=house.leader, today=date(2023, 1, 5))
    assert (figures.as_of, figures.is_over) == (date(2022, 12, 31), True)
    assert {share.standing for row in figures.rows for share in row.shares} == {
        "Đã hoàn thành",
        "Quá hạn, chưa báo cáo",
    }
    half = period_figures(plan.pk, half=True, actor=house.leader, today=date(2023, 1, 5))
    assert (half.called, half.as_of, half.owed) == ("6 tháng đầu năm 2022", date(2022, 6, 30), 0)


def test_the_figures_take_a_fixed_number_of_queries(
    house: House, plan: Plan, django_assert_num_queries: Queries
) -> None:
    for _round in range(2):
        with django_assert_num_queries(3):
            month_figures(MONDAY, actor=house.reviewer, today=TODAY)
        with django_assert_num_queries(5):
            period_figures(plan.pk, half=False, actor=house.reviewer, today=TODAY)
        for number in range(3):
            make_task(house, plan=plan, item=plan.items.get(order=1), due_on=TODAY + timedelta(days=number))


def test_a_stored_plan_becomes_a_ke_hoach_with_its_own_words_and_columns(house: House, plan: Plan) -> None:
    document = compile_plan(plan.pk, by=house.reviewer, now=NOW)
    assert (document.kind, document.subject, document.keeper) == (DocumentKind.PLAN, plan.title, "VP (Truong)")
    assert document.copies == ["Ban GĐ Sở"]
    assert document.grounds == ["Căn cứ Quyết định số 1/QĐ-UBND", "Căn cứ Quyết định số 2/QĐ-UBND"]
    assert document.body.split("\n") == [
        "Sở xây dựng Kế hoạch như sau:",
        "I. MỤC ĐÍCH, YÊU CẦU",
        "1. Mục đích",
        "- Cải thiện.",
        "2. Yêu cầu",
        "- Phối hợp.",
        "II. NỘI DUNG THỰC HIỆN",
        "(Chi tiết theo phụ lục đính kèm)",
        "III. TỔ CHỨC THỰC HIỆN",
        "1. Các phòng thực hiện./.",
    ]
    [table] = appendices_of(document)
    assert [title for title, _width in table.columns] == [
        "Stt",
        "Nội dung/Nhiệm vụ",
        "Kết quả/Sản phẩm",
        "Tiến độ",
        "Cách thức thực hiện",
    ]
    assert table.rows[:3] == (
        ("MỤC 1",),
        ("Nhóm",),
        ("1.1", "Nội dung 1", "Sản phẩm 1", "Quý III", "- Cách làm 1"),
    )


def test_only_van_phong_and_leaders_compile_what_goes_over_all_units(house: House, plan: Plan) -> None:
    for person in (house.head, house.member, house.stranger, house.clerk, house.inspector, house.outsider, house.admin):
        with pytest.raises(NotPermitted):
            compile_briefing(MONDAY, by=person, now=NOW)
        with pytest.raises(NotPermitted):
            compile_period(plan.pk, True, by=person, now=NOW)
        with pytest.raises(NotPermitted):
            compile_plan(plan.pk, by=person, now=NOW)
    for person in (house.reviewer, house.chief, house.leader):
        assert compile_briefing(MONDAY, by=person, now=NOW).drafted_by_id == person.person_id
    with pytest.raises(NotFound):
        compile_plan(0, by=house.leader, now=NOW)
    assert Document.objects.count() == 3


# Of one task


def test_a_to_trinh_says_the_duty_the_results_and_the_proposal(house: House) -> None:
    task = make_task(house, kind=TaskKind.PROVINCE, title="Rà soát danh mục", event_number="9/UBND", event_on=MONDAY)
    accept(house, task, "Đã rà soát 12 dự án")
    document = compile_submission(task.pk, "Cho phép điều chỉnh.", by=house.member, now=NOW)
    assert (document.kind, document.subject) == (DocumentKind.SUBMISSION, "Về việc rà soát danh mục")
    assert document.recipients == ["Ủy ban nhân dân tỉnh Khánh Hòa"]
    assert document.body.split("\n") == [
        "I. CƠ SỞ TRÌNH",
        (
            "Thực hiện Văn bản số 9/UBND ngày 03 tháng 10 năm 2022 của Ủy ban nhân dân tỉnh Khánh Hòa, Phòng Một được "
            "giao thực hiện: Rà soát danh mục, hạn ngày 14 tháng 10 năm 2022."
        ),
        "II. KẾT QUẢ THỰC HIỆN",
        "- Đã rà soát 12 dự án.",
        "III. NỘI DUNG ĐỀ NGHỊ",
        "Cho phép điều chỉnh.",
        "Sở Kế hoạch và Đầu tư kính trình xem xét, quyết định./.",
    ]


def test_a_thong_bao_numbers_what_was_concluded_and_goes_to_who_owes_and_supports(house: House) -> None:
    task = make_task(house, title="Rà soát danh mục")
    make_task(house, parent=task, kind=TaskKind.SUPPORT, unit=house.other)
    document = compile_notice(task.pk, "Đồng ý;\n\nGiao Phòng Hai phối hợp.", by=house.reviewer, now=NOW)
    assert (document.kind, document.recipients) == (DocumentKind.NOTICE, ["Phòng Một", "Phòng Hai"])
    assert document.subject == "Kết luận việc rà soát danh mục"
    assert document.body.split("\n") == [
        "Phòng Một được giao thực hiện: Rà soát danh mục, hạn ngày 14 tháng 10 năm 2022.",
        "Sau khi xem xét, Sở Kế hoạch và Đầu tư thông báo kết luận như sau:",
        "1. Đồng ý.",
        "2. Giao Phòng Hai phối hợp.",
        "Thời hạn hoàn thành nhiệm vụ: ngày 14 tháng 10 năm 2022.",
        "Sở Kế hoạch và Đầu tư thông báo để các đơn vị biết, thực hiện./.",
    ]


WHO = Applicant(name="Công ty A")


def papers(task: Task, by: Actor, *, accepted: bool = False, **given: object) -> Document:
    return compile_missing_papers(
        task.pk, "Bản sao giấy phép\n\nBản vẽ;", WHO, accepted=accepted, by=by, now=NOW, **given
    )


def test_missing_papers_before_and_after_acceptance(house: House) -> None:
    task = dossier(house)
    before = papers(task, house.member)
    after = papers(task, house.member, accepted=True, reason="Thiếu chữ ký", return_by=date(2022, 10, 25))
    assert (before.kind, after.kind) == (DocumentKind.GUIDANCE_SLIP, DocumentKind.SUPPLEMENT_NOTICE)
    assert before.recipients == after.recipients == ["Công ty A"]
    assert before.facts == {
        "dossier_code": "HS-01",
        "procedure": "Cấp giấy chứng nhận",
        "applicant": "Công ty A",
        "received_on": "2022-10-03",
        "missing": ["Bản sao giấy phép", "Bản vẽ"],
        "return_by": "",
        "reason": "",
    }
    assert (after.facts["reason"], after.facts["return_by"]) == ("Thiếu chữ ký", "2022-10-25")
    assert after.subject == "Bổ sung hồ sơ mã số HS-01"


def test_an_apology_needs_a_reason_and_a_concrete_working_day_to_come(house: House) -> None:
    task = dossier(house)

    def apologise(reason: str, day: date | None) -> Document:
        return compile_apology(task.pk, reason, day, WHO, by=house.member, now=NOW)

    for reason, day, wrong in (
        ("", date(2022, 11, 4), "reason"),
        ("Bận", None, "new_date"),
        ("Bận", TODAY, "new_date"),
        ("Bận", date(2022, 10, 28), "new_date"),
        ("Bận", date(2022, 11, 5), "new_date"),
    ):
        with pytest.raises(Invalid) as refused:
            apologise(reason, day)
        assert set(refused.value.fields) == {wrong}
    document = apologise("Chờ ý kiến", date(2022, 11, 4))
    assert (document.kind, document.facts["new_date"]) == (DocumentKind.APOLOGY, "2022-11-04")
    assert (document.facts["due_on"], document.facts["reason"]) == ("2022-10-28", "Chờ ý kiến")


def test_the_forms_are_for_open_dossiers_only(house: House) -> None:
    closed = dossier(house)
    accept(house, closed, "xong")
    for task, said in ((make_task(house), "chỉ dùng cho hồ sơ"), (closed, "đã kết thúc")):
        with pytest.raises(WrongState, match=said):
            papers(task, house.member)


def test_who_works_on_the_task_compiles_and_a_stranger_does_not_find_it(house: House) -> None:
    task = dossier(house)
    for person in (house.head, house.member, house.reviewer):
        assert papers(task, person).status == DocumentStatus.DRAFT
    with pytest.raises(NotPermitted):
        papers(task, house.inspector)
    for person in (house.stranger, house.outsider, house.admin):
        with pytest.raises(NotFound):
            papers(task, person)
        with pytest.raises(NotFound):
            compile_submission(task.pk, "Đề nghị", by=person, now=NOW)
        with pytest.raises(NotFound):
            compile_notice(task.pk, "Đồng ý", by=person, now=NOW)
        with pytest.raises(NotFound):
            compile_apology(task.pk, "Bận", date(2022, 11, 4), WHO, by=person, now=NOW)


# Of one draft, and as drafts


def test_a_phieu_trinh_tells_what_was_said_at_the_steps_of_the_draft(house: House) -> None:
    draft = compile_notice(make_task(house, title="Rà soát").pk, "Đồng ý", by=house.member, now=NOW)
    for by, outcome, note in ((house.member, "present", ""), (house.head, "send_back", "Nêu rõ thời hạn")):
        flows().act(FlowKind.DOCUMENT, draft.pk, outcome, draft.revision, {"reason": note}, by=by, now=NOW)
    slip = compile_routing(draft.pk, "Kết luận của cuộc họp", by=house.member, now=NOW)
    assert (slip.kind, slip.recipients, slip.task_id) == (DocumentKind.ROUTING_SLIP, ["Lãnh đạo Sở"], draft.task_id)
    assert slip.facts["proposal"] == "Đề nghị Lãnh đạo Sở xem xét, ký ban hành."
    said = [(row["by"].partition(",")[0], row["step"], row["at"], row["text"]) for row in slip.facts["opinions"]]
    assert said == [
        (house.member.name, "Hoàn thiện dự thảo", "09:00 ngày 20/10/2022", "Trình dự thảo"),
        (house.head.name, "Trưởng đơn vị đồng ý", "09:00 ngày 20/10/2022", "Trả lại: Nêu rõ thời hạn"),
    ]
    assert slip.body.split("\n") == [
        "1. Văn bản trình: dự thảo thông báo về việc kết luận việc rà soát.",
        "2. Nơi nhận văn bản: Phòng Một.",
        "3. Tóm tắt nội dung, lý do trình: Kết luận của cuộc họp./.",
    ]
    with pytest.raises(WrongState):
        compile_routing(slip.pk, "Tóm tắt", by=house.member, now=NOW)
    with pytest.raises(NotFound):
        compile_routing(draft.pk, "Tóm tắt", by=house.stranger, now=NOW)


def test_a_compiled_draft_is_written_anew_and_issued_like_any_other(house: House, plan: Plan) -> None:
    draft = compile_period(plan.pk, False, by=house.reviewer, now=NOW)
    revised = revise_document(
        draft.pk, draft.revision, draft.subject, f"{draft.body} Thêm", draft.recipients, by=house.reviewer, now=NOW
    )
    assert (revised.revision, len(appendices_of(revised))) == (2, 1)
    with in_node():
        issued = issue_draft(revised, by=house.clerk, now=NOW)
    assert (issued.status, issued.full_number) == (DocumentStatus.ISSUED, "01/BC-SKHĐT")


def test_hostile_words_stay_words(house: House, plan: Plan) -> None:
    plan.items.update(content=[HOSTILE])
    task = dossier(house, title=HOSTILE)
    late = make_task(house, title=HOSTILE, due_on=date(2022, 10, 14))
    assert HOSTILE in str(appendices_of(compile_briefing(MONDAY, HOSTILE, by=house.reviewer, now=NOW)))
    assert HOSTILE in str(appendices_of(compile_period(plan.pk, False, by=house.reviewer, now=NOW))[0].rows)
    assert HOSTILE in papers(task, house.member).body
    assert HOSTILE in compile_notice(late.pk, HOSTILE, by=house.member, now=NOW).body
