"""A whole installation apart from the test database: real processes on a database file or a PostgreSQL of their own."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import psycopg
from django.db import connection
from django_tasks_db.models import DBTaskResult

from workflow.models import CalendarDay, ScheduledRun, WorkerLease

ROOT = Path(__file__).resolve().parent.parent
JOBS = DBTaskResult._meta.db_table
SLOTS = ScheduledRun._meta.db_table
LEASES = WorkerLease._meta.db_table
DAYS = CalendarDay._meta.db_table
PATIENCE = 40.0


def eventually(asked: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until the answer is true.

    :raises AssertionError: when it is not within the time.
    """
    end = time.monotonic() + seconds
    while not asked():
        assert time.monotonic() < end, f"chờ {seconds} giây vẫn chưa được"
        time.sleep(0.1)


@dataclass
class Machine:
    """One installation: its environment, its database, and the processes that a test started on it."""

    folder: Path
    address: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its processes."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DONDOC_")}
        kept |= {"DONDOC_DATA_DIR": str(self.folder), "DONDOC_DEMONSTRATION": "0", "PYTHONUNBUFFERED": "1"}
        kept.pop("DATABASE_URL", None)
        return kept | ({"DATABASE_URL": self.address} if self.address else {})

    def manage(self, *arguments: str) -> str:
        """Run a command to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run_code(self, code: str) -> str:
        """Run some lines of Python in the installation."""
        return self.manage("shell", "--verbosity", "0", "-c", code)

    def enqueue(self, probe: str, *arguments: str) -> None:
        """Put one of the probe jobs into the queue, as django-tasks-db writes it."""
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        call = json.dumps({"args": arguments, "kwargs": {}})
        key = uuid4() if self.address else uuid4().hex
        self.rows(
            f"INSERT INTO {JOBS} (id, status, enqueued_at, args_kwargs, priority, task_path, worker_ids, queue_name,"
            f" backend_name, run_after, exception_class_path, traceback) VALUES ('{key}', 'READY', '{now}', '{call}',"
            f" 0, 'tests.probe_jobs.{probe}', '[]', 'default', 'default', '9999-01-01 00:00:00', '', '')"
        )

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a process that goes on; its output goes to a log that `logged` reads."""
        with (self.folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    def logged(self) -> str:
        """Return what the started processes printed."""
        return (self.folder / "log.txt").read_text(encoding="utf-8")

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """Run a statement past Django and return its rows."""
        if self.address:
            with psycopg.connect(self.address, autocommit=True) as link:
                cursor = link.execute(statement)
                return cursor.fetchall() if cursor.description else []
        with closing(sqlite3.connect(self.folder / "dondoc.sqlite3", timeout=20, isolation_level=None)) as link:
            return link.execute(statement).fetchall()

    def count(self, table: str, where: str = "1 = 1") -> int:
        """Count rows."""
        return int(str(self.rows(f"SELECT count(*) FROM {table} WHERE {where}")[0][0]))

    def job_states(self) -> list[str]:
        """Return the states of the jobs, oldest first."""
        return [str(row[0]) for row in self.rows(f"SELECT status FROM {JOBS} ORDER BY enqueued_at")]

    def lines(self, name: str) -> list[str]:
        """Return the lines that the probes noted in a file."""
        path = self.folder / name
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def let_go(self) -> None:
        """Let the waiting probes go on."""
        (self.folder / "go").touch()

    def clear(self) -> None:
        """End what still runs and empty what the tests of the queue fill."""
        for process in self.processes:
            process.kill()
            process.wait()
        self.processes.clear()
        for table in (JOBS, SLOTS, LEASES, DAYS):
            self.rows(f"DELETE FROM {table}")
        for name in ("begun", "done", "go", "log.txt"):
            (self.folder / name).unlink(missing_ok=True)


@contextmanager
def made_machine(folder: Path) -> Iterator[Machine]:
    """Make an installation on the kind of database that the suite runs on, migrated, and remove it after."""
    if connection.vendor != "postgresql":
        machine = Machine(folder)
        machine.manage("migrate", "--verbosity", "0")
        yield machine
        machine.clear()
        return
    given = connection.settings_dict
    name = f"dondoc_machine_{secrets.token_hex(6)}"
    account = f"{quote(given['USER'])}:{quote(given['PASSWORD'])}@{given['HOST']}:{given['PORT']}"
    with psycopg.connect(f"postgres://{account}/postgres", autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name}")
        try:
            machine = Machine(folder, f"postgres://{account}/{name}")
            machine.manage("migrate", "--verbosity", "0")
            yield machine
            machine.clear()
        finally:
            link.execute(f"DROP DATABASE {name} WITH (FORCE)")
