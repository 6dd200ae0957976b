"""Writes what the comparison has found, in the caller's transaction, and notes it so that it can be taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson

from partsearch.catalog.loading import NameDirectory
from partsearch.price_list.applying.compare import Comparison
from partsearch.price_list.applying.fold import fold_written
from partsearch.price_list.applying.statements import run, value
from partsearch.price_list.applying.vehicle_ids import create_vehicles

_MANY = 20_000
"""So many new parts in one statement get their planes at once."""


@dataclass(frozen=True)
class ImportRecord:
    """What is kept of an import.

    Attributes:
        profile: how the list was read, as TOML; empty if that was found.
        is_partial: the list was only a part of the one of the source.
        counts: what became of the rows, by name.
    """

    source: str
    file_name: str
    file_sha256: str
    started_at: datetime
    account: str
    profile: str
    is_partial: bool
    counts: Mapping[str, int]


def apply(comparison: Comparison, record: ImportRecord, directory: NameDirectory) -> int:
    """Write the changes, and return the id of the import."""
    import_id: int = value(
        "begin_import",
        source=record.source,
        file_name=record.file_name,
        file_sha256=record.file_sha256,
        started_at=record.started_at,
        account=record.account,
        profile=record.profile,
        is_partial=record.is_partial,
    )
    has_changes = not comparison.changes.is_empty
    mark_ids, model_ids = create_vehicles(comparison.missing, directory)
    _write(comparison, record.source, import_id, has_changes=has_changes)
    run(
        "end_import",
        import_id=import_id,
        has_changes=has_changes,
        counts=orjson.dumps(dict(record.counts)).decode(),
        mark_ids=mark_ids,
        model_ids=model_ids,
    )
    return import_id


def _write(comparison: Comparison, source: str, import_id: int, *, has_changes: bool) -> None:
    """Write the parts and their origins. What only changes keys cannot be taken back, and is not noted."""
    if has_changes:
        run("forget_earlier_changes", source=source, import_id=import_id)
    if comparison.touched:
        if has_changes:
            run("write_changed", import_id=import_id)
            run("write_visibility", import_id=import_id)
            run("note_changed_keys", import_id=import_id)
        run("write_released_keys")
        run("write_origins", source=source)
    if comparison.changes.new:
        run("number_new")
        if comparison.changes.new >= _MANY:
            run("wait_for_fold")
        run("write_new", import_id=import_id)
        run("write_new_origins", source=source)
    fold_written(comparison.changes)
