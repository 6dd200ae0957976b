"""The report of an import as JSON, for programs: ``docs/reference/import-report.md`` describes it."""

import re
from collections.abc import Sequence
from json.encoder import encode_basestring_ascii as escape_ascii
from typing import Any, TextIO

import orjson

from partsearch.contract.answer.rendering import number
from partsearch.price_list.changes import Changes, Example
from partsearch.price_list.layouts.rows import RowKind
from partsearch.price_list.recognise import Column
from partsearch.price_list.report import ImportReport
from partsearch.price_list.row_counts import CountedRows, RowCounts
from partsearch.price_list.vehicles.resolve import VehicleCounts

_REPLACED = 100
_NOT_ASCII = re.compile("[^\x00-\x7f]+")


def report_json(report: ImportReport) -> bytes:
    """Return the report as one JSON object."""
    return to_json(
        {
            "source": report.source,
            "file": report.file_name,
            "sha256": report.sha256,
            "import_id": report.import_id,
            "dry_run": report.dry_run,
            "is_same_file": report.is_same_file,
            "taken_off": report.taken_off,
            **_reading(report),
            "rows": _rows(report),
            "changes": _changes(report.changes),
            "rejected": _rejected(report),
            "unreadable": [{"key": key, **_counted(rows)} for key, rows in report.rows.left_out.items()],
            "row_warnings": [{"warning": kind, **_counted(rows)} for kind, rows in report.rows.warnings.items()],
            "vehicles": _vehicles(report.vehicles, report.rows),
            "warnings": [*map(str, report.layout.warnings), *report.warnings],
            "seconds": round(report.seconds, 3),
        }
    )


def to_json(value: Any) -> bytes:
    """Return a value as indented JSON; a character that UTF-8 does not have is replaced."""
    return orjson.dumps(_encodable(value), option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)


def print_json(json: bytes, stream: TextIO) -> None:
    """Print JSON as one line or several; a character that the stream's encoding does not have is escaped."""
    text = json.decode()
    try:
        text.encode(stream.encoding)
    except UnicodeEncodeError:
        text = _NOT_ASCII.sub(lambda found: escape_ascii(found[0])[1:-1], text)
    stream.write(f"{text}\n")


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, dict):
        return {_encodable(key): _encodable(inner) for key, inner in value.items()}
    return [_encodable(inner) for inner in value] if isinstance(value, list) else value


def _reading(report: ImportReport) -> dict[str, Any]:
    table, layout = report.table, report.layout
    return {
        "format": table.format,
        "encoding": table.encoding or None,
        "delimiter": table.delimiter or None,
        "sheet": table.name or None,
        "layout": layout.aggregator or None,
        "header_rows": list(layout.header_rows),
        "kept_profile": report.kept_profile,
        "columns": [_column(column) for column in layout.every_column],
    }


def _column(column: Column) -> dict[str, Any]:
    return {
        "index": column.index,
        "header": column.header,
        "meaning": str(column.meaning) if column.is_imported else None,
        "certainty": str(column.certainty) if column.is_imported else None,
        "because_of": column.why,
        "notes": column.notes,
    }


def _rows(report: ImportReport) -> dict[str, int]:
    """Return the number of rows of each outcome; without ``read`` and ``usable`` they add up to ``read``."""
    changes, rows = report.changes, report.rows
    return {
        "read": rows.read,
        "usable": rows.usable,
        "new": changes.new,
        "changed": changes.changed,
        "unchanged": changes.unchanged,
        "sold": changes.sold,
        "sold_unknown": changes.sold_unknown,
        "rejected": rows.rejected_count,
        "section": rows.skipped_of(RowKind.SECTION),
        "total": rows.skipped_of(RowKind.TOTAL),
        "repeated_header": rows.skipped_of(RowKind.REPEATED_HEADER),
        "blank": rows.skipped_of(RowKind.BLANK),
    }


def _changes(changes: Changes) -> dict[str, Any]:
    return {
        "new": changes.new,
        "changed": changes.changed,
        "hidden_gone": changes.gone,
        "hidden_sold": changes.sold,
        "shown_again": changes.shown_again,
        "new_marks": list(changes.new_marks),
        "new_models": [{"mark": mark, "model": model} for mark, model in changes.new_models],
        "rows_in_hidden_names": changes.in_hidden,
        "hidden_names": [{"name": name, "rows": count} for name, count in changes.hidden_names],
        "examples": _examples(changes.examples),
        "prices": {
            "up": changes.prices.up,
            "down": changes.prices.down,
            "largest": _examples(changes.prices.largest),
        },
    }


def _examples(examples: Sequence[Example]) -> list[dict[str, Any]]:
    return [
        {
            "kind": str(example.kind),
            "row": example.row_number,
            "mark": example.mark,
            "model": example.model,
            "name": example.name,
            "price": number(example.price),
            "price_before": None if example.price_before is None else number(example.price_before),
            "fields": [{"name": name, "before": before, "after": after} for name, before, after in example.fields],
        }
        for example in examples
    ]


def _rejected(report: ImportReport) -> dict[str, Any]:
    return {
        "count": report.rows.rejected_count,
        "reasons": [{"reason": reason, **_counted(rows)} for reason, rows in report.rows.reasons()],
        "first": [{"row": row.number, "reason": row.reason, "text": row.detail} for row in report.rows.first_rejected],
        "file": str(report.rejected_file) if report.rejected_file else None,
    }


def _counted(rows: CountedRows) -> dict[str, Any]:
    return {"count": rows.count, "rows": [{"row": row, "text": text} for row, text in rows.first]}


def _vehicles(vehicles: VehicleCounts, rows: RowCounts) -> dict[str, Any]:
    return {
        "from_names": vehicles.from_names,
        "without_mark": vehicles.without_mark,
        "replaced": [
            {"text": text, "name": name, "count": count}
            for (text, name), count in vehicles.replaced.most_common(_REPLACED)
        ],
        "nearest": [{"word": word, "count": count, "alias": alias} for word, count, alias in vehicles.nearest],
        "spellings": [[{"mark": mark, "count": count} for mark, count in spellings] for spellings in rows.spellings()],
    }
