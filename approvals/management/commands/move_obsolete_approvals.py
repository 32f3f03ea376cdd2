"""manage.py move_obsolete_approvals: list approvals at nodes that are no more, and move them on as declared."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError

from approvals.actions.migrating import move_obsolete
from approvals.flows import RETIRED
from approvals.models import Approval, Step
from approvals.queries.lost import lost_steps
from workflow.choices import FlowKind
from workflow.core.errors import ActionError
from workflow.models import Person
from workflow.permissions import DECIDE, Actor
from workflow.queries.clock import current_moment
from workflow.queries.unit import load_actor


class Command(BaseCommand):
    """Lists; with `--by` a leader moves each by `approvals.flows.RETIRED`, each in a transaction of its own."""

    help = (
        "Liệt kê các hồ sơ phê duyệt đứng ở bước không còn trong quy trình; "
        "--by TÊN-ĐĂNG-NHẬP (một Lãnh đạo Sở) chuyển từng hồ sơ theo bảng RETIRED của approvals/flows.py."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--by", metavar="TÊN-ĐĂNG-NHẬP", help="Lãnh đạo Sở quyết định chuyển các hồ sơ")

    def handle(self, *, by: str | None, **_options: object) -> None:
        """List, or move; what can't be moved is said with its reason and left as it was.

        :raises CommandError: when the person is no leader, or some approvals stay where they are.
        """
        now = current_moment()
        steps = lost_steps()
        if by is None:
            for step in steps:
                self.stdout.write(self._line(step))
            self.stdout.write(f"{len(steps)} hồ sơ đứng ở bước không còn trong quy trình.")
            return
        actor = self._leader(by, now)
        moved = sum(self._moved(step, actor, now) for step in steps)
        self.stdout.write(f"Đã chuyển {moved} trong {len(steps)} hồ sơ.")
        if moved < len(steps):
            raise CommandError("Còn hồ sơ chưa chuyển; xem lý do ở từng dòng trên.")

    def _leader(self, username: str, now: datetime) -> Actor:
        person = Person.objects.filter(username=username).first()
        actor = load_actor(person, now=now) if person is not None else None
        if actor is None or not actor.holds(DECIDE):
            raise CommandError(f"“{username}” không phải tài khoản của một Lãnh đạo Sở đang giữ chức.")
        return actor

    def _moved(self, step: Step, actor: Actor, now: datetime) -> bool:
        approval: Approval = step.process
        node = RETIRED.get((FlowKind(approval.kind), _node(step)))
        try:
            if node is None:
                self.stdout.write(f"{self._line(step)}: chưa khai báo bước thay thế trong RETIRED.")
                return False
            new = move_obsolete(approval.pk, node, by=actor, now=now)
        except ActionError as error:
            self.stdout.write(f"{self._line(step)}: {error}")
            return False
        self.stdout.write(f"{self._line(step)} → {new.title}")
        return True

    def _line(self, step: Step) -> str:
        approval: Approval = step.process
        return f"{approval.pk}. {approval.get_kind_display()} [{_node(step)}] {approval.unit.name}: {approval.title}"


def _node(step: Step) -> str:
    return str(step.flow_task.name) if step.flow_task is not None else "?"
