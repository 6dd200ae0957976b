"""Reads the rows of a list into the tables of the import: those that are known by their cells, and the others."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import TextIO

from partsearch.catalog.catalog_key import catalog_key
from partsearch.catalog.vehicle_names import VehicleName
from partsearch.price_list.applying.keys import keys_of_rejected
from partsearch.price_list.applying.records import RecordDigests
from partsearch.price_list.applying.stage import (
    RowWriter,
    has_known_records,
    row_writer,
    stage_known_records,
    stage_unusable,
)
from partsearch.price_list.formats import Record, Table
from partsearch.price_list.layouts.layout import Layout
from partsearch.price_list.layouts.rows import RowKind
from partsearch.price_list.progress import Progress, total_records
from partsearch.price_list.row_counts import RowCounts
from partsearch.price_list.validate import RejectedRow, SkippedRow, ValidRow, validate_record
from partsearch.price_list.vehicles.resolve import VehicleResolver

OnRow = Callable[[Record | None, ValidRow | RejectedRow | SkippedRow], None]
"""Takes each row, and its record unless the row was rejected after the last record was read."""

_ROWS_BETWEEN_PROGRESS = 1_000


def ignore_row(_record: Record | None, _row: ValidRow | RejectedRow | SkippedRow) -> None:
    """Take a row, and do nothing with it."""


@dataclass
class RowReader:
    """The rows of one list.

    Attributes:
        known: how many of them are known by their cells.
    """

    table: Table
    layout: Layout
    resolver: VehicleResolver
    vehicles: Iterable[VehicleName]
    counts: RowCounts
    on_row: OnRow
    progress: Progress
    known: int = 0


def read_rows(reader: RowReader, list_name: str | None) -> None:
    """Stage the rows of the list.

    Args:
        reader: takes the counts.
        list_name: of the parts whose rows may be known by their cells; ``None`` to read every row.
    """
    digests = RecordDigests(reader.layout, reader.vehicles)
    unknown = None
    if list_name is not None and has_known_records(list_name):
        reader.progress.stage("comparing with the last list", total_records(reader.table))
        unknown = _unknown_records(reader, digests, list_name)
        if not any(unknown):
            return
    reader.progress.stage("reading", total_records(reader.table))
    with TemporaryFile("w+", encoding="utf-8", newline="\n") as unusable:
        with row_writer(catalog_key()) as writer:
            for record in _with_progress(reader):
                if unknown is None or (record.number < len(unknown) and unknown[record.number]):
                    _read(record, reader, writer, digests, unusable)
        unusable.seek(0)
        stage_unusable(line.rstrip("\n") for line in unusable)


def _read(record: Record, reader: RowReader, writer: RowWriter, digests: RecordDigests, unusable: TextIO) -> None:
    row = validate_record(record, reader.layout)
    if row is None:
        return
    if isinstance(row, ValidRow):
        row = reader.resolver.resolve(row)
        writer.write(row, digests.digest(record))
    elif isinstance(row, RejectedRow):
        unusable.writelines(f"{key}\n" for key in keys_of_rejected(row, reader.layout) if "\n" not in key)
    reader.counts.add(row)
    reader.on_row(record, row)


def _unknown_records(reader: RowReader, digests: RecordDigests, list_name: str) -> bytearray:
    """Stage the rows that are known by their cells; return a byte for each record, 1 if it has to be read."""
    unknown = bytearray(1)

    def numbered() -> Iterator[tuple[int, str]]:
        for record in _with_progress(reader):
            unknown.extend(bytes(record.number + 1 - len(unknown)))
            if record.number <= reader.layout.header_number:
                continue
            if record.is_blank:
                row = SkippedRow(record.number, RowKind.BLANK)
                reader.counts.add(row)
                reader.on_row(record, row)
            elif record.error:
                unknown[record.number] = 1
            else:
                yield record.number, digests.digest(record)

    reader.known, others = stage_known_records(numbered(), list_name)
    reader.counts.usable += reader.known
    for number in others:
        unknown[number] = 1
    return unknown


def _with_progress(reader: RowReader) -> Iterator[Record]:
    for count, record in enumerate(reader.table.records(), 1):
        yield record
        if count % _ROWS_BETWEEN_PROGRESS == 0:
            reader.progress.advance(_ROWS_BETWEEN_PROGRESS)
