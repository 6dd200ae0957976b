"""The import from end to end: whose list it is, how it is read, and what comes of it."""

import hashlib
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import BinaryIO
from unicodedata import category

from partsearch.catalog.vehicle_names.stored import stored_vehicle_names
from partsearch.database.account import caller
from partsearch.price_list.applying.read import OnRow, ignore_row
from partsearch.price_list.applying.transaction import ImportOrder, ImportResult, import_rows
from partsearch.price_list.errors import InvalidSourceError, PriceListError, UnreadableFileError
from partsearch.price_list.formats import Table, open_price_list
from partsearch.price_list.formats.input.source import STANDARD_INPUT, check_readable, label
from partsearch.price_list.layouts.from_profile import table_of_profile
from partsearch.price_list.layouts.known_vehicles import known_vehicles
from partsearch.price_list.layouts.layout import Layout
from partsearch.price_list.list_name import LONGEST_SOURCE, Source, default_source
from partsearch.price_list.profile import Profile, read_profile, write_profile
from partsearch.price_list.progress import Progress, with_counted_records
from partsearch.price_list.recognise import choose_table
from partsearch.price_list.report import ImportReport
from partsearch.price_list.sources import LastImport, last_import

_BLOCK = 1024 * 1024


@dataclass(frozen=True)
class _Reading:
    """How to read a list.

    Attributes:
        profile: ``None`` to find it out.
        text: the profile as TOML; empty if there is none.
        is_kept: it is that of the last import of the source.
    """

    profile: Profile | None = None
    text: str = ""
    is_kept: bool = False

    @property
    def encoding(self) -> str | None:
        return (self.profile and self.profile.encoding) or None

    @property
    def delimiter(self) -> str | None:
        return (self.profile and self.profile.delimiter) or None


def import_list(
    path: Path,
    *,
    dry_run: bool,
    file: BinaryIO | None = None,
    encoding: str | None = None,
    profile: Profile | None = None,
    source: str | None = None,
    is_confirmed: bool = False,
    is_partial: bool = False,
    progress: Progress,
    on_row: OnRow | None = None,
) -> ImportReport:
    """Import the list in one transaction and return the report; with ``dry_run`` take everything back at its end.

    Args:
        path: the list, or ``-`` for standard input.
        dry_run: change nothing.
        file: the open file, if this process may not open ``path`` itself.
        encoding: of a text; absent, that of the profile, or it is found.
        profile: how to read the list; absent, that of the last import of the source, or it is found.
        source: whose list it is; absent, the name of the file tells.
        is_confirmed: go on even if much more changes than usual.
        is_partial: the list is only a part of the one of the source: nothing is gone.
        progress: shows the stages and the rows.
        on_row: is called with each row, and with its record unless it was rejected after the last record was read.

    Raises:
        PriceListError: the list is unusable as a whole, or has to be confirmed; nothing has changed.
    """
    started, started_at = monotonic(), datetime.now(UTC)
    if file is None and path != STANDARD_INPUT:
        check_readable(path)
    whose = _source(path, source)
    last = last_import(whose.name)
    reading = _reading(profile, last, is_partial=is_partial)
    list_file = _ListFile(path)
    progress.stage("understanding")
    with open_price_list(
        path,
        encoding=encoding or reading.encoding,
        delimiter=reading.delimiter,
        file=file,
        on_input=list_file.note,
    ) as tables:
        vehicles = stored_vehicle_names()
        order = ImportOrder(
            path, whose.name, _file_name(path), list_file.sha256, reading.text, caller(), started_at,
            dry_run, is_confirmed, is_partial, progress, on_row or ignore_row, list_file.check_unchanged, vehicles,
        )  # fmt: skip
        with known_vehicles(vehicles):
            table, layout = _table(with_counted_records(tables), path, reading, whose.name, is_partial=is_partial)
            result = import_rows(order, table, layout)
    report = _report(order, result, table, layout, last)
    return replace(report, seconds=monotonic() - started, taken_off=whose.taken_off, kept_profile=reading.is_kept)


def _report(
    order: ImportOrder, result: ImportResult, table: Table, layout: Layout, last: LastImport | None
) -> ImportReport:
    changes = result.comparison.changes
    is_same = last is not None and last.sha256 == order.sha256 and changes.is_empty
    return ImportReport(
        source=order.source,
        file_name=order.file_name,
        sha256=order.sha256,
        table=table,
        layout=layout,
        rows=result.rows,
        vehicles=result.resolver.counts(),
        changes=changes,
        dry_run=order.dry_run,
        seconds=0,
        import_id=result.import_id,
        is_same_file=is_same,
        imported_before=last.finished if last and is_same else None,
        warnings=result.warnings,
    )


def _source(path: Path, given: str | None) -> Source:
    if given is None:
        return default_source(path)
    name = " ".join(given.split())
    problem = _problem_of_source(name)
    if problem:
        raise InvalidSourceError(f"The source {problem}.", "Give a short name: --source npn.")
    return Source(name)


def _problem_of_source(name: str) -> str:
    """Return why a name cannot be that of a source; empty if it can."""
    if not name:
        return "is empty"
    if len(name) > LONGEST_SOURCE:
        return f"has more than {LONGEST_SOURCE} characters"
    # A half of a pair is a byte of the command line that is not UTF-8.
    return "has control characters, or is not UTF-8" if any(category(each) in ("Cc", "Cs") for each in name) else ""


def _file_name(path: Path) -> str:
    return str(path) if path == STANDARD_INPUT else os.fsencode(path.name).decode(errors="replace")


class _ListFile:
    """The file of a list, which is read several times: it must not change meanwhile.

    Args:
        path: of the list, for messages.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._hash = hashlib.sha256()
        self._file = path
        self._version: tuple[int, ...] = ()

    @property
    def sha256(self) -> str:
        """Return the hash of its content."""
        return self._hash.hexdigest()

    def note(self, regular: Path) -> None:
        """Note which file has the content, and its hash."""
        self._file, self._version = regular, _version(regular)
        with regular.open("rb") as file:
            while block := file.read(_BLOCK):
                self._hash.update(block)

    def check_unchanged(self) -> None:
        """Raise UnreadableFileError if the file is another one by now, or has another content."""
        try:
            is_same = _version(self._file) == self._version
        except OSError:
            is_same = False
        if not is_same:
            raise UnreadableFileError(
                f"{label(self._path)} was changed while it was read. Nothing was changed in the catalog.",
                "Import it again when it is complete.",
            )


def _version(file: Path) -> tuple[int, ...]:
    found = file.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _reading(profile: Profile | None, last: LastImport | None, *, is_partial: bool) -> _Reading:
    """Return how to read the list: as given, else as the last one of the source."""
    if profile:
        return _Reading(profile, write_profile(profile))
    if last is None or not last.profile:
        return _Reading()
    kept = read_profile(last.profile)
    return _Reading(_of_any_columns(kept) if is_partial else kept, last.profile, is_kept=True)


def _of_any_columns(profile: Profile) -> Profile:
    """Return a profile that finds its columns by their headers: a part of a list has other columns beside them."""
    columns = tuple(replace(column, index=None) if column.header else column for column in profile.columns)
    return replace(profile, columns=columns, width=0, encoding="", delimiter="", sheet="")


def _table(
    tables: list[Table], path: Path, reading: _Reading, source: str, *, is_partial: bool
) -> tuple[Table, Layout]:
    if reading.profile is None:
        return choose_table(tables, path)
    try:
        return table_of_profile(tables, reading.profile, path)
    except PriceListError as error:
        if not reading.is_kept:
            raise
        if is_partial:
            # The file of rejected rows has titles that are recognised, where those of the list have none.
            return choose_table(tables, path)
        raise type(error)(
            f"The list does not fit the profile that is kept with the source {source}: {error}",
            "Make a new one with 'partsearch import --explain FILE', and give it with --profile.",
        ) from error
