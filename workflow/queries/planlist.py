"""Which plans there are."""

from __future__ import annotations

from workflow.core.errors import NotFound
from workflow.models import Plan


def list_plans() -> list[Plan]:
    """Return every plan, the newest year first (one query)."""
    return list(Plan.objects.select_related("issuer").order_by("-year", "-issued_on"))


def plan_of_year(year: int) -> Plan:
    """Return the plan of the year, the last issued if there are several.

    :raises NotFound: when none was imported.
    """
    plan = Plan.objects.filter(year=year).order_by("-issued_on").first()
    if plan is None:
        raise NotFound(f"Chưa nhập kế hoạch năm {year}.")
    return plan
