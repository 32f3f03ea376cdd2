"""What a process that goes on must find before it begins."""

from __future__ import annotations

from django.core.management import call_command
from django.core.management.base import CommandError, OutputWrapper
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def require_ready_database(out: OutputWrapper, err: OutputWrapper) -> None:
    """Run every system check, the database's too, and refuse a database that lacks a migration.

    :raises CommandError: when a check fails, or a table or trigger of this version is not there yet.
    """
    call_command("check", databases=["default"], stdout=out, stderr=err)
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise CommandError(f"Cơ sở dữ liệu còn thiếu {len(missing)} bước chuyển đổi. Hãy chạy: manage.py migrate")
