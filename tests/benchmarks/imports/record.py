"""The record of the benchmark: one JSON file, written again after each measurement."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from partsearch.system.atomic_file import replace_file


@dataclass
class Record:
    """What has been measured so far.

    Attributes:
        rows: of the list.
        options: the arguments of the run.
        machine: its facts.
        warnings: why figures may be wrong.
        rounds: of each round the figures of its steps.
        searches: of each measurement of searches its name, and the figures by service; those without anything else
            are between the others.
        errors: what could not be measured.
        seconds: of the whole run so far.
    """

    rows: int
    options: dict[str, Any]
    machine: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    rounds: list[dict[str, Any]] = field(default_factory=list)
    searches: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def keep(self, file: Path) -> None:
        """Write the record into a file."""
        replace_file(file, json.dumps(asdict(self), ensure_ascii=False, indent=1))

    @classmethod
    def read(cls, file: Path) -> "Record":
        """Return the record of a file."""
        return cls(**json.loads(file.read_text(encoding="utf-8")))
