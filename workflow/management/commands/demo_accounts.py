"""The demonstration's accounts, for a person who wants to sign in."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from workflow.adapters.seeds import load_demonstration
from workflow.choices import Role


class Command(BaseCommand):
    """Print one line an account."""

    help = "In các tài khoản trình diễn: vai trò, tài khoản, mật khẩu, đơn vị"

    def handle(self, *_args: object, **_options: object) -> None:
        """Print the table."""
        seed = load_demonstration()
        rows = [("Vai trò", "Tài khoản", "Mật khẩu", "Đơn vị", "Chức vụ")]
        rows += [
            (str(Role(row.role).label), row.username, seed.password, row.unit, row.position) for row in seed.people
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        for row in rows:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
