"""Reading plans: the page, the comparison of two years, rows that no unit owes."""

from workflow.queries.plan.comparison import Comparison, FigureChange, RowPair, compare_plans
from workflow.queries.plan.page import (
    BulletView,
    Figures,
    PlanPage,
    RowView,
    figures_of,
    is_overdue,
    read_plan_page,
    rows_without_lead,
)
from workflow.queries.plan.stored import former_plan, parsed_from_store

__all__ = [
    "BulletView",
    "Comparison",
    "FigureChange",
    "Figures",
    "PlanPage",
    "RowPair",
    "RowView",
    "compare_plans",
    "figures_of",
    "former_plan",
    "is_overdue",
    "parsed_from_store",
    "read_plan_page",
    "rows_without_lead",
]
