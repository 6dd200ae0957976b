"""Reports of imports without a database."""

import io
from pathlib import Path
from typing import Any

from rich.console import Console

from partsearch.price_list.changes import Changes
from partsearch.price_list.recognise import recognise
from partsearch.price_list.report import ImportReport
from partsearch.price_list.reporting.text import show
from partsearch.price_list.row_counts import RowCounts
from partsearch.price_list.validate import validate
from partsearch.price_list.vehicles.resolve import VehicleCounts
from tests.support.price_lists import csv_table

HEADER = "Марка;Модель;Название;Цена;Количество\n"


def report_of(text: str, **fields: Any) -> ImportReport:
    """Return the report of a list whose valid rows are all new, unless ``fields`` say otherwise."""
    table = csv_table(text)
    layout, rows = recognise(table, Path("list.csv")), RowCounts()
    for row in validate(table.records(), layout):
        rows.add(row)
    values: dict[str, Any] = {
        "source": "npn",
        "file_name": "npn_2018.csv",
        "sha256": "ab" * 32,
        "vehicles": VehicleCounts(),
        "changes": Changes(new=rows.usable),
        "dry_run": False,
        "seconds": 1.25,
        **fields,
    }
    return ImportReport(table=table, layout=layout, rows=rows, **values)


def text_of(report: ImportReport, width: int = 160) -> str:
    """Return the report as a pipe gets it."""
    written = io.StringIO()
    show(report, Console(file=written, width=width, soft_wrap=True, color_system=None))
    return written.getvalue()
