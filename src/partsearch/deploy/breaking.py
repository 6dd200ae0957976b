"""The lines of migrations that the running release cannot live with."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from partsearch.deploy.judgement import faults
from partsearch.deploy.safety import Fault, Kind, Known
from partsearch.deploy.sql_text import Statement, name, statements

_CONTRACT = re.compile(r"(?:#|--) contract\b(?: after ([\w.]+))?")
_EXPAND = re.compile(r"(?:#|--) expand: *\S+")
_CONCURRENT_INDEX = re.compile(r"CREATE (?:UNIQUE )?INDEX CONCURRENTLY (?:IF NOT EXISTS )?(?!ON )(\S+) ")
KnownToRunning = Callable[[], set[str]]

_CANNOT_BE_READ = "what Python does to the rows cannot be read from here"
_SAY_EXPAND = "; if it is safe, say why in a comment '-- expand: …'"


@dataclass(frozen=True)
class BreakingLine:
    """A line of a migration, and why it must not run now.

    ``line`` is the file, the line's number and, where it is SQL, the statement, shortened.
    """

    migration: str
    line: str
    why: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.line}: {self.why}"


def breaking(migrations: list[dict[str, Any]], known: Known, known_to_running: KnownToRunning) -> list[BreakingLine]:
    """The lines that must not run while the running release serves.

    Args:
        migrations: as migration_reader.py tells them, in order.
        known: what the database has.
        known_to_running: tells the migrations that the running release has; asked only where that matters.
    """
    return [line for migration in migrations for line in _of_migration(migration, known, known_to_running)]


def concurrent_indexes(migrations: list[dict[str, Any]]) -> list[str]:
    """The names of the indexes that migrations make CONCURRENTLY."""
    texts = (statement.canonical for told in migrations for _, statement in _statements(told))
    return [name(match[1]) for text in texts if (match := _CONCURRENT_INDEX.match(text))]


def _of_migration(told: dict[str, Any], known: Known, known_to_running: KnownToRunning) -> Iterator[BreakingLine]:
    source = "\n".join(told["files"].values())
    contract, is_explained = _CONTRACT.search(source), bool(_EXPAND.search(source))
    for operation in told["operations"]:
        place = f"{next(iter(told['files']))}:{operation['line']}"
        if operation["fault"]:
            yield BreakingLine(told["name"], place, operation["fault"])
        if operation["is_code"] and not is_explained:
            yield BreakingLine(told["name"], place, f"{_CANNOT_BE_READ}{_SAY_EXPAND}")
    for line, statement in _statements(told):
        place = f"{_place(told['files'], statement, line)}: {statement.shown}"
        for kind, why in [*faults(statement, known), *_of_transaction(told, statement, known)]:
            if kind is Kind.BREAKS and contract:
                refusal = _contract_refusal(contract[1], known_to_running)
                if refusal:
                    yield BreakingLine(told["name"], place, refusal)
            elif not (kind is Kind.UNKNOWN and is_explained):
                added = _SAY_EXPAND if kind is Kind.UNKNOWN else ""
                yield BreakingLine(told["name"], place, f"{why}{added}")


def _contract_refusal(after: str | None, known_to_running: KnownToRunning) -> str | None:
    """Why a contract migration may not run yet: the running release is to know what makes it needless."""
    if after is None:
        return "say which migration has made it needless: '-- contract after catalog.0007_name'"
    if after not in known_to_running():
        return f"the running release does not know {after} yet: this may only come in the release after it"
    return None


def _of_transaction(told: dict[str, Any], statement: Statement, known: Known) -> Iterator[Fault]:
    """Faults that lie in what runs in one transaction with the statement, or does not."""
    text, number = statement.canonical, sum(1 for _ in _statements(told))
    if told["is_atomic"] and re.match(r"(CREATE (UNIQUE )?INDEX|DROP INDEX|REINDEX \w+) CONCURRENTLY\b", text):
        yield Kind.BLOCKS, "it cannot run inside of a transaction: set atomic = False on the migration"
    if not told["is_atomic"] and number > 1:
        yield Kind.BLOCKS, "half of a migration that is not atomic may stay: put one statement into each"
    match = re.match(r"ALTER TABLE (?:IF EXISTS )?(?:ONLY )?(\S+) VALIDATE CONSTRAINT\b", text)
    if match and told["is_atomic"] and number > 1 and known.is_big(name(match[1])):
        yield Kind.BLOCKS, "the locks of the statements beside it are held while all rows are read: validate by itself"


def _statements(told: dict[str, Any]) -> Iterator[tuple[int, Statement]]:
    for operation in told["operations"]:
        for sql in operation["sql"]:
            for statement in statements(sql):
                yield operation["line"], statement


def _place(files: dict[str, str], statement: Statement, line: int) -> str:
    """Where the statement stands: its first line in a file, else the line of the operation that makes it."""
    first = statement.text.splitlines()[0].strip()
    for file, text in reversed(files.items()):
        for number, written in enumerate(text.splitlines(), 1):
            if first in written:
                return f"{file}:{number}"
    return f"{next(iter(files))}:{line}"
