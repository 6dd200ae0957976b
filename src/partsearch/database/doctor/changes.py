"""Whether anything can be changed: searches need no more than reading, everything else does."""

from collections.abc import Iterator

from partsearch.database.check_result import CheckResult
from partsearch.database.doctor.asking import Asked

_STATE = """
    SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only')::boolean, quote_ident(current_user)
"""
_CLOSED = """
    SELECT string_agg(name, ', ') FROM unnest(ARRAY['mark', 'model', 'part']) AS name
    WHERE NOT (has_table_privilege(to_regclass(name), 'INSERT') AND has_table_privilege(to_regclass(name), 'UPDATE')
        AND has_table_privilege(to_regclass(name), 'DELETE'))
"""


def changes(asked: Asked) -> Iterator[CheckResult]:
    """A finding where the catalog can only be read, with the reason; else none."""
    is_standby, is_read_only, role = asked.row(_STATE)
    closed = asked.value(_CLOSED)
    if is_standby:
        yield _finding("the server is a standby", "Name its primary in DATABASE_URL.")
    elif is_read_only:
        yield _finding(
            "default_transaction_read_only is on",
            f"Run ALTER ROLE {role} SET default_transaction_read_only = off; or see who set it for this database.",
        )
    elif closed:
        yield _finding(
            f"role {role} may not change {closed}", f"Run GRANT INSERT, UPDATE, DELETE ON {closed} TO {role};"
        )


def _finding(reason: str, step: str) -> CheckResult:
    return CheckResult(
        "changes", f"the database can only be read: {reason}. Searches work, nothing else does", next_step=step
    )
