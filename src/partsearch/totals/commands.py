"""The work on the planes as commands do it: with progress, a summary, and errors that say what to do."""

import sys
from collections.abc import Iterator
from time import monotonic

from rich.console import Console

from partsearch.database.address import DatabaseAddress
from partsearch.database.address.configured import direct_database_address
from partsearch.database.check_result import CheckResult
from partsearch.database.reachability import require_awake
from partsearch.errors import PartsearchError
from partsearch.settings import Settings
from partsearch.system.signals import termination_signals_interrupt
from partsearch.totals.connection import TotalsConnection
from partsearch.totals.errors import TotalsInterruptedError
from partsearch.totals.fold import fold_all
from partsearch.totals.progress import segment_progress
from partsearch.totals.rebuild import Rebuilt, rebuild
from partsearch.totals.segments import all_segments
from partsearch.totals.tracked_params import choose_params
from partsearch.totals.verify import SegmentDifference, Verification, verify

_REBUILD = "Run 'partsearch totals rebuild'."
_LOCK_SECONDS = 10.0
_FEW_SEGMENTS = 4
_NEW_PARTS_OF_A_SEGMENT = 6_400
"""A load of so many parts for each segment, a tenth of it, takes several times as long as building the segment anew."""

_MOST_NAMED = 3
_SUBJECT = "totals"


def rebuild_totals(address: DatabaseAddress) -> None:
    """Rebuild the planes of a database, and print what was done.

    Raises:
        TotalsInterruptedError: Ctrl-C, or a signal.
        DatabaseError: the database rejects it, or is out of reach.
    """
    started, done = monotonic(), 0
    try:
        with termination_signals_interrupt(), segment_progress("Rebuilding the totals") as show:

            def advance(segments: int, of: int) -> None:
                nonlocal done
                done = segments
                show(segments, of)

            require_awake(address)
            with TotalsConnection(address) as connection:
                rebuilt = rebuild(connection, advance)
    except KeyboardInterrupt:
        raise TotalsInterruptedError(
            f"Interrupted: the totals of {_segments(done)} are rebuilt, the others are as before.",
            "Run 'partsearch totals rebuild' again.",
        ) from None
    Console(highlight=False, soft_wrap=True).print(_summary(rebuilt, monotonic() - started), markup=False)


def _summary(rebuilt: Rebuilt, seconds: float) -> str:
    params = ", ".join(rebuilt.params)
    return f"Rebuilt the totals of {_segments(rebuilt.segments)} in {seconds:.1f} s. Params with totals: {params}."


def _segments(number: int) -> str:
    return f"{number:,} segment" if number == 1 else f"{number:,} segments"


def fold_after_load(address: DatabaseAddress | None = None, *, new_parts: int = 0) -> None:
    """Bring what a load has changed into the planes, so that no search has to read the changed parts one by one.

    The load is complete by now. If this fails, the services do it later.

    Args:
        address: the database; absent, that of the settings.
        new_parts: how many parts the load has added. With many it may take as long as a rebuild of the totals.
    """
    try:
        with TotalsConnection(address or direct_database_address()) as connection:
            connection.share_priority()
            fold_all(connection, _LOCK_SECONDS)
            _track_new_params(connection, new_parts)
    except PartsearchError as error:
        sys.stderr.write(f"The totals are not up to date: {error} The services will do it.\n")
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted after the load was complete. The services will bring the totals up to date.\n")


def _track_new_params(connection: TotalsConnection, new_parts: int) -> None:
    """Give planes to keys of json_data that are frequent by now if the load took much longer; else say how."""
    ready = connection.value("SELECT ready_params FROM totals_state WHERE is_ready")
    new = set(choose_params(connection)) - set(ready)
    if not new:
        return
    segments = len(all_segments(connection))
    if segments <= max(_FEW_SEGMENTS, new_parts // _NEW_PARTS_OF_A_SEGMENT):
        with segment_progress("Rebuilding the totals") as show:
            rebuild(connection, show)
    else:
        sys.stderr.write(
            f"Many parts have {', '.join(sorted(new))}: 'partsearch totals rebuild' makes it fast to find.\n"
        )


def check_totals(settings: Settings) -> Iterator[CheckResult]:
    """Yield the result of recomputing all planes and comparing them with those that searches read.

    An error of the database is a result too. What waits to be folded is folded first.
    """
    try:
        address = direct_database_address(settings)
        require_awake(address)
        with TotalsConnection(address) as connection, segment_progress("Recomputing the totals") as show:
            fold_all(connection, _LOCK_SECONDS)
            verification = verify(connection, show)
    except PartsearchError as error:
        yield CheckResult(
            _SUBJECT, f"could not be checked: {str(error).rstrip('.')}", is_failure=True, next_step=error.next_step
        )
        return
    yield from _results(verification)


def _results(verification: Verification) -> Iterator[CheckResult]:
    number = _segments(verification.segments)
    if not verification.is_ready:
        text = f"not built yet: searches read the parts instead; {number}"
        yield CheckResult(_SUBJECT, text, next_step=f"The services build them while people search, or: {_REBUILD}")
        return
    if not verification.differences:
        yield CheckResult(_SUBJECT, f"{number} recomputed, no difference")
        return
    named = "; ".join(_difference_text(difference) for difference in verification.differences[:_MOST_NAMED])
    text = f"{len(verification.differences):,} of {number} differ from the parts: {named}"
    yield CheckResult(_SUBJECT, text, is_failure=True, next_step=_REBUILD)


def _difference_text(difference: SegmentDifference) -> str:
    keys = ", ".join(difference.keys[:_MOST_NAMED])
    rest = len(difference.keys) - _MOST_NAMED
    return f"segment {difference.segment}: {keys}" + (f" and {rest:,} more" if rest > 0 else "")
