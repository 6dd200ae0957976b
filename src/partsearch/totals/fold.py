"""Folding: bringing the changes of the parts into the planes, a limited number in each transaction."""

from dataclasses import dataclass
from enum import Enum, auto

from partsearch.totals.connection import TotalsConnection
from partsearch.totals.errors import TotalsConflictError, TotalsLockedError
from partsearch.totals.segments import build_segment

MOST_PARTS = 1_000
"""How many parts one fold brings into the planes bit by bit. A segment with as many changes is built anew instead."""

FOLD_SECONDS = 60.0
_ATTEMPTS = 10
_MUCH_CHANGED = """
    SELECT totals_segment_of(part_id) AS segment, count(DISTINCT part_id) AS parts
    FROM totals_change GROUP BY segment HAVING count(DISTINCT part_id) >= %s ORDER BY parts DESC LIMIT 1
"""
_WAITING = """
    SELECT
        current_setting('transaction_read_only') = 'off',
        is_ready,
        (SELECT count(*) FROM (SELECT FROM totals_change LIMIT %s) AS counted),
        (SELECT min(id) FROM totals_change),
        (SELECT max(id) FROM totals_change),
        (SELECT min(id) FROM totals_mark_change),
        (SELECT max(id) FROM totals_mark_change),
        EXISTS (SELECT FROM totals_segment GROUP BY segment HAVING count(*) > 1),
        EXISTS (SELECT FROM totals_segment WHERE NOT is_summed)
    FROM totals_state
"""


class FoldOutcome(Enum):
    """How an attempt to fold ended."""

    FOLDED = auto()
    NOT_READY = auto()
    """The planes are not built yet. The changes wait, and each build of a segment folds those of its parts."""
    LOCKED = auto()
    """Another process works on the planes."""
    CONFLICT = auto()
    """Another transaction came in between. Nothing was folded; the same fold succeeds when it is tried again."""


@dataclass(frozen=True)
class FoldResult:
    """The outcome of a fold, and how many parts it brought into the planes."""

    outcome: FoldOutcome
    parts: int = 0


@dataclass(frozen=True)
class Waiting:
    """What waits to be folded.

    Attributes:
        can_write: whether this connection may write at all: a standby cannot.
        is_ready: whether the planes are built.
        changes: the number of changes of parts, counted up to a limit.
        oldest, newest: the ids of the oldest and of the newest change of a part, or None.
        oldest_mark, newest_mark: those of the changes of marks and models.
        has_layers: whether a bulk load has left a segment with more than one layer.
        has_unsummed: whether the planes of a layer have changed since it was summed.
    """

    can_write: bool
    is_ready: bool
    changes: int
    oldest: int | None
    newest: int | None
    oldest_mark: int | None
    newest_mark: int | None
    has_layers: bool
    has_unsummed: bool

    def is_anything_of(self, earlier: "Waiting") -> bool:
        """Return whether anything waits that waited at an earlier time already."""
        return (
            _is_older(self.oldest, earlier.newest)
            or _is_older(self.oldest_mark, earlier.newest_mark)
            or self.has_layers
        )


def _is_older(oldest: int | None, newest: int | None) -> bool:
    return oldest is not None and newest is not None and oldest <= newest


def read_waiting(connection: TotalsConnection, most: int = MOST_PARTS) -> Waiting:
    """Return what waits to be folded, with changes counted up to ``most``."""
    return Waiting(*connection.row(_WAITING, most))


def fold_once(connection: TotalsConnection, wait_seconds: float = 0.0) -> FoldResult:
    """Bring the oldest changes into the planes, or all changes of a segment that has very many; return the outcome.

    Args:
        connection: has no open transaction.
        wait_seconds: how long to wait for the lock of the totals.

    Raises:
        DatabaseError: the database rejects it, or is out of reach. Nothing was folded.
    """
    try:
        with connection.locked(FOLD_SECONDS, wait_seconds):
            if not connection.value("SELECT is_ready FROM totals_state"):
                return FoldResult(FoldOutcome.NOT_READY)
            return FoldResult(FoldOutcome.FOLDED, _fold(connection))
    except TotalsLockedError:
        return FoldResult(FoldOutcome.LOCKED)
    except TotalsConflictError:
        return FoldResult(FoldOutcome.CONFLICT)


def _fold(connection: TotalsConnection) -> int:
    much_changed = connection.rows(_MUCH_CHANGED, MOST_PARTS)
    if not much_changed:
        return int(connection.value("SELECT totals_fold(%s)", MOST_PARTS))
    ((segment, parts),) = much_changed
    build_segment(connection, segment)
    return int(parts)


def sum_next(connection: TotalsConnection) -> bool:
    """Sum a layer that is not summed and whose parts have not changed; return whether there was one.

    Raises:
        TotalsLockedError: another process works on the planes.
        TotalsConflictError: nothing was summed; it succeeds when it is tried again.
        DatabaseError: the database rejects it, or is out of reach.
    """
    with connection.locked(FOLD_SECONDS):
        return bool(connection.value("SELECT totals_sum_next()"))


def fold_all(connection: TotalsConnection, wait_seconds: float) -> FoldResult:
    """Fold until nothing waits that waits now; return the outcome of the last fold and the parts of all folds.

    Raises:
        DatabaseError: the database rejects it, or is out of reach. What is folded stays folded.
    """
    parts, conflicts, first = 0, 0, read_waiting(connection)
    while True:
        result = fold_once(connection, wait_seconds)
        parts += result.parts
        if result.outcome is FoldOutcome.CONFLICT and conflicts < _ATTEMPTS:
            conflicts += 1
            continue
        if result.outcome is not FoldOutcome.FOLDED or not read_waiting(connection).is_anything_of(first):
            return FoldResult(result.outcome, parts)
