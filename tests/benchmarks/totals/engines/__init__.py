"""Engines that scan all rows in memory, with the rows of a catalog: what they take for the same searches."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from tests.benchmarks.totals.engines.clickhouse import clickhouse
from tests.benchmarks.totals.engines.duck import duck


class Engine(Protocol):
    """An engine with the rows in its memory."""

    version: str

    def totals(self, condition: str) -> tuple[int, Decimal]:
        """Return the count and the sum of the prices of the parts that meet the condition."""

    def page(self, condition: str, offset: int) -> list[int]:
        """Read a page of ten parts, and return their ids."""

    def contains(self, column: str, text: str) -> str:
        """Return the condition that the text in ``column`` contains ``text``, a literal."""


ENGINES: dict[str, Callable[[Path], AbstractContextManager[Engine]]] = {"DuckDB": duck, "chDB": clickhouse}
"""Each loads the files of a folder for the block."""
