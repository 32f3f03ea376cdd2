"""Reading the checkpoints: their own chain, and whether every head that they name still stands."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import Max

from workflow.core.hashchain import GENESIS, Record, first_break
from workflow.core.replay import read_body, read_moment
from workflow.models import AuditCheckpoint, AuditEvent, Task
from workflow.queries.trail.findings import BadRecord, Findings

CHECKPOINT = "checkpoint"
HEADS_AT_ONCE = 1_000
LARGEST_SEQ = 2**31

Head = tuple[str, int, str]


@dataclass(slots=True)
class CheckpointReading:
    """What the checkpoints say: the last number that each names for a chain, and the heads that no longer stand.

    The last numbers of tasks are kept in an array by task id: four bytes a task. Once a checkpoint is found broken
    (`whole` False), what the checkpoints fail to name is no longer held against the chains.
    """

    findings: Findings = field(default_factory=Findings)
    count: int = 0
    last: tuple[int, str] | None = None
    whole: bool = True
    _of_tasks: array[int] = field(default_factory=lambda: array("I"))
    _of_others: dict[str, int] = field(default_factory=dict)
    _gone: dict[str, tuple[int, int, int | None]] = field(default_factory=dict)

    def prepare(self) -> None:
        """Make room for every task."""
        largest = Task.objects.aggregate(largest=Max("pk"))["largest"] or 0
        self._of_tasks = array("I", bytes((largest + 1) * array("I").itemsize))

    def name(self, head: Head) -> None:
        """Take over that a checkpoint names the head."""
        place = self._place(head[0])
        if place is None:
            self._of_others[head[0]] = head[1]
        else:
            self._of_tasks[place] = head[1]

    def miss(self, number: int, chain: str, seq: int, event_id: int | None) -> None:
        """Take over that a head named by checkpoint `number` does not stand; the chain's first one is kept."""
        self._gone.setdefault(chain, (number, seq, event_id))

    def wrong_end(self, chain: str, marked: int) -> BadRecord | None:
        """Return what the checkpoints hold against a chain that is whole in itself, or None."""
        gone = self._gone.pop(chain, None)
        if gone is not None:
            return _gone_head(chain, gone)
        place = self._place(chain)
        named = self._of_others.get(chain, 0) if place is None else self._of_tasks[place]
        if self.whole and named != marked:
            return BadRecord(
                chain, named + 1, None, f"được ghi là đã chốt đến số {marked}, nhưng điểm chốt chỉ nêu đến số {named}"
            )
        return None

    def unanswered(self) -> Iterator[BadRecord]:
        """Yield the heads that do not stand and whose chain was not met again."""
        for chain, gone in self._gone.items():
            yield _gone_head(chain, gone)

    def _place(self, chain: str) -> int | None:
        number = chain.removeprefix("task:")
        if number == chain or not number.isdecimal() or int(number) >= len(self._of_tasks):
            return None
        return int(number)


def _gone_head(chain: str, gone: tuple[int, int, int | None]) -> BadRecord:
    number, seq, event_id = gone
    kept = "không còn" if event_id is None else "đã bị viết lại"
    return BadRecord(chain, seq, event_id, f"điểm chốt số {number} đã ghi bản ghi này; nay {kept}")


def read_checkpoints(noted: Mapping[int, str]) -> CheckpointReading:
    """Read all checkpoints in order, one text in memory at a time, and look each named head up.

    `noted` maps numbers to hashes written down outside the database.
    """
    reading = CheckpointReading()
    reading.prepare()
    previous, expected, missing = GENESIS, 1, dict(noted)
    rows = AuditCheckpoint.objects.order_by("number").values_list(
        "pk", "number", "made_at", "body", "previous_hash", "hash"
    )
    for pk, number, made_at, body, stored_previous, digest in rows.iterator(chunk_size=1):
        reading.count += 1
        reading.last = (number, digest)
        broken = first_break((Record(number, body, stored_previous, digest),), previous=previous, first_seq=expected)
        seq, reason = broken or (number, _wrong_columns(number, made_at, body))
        wanted = missing.pop(number, digest)
        if not reason and wanted != digest:
            reason = "mã băm khác mã đã ghi chép bên ngoài"
        if reason:
            reading.whole = False
            reading.findings.add(BadRecord(CHECKPOINT, seq, pk if seq == number else None, reason))
        else:
            _read_heads(reading, number, body)
        previous, expected = digest, number + 1
    for number in sorted(missing):
        reading.whole = False
        reading.findings.add(BadRecord(CHECKPOINT, number, None, "đã ghi chép bên ngoài nhưng không còn"))
    return reading


def _wrong_columns(number: int, made_at: datetime, body: str) -> str:
    """Return why a checkpoint's columns do not say what its body says, "" when they do."""
    try:
        data = read_body(body)
        if data.get("number") == number and read_moment(data) == made_at and isinstance(data.get("heads"), list):
            return ""
    except ValueError as error:
        return f"không đọc được nội dung: {error}"
    return "cột khác nội dung đã băm"


def _read_heads(reading: CheckpointReading, number: int, body: str) -> None:
    found = read_body(body)["heads"]
    heads: list[Head] = []
    for head in found if isinstance(found, list) else []:
        if isinstance(head, list) and len(head) == 3 and isinstance(head[1], int) and 0 <= head[1] < LARGEST_SEQ:
            heads.append((str(head[0]), head[1], str(head[2])))
            reading.name(heads[-1])
    for start in range(0, len(heads), HEADS_AT_ONCE):
        for chain, seq, event_id in _not_standing(heads[start : start + HEADS_AT_ONCE]):
            reading.miss(number, chain, seq, event_id)


def _not_standing(heads: Sequence[Head]) -> list[tuple[str, int, int | None]]:
    """Return (chain, seq, id of the event in that place or None) of the heads that are not what was named."""
    rows = ", ".join(["(%s, %s, %s)"] * len(heads))
    table = connection.ops.quote_name(AuditEvent._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH named (chain, seq, hash) AS (VALUES {rows}) "  # noqa: S608 -- only places for values and our table
            "SELECT named.chain, named.seq, event.id FROM named "
            f"LEFT JOIN {table} event ON event.chain = named.chain AND event.seq = named.seq "
            "WHERE event.id IS NULL OR event.hash <> named.hash ORDER BY named.chain, named.seq",
            [value for head in heads for value in head],
        )
        return [(str(chain), int(seq), event_id) for chain, seq, event_id in cursor.fetchall()]
