"""The rows of a list on their way into the temporary tables of the import's transaction."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from partsearch.price_list.applying.keys import json_bytes, keys_of
from partsearch.price_list.applying.statements import run, statement, value
from partsearch.price_list.validate import ValidRow


def create_tables() -> None:
    """Create the tables, empty; they exist until the end of the transaction."""
    run("set_limits")
    run("drop_tables")
    run("create_tables")


class RowWriter:
    """Copies rows into the table.

    Args:
        copy: a running COPY.
        catalog_key: of this catalog.
    """

    def __init__(self, copy: Any, catalog_key: str) -> None:
        self._write = copy.write_row
        self._catalog_key = catalog_key

    def write(self, row: ValidRow, record_digest: str | None) -> None:
        """Write a row with its mark and model.

        Args:
            row: the row.
            record_digest: of its cells; ``None`` if they have to be read again next time.
        """
        keys = keys_of(row, self._catalog_key)
        has_id = keys.key is not None and keys.reference is None
        is_read_again = row.is_sold or row.left_out or row.warnings or keys.reference is not None
        content = (row.mark, row.model, row.name, row.price, json_bytes(row.json_data).decode())
        record = None if is_read_again else record_digest
        identity = keys.key, has_id, keys.reference, keys.article, keys.identity, keys.digest
        self._write((row.number, *identity, record, row.is_sold, *content))


@contextmanager
def row_writer(catalog_key: str) -> Iterator[RowWriter]:
    """Yield a writer; the rows are in the table after the block."""
    with connection.cursor() as cursor, cursor.copy(statement("copy_rows")) as copy:
        yield RowWriter(copy, catalog_key)


def stage_unusable(keys: Iterable[str]) -> None:
    """Stage the keys of rows that cannot be used."""
    with connection.cursor() as cursor, cursor.copy(statement("copy_unusable")) as copy:
        for key in keys:
            copy.write_row((key,))


def has_known_records(list_name: str) -> bool:
    """Return whether rows of the list may be known by their cells."""
    return bool(value("has_known_records", list_name=list_name))


def stage_known_records(digests: Iterable[tuple[int, str]], list_name: str) -> tuple[int, Iterator[int]]:
    """Stage the rows whose cells are those of the last import.

    Args:
        digests: the number and the digest of each record.
        list_name: of the parts that the list may be about.

    Returns:
        how many rows are staged, and the numbers of the other records.
    """
    with connection.cursor() as cursor, cursor.copy(statement("copy_records")) as copy:
        for numbered in digests:
            copy.write_row(numbered)
    run("analyze_records")
    run("take_known_records", list_name=list_name)
    run("drop_ambiguous_records")
    run("analyze_rows")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM import_row")
        known: int = cursor.fetchone()[0]
    return known, _unknown_records()


def _unknown_records() -> Iterator[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement("unknown_records"))
        while chunk := cursor.fetchmany(10_000):
            yield from (number for (number,) in chunk)


def has_references() -> bool:
    """Return whether rows name parts of this catalog themselves."""
    return bool(value("has_references"))


def is_known_outdated(list_name: str) -> bool:
    """Return whether another import has changed what rows were compared with by their cells."""
    return bool(value("is_known_outdated", list_name=list_name))


def reject_repeats() -> None:
    """Reject the rows that name a part that does not exist, and those that repeat an earlier row."""
    run("analyze_rows")
    run("reject_missing_references")
    run("reject_repeats")
