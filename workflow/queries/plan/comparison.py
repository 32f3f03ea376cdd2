"""Two years' plans side by side: matched rows, changed figures, what went and what is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflow.choices import RowChange
from workflow.core.errors import NotFound
from workflow.models import Plan, PlanItem, PlanTarget


@dataclass(frozen=True, slots=True)
class RowPair:
    """One row of the earlier year beside its counterpart; either side may be missing."""

    change: RowChange
    former: PlanItem | None
    latter: PlanItem | None
    detail: str


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One figure in both years; a side is None where that year does not set it."""

    code: str
    name: str
    measure: str
    former: Decimal | None
    latter: Decimal | None
    former_clause: str
    latter_clause: str

    @property
    def changed(self) -> bool:
        """Whether both years set the figure, differently."""
        return self.former is not None and self.latter is not None and self.former != self.latter


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole comparison. `disagreements` are places where the two files say different things of the same pair."""

    former: Plan
    latter: Plan
    rows: tuple[RowPair, ...]
    figures: tuple[FigureChange, ...]
    disagreements: tuple[str, ...]

    def rows_with(self, change: RowChange) -> tuple[RowPair, ...]:
        """Return the rows of one sort."""
        return tuple(row for row in self.rows if row.change == change)

    @property
    def counts(self) -> dict[RowChange, int]:
        """Return how many rows there are of each sort."""
        return {change: len(self.rows_with(change)) for change in RowChange}

    @property
    def changed_figures(self) -> tuple[FigureChange, ...]:
        """Return the figures that both years set, differently."""
        return tuple(figure for figure in self.figures if figure.changed)


def compare_plans(year_a: int, year_b: int) -> Comparison:
    """Compare the plans of two years, the earlier first whichever way they are given (six queries).

    Rows are matched by the counterpart that each file names, never by the printed Stt.

    :raises NotFound: when one of the years has no imported plan.
    """
    former, latter = (_plan_of(year) for year in sorted((year_a, year_b)))
    before, after = list(former.items.order_by("order")), list(latter.items.order_by("order"))
    pairs = _pairs(before, after, former, latter)
    return Comparison(
        former=former,
        latter=latter,
        rows=tuple(pairs),
        figures=tuple(_figures(list(former.targets.all()), list(latter.targets.all()))),
        disagreements=tuple(_disagreements(pairs, former, latter)),
    )


def _plan_of(year: int) -> Plan:
    plan = Plan.objects.filter(year=year).order_by("-issued_on").first()
    if plan is None:
        raise NotFound(f"Chưa nhập kế hoạch năm {year}.")
    return plan


def _pairs(before: Sequence[PlanItem], after: Sequence[PlanItem], former: Plan, latter: Plan) -> list[RowPair]:
    """Pair the rows in the order of the earlier plan, then the later plan's rows that have no counterpart."""
    later = {item.code: item for item in after}
    back = {item.counterpart_code: item for item in after if item.counterpart_year == former.year}
    pairs: list[RowPair] = []
    used: set[int] = set()
    for item in before:
        named = later.get(item.counterpart_code) if item.counterpart_year == latter.year else None
        other = named or back.get(item.code)
        if other is None:
            pairs.append(RowPair(RowChange.DROPPED, item, None, item.change_detail))
        else:
            used.add(other.pk)
            change = RowChange(other.change or item.change or RowChange.CHANGED)
            pairs.append(RowPair(change, item, other, other.change_detail or item.change_detail))
    pairs += [RowPair(RowChange.NEW, None, item, item.change_detail) for item in after if item.pk not in used]
    return pairs


def _figures(before: Sequence[PlanTarget], after: Sequence[PlanTarget]) -> list[FigureChange]:
    later = {target.code: target for target in after}
    earlier = {target.code: target for target in before}
    figures = []
    for code in dict.fromkeys([*earlier, *later]):
        old, new = earlier.get(code), later.get(code)
        named = new or earlier[code]
        figures.append(
            FigureChange(
                code=code,
                name=named.name,
                measure=named.measure,
                former=old.value if old else None,
                latter=new.value if new else None,
                former_clause=old.clause if old else "",
                latter_clause=new.clause if new else "",
            )
        )
    return figures


def _disagreements(pairs: Sequence[RowPair], former: Plan, latter: Plan) -> list[str]:
    """Say where one file calls a pair something else than the other does."""
    said = []
    for pair in pairs:
        if pair.former is None or pair.latter is None:
            row, plan, other = (pair.former, former, latter) if pair.former else (pair.latter, latter, former)
            if row is not None and row.counterpart_code and row.counterpart_year == other.year:
                said.append(
                    f"{plan.year} {row.code}: nêu dòng {row.counterpart_code} năm {other.year}, không tìm thấy."
                )
            continue
        if pair.former.change != pair.latter.change:
            said.append(
                f"{pair.former.code} ({former.year}) và {pair.latter.code} ({latter.year}): một bên ghi "
                f"“{pair.former.change}”, một bên ghi “{pair.latter.change}”."
            )
    return said
