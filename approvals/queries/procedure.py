"""A flow as a procedure in words: its steps, the right that each needs, and who has it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from viewflow.workflow import flow

from approvals.queries.chart import Shape, chart_of
from approvals.queries.diagram import in_order
from workflow.permissions import ROLE_GRANTS, UNIT_PERMISSIONS, Scope

SCOPES = {
    Scope.OWN: "việc của đơn vị mình",
    Scope.ALL: "việc của mọi đơn vị",
    Scope.OFFICE: "việc của Văn phòng Sở",
    Scope.NOT_OFFICE: "việc của các đơn vị khác",
}
ENGINE = "hệ thống, khi văn bản của bước này được phát hành"


@dataclass(frozen=True, slots=True)
class StepFacts:
    """One step of a procedure: its title, the rights of which one is needed, and the roles that hold them."""

    name: str
    title: str
    rights: tuple[str, ...]
    who: str

    @property
    def by_people(self) -> bool:
        """Tell whether people decide here; then the step has its own term."""
        return bool(self.rights)


def steps_of(flow_class: type[flow.Flow]) -> list[StepFacts]:
    """Return the steps of a flow in their order. No query."""
    found = []
    for box in in_order(chart_of(flow_class).boxes, flow_class):
        node = flow_class.instance.node(box.name)
        if box.shape is Shape.STEP:
            codenames = [str(node._owner_permission).removeprefix("workflow."), *filter(None, [node.also])]
            rights = tuple(dict(UNIT_PERMISSIONS)[codename] for codename in codenames)
            found.append(StepFacts(box.name, box.title, rights, holders_of(*codenames)))
        elif box.shape is Shape.ENGINE:
            found.append(StepFacts(box.name, box.title, (), ENGINE))
    return found


def holders_of(*codenames: str) -> str:
    """Return the roles that hold one of the rights, with the units on which they hold it."""
    roles: dict[Scope, list[str]] = defaultdict(list)
    for role, grants in ROLE_GRANTS.items():
        for scope in dict.fromkeys(grants[codename] for codename in codenames if codename in grants):
            roles[scope].append(role.label)
    return "; ".join(f"{', '.join(names)} ({SCOPES[scope]})" for scope, names in roles.items())
