"""The export of a search by the command: the same list as the services send, with its progress."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import BinaryIO

from django.db import Error

from partsearch.contract.errors import ProblemError
from partsearch.contract.exported_list.formats import list_writer
from partsearch.contract.request.export import ExportRequest
from partsearch.database.django_setup import ensure_django, share_priority_with_database
from partsearch.database.errors.command_errors import database_error
from partsearch.price_list.errors import PriceListError
from partsearch.system.atomic_file import replacing_file
from partsearch.system.signals import termination_signals_interrupt

_MOST_SECONDS = 24 * 3600.0
"""Of an export, and of a pause of what reads its standard output, such as a pager."""

_SECONDS_BETWEEN_LINES = 5.0


class ExportError(PriceListError):
    """An export could not be written, or was interrupted."""


def export_list(export: ExportRequest, output: Path | None) -> int:
    """Write all parts that an export finds, and return how many there are.

    Args:
        export: what is exported.
        output: the file, which is written whole or not at all; None for standard output.

    Raises:
        ExportError: the file cannot be written, the result does not fit into the format, or Ctrl-C.
        DatabaseError: the database is out of reach.
    """
    ensure_django()
    try:
        share_priority_with_database()
        with termination_signals_interrupt(), _target(output) as file:
            return _write(export, file)
    except KeyboardInterrupt:
        left = "is not written" if output else "is not whole"
        raise ExportError(f"Interrupted: the list {left}.", "Run the same command again.") from None
    except ProblemError as problem:
        reasons = "; ".join(f"{error.field} {error.message}" for error in problem.errors)
        raise ExportError(
            f"Nothing is exported: {reasons or problem.detail}.", "Narrow the search, or use --format csv."
        ) from problem
    except Error as error:
        translated = database_error(error)
        if translated is None:
            raise
        raise translated from error


@contextmanager
def _target(output: Path | None) -> Iterator[BinaryIO]:
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        with replacing_file(output) as file:
            yield file
    except OSError as error:
        if error.filename is None or Path(error.filename).parent != output.parent:
            raise
        raise ExportError(
            f"{output} cannot be written: {error.strerror}.",
            "Name another file, or send standard output to it: > FILE.",
        ) from error


def _write(export: ExportRequest, file: BinaryIO) -> int:
    from partsearch.django_service.exports import exported_batches
    from partsearch.django_service.typed.dictionary import dictionary_keeper
    from partsearch.django_service.typed.understood import understood_of

    writer = list_writer(export.format)
    number, started = 0, monotonic()
    shown = started
    file.write(writer.begin())
    if export.search.q is not None:
        dictionary_keeper.wait_until_complete()
    understood = understood_of(export.search)
    for batch in exported_batches(export, "default", _MOST_SECONDS, _MOST_SECONDS, understood):
        file.write(writer.rows(batch))
        number += len(batch)
        if monotonic() - shown > _SECONDS_BETWEEN_LINES:
            shown = monotonic()
            _show(number, shown - started, "so far")
    file.write(writer.end())
    _show(number, monotonic() - started, "in all")
    return number


def _show(number: int, seconds: float, which: str) -> None:
    sys.stderr.write(f"{number:,} parts {which}, {number / max(seconds, 0.001):,.0f} a second.\n")
