"""docs/audit.md keeps its word: its verifier, run as printed on a dump, finds what it says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories import MONDAY, House, at, make_task
from tests.tamper import event, rewrite_chain, run, tamper
from workflow.actions.checkpoint import make_checkpoint
from workflow.models import AuditCheckpoint, AuditEvent, Task
from workflow.queries.trail.tracked import UNTRACKED

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "audit.md"


@pytest.fixture
def tasks(house: House) -> list[Task]:
    made = [make_task(house, title=f"Rà soát thủ tục số {number}") for number in range(3)]
    make_checkpoint(by=None, now=at(MONDAY))
    made.append(make_task(house))
    make_checkpoint(by=None, now=at(MONDAY, "18:00"))
    return made


def printed_program() -> str:
    found = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found.group(1)


def verify(place: Path) -> tuple[int, str]:
    """Dump the tables as the document says and run its program in a bare Python, outside the project."""
    events = AuditEvent.objects.order_by("chain", "seq").values("chain", "seq", "body", "previous_hash", "hash")
    checkpoints = AuditCheckpoint.objects.order_by("number").values("number", "body", "previous_hash", "hash")
    for name, rows in (("events", events), ("checkpoints", checkpoints)):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (place / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", "-c", printed_program()],
        cwd=place,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    return ended.returncode, (ended.stdout + ended.stderr).strip()


def test_a_whole_trail_passes(tasks: list[Task], tmp_path: Path) -> None:
    assert verify(tmp_path) == (0, "Nguyên vẹn.")


def test_a_changed_record_is_named(tasks: list[Task], tmp_path: Path) -> None:
    row = event(f"task:{tasks[1].pk}", 1)
    tamper("UPDATE workflow_auditevent SET body = %s WHERE id = %s", [row.body.replace("Rà", "Ra"), row.pk])
    assert verify(tmp_path) == (1, f"Sai: chuỗi task:{tasks[1].pk}, bản ghi số 1")


def test_a_removed_chain_is_found_by_its_checkpoint(tasks: list[Task], tmp_path: Path) -> None:
    tamper("DELETE FROM workflow_auditevent WHERE chain = %s", [f"task:{tasks[3].pk}"])
    assert verify(tmp_path) == (1, "Sai: điểm chốt 2")


def test_a_chain_rewritten_consistently_is_found_by_its_checkpoint(tasks: list[Task], tmp_path: Path) -> None:
    head = rewrite_chain(f"task:{tasks[0].pk}", 1, clause="khác")
    run("UPDATE workflow_task SET chain_head = %s WHERE id = %s", [head, tasks[0].pk])
    assert verify(tmp_path) == (1, "Sai: điểm chốt 1")


def test_a_changed_checkpoint_is_named(tasks: list[Task], tmp_path: Path) -> None:
    tamper("UPDATE workflow_auditcheckpoint SET hash = %s WHERE number = 2", ["0" * 64])
    assert verify(tmp_path) == (1, "Sai: điểm chốt 2")


def test_the_document_names_the_columns_that_are_not_in_the_trail() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert [name for name in sorted(UNTRACKED) if f"`{name}`" not in text] == []


def test_the_document_names_every_key_of_a_body(tasks: list[Task]) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    keys = json.loads(event(f"task:{tasks[0].pk}", 1).body)
    assert [key for key in keys if f"`{key}`" not in text] == []
