"""The formats of exported lists by name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from partsearch.contract.exported_list.csv_text import CsvWriter
from partsearch.contract.exported_list.json_lines import JsonLinesWriter
from partsearch.contract.exported_list.part import ExportedPart
from partsearch.contract.exported_list.xlsx import XlsxWriter


class ListWriter(Protocol):
    """Writes one list: ``begin`` once, ``rows`` any number of times, ``end`` once. Each returns the next bytes."""

    def begin(self) -> bytes:
        """Return the beginning."""

    def rows(self, parts: Iterable[ExportedPart]) -> bytes:
        """Return the next parts."""

    def end(self) -> bytes:
        """Return the end."""


class ExportFormat(StrEnum):
    """The formats. The values are those of the field ``format``, and the endings of the files."""

    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"


@dataclass(frozen=True)
class _Format:
    content_type: str
    writer: Callable[[], ListWriter]


_FORMATS = {
    ExportFormat.CSV: _Format("text/csv; charset=utf-8", CsvWriter),
    ExportFormat.XLSX: _Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", XlsxWriter),
    ExportFormat.JSONL: _Format("application/jsonl", JsonLinesWriter),
}


def list_writer(name: ExportFormat) -> ListWriter:
    """Return a new writer."""
    return _FORMATS[name].writer()


def content_type(name: ExportFormat) -> str:
    """Return the content type."""
    return _FORMATS[name].content_type


def download_headers(name: ExportFormat) -> dict[str, str]:
    """Return the headers of a download, without those that every answer has."""
    today = datetime.now(UTC).date().isoformat()
    return {
        "Content-Type": content_type(name),
        "Content-Disposition": f'attachment; filename="partsearch-{today}.{name}"',
        "Cache-Control": "no-store",
    }
