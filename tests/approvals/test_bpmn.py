"""Each flow as a BPMN 2.0 file: every reference resolves, every node is reached and drawn, names are Vietnamese."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from approvals.flows import FLOWS
from approvals.queries.bpmn import BPMN, BPMNDI, DC, DI, XSI, bpmn_of
from approvals.queries.chart import Shape, chart_of
from tests.factories import House
from workflow.choices import FlowKind
from workflow.models import Person

NODES = {"startEvent", "endEvent", "userTask", "receiveTask", "exclusiveGateway"}

kinds = pytest.mark.parametrize("kind", list(FLOWS), ids=[kind.value for kind in FLOWS])


def read(kind: FlowKind) -> ET.Element:
    """The file of a flow, read back."""
    return ET.fromstring(bpmn_of(kind.value, FLOWS[kind]))


def process_of(root: ET.Element) -> ET.Element:
    found = root.findall(f"{{{BPMN}}}process")
    assert len(found) == 1
    return found[0]


def nodes_of(root: ET.Element) -> list[ET.Element]:
    return [one for one in process_of(root) if one.tag.removeprefix(f"{{{BPMN}}}") in NODES]


def ways_of(root: ET.Element) -> list[ET.Element]:
    return process_of(root).findall(f"{{{BPMN}}}sequenceFlow")


def texts(element: ET.Element, name: str) -> set[str]:
    return {str(one.text) for one in element.findall(f"{{{BPMN}}}{name}")}


@kinds
def test_ids_are_unique(kind: FlowKind) -> None:
    ids = [element.get("id") for element in read(kind).iter() if element.get("id")]
    assert len(ids) == len(set(ids)) > 7


@kinds
def test_every_sequence_flow_joins_two_nodes_that_name_it(kind: FlowKind) -> None:
    root = read(kind)
    nodes = {node.get("id"): node for node in nodes_of(root)}
    for way in ways_of(root):
        name = str(way.get("id"))
        assert name in texts(nodes[way.get("sourceRef")], "outgoing")
        assert name in texts(nodes[way.get("targetRef")], "incoming")
    named = {name for node in nodes.values() for side in ("incoming", "outgoing") for name in texts(node, side)}
    assert named == {way.get("id") for way in ways_of(root)}


@kinds
def test_there_is_one_start_and_one_end_and_every_node_lies_between(kind: FlowKind) -> None:
    root = read(kind)
    nodes = nodes_of(root)
    [start] = [str(node.get("id")) for node in nodes if node.tag == f"{{{BPMN}}}startEvent"]
    [end] = [str(node.get("id")) for node in nodes if node.tag == f"{{{BPMN}}}endEvent"]
    ways = [(str(way.get("sourceRef")), str(way.get("targetRef"))) for way in ways_of(root)]
    every = {str(node.get("id")) for node in nodes}
    assert reached(start, ways) == every
    assert reached(end, [(target, source) for source, target in ways]) == every


def reached(first: str, ways: list[tuple[str, str]]) -> set[str]:
    """Every node to which the ways lead."""
    found, waiting = {first}, [first]
    while waiting:
        here = waiting.pop()
        new = {target for source, target in ways if source == here} - found
        found |= new
        waiting += new
    return found


@kinds
def test_each_gateway_has_one_default_and_every_other_way_a_condition(kind: FlowKind) -> None:
    root = read(kind)
    for node in nodes_of(root):
        out = texts(node, "outgoing")
        if node.tag != f"{{{BPMN}}}exclusiveGateway":
            assert len(out) == (0 if node.tag == f"{{{BPMN}}}endEvent" else 1)
            continue
        assert len(out) == 2
        default = node.get("default")
        assert default in out
        for way in ways_of(root):
            if way.get("id") in out:
                condition = way.find(f"{{{BPMN}}}conditionExpression")
                assert (condition is None) == (way.get("id") == default)
                assert way.get("name") == ("Không" if condition is None else "Có")
                if condition is not None:
                    assert condition.text == f"{node.get('name')} Có"
                    assert condition.get(f"{{{XSI}}}type") == "bpmn:tExpression"


@kinds
def test_every_node_and_way_is_drawn_once(kind: FlowKind) -> None:
    root = read(kind)
    [plane] = root.iter(f"{{{BPMNDI}}}BPMNPlane")
    assert plane.get("bpmnElement") == process_of(root).get("id")
    shapes = {shape.get("bpmnElement"): shape for shape in plane.findall(f"{{{BPMNDI}}}BPMNShape")}
    edges = {edge.get("bpmnElement"): edge for edge in plane.findall(f"{{{BPMNDI}}}BPMNEdge")}
    assert set(shapes) == {node.get("id") for node in nodes_of(root)}
    assert set(edges) == {way.get("id") for way in ways_of(root)}
    assert len(plane) == len(shapes) + len(edges)
    for shape in shapes.values():
        [bounds] = shape.findall(f"{{{DC}}}Bounds")
        assert all(int(bounds.attrib[name]) >= 0 for name in ("x", "y"))
        assert all(int(bounds.attrib[name]) > 0 for name in ("width", "height"))
    for edge in edges.values():
        assert len(edge.findall(f"{{{DI}}}waypoint")) >= 2


@kinds
def test_arrows_begin_and_end_at_the_border_of_their_nodes(kind: FlowKind) -> None:
    chart = chart_of(FLOWS[kind])
    boxes = {box.name: box for box in chart.boxes}
    for arrow in chart.arrows:
        for point, name in ((arrow.points[0], arrow.src), (arrow.points[-1], arrow.dst)):
            box = boxes[name]
            (mx, my), half = box.middle, box.width // 2
            if box.shape is Shape.GATEWAY:
                assert abs(point[0] - mx) + abs(point[1] - my) == half, arrow
            else:
                on_side = point[0] in {box.x, box.x + box.width} or point[1] in {box.y, box.y + box.height}
                assert on_side, arrow


@kinds
def test_names_are_those_of_the_flow_in_composed_letters(kind: FlowKind) -> None:
    text = bpmn_of(kind.value, FLOWS[kind]).decode()
    assert unicodedata.is_normalized("NFC", text)
    root = read(kind)
    assert process_of(root).get("name") == kind.label
    assert process_of(root).get("isExecutable") == "false"
    titles = {str(node.task_title) for node in FLOWS[kind].instance.nodes() if node.name != "obsolete"}
    assert {node.get("name") for node in nodes_of(root)} == titles


def test_a_step_tells_who_does_it_with_which_right() -> None:
    [sign] = [node for node in nodes_of(read(FlowKind.DOCUMENT)) if node.get("id") == "node_sign"]
    said = "Người thực hiện: Lãnh đạo Sở (việc của mọi đơn vị). Quyền: Quyết định của Lãnh đạo Sở."
    assert texts(sign, "documentation") == {said}
    [report] = [node for node in nodes_of(read(FlowKind.ESCALATION)) if node.tag == f"{{{BPMN}}}receiveTask"]
    assert texts(report, "documentation") == {"Người thực hiện: hệ thống, khi văn bản của bước này được phát hành."}


def test_the_command_writes_one_file_a_flow_and_the_same_twice(tmp_path: Path) -> None:
    call_command("export_flows", str(tmp_path / "moi"), verbosity=0)
    files = {path.name: path.read_bytes() for path in (tmp_path / "moi").iterdir()}
    assert files == {f"quy-trinh-{kind.value}.bpmn": bpmn_of(kind.value, FLOWS[kind]) for kind in FLOWS}
    call_command("export_flows", str(tmp_path / "moi"), verbosity=0)
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "moi").iterdir()}


def test_the_command_says_so_when_the_folder_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "tep").write_text("")
    with pytest.raises(CommandError, match="chọn thư mục khác"):
        call_command("export_flows", str(tmp_path / "tep"), verbosity=0)


def test_the_file_is_sent_to_whoever_is_signed_in_and_to_nobody_else(house: House, client: Client) -> None:
    address = "/phe-duyet/quy-trinh/report.bpmn"
    assert client.get(address).status_code == 302
    client.force_login(Person.objects.get(pk=house.outsider.person_id))
    answer = client.get(address)
    assert answer.content == bpmn_of("report", FLOWS[FlowKind.REPORT])
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="quy-trinh-report.bpmn"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert client.get("/phe-duyet/quy-trinh/khac.bpmn").status_code == 404
    assert client.post(address).status_code == 405
