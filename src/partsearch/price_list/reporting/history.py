"""The imports of the past, and what ``import undo`` has taken back, for people and for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from partsearch.price_list.reporting.json_text import to_json
from partsearch.price_list.sources import ImportRow
from partsearch.price_list.undo import UndoReport
from partsearch.system.terminal_text import terminal_text

_SHOWN_EDITED = 20
_WIDEST = 2_000
"""Of a table in characters: names of files and sources have up to 255 each."""
_COUNTS = ("new", "changed", "hidden")


def show_undo(report: UndoReport, console: Console) -> None:
    """Print what was taken back."""
    console.print(terminal_text(f"Import {report.import_id} of {report.source} is taken back."))
    for label, count in (
        ("Parts removed, which it had added", report.removed),
        ("Parts restored, which it had changed", report.restored),
        ("Parts shown again, which it had hidden", report.shown_again),
        ("Parts hidden again, which it had shown", report.hidden_again),
    ):
        if count:
            console.print(terminal_text(f"{label}: {count:,}."))
    if not report.edited:
        return
    console.print(
        terminal_text(f"Left as they are, edited since or without their former model: {len(report.edited):,}.")
    )
    for part in report.edited[:_SHOWN_EDITED]:
        console.print(terminal_text(f"  part {part.part_id}: {part.mark} {part.model}, {part.name}"))
    if len(report.edited) > _SHOWN_EDITED:
        console.print(terminal_text(f"  and {len(report.edited) - _SHOWN_EDITED:,} more: --json names them all."))


def undo_json(report: UndoReport) -> bytes:
    """Return what was taken back as one JSON object."""
    edited = [{"id": part.part_id, "mark": part.mark, "model": part.model, "name": part.name} for part in report.edited]
    return to_json({**asdict(report), "edited": edited})


def show_imports(imports: Sequence[ImportRow], console: Console) -> None:
    """Print a table of imports, or two lines for each where the terminal is too narrow for the table."""
    if not imports:
        console.print("No price list has been imported yet.")
        return
    table = _table(imports)
    table.width = console.measure(table, options=console.options.update(width=_WIDEST)).maximum
    if table.width <= console.width or not console.is_terminal:
        console.print(table, crop=False)
        return
    digits = len(str(imports[0].id))
    for row in imports:
        for line in _lines(row, digits):
            console.print(terminal_text(line))


def _table(imports: Sequence[ImportRow]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("id", "when", "source", "file", *_COUNTS, "by", "undone"):
        table.add_column(title, justify="right" if title in ("id", *_COUNTS) else "left", no_wrap=True)
    for row in imports:
        undone = "yes" if row.undone else ""
        cells = str(row.id), _time(row.started), row.source, row.file_name, *_counts(row), row.account, undone
        table.add_row(*map(terminal_text, cells))
    return table


def _lines(row: ImportRow, digits: int) -> tuple[str, str]:
    """Return an import as two lines."""
    counts = ", ".join(f"{count} {name}" for count, name in zip(_counts(row), _COUNTS, strict=True))
    undone = ", undone" * bool(row.undone)
    return (
        f"{row.id:>{digits}}  {_time(row.started)}  {row.source}, file {row.file_name}",
        f"{'':>{digits}}  {counts}, by {row.account}{undone}",
    )


def _counts(row: ImportRow) -> list[str]:
    return [f"{row.counts.get(name, 0):,}" for name in _COUNTS]


def imports_json(imports: Sequence[ImportRow]) -> bytes:
    """Return imports as one JSON object."""
    return to_json({"imports": [_import(row) for row in imports]})


def _import(row: ImportRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "source": row.source,
        "file": row.file_name,
        "sha256": row.sha256,
        "account": row.account,
        "started": _exact(row.started),
        "finished": _exact(row.finished),
        "counts": dict(row.counts),
        "undone": row.undone and _exact(row.undone),
    }


def _exact(time: datetime) -> str:
    return time.isoformat(timespec="seconds")


def _time(time: datetime) -> str:
    return f"{time.astimezone():%Y-%m-%d %H:%M}"
