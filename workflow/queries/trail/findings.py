"""What a verification of the trail found."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

KEPT_AT_MOST = 100
"""How many bad chains are named one by one; all are counted."""

NO_ID = 2**63
"""Where a finding without a stored record stands in order: after all that have one."""


@dataclass(frozen=True, slots=True)
class BadRecord:
    """The first record of a chain that does not hold: where, why, and the task's columns that differ, if any.

    `event_id` is None when the record itself is gone. For a checkpoint, `chain` is "checkpoint" and `seq` its number.
    """

    chain: str
    seq: int
    event_id: int | None
    reason: str
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        stored = f", mã số {self.event_id}" if self.event_id is not None else ""
        return f"chuỗi {self.chain}, bản ghi số {self.seq}{stored}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome: how much was read, the first bad record, and one bad record for each of the first bad chains."""

    events: int
    chains: int
    tasks: int
    checkpoints: int
    bad_chains: int
    first: BadRecord | None
    bad: tuple[BadRecord, ...]
    last_checkpoint: tuple[int, str] | None
    missing_triggers: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing at all was found."""
        return self.bad_chains == 0 and not self.missing_triggers

    def as_data(self) -> dict[str, object]:
        """Return the outcome as plain data for `--json`."""
        return {"ok": self.ok, **asdict(self)}


@dataclass(slots=True)
class Findings:
    """Bad records as they are found: one a chain, in the order in which they were written."""

    chains: set[str] = field(default_factory=set)
    _kept: list[tuple[int, BadRecord]] = field(default_factory=list)

    def add(self, bad: BadRecord, *, near: int | None = None) -> None:
        """Keep the chain's first finding. `near` is the stored record beside one that is gone."""
        if bad.chain in self.chains:
            return
        self.chains.add(bad.chain)
        place = bad.event_id if bad.event_id is not None else near
        self._kept.append((NO_ID if place is None else place, bad))
        if len(self._kept) > 2 * KEPT_AT_MOST:
            self._shorten()

    def in_order(self) -> tuple[BadRecord, ...]:
        """Return the findings that are named, the earliest written first."""
        self._shorten()
        return tuple(bad for _place, bad in self._kept)

    def _shorten(self) -> None:
        self._kept.sort(key=lambda pair: (pair[0], pair[1].chain))
        del self._kept[KEPT_AT_MOST:]
