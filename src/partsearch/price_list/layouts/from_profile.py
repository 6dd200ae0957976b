"""The layout of a list by a profile that a person has checked."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from partsearch.price_list.columns import plain_header
from partsearch.price_list.formats import Record, Table
from partsearch.price_list.layouts.header_rows import HEADER_WITHIN, NO_HEADER, Header, find_header
from partsearch.price_list.layouts.layout import Layout
from partsearch.price_list.layouts.number_columns import with_number_styles
from partsearch.price_list.layouts.rows import rest_delimiter
from partsearch.price_list.layouts.sections import with_sections
from partsearch.price_list.layouts.sheets import ALL_SHEETS
from partsearch.price_list.layouts.stacked import unstacked
from partsearch.price_list.profile import Profile, ProfileError, layout_of
from partsearch.price_list.recognise import choose_plain_table


def table_of_profile(tables: Iterable[Table], profile: Profile, path: Path) -> tuple[Table, Layout]:
    """Return the table that the profile names, the only one if it names none, and its layout.

    Args:
        tables: the tables of the file.
        profile: may name all sheets with the same columns, as ``*``.
        path: the file, for messages.

    Raises:
        ProfileError: the file has no such table, or its headers are not those of the profile.
    """
    found = {table.name: table for table in tables}
    if profile.sheet == ALL_SHEETS and ALL_SHEETS not in found:
        found[ALL_SHEETS] = choose_plain_table(list(found.values()), path)[0]
    table = found.get(profile.sheet) if profile.sheet or len(found) > 1 else next(iter(found.values()))
    if table is None:
        raise ProfileError(
            f"The file has no sheet {profile.sheet!r}, but {', '.join(found)}.", "Correct the key sheet of the profile."
        )
    table, _ = unstacked(table)
    sample = list(islice(table.records(), HEADER_WITHIN))
    header = _header(sample, profile, is_first=table.has_known_header)
    layout = layout_of(profile, header.titles)
    _check_headers(layout, header)
    rows, width = header.rows or layout.header_rows, max(layout.width, len(header.titles))
    layout = replace(layout, header_rows=rows, width=width)
    layout = replace(layout, rest_delimiter=rest_delimiter(table, layout))
    styled = with_number_styles(layout, table.records())
    return with_sections(table, styled)


def _header(sample: Sequence[Record], profile: Profile, *, is_first: bool) -> Header:
    """Return the header of the list: it may be in another row than in the issue that the profile was made of."""
    if not profile.header_rows:
        return NO_HEADER
    found = find_header(sample, is_first=is_first)
    if found.rows:
        return found
    last = next((record for record in sample if record.number == profile.header_rows[-1]), None)
    return Header(profile.header_rows, tuple(last.cells)) if last else NO_HEADER


def _check_headers(layout: Layout, header: Header) -> None:
    """Raise ProfileError if a column has another header than in the profile: its meaning may be another one, too."""
    for column in layout.every_column:
        actual = header.titles[column.index] if column.index < len(header.titles) else ""
        if header.rows and column.header and plain_header(actual) != plain_header(column.header):
            raise ProfileError(
                f"Column {column.index + 1} has the header {actual!r}, not {column.header!r} as in the profile.",
                "Make a new profile: partsearch import --explain.",
            )
