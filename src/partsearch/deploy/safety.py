"""What is known of the database that migrations meet, and in which ways a statement of theirs is not safe."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """In which way a statement is not safe."""

    BREAKS = "breaks"
    """The running release fails: may only come in a later release, one that nothing needs it before."""
    BLOCKS = "blocks"
    """Searches or writes wait until it is done: there is another way to write it."""
    UNKNOWN = "unknown"
    """Nobody can tell from the text."""


@dataclass
class Known:
    """What the database has, and what these migrations have added to it so far."""

    tables: dict[str, int]
    columns: dict[str, str]
    replaceable: set[str]
    big_bytes: int
    made: set[str] = field(default_factory=set)
    nullable: set[str] = field(default_factory=set)

    def is_old(self, table: str) -> bool:
        """Whether the running release may use the table."""
        return table in self.tables and table not in self.made

    def is_big(self, table: str) -> bool:
        """Whether reading the whole table takes long enough to be noticed."""
        return self.is_old(table) and self.tables[table] >= self.big_bytes


Fault = tuple[Kind, str]
"""In which way, and why."""
