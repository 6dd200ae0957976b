"""Rebuilding all planes from the parts, without downtime: segment after segment, each in its own transaction.

Searches use the old planes of a segment until the new ones are committed. After any end of the command what is done
stays, and the next run starts again. A key of json_data is used by searches only when every segment has its planes: the
old keys are used until the end, but for those that get no planes any more.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from partsearch.database.errors import DatabaseError
from partsearch.totals.connection import TotalsConnection
from partsearch.totals.errors import RebuildRunsError, TotalsConflictError, TotalsLockedError
from partsearch.totals.fold import sum_next
from partsearch.totals.segments import all_segments, build_segment, is_any_built, missing_segments
from partsearch.totals.tracked_params import choose_params

BUILD_SECONDS = 300.0
_LOCK_SECONDS = 60.0
_VACUUM_SECONDS = 3600.0
VACUUM_SEGMENTS = 20
"""After so many builds the space of the old planes is freed."""

_ATTEMPTS = 10
_RUNNING_LOCK = 0x746F74616C73
_TRACK = """
    UPDATE totals_state
    SET tracked_params = %(params)s,
        ready_params = ARRAY(SELECT unnest(ready_params) INTERSECT SELECT unnest(%(params)s::text[]) ORDER BY 1)
"""
_FINISH = "UPDATE totals_state SET is_ready = true, ready_params = tracked_params"

Advance = Callable[[int, int], None]
"""Shows the progress: it gets the number of segments that are done, and that of all."""


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild has done: the number of segments, and the keys of json_data that have planes."""

    segments: int
    params: list[str]


def rebuild(connection: TotalsConnection, advance: Advance) -> Rebuilt:
    """Rebuild every segment, with the keys of json_data that the parts say to track.

    Raises:
        RebuildRunsError: another command rebuilds them.
        DatabaseError: the database rejects it, or is out of reach. What is done stays.
    """
    with _only_rebuild(connection):
        params = choose_params(connection)
        with connection.locked(BUILD_SECONDS, _LOCK_SECONDS):
            connection.run_by_name(_TRACK, {"params": params})
        # Segments that appear from now on are written with these keys.
        segments = all_segments(connection)
        for done, segment in enumerate(segments):
            advance(done, len(segments))
            _rebuild_segment(connection, segment)
            if done % VACUUM_SEGMENTS == VACUUM_SEGMENTS - 1:
                vacuum_planes(connection)
        advance(len(segments), len(segments))
        with connection.locked(BUILD_SECONDS, _LOCK_SECONDS):
            connection.run(_FINISH)
        _sum_all(connection)
        vacuum_planes(connection)
    return Rebuilt(len(segments), params)


@contextmanager
def _only_rebuild(connection: TotalsConnection) -> Iterator[None]:
    """Hold the lock of rebuilds: of two with different keys neither could say which keys all segments have."""
    if not connection.value("SELECT pg_try_advisory_lock(%s)", _RUNNING_LOCK):
        raise RebuildRunsError("Another command rebuilds the totals of this database.", "Wait for it to end.")
    try:
        yield
    finally:
        connection.unlock(_RUNNING_LOCK)


def _rebuild_segment(connection: TotalsConnection, segment: int) -> None:
    for attempt in range(_ATTEMPTS):
        try:
            with connection.locked(BUILD_SECONDS, _LOCK_SECONDS):
                return build_segment(connection, segment)
        except TotalsConflictError:
            if attempt == _ATTEMPTS - 1:
                raise
    return None


def _sum_all(connection: TotalsConnection) -> None:
    # What is left because somebody else works on the planes, a search causes to be summed.
    with suppress(TotalsLockedError, TotalsConflictError):
        while sum_next(connection):
            pass


def vacuum_planes(connection: TotalsConnection) -> None:
    """Free the space of the old planes, so that the next segments take it, and refresh the statistics."""
    # If that fails, autovacuum does it later; if the connection is lost, the next statement says so.
    with suppress(DatabaseError), connection.time_limit(_VACUUM_SECONDS):
        connection.run("VACUUM (ANALYZE) totals_plane, totals_segment, totals_sum, totals_key, totals_change")


def build_next(connection: TotalsConnection) -> bool:
    """Build one segment that is missing, or note that none is; return whether it has built one.

    While the planes are not ready nothing is folded, so a segment that has been built is whole.

    Raises:
        TotalsLockedError: another process works on the planes.
        TotalsConflictError: nothing was built; it succeeds when it is tried again.
        DatabaseError: the database rejects it, or is out of reach.
    """
    with connection.locked(BUILD_SECONDS):
        if connection.value("SELECT is_ready FROM totals_state"):
            return False
        if not is_any_built(connection):
            connection.run_by_name(
                "UPDATE totals_state SET tracked_params = %(params)s, ready_params = %(params)s",
                {"params": choose_params(connection)},
            )
        missing = missing_segments(connection)
        if missing:
            build_segment(connection, missing[0])
        else:
            connection.run("UPDATE totals_state SET is_ready = true")
        return bool(missing)
