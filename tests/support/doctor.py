"""The database checks of ``doctor`` in this process, as results instead of lines."""

from collections.abc import Sequence
from typing import Any

from partsearch.database.check_result import CheckResult
from partsearch.database.doctor import check_database
from partsearch.settings import Settings

MIGRATE = "Run 'partsearch manage migrate'."


def check_results(url: str, direct: str | None = None, replica: str | None = None) -> list[CheckResult]:
    """Return the results for these addresses."""
    values: dict[str, Any] = {"database_url": url, "direct_database_url": direct, "database_replica_url": replica}
    return list(check_database(Settings(_env_file=None, **values)))


def result_of(results: Sequence[CheckResult], subject: str) -> CheckResult:
    """Return the only result with this subject."""
    first, *more = [result for result in results if result.subject == subject]
    assert not more, more
    return first


def failures(results: Sequence[CheckResult]) -> set[str]:
    """Return the subjects of the failed checks."""
    return {result.subject for result in results if result.is_failure}
