"""The migration lint: finds the lines of migrations after which, or during which, the running release cannot serve."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from partsearch.deploy.migrations.rules import check_statement
from partsearch.deploy.migrations.sql_text import SqlStatement, name, split_statements
from partsearch.deploy.migrations.violations import LintContext, MigrationViolation, Violation, ViolationKind

_CONTRACT = re.compile(r"(?:#|--) contract\b(?: after ([\w.]+))?")
_EXPAND = re.compile(r"(?:#|--) expand: *\S+")
_CONCURRENT_INDEX = re.compile(r"CREATE (?:UNIQUE )?INDEX CONCURRENTLY (?:IF NOT EXISTS )?(?!ON )(\S+) ")
_PYTHON_CODE = "what Python code does to the rows cannot be read from its text"
_EXPLAIN = "; if it is safe, explain why in a comment '-- expand: …'"

Migration = dict[str, Any]
"""A migration as reader_script.py prints it."""
KnownMigrations = Callable[[], set[str]]


def lint_migrations(
    migrations: list[Migration], context: LintContext, known_to_running: KnownMigrations
) -> list[MigrationViolation]:
    """Return the lines that must not run while the running release serves.

    Args:
        migrations: the unapplied ones, in order.
        context: what the database has.
        known_to_running: returns the migrations that the running release has; called only if needed.
    """
    return [
        violation
        for migration in migrations
        for violation in (
            *_check_operations(migration),
            *_check_statements(migration, context, known_to_running),
        )
    ]


def concurrent_indexes(migrations: list[Migration]) -> list[str]:
    """Return the names of the indexes that migrations create CONCURRENTLY."""
    texts = (statement.canonical for migration in migrations for _, statement in _statements(migration))
    return [name(match[1]) for text in texts if (match := _CONCURRENT_INDEX.match(text))]


def _check_operations(migration: Migration) -> Iterator[MigrationViolation]:
    """Yield the operations that have no SQL to check: those that fail, and Python code without an explanation."""
    for operation in migration["operations"]:
        line = f"{next(iter(migration['files']))}:{operation['line']}"
        if operation["error"]:
            yield MigrationViolation(migration["name"], line, operation["error"])
        if operation["is_code"] and not _is_explained(migration):
            yield MigrationViolation(migration["name"], line, f"{_PYTHON_CODE}{_EXPLAIN}")


def _check_statements(
    migration: Migration, context: LintContext, known_to_running: KnownMigrations
) -> Iterator[MigrationViolation]:
    contract = _CONTRACT.search(_source(migration))
    for operation_line, statement in _statements(migration):
        line = f"{_position(migration['files'], statement, operation_line)}: {statement.shortened}"
        for violation in (*check_statement(statement, context), *_check_transaction(migration, statement, context)):
            reason: str | None = violation.reason
            if violation.kind is ViolationKind.BREAKS and contract:
                reason = _reason_against_contract(contract[1], known_to_running)
            elif violation.kind is ViolationKind.UNKNOWN:
                reason = None if _is_explained(migration) else f"{reason}{_EXPLAIN}"
            if reason is not None:
                yield MigrationViolation(migration["name"], line, reason)


def _source(migration: Migration) -> str:
    return "\n".join(migration["files"].values())


def _is_explained(migration: Migration) -> bool:
    return _EXPAND.search(_source(migration)) is not None


def _reason_against_contract(after: str | None, known_to_running: KnownMigrations) -> str | None:
    """Return why a contract migration must not run yet; ``None`` if the running release has the expand migration."""
    if after is None:
        return "say which migration has made it unnecessary: '-- contract after catalog.0007_name'"
    if after not in known_to_running():
        return f"the running release does not know {after} yet: this may come only in the release after it"
    return None


def _check_transaction(migration: Migration, statement: SqlStatement, context: LintContext) -> Iterator[Violation]:
    """Yield the violations that depend on what runs in one transaction with the statement."""
    text, statements = statement.canonical, sum(1 for _ in _statements(migration))
    is_atomic = migration["is_atomic"]
    if is_atomic and re.match(r"(CREATE (UNIQUE )?INDEX|DROP INDEX|REINDEX \w+) CONCURRENTLY\b", text):
        reason = "it cannot run inside a transaction: set atomic = False on the migration"
        yield Violation(ViolationKind.BLOCKS, reason)
    if not is_atomic and statements > 1:
        reason = "an error leaves half of a migration that is not atomic: put one statement into each"
        yield Violation(ViolationKind.BLOCKS, reason)
    match = re.match(r"ALTER TABLE (?:IF EXISTS )?(?:ONLY )?(\S+) VALIDATE CONSTRAINT\b", text)
    if match and is_atomic and statements > 1 and context.is_big(name(match[1])):
        reason = "it reads all rows while the locks of the other statements are held: validate in its own migration"
        yield Violation(ViolationKind.BLOCKS, reason)


def _statements(migration: Migration) -> Iterator[tuple[int, SqlStatement]]:
    """Yield the statements, each with the line of its operation."""
    for operation in migration["operations"]:
        for sql in operation["sql"]:
            for statement in split_statements(sql):
                yield operation["line"], statement


def _position(files: dict[str, str], statement: SqlStatement, operation_line: int) -> str:
    """Return the file and the line of a statement; those of its operation if Django generates the SQL."""
    first = statement.text.splitlines()[0].strip()
    for file, text in reversed(files.items()):
        for number, line in enumerate(text.splitlines(), 1):
            if first in line:
                return f"{file}:{number}"
    return f"{next(iter(files))}:{operation_line}"
