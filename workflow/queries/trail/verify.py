"""Walking every chain of the trail, in order and with flat memory, and comparing it with all that repeats it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat

from workflow.core.hashchain import GENESIS, Plain, Record, first_break, plain
from workflow.core.replay import Replay, ReplayBreak, differing, read_body, read_moment
from workflow.models import AuditChain, AuditEvent, Task
from workflow.queries.trail.checkpoints import CheckpointReading, read_checkpoints
from workflow.queries.trail.findings import BadRecord, Findings, Verification
from workflow.queries.trail.guard import missing_triggers, one_snapshot
from workflow.queries.trail.tracked import TRACKED

EventRow = tuple[int, str, int, datetime, UUID, str, int | None, int | None, str, str, str]
EVENT_COLUMNS = (
    "id", "chain", "seq", "occurred_at", "action_id", "name", "task_id", "actor_id", "body", "previous_hash", "hash",
)  # fmt: skip

TRACKED_SET = frozenset(TRACKED)
CHAINS_AT_ONCE = 500
PROGRESS_EVERY = 5_000

Progress = Callable[[int, int], None]


def verify_trail(*, progress: Progress | None = None, noted: Mapping[int, str] | None = None) -> Verification:
    """Verify the whole trail in one snapshot and return what was found; changes nothing.

    Compares each chain's links, the columns of each event with its body, each chain's head with the head kept in the
    task's row (or in AuditChain), every head that a checkpoint names, and each task's row with what its events
    rebuild. `noted` maps checkpoint numbers to hashes that somebody wrote down outside this database. `progress` is
    called now and then with (events read, events in all). Some 25,000 events a processor second; memory stays flat
    whatever the length of the trail.
    """
    with one_snapshot():
        walk = _Walk(read_checkpoints(noted or {}), progress)
        walk.read_events()
        walk.look_for_missing_chains()
        return walk.outcome()


class _Chain:
    """One chain while it is walked: the last record that held, and the columns rebuilt so far."""

    __slots__ = ("head", "key", "last_id", "replay", "seq", "task_id")

    def __init__(self, key: str) -> None:
        self.key = key
        self.seq = 0
        self.head = GENESIS
        self.last_id: int | None = None
        self.task_id = _task_id(key)
        self.replay = Replay(TRACKED_SET)


class _Walk:
    """The state of one verification."""

    def __init__(self, checkpoints: CheckpointReading, progress: Progress | None) -> None:
        self.checkpoints = checkpoints
        self.findings: Findings = checkpoints.findings
        self.events = self.chains = self.tasks = self.others = 0
        self._progress = progress
        self._total = AuditEvent.objects.count() if progress else 0

    def read_events(self) -> None:
        """Walk all events by chain and number; compare heads in batches of chains."""
        whole: list[_Chain] = []
        for chain in self._each_chain():
            if chain.key not in self.findings.chains:
                whole.append(chain)
            if len(whole) >= CHAINS_AT_ONCE:
                self._compare_heads(whole)
                whole.clear()
        self._compare_heads(whole)
        if self._progress:
            self._progress(self.events, max(self._total, self.events))

    def _each_chain(self) -> Iterator[_Chain]:
        chain: _Chain | None = None
        rows = AuditEvent.objects.order_by("chain", "seq").values_list(*EVENT_COLUMNS)
        for row in rows.iterator(chunk_size=2_000):
            self.events += 1
            if self._progress and self.events % PROGRESS_EVERY == 0:
                self._progress(self.events, self._total)
            if chain is None or row[1] != chain.key:
                if chain is not None:
                    yield chain
                chain = _Chain(row[1])
                self._begin(chain, row)
            if chain.key not in self.findings.chains:
                self._read_event(chain, row)
        if chain is not None:
            yield chain

    def _begin(self, chain: _Chain, row: EventRow) -> None:
        self.chains += 1
        if chain.key.startswith("task:") and chain.task_id is None:
            self.findings.add(BadRecord(chain.key, row[2], row[0], "tên chuỗi không gọi tên nhiệm vụ nào"))

    def _read_event(self, chain: _Chain, row: EventRow) -> None:
        seq, body = row[2], row[8]
        broken = first_break((Record(seq, body, row[9], row[10]),), previous=chain.head, first_seq=chain.seq + 1)
        if broken is not None:
            stored = row[0] if broken[0] == seq else None
            self.findings.add(BadRecord(chain.key, broken[0], stored, broken[1]), near=row[0])
            return
        try:
            data = read_body(body)
            wrong = _differing_columns(row, chain.task_id, data)
            if not wrong and chain.task_id is not None:
                chain.replay.apply(data)
        except ReplayBreak as error:
            columns = (error.column,) if error.column else ()
            self.findings.add(BadRecord(chain.key, seq, row[0], error.reason, columns))
            return
        except ValueError as error:
            self.findings.add(BadRecord(chain.key, seq, row[0], f"không đọc được nội dung: {error}"))
            return
        if wrong:
            reason = f"cột khác nội dung đã băm: {', '.join(wrong)}"
            self.findings.add(BadRecord(chain.key, seq, row[0], reason, tuple(wrong)))
            return
        chain.seq, chain.head, chain.last_id = seq, row[10], row[0]

    def _compare_heads(self, chains: list[_Chain]) -> None:
        ids = [chain.task_id for chain in chains if chain.task_id is not None]
        columns = ("id", "chain_seq", "chain_head", "checkpointed_seq", *TRACKED)
        tasks = {row["id"]: row for row in Task.objects.filter(pk__in=ids).values(*columns)}
        keys = [chain.key for chain in chains if chain.task_id is None]
        others = {
            key: (seq, head, marked)
            for key, seq, head, marked in AuditChain.objects.filter(key__in=keys).values_list(
                "key", "seq", "head", "checkpointed_seq"
            )
        }
        for chain in chains:
            if chain.task_id is None:
                self._compare_head(chain, others.get(chain.key))
                continue
            row = tasks.get(chain.task_id)
            stored = (row["chain_seq"], row["chain_head"], row["checkpointed_seq"]) if row else None
            if self._compare_head(chain, stored) and row is not None:
                self._compare_row(chain, row)

    def _compare_head(self, chain: _Chain, stored: tuple[int, str, int] | None) -> bool:
        """Compare the chain's end with its stored head and with the checkpoints; tell whether all agree."""
        bad = self._wrong_head(chain, stored) or self.checkpoints.wrong_end(chain.key, stored[2] if stored else 0)
        if bad is not None:
            self.findings.add(bad, near=chain.last_id)
        return bad is None

    def _wrong_head(self, chain: _Chain, stored: tuple[int, str, int] | None) -> BadRecord | None:
        if stored is None:
            owner = "nhiệm vụ" if chain.task_id is not None else "đầu chuỗi"
            return BadRecord(chain.key, chain.seq, chain.last_id, f"có nhật ký nhưng không còn {owner}")
        seq, head, _marked = stored
        if chain.seq < seq:
            return BadRecord(chain.key, chain.seq + 1, None, f"thiếu bản ghi cuối: đầu chuỗi ghi đến số {seq}")
        if chain.seq > seq:
            extra = AuditEvent.objects.filter(chain=chain.key, seq=seq + 1).values_list("pk", flat=True).first()
            return BadRecord(chain.key, seq + 1, extra, f"bản ghi thêm: đầu chuỗi chỉ ghi đến số {seq}")
        if chain.head != head:
            return BadRecord(chain.key, seq, chain.last_id, "đầu chuỗi khác mã băm của bản ghi cuối")
        return None

    def _compare_row(self, chain: _Chain, row: Mapping[str, object]) -> None:
        self.tasks += 1
        now: dict[str, Plain] = {name: plain(row[name]) for name in TRACKED}
        wrong = differing(chain.replay.columns, now)
        if wrong:
            reason = f"hàng của nhiệm vụ khác với nhật ký ở cột: {', '.join(wrong)}"
            self.findings.add(BadRecord(chain.key, chain.seq, chain.last_id, reason, tuple(wrong)))

    def look_for_missing_chains(self) -> None:
        """Find tasks and chain heads without any event, and heads that only a checkpoint still names."""
        written = AuditEvent.objects.filter(
            chain=Concat(Value("task:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
        )
        for task_id in Task.objects.filter(~Exists(written)).order_by("pk").values_list("pk", flat=True).iterator():
            self.findings.add(BadRecord(f"task:{task_id}", 1, None, "nhiệm vụ không có bản ghi tạo"))
        silent = AuditChain.objects.filter(~Exists(AuditEvent.objects.filter(chain=OuterRef("key"))), seq__gt=0)
        for key, seq in silent.order_by("key").values_list("key", "seq").iterator():
            self.findings.add(BadRecord(key, 1, None, f"đầu chuỗi ghi đến số {seq} nhưng không còn bản ghi nào"))
        for bad in self.checkpoints.unanswered():
            self.findings.add(bad)

    def outcome(self) -> Verification:
        """Return what was found."""
        bad = self.findings.in_order()
        return Verification(
            events=self.events,
            chains=self.chains,
            tasks=self.tasks,
            checkpoints=self.checkpoints.count,
            bad_chains=len(self.findings.chains),
            first=bad[0] if bad else None,
            bad=bad,
            last_checkpoint=self.checkpoints.last,
            missing_triggers=tuple(missing_triggers()),
        )


def _task_id(key: str) -> int | None:
    """Return the task's id of a task's chain; None for another chain, or for a name that is no task's."""
    number = key.removeprefix("task:")
    return int(number) if number != key and number.isdecimal() and str(int(number)) == number else None


def _differing_columns(row: EventRow, task_id: int | None, body: Mapping[str, Plain]) -> list[str]:
    """Return which columns of a stored event do not say what its body says.

    :raises ValueError: when the body states no moment.
    """
    _pk, chain, seq, occurred_at, action_id, name, stored_task, actor_id, _text, _previous, _hash = row
    actor = body.get("actor")
    stated = actor.get("id") if isinstance(actor, dict) else ""
    pairs = {
        "chain": chain == body.get("chain"),
        "seq": seq == body.get("seq"),
        "occurred_at": occurred_at == read_moment(body),
        "action_id": str(action_id) == body.get("action"),
        "name": name == body.get("name"),
        "task_id": stored_task == task_id,
        "actor_id": actor_id == stated,
    }
    return [column for column, agrees in pairs.items() if not agrees]
