"""The record of the benchmark: one JSON file, in which a step that runs again replaces its earlier figures."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from partsearch.system.atomic_file import replace_file


@dataclass(frozen=True)
class Entry:
    """The figures of one step of one catalog.

    Attributes:
        step: the name of the step.
        shape: the shape of the catalog.
        parts: its parts.
        at: when the step ended, UTC.
        warnings: why its figures may be wrong.
        measured: durations in seconds and whatever else the step measures; all ratios are between values of one entry.
        machine: the facts of the machine.
    """

    step: str
    shape: str
    parts: int
    at: str
    warnings: tuple[str, ...]
    measured: dict[str, Any]
    machine: dict[str, Any] = field(default_factory=dict)

    @property
    def catalog(self) -> str:
        """Return the name of the catalog: ``used, 10,000 parts``."""
        return f"{self.shape}, {self.parts:,} parts"


def read_record(file: Path) -> list[Entry]:
    """Return the entries of a file; none if it does not exist."""
    if not file.exists():
        return []
    entries = json.loads(file.read_text(encoding="utf-8"))
    return [Entry(**{**entry, "warnings": tuple(entry["warnings"])}) for entry in entries]


def keep_entry(file: Path, entry: Entry) -> list[Entry]:
    """Write an entry into the file, in the place of an earlier one of the same step and catalog; return all entries."""
    same = (entry.step, entry.shape, entry.parts)
    others = [other for other in read_record(file) if (other.step, other.shape, other.parts) != same]
    entries = sorted([*others, entry], key=lambda each: (each.shape, each.parts))
    replace_file(file, json.dumps([asdict(each) for each in entries], ensure_ascii=False, indent=1))
    return entries
