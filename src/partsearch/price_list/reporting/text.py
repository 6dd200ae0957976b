"""Stage seven: the report of an import for people."""

import shlex
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from partsearch.price_list.explanation import describe_source
from partsearch.price_list.layouts.rows import RowKind
from partsearch.price_list.recognise import Column
from partsearch.price_list.report import ImportReport
from partsearch.price_list.reporting.change_lines import SHOWN_NAMES, change_lines, some
from partsearch.price_list.row_counts import CountedRows, describe_rows
from partsearch.price_list.validate import UNKNOWN_MARK, UNKNOWN_MODEL
from partsearch.system.terminal_text import terminal_text

_SHOWN_REASONS = 12


def show(report: ImportReport, console: Console) -> None:
    """Print the report. A console with ``soft_wrap`` gets each fact as one line."""

    def say(line: str) -> None:
        console.print(terminal_text(line))

    for line in _heading_lines(report):
        say(line)
    console.print()
    console.print(_counts(report))
    for warning in report.warnings:
        say(f"Warning: {warning}")
    for section in (_change_lines, _vehicle_lines, _row_lines):
        if lines := list(section(report)):
            console.print()
            for line in lines:
                say(line)
    _show_rejected_file(report, console)
    console.print()
    say(_last_line(report))


def _heading_lines(report: ImportReport) -> Iterator[str]:
    layout = report.layout
    yield f"Price list {report.source}: {describe_source(report.table, layout)}."
    if report.taken_off:
        yield (
            f"The list belongs to the source {report.source}: {report.file_name} without {report.taken_off!r}. "
            "Another one is given by --source."
        )
    if report.kept_profile:
        yield "The columns are read by the profile that is kept with the source."
    yield f"Columns: {'; '.join(map(_describe, layout.columns))}."
    if layout.ignored:
        yield f"Columns ignored: {some(layout.ignored, SHOWN_NAMES)}."
    for warning in layout.warnings:
        yield f"Check {warning}."


def _describe(column: Column) -> str:
    header = column.header or f"column {column.index + 1}"
    return f"{header} → {column.meaning}{f' ({column.notes})' if column.notes else ''}"


def _counts(report: ImportReport) -> Table:
    """Return the rows that were read, and below them their outcomes, which add up to them."""
    always = ("New", "Changed", "Unchanged", "Rejected")
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row("Rows read", f"{report.rows.read:,}")
    for label, count in report.outcomes.items():
        if count or label in always:
            table.add_row(f"  {label}", f"{count:,}")
    if other := report.rows.read - sum(report.outcomes.values()):
        table.add_row("  Not accounted for", f"{other:,}")
    return table


def _change_lines(report: ImportReport) -> Iterator[str]:
    yield from change_lines(report.changes, is_dry_run=report.dry_run)


def _vehicle_lines(report: ImportReport) -> Iterator[str]:
    vehicles = report.vehicles
    if vehicles.from_names:
        yield f"Marks and models from the names of the parts: {vehicles.from_names:,} rows."
    if vehicles.replaced:
        replaced = [f"{text} → {name} ({count:,})" for (text, name), count in vehicles.replaced.most_common()]
        yield f"Taken for known marks and models: {some(replaced, SHOWN_NAMES)}."
    if vehicles.without_mark:
        yield f"Rows that name no mark: {vehicles.without_mark:,}. They are under {UNKNOWN_MARK} {UNKNOWN_MODEL}."
        nearest = [f"{word} ({count:,}) to {alias}" for word, count, alias in vehicles.nearest]
        if nearest:
            yield f"Words that came closest to one: {', '.join(nearest)}."


def _row_lines(report: ImportReport) -> Iterator[str]:
    rows = report.rows
    for spellings in rows.spellings()[:SHOWN_NAMES]:
        yield f"Treated as one mark: {some([f'{mark} ({count:,})' for mark, count in spellings], SHOWN_NAMES)}."
    reasons = rows.reasons()
    for reason, counted in reasons[:_SHOWN_REASONS]:
        yield f"Rejected, {reason} ({counted.count:,}): row {_numbers(counted)}."
    if len(reasons) > _SHOWN_REASONS:
        left = sum(counted.count for _, counted in reasons[_SHOWN_REASONS:])
        yield f"Rejected for {len(reasons) - _SHOWN_REASONS} other reasons: {left:,}."
    for kind, counted in rows.skipped.items():
        if kind is not RowKind.BLANK:
            yield f"Skipped, {kind} ({counted.count:,}): row {_numbers(counted)}."
    for key, counted in rows.left_out.items():
        yield f"Used without {key}, unreadable ({counted.count:,}): row {_numbers(counted)}."
    for warning, counted in rows.warnings.items():
        yield f"Check {warning} ({counted.count:,}): row {_numbers(counted)}."


def _numbers(counted: CountedRows) -> str:
    rows = describe_rows(counted)
    return some(rows, len(rows), counted.count)


def _show_rejected_file(report: ImportReport, console: Console) -> None:
    """Print where the rejected rows are, and the command that imports them: as one line, so that it can be copied."""
    if report.rejected_file is None:
        return
    path = str(report.rejected_file)
    console.print(terminal_text(f"The rejected rows are in {path}."), soft_wrap=True)
    console.print(terminal_text("Correct them there, and import the file:"))
    command = shlex.join(("partsearch", "import", path, "--source", report.source, "--partial"))
    console.print(terminal_text(f"  {command}"), soft_wrap=True)


def _last_line(report: ImportReport) -> str:
    if report.is_same_file:
        when = f"on {report.imported_before.astimezone():%Y-%m-%d %H:%M}" if report.imported_before else "last time"
        return f"The same file as {when}; nothing to change."
    seconds = f"{report.seconds:.1f} s."
    if report.dry_run:
        would = "" if not report.changes.is_empty else " The import would change nothing."
        return f"Dry run: nothing was changed.{would} {seconds}"
    if report.changes.is_empty:
        return f"Nothing to change: the catalog has all of it. {seconds}"
    undo = (
        ""
        if report.import_id is None
        else f" 'partsearch import undo --source {shlex.quote(report.source)}' takes it back."
    )
    return f"Imported in {seconds}{undo}"
