"""The interface of the exporters, and the simplest of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from partsearch.bench.record import Run
from partsearch.system.atomic_file import replace_file


class Exporter(Protocol):
    """Writes a run in one format."""

    def export(self, run: Run) -> tuple[Path, ...]:
        """Write a run; return the written files and folders."""


@dataclass(frozen=True)
class JsonExporter:
    """Writes the record itself.

    Attributes:
        file: the file to write.
    """

    file: Path

    def export(self, run: Run) -> tuple[Path, ...]:
        """Write a run; return the written file."""
        replace_file(self.file, run.to_json())
        return (self.file,)
