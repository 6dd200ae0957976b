"""The check of the read replica: whether it follows the primary, and how far it is behind."""

from collections.abc import Iterator

from partsearch.database.check_result import CheckResult
from partsearch.database.query_connection import QueryConnection

_OLD_SECONDS = 60
_SUBJECT = "replica age"


def check_replica_age(replica: QueryConnection, primary: QueryConnection) -> Iterator[CheckResult]:
    """Yield the age of the newest change on the replica, and whether the primary has written more since."""
    if not replica.value("SELECT pg_is_in_recovery()"):
        yield CheckResult(
            _SUBJECT,
            "not in recovery: it does not follow the primary",
            next_step="Set DATABASE_REPLICA_URL to a standby, or remove it.",
        )
        return
    written = primary.value("SELECT pg_current_wal_lsn()::text")
    seconds, missing = replica.row(
        "SELECT extract(epoch FROM now() - pg_last_xact_replay_timestamp())::float8,"
        " pg_wal_lsn_diff(%s::pg_lsn, pg_last_wal_replay_lsn())::bigint",
        written,
    )
    yield age_result(seconds, missing)


def age_result(seconds: float | None, missing: int | None) -> CheckResult:
    """Return the result for a replica.

    Args:
        seconds: the age of its newest change; ``None`` if it has had no change since it was started.
        missing: the bytes of the primary's log that it does not have yet; ``None`` if unknown.
    """
    age = "no change came since it was started" if seconds is None else f"its newest change is {seconds:.1f} s old"
    if missing is None:
        return CheckResult(_SUBJECT, f"in recovery, {age}; how much it misses is unknown")
    if missing <= 0:
        return CheckResult(_SUBJECT, f"in recovery, {age}; it has all that the primary wrote")
    is_old = seconds is None or seconds > _OLD_SECONDS
    return CheckResult(
        _SUBJECT,
        f"in recovery, {age}; it misses {missing:,} bytes of the primary's log",
        next_step="Check that it still receives the primary's log (pg_stat_wal_receiver)." if is_old else "",
    )
