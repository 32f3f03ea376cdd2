"""The picture of a flow and where an approval stands in it: every step, its state in words, nothing cut off."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals.flows import FLOWS
from approvals.models import Approval
from approvals.queries.chart import Box, Shape, chart_of
from approvals.queries.diagram import Diagram, State, diagram_of, diagram_of_flow
from approvals.queries.procedure import steps_of
from tests.approvals.factories import (
    NOW,
    Matter,
    document_at,
    escalation_at,
    extension_at,
    proposal_at,
    report_at,
    task_of,
)
from tests.factories import House
from workflow.actions.flow import close_flows
from workflow.choices import FlowKind
from workflow.models import Person

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = Template("{% load approval_diagram %}{% approval_diagram approval %}")

kinds = pytest.mark.parametrize("kind", list(FLOWS), ids=[kind.value for kind in FLOWS])


def stands(diagram: Diagram) -> dict[str, str]:
    """The state of each step, in words."""
    return {place.name: place.told for place in diagram.places}


def drawn(approval: Approval) -> str:
    return PAGE.render(Context({"approval": approval}))


# --- the picture alone ---


@kinds
def test_boxes_lie_inside_the_picture_and_never_upon_each_other(kind: FlowKind) -> None:
    chart = chart_of(FLOWS[kind])
    for box in chart.boxes:
        assert 0 < box.x < box.x + box.width < chart.width
        assert 0 < box.y < box.y + box.height < chart.height
    for arrow in chart.arrows:
        assert all(0 < x < chart.width and 0 < y < chart.height for x, y in arrow.points)
    for one, other in combinations(chart.boxes, 2):
        apart = one.x + one.width <= other.x or other.x + other.width <= one.x
        assert apart or one.y + one.height <= other.y or other.y + other.height <= one.y


@kinds
def test_every_title_stands_whole_in_lines_that_fit_its_box(kind: FlowKind) -> None:
    for box in chart_of(FLOWS[kind]).boxes:
        assert " ".join(line.text for line in box.lines) == box.title
        if box.shape in {Shape.STEP, Shape.ENGINE}:
            assert all(len(line.text) <= 15 for line in box.lines)
            assert box.y < box.lines[0].y - 10
            assert box.lines[-1].y + 17 < box.y + box.height - 4


@kinds
def test_no_arrow_runs_through_a_box(kind: FlowKind) -> None:
    chart = chart_of(FLOWS[kind])
    for arrow in chart.arrows:
        for start, end in zip(arrow.points, arrow.points[1:], strict=False):
            assert start[0] == end[0] or start[1] == end[1]
            for box in chart.boxes:
                assert not crosses(start, end, box), (arrow.key, box.name)


def crosses(start: tuple[int, int], end: tuple[int, int], box: Box) -> bool:
    """Whether a piece of an arrow runs inside a box; a gateway is smaller than the square around it."""
    left, right = sorted((start[0], end[0]))
    top, low = sorted((start[1], end[1]))
    inset = 12 if box.shape is Shape.GATEWAY else 1
    inside_x = left < box.x + box.width - inset and right > box.x + inset
    return inside_x and top < box.y + box.height - inset and low > box.y + inset


@kinds
def test_two_ways_out_of_a_gateway_leave_it_at_different_corners(kind: FlowKind) -> None:
    chart = chart_of(FLOWS[kind])
    for box in chart.boxes:
        if box.shape is Shape.GATEWAY:
            out = [arrow for arrow in chart.arrows if arrow.src == box.name]
            assert sorted(arrow.answer for arrow in out) == ["Có", "Không"]
            assert len({arrow.points[0] for arrow in out}) == 2


@kinds
def test_ways_to_different_nodes_never_share_a_line(kind: FlowKind) -> None:
    pieces = [
        (arrow, tuple(sorted(piece)))
        for arrow in chart_of(FLOWS[kind]).arrows
        for piece in zip(arrow.points, arrow.points[1:], strict=False)
    ]
    for (one, first), (other, second) in combinations(pieces, 2):
        if one.dst != other.dst:
            assert not overlap(first, second), (one.key, other.key)


def overlap(first: tuple[tuple[int, int], ...], second: tuple[tuple[int, int], ...]) -> bool:
    """Whether two pieces lie on one line, upon each other."""
    for here in (0, 1):
        along = 1 - here
        if len({point[here] for point in (*first, *second)}) == 1:
            return min(first[1][along], second[1][along]) > max(first[0][along], second[0][along])
    return False


@kinds
def test_the_lost_step_s_stand_in_is_not_drawn(kind: FlowKind) -> None:
    assert "obsolete" not in {box.name for box in chart_of(FLOWS[kind]).boxes}
    assert "obsolete" not in {step.name for step in steps_of(FLOWS[kind])}


def test_the_picture_of_a_flow_says_its_steps_in_their_order() -> None:
    said = diagram_of_flow("extension", FLOWS[FlowKind.EXTENSION]).said
    assert said == "Quy trình có 2 bước: Văn phòng Sở tham mưu; Lãnh đạo Sở quyết định."


# --- where an approval stands ---


@pytest.mark.django_db
def test_a_report_that_waits_for_a_leader_shows_what_is_behind_and_before_it(house: House) -> None:
    approval = report_at(house, "approve").approval()
    diagram = diagram_of(approval)
    assert stands(diagram) == {
        "draft": "đã qua",
        "submit": "đã qua",
        "check": "đã qua",
        "leader_check": "chưa đến",
        "approve": "đang chờ",
    }
    assert diagram.said == "Đang chờ ở bước “Lãnh đạo Sở duyệt”."
    check = next(place for place in diagram.places if place.name == "check")
    assert (check.by, check.at) == (house.reviewer.name, NOW)
    gone = {(way.arrow.src, way.arrow.dst) for way in diagram.ways if way.gone}
    assert {("to_leader", "approve"), ("whose", "check"), ("start", "draft")} <= gone
    assert ("whose", "leader_check") not in gone
    assert ("checked", "draft") not in gone


@pytest.mark.django_db
def test_a_returned_report_waits_at_its_unit_for_the_second_time(house: House) -> None:
    matter = report_at(house, "check")
    matter.act("return", house.reviewer)
    found = stands(diagram_of(matter.approval()))
    assert (found["draft"], found["check"]) == ("đang chờ, lần 2", "đã trả lại")


@pytest.mark.django_db
def test_a_withdrawn_report_says_so(house: House) -> None:
    matter = report_at(house, "check")
    matter.act("withdraw", house.head)
    assert stands(diagram_of(matter.approval()))["check"] == "đã rút lại"


@pytest.mark.django_db
def test_a_refused_proposal_is_ended_with_its_result(house: House) -> None:
    matter = proposal_at(house, "decide")
    matter.act("refuse", house.leader)
    diagram = diagram_of(matter.approval())
    [decide] = [place for place in diagram.places if place.name == "decide"]
    assert (decide.symbol, decide.told) == ("✕", "không đồng ý")
    assert diagram.said == "Đã kết thúc: Không đồng ý."


@pytest.mark.django_db
def test_a_closed_flow_shows_its_step_as_closed(house: House) -> None:
    matter = extension_at(house, "advise")
    close_flows(FlowKind.EXTENSION, [matter.pk], "Nhiệm vụ đã hủy.", of=task_of(matter), by=None, now=NOW)
    diagram = diagram_of(matter.approval())
    assert [place.state for place in diagram.places] == [State.CLOSED, State.AHEAD]
    assert diagram.said == "Đã kết thúc: Đã đóng, không còn cần."


@pytest.mark.django_db
def test_the_duty_waits_for_its_document_though_nobody_decides_there(house: House) -> None:
    diagram = diagram_of(escalation_at(house, "").approval())
    assert stands(diagram) == {"report": "đang chờ", "direct": "chưa đến"}


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_the_steps(house: House) -> None:
    short = extension_at(house, "advise").approval()
    long = document_at(house, "issue")
    for _again in range(3):
        long.act("send_back", house.clerk)
        long.act("sign", house.leader)
    counts = []
    for approval in (short, long.approval()):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            drawn(approval)
        counts.append(len(asked))
    assert counts == [2, 2]


# --- how it is shown ---


@pytest.mark.django_db
def test_the_picture_keeps_to_the_strict_policy_for_content(house: House) -> None:
    page = drawn(report_at(house, "check").approval())
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script|xlink|url\(", page)


@pytest.mark.django_db
def test_every_class_of_the_picture_stands_in_the_stylesheet(house: House) -> None:
    sheet = (ROOT / "workflow/static/workflow/dondoc.css").read_text(encoding="utf-8")
    page = drawn(report_at(house, "approve").approval())
    used = {name for group in re.findall(r'class="([^"]*)"', page) for name in group.split()}
    assert {name for name in used if not re.search(rf"\.{re.escape(name)}\b", sheet)} <= {"plain", "start", "step"}
    for state in State:
        assert f".{state.value}" in sheet


@pytest.mark.django_db
def test_the_picture_tells_its_content_to_a_reader_that_does_not_see_it(house: House) -> None:
    approval = report_at(house, "check").approval()
    page = drawn(approval)
    picture = ET.fromstring(page[page.index("<svg") : page.index("</svg>") + 6])
    space = "{http://www.w3.org/2000/svg}"
    assert picture.get("role") == "img"
    named = [picture.find(f"{space}title"), picture.find(f"{space}desc")]
    assert [one.text for one in named if one is not None] == [
        "Sơ đồ quy trình Duyệt báo cáo kết quả",
        "Đang chờ ở bước “Văn phòng Sở kiểm tra”.",
    ]
    assert picture.get("aria-labelledby") == " ".join(str(one.get("id")) for one in named if one is not None)


@pytest.mark.django_db
def test_the_steps_stand_in_words_beside_the_picture_and_before_it(house: House) -> None:
    page = drawn(report_at(house, "check").approval())
    assert page.index("<ol") < page.index("<svg")
    steps = re.findall(r'<li class="(\w+)"( aria-current="step")?>', page)
    assert steps == [
        ("done", ""),
        ("done", ""),
        ("waiting", ' aria-current="step"'),
        ("ahead", ""),
        ("ahead", ""),
    ]
    assert "chậm nhất hết thứ Tư 19/10/2022" in page


@pytest.mark.django_db
def test_names_are_escaped(house: House) -> None:
    matter: Matter = report_at(house, "check")
    step = matter.approval().task_set.filter(codename="submit_reports").get()
    step.decided_name = "<b>Nguyễn & Mẫu</b>"
    step.save(update_fields=["decided_name"])
    page = drawn(matter.approval())
    assert "&lt;b&gt;Nguyễn &amp; Mẫu&lt;/b&gt;" in page
    assert "<b>" not in page


def test_the_page_of_all_flows_tells_every_step_with_its_right(house: House, client: Client) -> None:
    client.force_login(Person.objects.get(pk=house.member.person_id))
    page = client.get("/phe-duyet/quy-trinh/").content.decode()
    assert page.count('role="img"') == len(FLOWS)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for flow_class in FLOWS.values():
        for step in steps_of(flow_class):
            assert step.title in page
            assert all(right in page for right in step.rights)
            assert step.who in page


def test_the_guide_of_the_flows_names_every_step_with_its_right() -> None:
    guide = (ROOT / "docs/flows.md").read_text(encoding="utf-8")
    for kind, flow_class in FLOWS.items():
        part = guide.partition(f"({kind.value})")[2].partition("\n## ")[0]
        for step in steps_of(flow_class):
            assert f"| {step.title} | `{step.name}` |" in part, (kind, step.name)
            assert all(right in part for right in step.rights)
