"""The picture of a flow: boxes and arrows on a grid that viewflow lays out, in the sizes of our pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from textwrap import wrap
from typing import TYPE_CHECKING

from viewflow.workflow import flow
from viewflow.workflow.chart import calc_edges, calc_layout_data, path_blocked, shape_rects

if TYPE_CHECKING:
    from viewflow.workflow.chart import Cell, Grid
    from viewflow.workflow.chart import Edge as Line

STEP_WIDTH, STEP_HEIGHT = 128, 84
SMALL = 36
GAP = 18
ROW_GAP = 46
MARGIN = 24
LEFT = 20
LINE_HEIGHT = 15
STEP_LETTERS = 15
GATEWAY_LETTERS = 10
END_LETTERS = 7
LANE = 9
YES, NO = "Có", "Không"

Point = tuple[int, int]


class Shape(StrEnum):
    """What stands at a place of the picture."""

    START = "start"
    END = "end"
    STEP = "step"
    ENGINE = "engine"
    GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a label."""

    text: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Box:
    """One node: its place and its title, cut into lines that fit. `anchor` is SVG's word for how the lines stand."""

    name: str
    title: str
    shape: Shape
    x: int
    y: int
    width: int
    height: int
    lines: tuple[TextLine, ...]
    anchor: str = "middle"

    @property
    def middle(self) -> Point:
        """Return the point in its middle."""
        return self.x + self.width // 2, self.y + self.height // 2

    @property
    def corners(self) -> str:
        """Return a gateway's outline as the points of an SVG polygon."""
        (x, y), half = self.middle, self.width // 2
        return f"{x},{y - half} {x + half},{y} {x},{y + half} {x - half},{y}"


@dataclass(frozen=True, slots=True)
class Arrow:
    """One way from a node to the next; `answer` is what the gateway's question was answered with."""

    key: str
    src: str
    dst: str
    answer: str
    points: tuple[Point, ...]
    answer_at: Point

    @property
    def path(self) -> str:
        """Return the line as an SVG path."""
        return "M" + " L".join(f"{x},{y}" for x, y in self.points)

    @property
    def head(self) -> str:
        """Return the head as the points of an SVG polygon."""
        (x0, y0), (x, y) = self.points[-2:]
        if y0 == y:
            back = x - 7 if x > x0 else x + 7
            return f"{x},{y} {back},{y - 4} {back},{y + 4}"
        back = y - 7 if y > y0 else y + 7
        return f"{x},{y} {x - 4},{back} {x + 4},{back}"


@dataclass(frozen=True, slots=True)
class Chart:
    """The picture of one flow."""

    title: str
    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def shape_of(node: flow.Node) -> Shape:
    """Return what a node is in the picture."""
    if isinstance(node, flow.StartHandle | flow.Start):
        return Shape.START
    if isinstance(node, flow.End):
        return Shape.END
    if isinstance(node, flow.View):
        return Shape.STEP
    return Shape.GATEWAY if isinstance(node, flow.If | flow.Switch) else Shape.ENGINE


_drawn: dict[type[object], Chart] = {}
"""Pictures that were drawn; a flow does not change while the process runs."""


def chart_of(flow_class: type[flow.Flow]) -> Chart:
    """Return the picture of a flow. No query."""
    if flow_class not in _drawn:
        _drawn[flow_class] = _draw(flow_class)
    return _drawn[flow_class]


def _draw(flow_class: type[flow.Flow]) -> Chart:
    grid = calc_layout_data(flow_class)
    for node in [node for node in grid.nodes if isinstance(node, flow.Obsolete)]:
        del grid.grid[node]
    grid.collapse_grid()
    _place(grid)
    calc_edges(grid, edge_start_gap_size=0, edge_end_gap_size=0)
    _part_ways(grid)
    for line in grid.edges:
        line.segments = _straight(_meet(grid, line))
    boxes = tuple(_boxes(grid))
    arrows = tuple(_arrows(grid))
    right = max(x for arrow in arrows for x, _y in arrow.points)
    low = max(y for arrow in arrows for _x, y in arrow.points)
    width = max(right, *(box.x + box.width for box in boxes)) + LEFT
    height = max(low, *(box.y + box.height for box in boxes)) + MARGIN
    return Chart(str(flow_class.process_title), width, height, boxes, arrows)


def _place(grid: Grid) -> None:
    """Give every cell its place in our sizes; viewflow's own hold neither our titles nor a page's width."""
    cells = list(grid.cells)
    for cell in cells:
        wide = shape_of(cell.node) in {Shape.STEP, Shape.ENGINE}
        cell.shape.width, cell.shape.height = (STEP_WIDTH, STEP_HEIGHT) if wide else (SMALL, SMALL)
    columns = [max(cell.shape.width for cell in cells if cell.col == at) for at in range(1 + max(c.col for c in cells))]
    rows = [max(cell.shape.height for cell in cells if cell.row == at) for at in range(1 + max(c.row for c in cells))]
    for cell in cells:
        cell.width, cell.height = columns[cell.col], rows[cell.row]
        cell.x = LEFT + sum(columns[: cell.col]) + GAP * cell.col
        cell.y = MARGIN + sum(rows[: cell.row]) + ROW_GAP * cell.row
        cell.shape.x = cell.x + (cell.width - cell.shape.width) // 2
        cell.shape.y = cell.y + (cell.height - cell.shape.height) // 2


def _middle(cell: Cell) -> Point:
    return cell.shape.x + cell.shape.width // 2, cell.shape.y + cell.shape.height // 2


def _part_ways(grid: Grid) -> None:
    """Let two ways out of one gateway leave it at different corners, and no way out where another comes in."""
    rects = shape_rects(grid)
    for number, line in enumerate(grid.edges):
        if shape_of(line.src) is not Shape.GATEWAY:
            continue
        others = [other for at, other in enumerate(grid.edges) if at != number]
        taken = {tuple(other.segments[0]) for other in others if other.src == line.src}
        taken |= {tuple(other.segments[-1]) for other in others if other.dst == line.src}
        if tuple(line.segments[0]) not in taken:
            continue
        for way in _other_ways(grid[line.src], grid[line.dst], line):
            if way[0] not in taken and not path_blocked(rects, way, {line.src, line.dst}):
                line.segments = way
                break


def _other_ways(src: Cell, dst: Cell, line: Line) -> Iterator[list[Point]]:
    """Yield further ways from a gateway: to the right and then up or down, or back below or above its row."""
    (x, y), half = _middle(src), src.shape.width // 2
    to_x, to_y = _middle(dst)
    if to_x > x:
        edge = dst.shape.y if to_y > y else dst.shape.y + dst.shape.height
        yield [(x + half, y), (to_x, y), (to_x, edge)]
        return
    to_x = dst.shape.x + 3 * dst.shape.width // 4
    below = src.y + src.height + 3 * LANE
    edge = dst.shape.y if dst.shape.y > below else dst.shape.y + dst.shape.height
    yield [(x, y + half), (x, below), (to_x, below), (to_x, edge)]
    yield [(x - half, y), (x - half - GAP // 2, y), (x - half - GAP // 2, below), (to_x, below), (to_x, edge)]
    above = src.y - 2 * LANE
    edge = dst.shape.y if dst.shape.y > above else dst.shape.y + dst.shape.height
    yield [(x, y - half), (x, above), (to_x, above), (to_x, edge)]


def _meet(grid: Grid, line: Line) -> list[Point]:
    """Let a way that comes into a gateway beside its corner end on its side, not in the air before it."""
    points = [(int(x), int(y)) for x, y in line.segments]
    if shape_of(line.dst) is Shape.GATEWAY and points[-1][0] == points[-2][0]:
        (x, y), (mx, my) = points[-1], _middle(grid[line.dst])
        points[-1] = (x, y + abs(x - mx) * (1 if y < my else -1))
    return points


def _straight(points: list[Point]) -> list[Point]:
    """Drop points in which nothing turns."""
    kept = points[:1]
    for here, after in pairwise(points[1:]):
        turns = not (kept[-1][0] == here[0] == after[0] or kept[-1][1] == here[1] == after[1])
        if turns and here != kept[-1]:
            kept.append(here)
    return [*kept, points[-1]]


def _boxes(grid: Grid) -> Iterator[Box]:
    """Yield the boxes in the flow's own order."""
    for cell in grid.cells:
        shape, title = shape_of(cell.node), str(cell.node.task_title)
        place = cell.shape
        lines, anchor = _label(grid, cell, shape, title)
        yield Box(cell.node.name, title, shape, place.x, place.y, place.width, place.height, lines, anchor)


def _label(grid: Grid, cell: Cell, shape: Shape, title: str) -> tuple[tuple[TextLine, ...], str]:
    """Write the title into a step, above or below a start or an end, and at a free side of a gateway."""
    (x, y), half = _middle(cell), cell.shape.height // 2
    if shape in {Shape.STEP, Shape.ENGINE}:
        texts = wrap(title, STEP_LETTERS)
        first = y - (LINE_HEIGHT * (len(texts) + 1)) // 2 + 12
        return _lines(texts, x, first), "middle"
    texts = wrap(title, END_LETTERS if shape is Shape.END else GATEWAY_LETTERS)
    if shape is not Shape.GATEWAY:
        return _lines(texts, x, y + half + LINE_HEIGHT), "middle"
    used = {_side(cell, point) for line in grid.edges for point in _ends(line, cell)}
    beside = any(other.row == cell.row and other.col == cell.col + 1 for other in grid.cells)
    if "top" not in used:
        return _lines(texts, x, y - half - 6 - LINE_HEIGHT * (len(texts) - 1)), "middle"
    if "bottom" not in used:
        return _lines(texts, x, y + half + LINE_HEIGHT), "middle"
    if "right" not in used and not beside:
        return _lines([title], x + half + 6, y + 4), "start"
    return _lines(texts, x - 8, y - half - 6 - LINE_HEIGHT * (len(texts) - 1)), "end"


def _lines(texts: list[str], x: int, y: int) -> tuple[TextLine, ...]:
    return tuple(TextLine(text, x, y + LINE_HEIGHT * number) for number, text in enumerate(texts))


def _ends(line: Line, cell: Cell) -> Iterator[Point]:
    if line.src == cell.node:
        yield line.segments[0]
    if line.dst == cell.node:
        yield line.segments[-1]


def _side(cell: Cell, point: Point) -> str:
    (x, y), half = _middle(cell), cell.shape.width // 2
    if point[1] != y and abs(point[0] - x) < half:
        return "top" if point[1] < y else "bottom"
    return "left" if point[0] < x else "right"


def _arrows(grid: Grid) -> Iterator[Arrow]:
    """Yield the arrows; a key stands for one arrow even where two lead from a node to the same next one."""
    seen: Counter[str] = Counter()
    for line in grid.edges:
        key = f"{line.src.name}__{line.dst.name}"
        seen[key] += 1
        key = key if seen[key] == 1 else f"{key}__{seen[key]}"
        points = tuple(line.segments)
        answer = {"cond_true": YES, "cond_false": NO, "default": NO}.get(line.edge_class, "")
        yield Arrow(key, line.src.name, line.dst.name, answer, points, _answer_at(points))


def _answer_at(points: tuple[Point, ...]) -> Point:
    """Return where the answer stands: beside the first piece of the way."""
    (x, y), (x1, y1) = points[:2]
    if y == y1:
        return (x + 2, y - 5) if x1 > x else (x1 - 32, y + 14)
    return (x + 3, y + 13) if y1 > y else (x + 4, y - 6)
