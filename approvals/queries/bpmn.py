"""Each flow as BPMN 2.0, with its picture, for a modeller.

viewflow's own template is not used: it writes no conditions, marks the process as executable though nothing in the file
can be run, and counts on one way at most between two nodes.
"""

from __future__ import annotations

from unicodedata import normalize
from xml.etree import ElementTree as ET

from viewflow.workflow import flow

from approvals.queries.chart import LINE_HEIGHT, YES, Arrow, Box, Chart, Shape, chart_of
from approvals.queries.procedure import StepFacts, steps_of

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
PREFIXES = {"bpmn": BPMN, "bpmndi": BPMNDI, "dc": DC, "di": DI, "xsi": XSI}
OWN = "urn:don-doc:quy-trinh"
LETTER = 7
"""About how wide a letter of a label is drawn."""

for _prefix, _address in PREFIXES.items():
    ET.register_namespace(_prefix, _address)

ELEMENTS = {
    Shape.START: "startEvent",
    Shape.END: "endEvent",
    Shape.STEP: "userTask",
    Shape.ENGINE: "receiveTask",
    Shape.GATEWAY: "exclusiveGateway",
}


def bpmn_of(key: str, flow_class: type[flow.Flow]) -> bytes:
    """Return a flow as a BPMN 2.0 file in UTF-8, all names in NFC. No query."""
    chart = chart_of(flow_class)
    steps = {step.name: step for step in steps_of(flow_class)}
    root = ET.Element(
        f"{{{BPMN}}}definitions", {"id": f"definitions_{key}", "targetNamespace": OWN, "exporter": "Đôn đốc"}
    )
    process = ET.SubElement(
        root, f"{{{BPMN}}}process", {"id": f"process_{key}", "name": _nfc(chart.title), "isExecutable": "false"}
    )
    for box in chart.boxes:
        _node(process, box, chart, steps.get(box.name))
    for arrow in chart.arrows:
        _way(process, arrow, chart)
    diagram = ET.SubElement(root, f"{{{BPMNDI}}}BPMNDiagram", {"id": f"diagram_{key}"})
    plane = ET.SubElement(diagram, f"{{{BPMNDI}}}BPMNPlane", {"id": f"plane_{key}", "bpmnElement": f"process_{key}"})
    for box in chart.boxes:
        _shape(plane, box)
    for arrow in chart.arrows:
        _edge(plane, arrow)
    ET.indent(root)
    text = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return bytes(text) + b"\n"


def _nfc(text: str) -> str:
    return normalize("NFC", text)


def _question(chart: Chart, name: str) -> str:
    return next(box.title for box in chart.boxes if box.name == name)


def _node(process: ET.Element, box: Box, chart: Chart, step: StepFacts | None) -> None:
    """Write one node; what decides at it stands in its documentation, for people."""
    incoming = [arrow for arrow in chart.arrows if arrow.dst == box.name]
    outgoing = [arrow for arrow in chart.arrows if arrow.src == box.name]
    attributes = {"id": f"node_{box.name}", "name": _nfc(box.title)}
    if box.shape is Shape.GATEWAY:
        attributes["gatewayDirection"] = "Mixed" if len(incoming) > 1 else "Diverging"
        attributes["default"] = next(f"flow_{arrow.key}" for arrow in outgoing if arrow.answer != YES)
    node = ET.SubElement(process, f"{{{BPMN}}}{ELEMENTS[box.shape]}", attributes)
    if step is not None:
        told = f"Người thực hiện: {step.who}."
        told += f" Quyền: {'; hoặc '.join(step.rights)}." if step.by_people else ""
        ET.SubElement(node, f"{{{BPMN}}}documentation").text = _nfc(told)
    for arrow in incoming:
        ET.SubElement(node, f"{{{BPMN}}}incoming").text = f"flow_{arrow.key}"
    for arrow in outgoing:
        ET.SubElement(node, f"{{{BPMN}}}outgoing").text = f"flow_{arrow.key}"


def _way(process: ET.Element, arrow: Arrow, chart: Chart) -> None:
    """Write one sequence flow; its condition is the gateway's question with the answer, as a sentence for people."""
    ends = {"sourceRef": f"node_{arrow.src}", "targetRef": f"node_{arrow.dst}"}
    named = {"name": arrow.answer} if arrow.answer else {}
    way = ET.SubElement(process, f"{{{BPMN}}}sequenceFlow", {"id": f"flow_{arrow.key}", **named, **ends})
    if arrow.answer == YES:
        condition = ET.SubElement(way, f"{{{BPMN}}}conditionExpression", {f"{{{XSI}}}type": "bpmn:tExpression"})
        condition.text = _nfc(f"{_question(chart, arrow.src)} {arrow.answer}")


def _shape(plane: ET.Element, box: Box) -> None:
    attributes = {"id": f"shape_{box.name}", "bpmnElement": f"node_{box.name}"}
    if box.shape is Shape.GATEWAY:
        attributes["isMarkerVisible"] = "true"
    shape = ET.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", attributes)
    _bounds(shape, box.x, box.y, box.width, box.height)
    if box.shape not in {Shape.STEP, Shape.ENGINE}:
        width = LETTER * max(len(line.text) for line in box.lines)
        first = box.lines[0]
        left = {"start": first.x, "end": first.x - width}.get(box.anchor, first.x - width // 2)
        label = ET.SubElement(shape, f"{{{BPMNDI}}}BPMNLabel")
        _bounds(label, left, first.y - LINE_HEIGHT + 3, width, LINE_HEIGHT * len(box.lines))


def _edge(plane: ET.Element, arrow: Arrow) -> None:
    edge = ET.SubElement(
        plane, f"{{{BPMNDI}}}BPMNEdge", {"id": f"edge_{arrow.key}", "bpmnElement": f"flow_{arrow.key}"}
    )
    for x, y in arrow.points:
        ET.SubElement(edge, f"{{{DI}}}waypoint", {"x": str(x), "y": str(y)})
    if arrow.answer:
        x, y = arrow.answer_at
        label = ET.SubElement(edge, f"{{{BPMNDI}}}BPMNLabel")
        _bounds(label, x, y - LINE_HEIGHT + 3, LETTER * len(arrow.answer) + LETTER, LINE_HEIGHT)


def _bounds(parent: ET.Element, x: int, y: int, width: int, height: int) -> None:
    """Write a rectangle; modellers put a label without one wherever arrows run."""
    sizes = {"x": x, "y": y, "width": width, "height": height}
    ET.SubElement(parent, f"{{{DC}}}Bounds", {name: str(value) for name, value in sizes.items()})
