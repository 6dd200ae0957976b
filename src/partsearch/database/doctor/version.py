"""Which PostgreSQL it is."""

from collections.abc import Iterator

from partsearch.database.check_result import CheckResult
from partsearch.database.doctor.asking import Asked
from partsearch.database.reachability import OLDEST_VERSION


def server_version(asked: Asked) -> Iterator[CheckResult]:
    """Whether the server is new enough."""
    yield version_finding(asked.value("SHOW server_version"), asked.connection.info.server_version)


def version_finding(name: str, number: int) -> CheckResult:
    """What is to be said of a version, by its name and as libpq's number."""
    text = f"PostgreSQL {name.split()[0]}"
    if number // 10_000 >= OLDEST_VERSION:
        return CheckResult("server", text)
    return CheckResult("server", text, is_fault=True, next_step=f"Use PostgreSQL {OLDEST_VERSION} or newer.")
