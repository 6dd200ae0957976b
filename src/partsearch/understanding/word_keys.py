"""From which key on the words of names are read again, so that none is missed that is committed late."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class WordKeys:
    """What is known of the keys of the words after a reading.

    A key is counted up when a transaction takes it, and seen when that transaction is committed: a smaller one may be
    seen later than a larger one. So before each reading the database is asked for its largest key, and then for the
    transactions that may have taken keys and are not over. A transaction that was not among them at one reading takes
    only larger keys than the largest one of that reading. When it is over, its keys are read from there.

    Attributes:
        largest: the largest key of the last reading.
        writers: for each transaction that was not over then, after which key its own keys are.
    """

    largest: int = 0
    writers: Mapping[str, int] = field(default_factory=dict)

    def first_to_read(self, largest: int, running: Set[str]) -> int:
        """Return after which key the next reading begins.

        Args:
            largest: the largest key before ``running`` was asked for.
            running: the transactions that may have taken keys.
        """
        if largest < self.largest:
            return 0
        over = [after for writer, after in self.writers.items() if writer not in running]
        return min([self.largest, *over])

    def after_reading(self, largest: int, running: Set[str]) -> "WordKeys":
        """Return what is known after the reading with these values."""
        writers = {} if largest < self.largest else self.writers
        since = 0 if largest < self.largest else self.largest
        return WordKeys(largest, {writer: writers.get(writer, since) for writer in running})
