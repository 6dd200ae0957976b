"""The read replica: whether it is one, and how far behind."""

from collections.abc import Iterator

from partsearch.database.check_result import CheckResult
from partsearch.database.doctor.asking import Asked
from partsearch.database.doctor.limits import limit_finding, service_need

_OLD_SECONDS = 60
_SUBJECT = "replica age"


def staleness(replica: Asked, primary: Asked) -> Iterator[CheckResult]:
    """How old the newest change is that the replica has, and whether the primary has written more since."""
    if not replica.value("SELECT pg_is_in_recovery()"):
        yield CheckResult(
            _SUBJECT,
            "not in recovery: it does not follow the primary",
            next_step="Point DATABASE_REPLICA_URL at a standby, or leave it out.",
        )
        return
    written = primary.value("SELECT pg_current_wal_lsn()::text")
    seconds, missing = replica.row(
        "SELECT extract(epoch FROM now() - pg_last_xact_replay_timestamp())::float8,"
        " pg_wal_lsn_diff(%s::pg_lsn, pg_last_wal_replay_lsn())::bigint",
        written,
    )
    yield staleness_finding(seconds, missing)


def staleness_finding(seconds: float | None, missing: int | None) -> CheckResult:
    """What is to be said of a replica.

    Args:
        seconds: since the newest change that it has; None where it had none since it was started.
        missing: bytes of the primary's log that it does not have yet; None where it does not say.
    """
    age = "no change came since it was started" if seconds is None else f"its newest change is {seconds:.1f} s old"
    if missing is None:
        return CheckResult(_SUBJECT, f"in recovery, {age}; how much it misses it does not say")
    if missing <= 0:
        return CheckResult(_SUBJECT, f"in recovery, {age}; it has all that the primary wrote")
    is_old = seconds is None or seconds > _OLD_SECONDS
    return CheckResult(
        _SUBJECT,
        f"in recovery, {age}; it misses {missing:,} bytes of the primary's log",
        next_step="See that it still receives the primary's log (pg_stat_wal_receiver)." if is_old else "",
    )


def replica_limit(replica: Asked) -> Iterator[CheckResult]:
    """Whether the replica takes the connections of the searches."""
    yield limit_finding("replica limit", replica, service_need())
