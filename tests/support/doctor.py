"""Asking ``doctor`` from a test, in this process, for findings instead of lines."""

from collections.abc import Sequence
from typing import Any

from partsearch.database.check_result import CheckResult
from partsearch.database.doctor import database_findings
from partsearch.settings import Settings

MIGRATE = "Run 'partsearch manage migrate'."


def findings(url: str, direct: str | None = None, replica: str | None = None) -> list[CheckResult]:
    """What doctor finds of these addresses."""
    values: dict[str, Any] = {"database_url": url, "direct_database_url": direct, "database_replica_url": replica}
    return list(database_findings(Settings(_env_file=None, **values)))


def found(among: Sequence[CheckResult], subject: str) -> CheckResult:
    """The one finding about ``subject``."""
    one, *more = [finding for finding in among if finding.subject == subject]
    assert not more, more
    return one


def faults(among: Sequence[CheckResult]) -> set[str]:
    """The subjects of the faults."""
    return {finding.subject for finding in among if finding.is_fault}
