"""Violations of the migration lint, and what its rules know about the database."""

from dataclasses import dataclass, field
from enum import StrEnum


class ViolationKind(StrEnum):
    """In which way a statement is unsafe."""

    BREAKS = "breaks"
    """The running release fails after it. It may come only in a later release, when no release needs it any more."""
    BLOCKS = "blocks"
    """Searches or writes wait until it is done. There is another way to write it."""
    UNKNOWN = "unknown"
    """The lint cannot tell from the text."""


@dataclass(frozen=True)
class Violation:
    """What is unsafe about a statement."""

    kind: ViolationKind
    reason: str


@dataclass(frozen=True)
class MigrationViolation:
    """A line of a migration that must not run now.

    ``line`` is the file, the number of the line and, for SQL, the statement, shortened.
    """

    migration: str
    line: str
    reason: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.line}: {self.reason}"


@dataclass
class LintContext:
    """The objects of the database, and those that the checked migrations have added so far.

    Attributes:
        tables: the size of each table in bytes.
        columns: the type of each ``table.column``.
        replaceable: the functions, views and triggers.
        big_bytes: a table is big from this size on.
        created: the objects that these migrations create.
        nullable: the columns that these migrations add without NOT NULL.
    """

    tables: dict[str, int]
    columns: dict[str, str]
    replaceable: set[str]
    big_bytes: int
    created: set[str] = field(default_factory=set)
    nullable: set[str] = field(default_factory=set)

    def is_in_use(self, table: str) -> bool:
        """Return whether the running release may use the table."""
        return table in self.tables and table not in self.created

    def is_big(self, table: str) -> bool:
        """Return whether reading the whole table takes long enough to delay users."""
        return self.is_in_use(table) and self.tables[table] >= self.big_bytes
