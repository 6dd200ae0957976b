"""What is understood of a price list."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.table import Table as Grid

from partsearch.price_list.errors import UnknownColumnsError
from partsearch.price_list.formats import Table, open_price_list
from partsearch.price_list.layouts.from_profile import table_of_profile
from partsearch.price_list.layouts.layout import Column, Layout
from partsearch.price_list.layouts.rows import RowKind, count_kinds
from partsearch.price_list.layouts.sheets import ALL_SHEETS
from partsearch.price_list.profile import NO_MEANING, Profile, profile_of, write_profile
from partsearch.price_list.recognise import choose_table, understand
from partsearch.system.terminal_text import terminal_text

_SAMPLE_CHARACTERS = 22
_WIDE = 120
"""From this width on the table has a line for each column."""
_DELIMITER_NAMES = {"\t": "tab"}


@dataclass(frozen=True)
class Explanation:
    """What is understood of a list.

    Attributes:
        source: what the list was read as, for people.
        layout: its columns.
        kinds: how many rows there are of each kind.
        profile: the layout as TOML.
        problem: why the list cannot be imported so; ``None`` if it can.
        aliases: which marks and models were known, for people; empty to say nothing of them.
    """

    source: str
    layout: Layout
    kinds: Counter[RowKind]
    profile: str
    problem: UnknownColumnsError | None = None
    aliases: str = ""


def explain_list(
    path: Path, *, file: BinaryIO | None = None, encoding: str | None = None, profile: Profile | None = None
) -> Explanation:
    """Return what is understood of a list.

    Args:
        path: the list, or ``-`` for standard input.
        file: the open file, if this process may not open ``path`` itself.
        encoding: of a text; absent, that of the profile, or it is found.
        profile: how to read the list; absent, that is found.

    Raises:
        PriceListError: the file cannot be read, or the profile does not fit it.
    """
    encoding = encoding or (profile and profile.encoding) or None
    delimiter = (profile and profile.delimiter) or None
    with open_price_list(path, encoding=encoding, delimiter=delimiter, file=file) as tables:
        table, layout, problem = _understood(tables, path, profile)
        kinds = count_kinds(table.records(), layout)
    made = profile_of(layout, encoding=table.encoding, delimiter=table.delimiter, sheet=table.name)
    return Explanation(describe_source(table, layout), layout, kinds, write_profile(made), problem)


def _understood(
    tables: list[Table], path: Path, profile: Profile | None
) -> tuple[Table, Layout, UnknownColumnsError | None]:
    if profile:
        return *table_of_profile(tables, profile, path), None
    try:
        return *choose_table(tables, path), None
    except UnknownColumnsError as error:
        return tables[0], understand(tables[0]), error


def describe_source(table: Table, layout: Layout) -> str:
    """Return what the list was read as, for people."""
    sheet = "all sheets with the same columns" if table.name == ALL_SHEETS else table.name and f"sheet {table.name}"
    facts = [table.format, layout.aggregator and f"layout of {layout.aggregator}", sheet]
    if table.encoding:
        facts.append(f"encoding {table.encoding}")
    if table.delimiter:
        facts.append(f"delimiter {_DELIMITER_NAMES.get(table.delimiter, table.delimiter)}")
    if not table.has_known_header:
        facts.append(f"header in row {layout.header_number}" if layout.header_rows else "no header")
    return ", ".join(filter(None, facts))


def show_explanation(explanation: Explanation, console: Console) -> None:
    """Print what is understood of each column, with samples and how sure that is."""
    console.print(terminal_text(f"Read as {explanation.source}."))
    rows = ", ".join(f"{count:,} {kind}" for kind, count in explanation.kinds.most_common())
    console.print(terminal_text(f"Rows: {rows}."))
    console.print(_wide(explanation.layout) if console.width >= _WIDE else _narrow(explanation.layout))
    if explanation.aliases:
        console.print(terminal_text(f"Known marks and models: {explanation.aliases}."))
    for warning in explanation.layout.warnings:
        console.print(terminal_text(f"Check {warning}."))


def _wide(layout: Layout) -> Grid:
    """Return a table with a line for each column."""
    grid = Grid(box=None, pad_edge=False)
    for title in ("column", "header", "becomes", "how sure", "because of", "samples"):
        grid.add_column(title, overflow="fold")
    for column in layout.every_column:
        header, samples = _shortened(column.header), " | ".join(map(_shortened, column.samples))
        cells = str(column.index + 1), header, _becomes(column), _certainty(column), column.why, samples
        grid.add_row(*map(terminal_text, cells))
    return grid


def _narrow(layout: Layout) -> Grid:
    """Return a table with two lines for each column that is imported: what it becomes, and its samples; else one."""
    grid = Grid(box=None, pad_edge=False, show_header=False)
    grid.add_column(justify="right")
    grid.add_column(no_wrap=True, overflow="ellipsis")
    for column in layout.every_column:
        samples = " | ".join(map(_shortened, column.samples))
        why = ", ".join(filter(None, (_certainty(column), column.why)))
        line = f"{_shortened(column.header) or '(no header)'} → {_becomes(column)}: {why}"
        if not column.is_imported:
            grid.add_row(str(column.index + 1), terminal_text(f"{line}: {samples}" if samples else line, "dim"))
            continue
        grid.add_row(str(column.index + 1), terminal_text(line))
        grid.add_row("", terminal_text(samples, "dim"))
    return grid


def _becomes(column: Column) -> str:
    meaning = ", ".join(filter(None, (str(column.meaning or ""), "" if column.is_imported else NO_MEANING)))
    return f"{meaning}{f' ({column.notes})' if column.notes else ''}"


def _certainty(column: Column) -> str:
    return str(column.certainty) if column.meaning is not None else ""


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SAMPLE_CHARACTERS else f"{plain[: _SAMPLE_CHARACTERS - 1]}…"
