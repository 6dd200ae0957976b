"""Whether two ways lead to the same database."""

from collections.abc import Iterator

from partsearch.database.check_result import CheckResult
from partsearch.database.doctor.asking import Asked

# A standby has the identifier of its primary. Copies of one cluster share it too, and are not told apart.
_IDENTITY = "SELECT system_identifier, oid FROM pg_control_system(), pg_database WHERE datname = current_database()"


def same_database(subject: str, one: Asked, other: Asked, setting: str) -> Iterator[CheckResult]:
    """A finding where ``other``, which ``setting`` names, is another database than ``one``; else none."""
    if one.row(_IDENTITY) != other.row(_IDENTITY):
        yield CheckResult(
            subject,
            f"{setting} names another database than DATABASE_URL",
            is_fault=True,
            next_step=f"Correct {setting}: searches and changes must meet in one catalog.",
        )
