"""The columns of a list: by their headers, then by their cells where the header says nothing."""

import re
from collections.abc import Sequence
from dataclasses import replace

from partsearch.price_list.columns import PROPERTIES, REPEATABLE, Field, Meaning, plain_header
from partsearch.price_list.formats import Record
from partsearch.price_list.formats.characteristics import PREFIX
from partsearch.price_list.layouts.content import ColumnGuess, guess_meanings
from partsearch.price_list.layouts.header_rows import Header, has_goods_columns
from partsearch.price_list.layouts.headers import may_hide_price, read_header, read_notes
from partsearch.price_list.layouts.known import KnownLayout, known_layout
from partsearch.price_list.layouts.layout import Certainty, Column, Layout, LayoutWarning, WarningKind, column_cells

_SAMPLES = 3
_SECOND = 2
_NUMBER_HEADER = re.compile(r"номер|number|part no|нумар")
_SURE_PRICE = 2
"""The score of a column whose cells are amounts of money, not only numbers."""

_MOST_ASKED = 500
"""Columns whose cells are read. Real lists have up to a hundred columns."""


def columns_by_header(header: Header, body: Sequence[Record]) -> Layout:
    """Return the layout that the header gives.

    A repeated meaning belongs to its first column, except for prices and photos. Characteristics with one meaning
    stay, because goods of different kinds have different ones.
    """
    known = known_layout([plain_header(title) for title in header.titles])
    taken: dict[Meaning, Column] = {}
    columns, warnings = [], []
    for column in _with_second_number([_column(index, title, known) for index, title in enumerate(header.titles)]):
        index, title = column.index, column.header
        column = replace(column, samples=_samples(body, index))
        if column.meaning in taken and column.meaning not in REPEATABLE and not title.startswith(PREFIX):
            first = taken[column.meaning]
            detail = f"{column.meaning} is {first.header} (column {first.index + 1}), not {title} (column {index + 1})"
            warnings.append(LayoutWarning(WarningKind.REPEATED_MEANING, detail))
            column = replace(column, meaning=None, why=f"repeats {first.header}")
        if column.meaning is not None:
            taken.setdefault(column.meaning, column)
        columns.append(column)
    warnings += _maker_warning(columns)
    return Layout(header.rows, len(header.titles), tuple(columns), known.name if known else "", tuple(warnings))


def _column(index: int, title: str, known: KnownLayout | None) -> Column:
    """Return the column with the meaning that its header has, in the layout of an aggregator if it is one."""
    if not title:
        return Column(index, title, None, why="no header")
    plain = plain_header(title)
    if known and plain in known.meanings:
        return Column(index, title, known.meanings[plain], Certainty.CERTAIN, f"layout of {known.name}")
    reading = read_header(title)
    certainty = Certainty.CERTAIN if reading.is_exact else Certainty.LIKELY
    why = "header" if reading.meaning else "unknown header"
    return Column(index, title, reading.meaning, certainty, why, (), reading.currency, reading.unit, reading.vat)


def _with_second_number(columns: list[Column]) -> list[Column]:
    """Return the columns; of ``Артикул`` and ``Номер детали`` in one list the second is the original number."""
    articles = [column for column in columns if str(column.meaning) == "article"]
    if len(articles) != _SECOND or any(str(column.meaning) == "oem" for column in columns):
        return columns
    numbers = [column for column in articles if _NUMBER_HEADER.search(plain_header(column.header))]
    if len(numbers) != 1:
        return columns
    oem = replace(numbers[0], meaning=PROPERTIES["oem"], certainty=Certainty.LIKELY, why="a number beside an article")
    return [oem if column is numbers[0] else column for column in columns]


def _samples(body: Sequence[Record], index: int) -> tuple[str, ...]:
    """Return the first different cells of a column."""
    return tuple(dict.fromkeys(column_cells(body, index)))[:_SAMPLES]


def _maker_warning(columns: Sequence[Column]) -> list[LayoutWarning]:
    """Return a warning if the list names the maker of parts and no car."""
    meanings = {str(column.meaning): column for column in columns}
    if "brand" not in meanings or Field.MARK in meanings:
        return []
    detail = f"{meanings['brand'].header} is the maker of the part; no column names the car"
    return [LayoutWarning(WarningKind.MAKER_IS_NOT_THE_CAR, detail)]


def columns_by_content(layout: Layout, body: Sequence[Record]) -> Layout:
    """Return the layout with the columns without a header by their cells.

    If the name or the price is still missing, columns with an unknown header are asked too.
    """
    goods = [record for record in body if sum(map(bool, record.cells)) > 1]
    open_columns = [column for column in layout.every_column if not column.header]
    if not _has_all(layout):
        open_columns += [column for column in layout.every_column if column.header and column.meaning is None]
    open_columns = open_columns[:_MOST_ASKED]
    found = guess_meanings([column_cells(goods, column.index) for column in open_columns])
    guesses = [_by_price_word(column, guesses) for column, guesses in zip(open_columns, found, strict=True)]
    chosen = _choose(layout, open_columns, guesses)
    columns = tuple(_with_guess(column, chosen.get(column.index)) for column in layout.every_column)
    warnings = (
        [] if layout.header_rows else [LayoutWarning(WarningKind.NO_HEADER, "the columns are taken from the cells")]
    )
    warnings += [
        LayoutWarning(WarningKind.BY_CONTENT, f"column {column.index + 1} is {column.meaning}: {column.why}")
        for column in columns
        if column.index in chosen
    ]
    warnings += _other_prices(open_columns, guesses, chosen)
    return replace(layout, every_column=columns, warnings=(*layout.warnings, *warnings))


def _by_price_word(column: Column, guesses: list[ColumnGuess]) -> list[ColumnGuess]:
    """Return the guesses for a column. Under an unknown header only a price word makes numbers a price.

    Of ``Цена А`` and ``Цена В`` no one is more likely: the first is used.
    """
    if not column.header:
        return guesses
    others = [guess for guess in guesses if guess.meaning is not Field.PRICE]
    if len(others) == len(guesses) or not may_hide_price(column.header):
        return others
    return [ColumnGuess(Field.PRICE, Certainty.GUESS, "a header with the word price", _SURE_PRICE), *others]


def _other_prices(
    columns: Sequence[Column], guesses: Sequence[Sequence[ColumnGuess]], chosen: dict[int, ColumnGuess]
) -> list[LayoutWarning]:
    """Return a warning if cells of other columns than the chosen one are amounts of money, too."""
    names = {column.index: column.header or f"column {column.index + 1}" for column in columns}
    price = next((names[index] for index, guess in chosen.items() if guess.meaning is Field.PRICE), None)
    others = [
        names[column.index]
        for column, found in zip(columns, guesses, strict=True)
        if any(guess.meaning is Field.PRICE and guess.score >= _SURE_PRICE for guess in found)
        and column.index not in chosen
    ]
    if price is None or not others:
        return []
    return [LayoutWarning(WarningKind.SEVERAL_PRICES, f"{price} is used, not {', '.join(others)}")]


def _has_all(layout: Layout) -> bool:
    return has_goods_columns([column.meaning for column in layout.every_column]) or (
        layout.column(Field.NAME) is not None
        and any(column.meaning is Field.WHOLESALE_PRICE for column in layout.every_column)
    )


def _choose(
    layout: Layout, columns: Sequence[Column], guesses: Sequence[Sequence[ColumnGuess]]
) -> dict[int, ColumnGuess]:
    """Return the guess for each column; each meaning once, the best first. Only a missing meaning is guessed."""
    taken = {column.meaning for column in layout.every_column if column.meaning}
    if not _has_all(layout):
        taken -= {Field.WHOLESALE_PRICE}
    elif Field.PRICE not in taken:
        taken.add(Field.PRICE)
    pairs = [(guess, column) for column, found in zip(columns, guesses, strict=True) for guess in found]
    chosen: dict[int, ColumnGuess] = {}
    for guess, column in sorted(pairs, key=lambda pair: -pair[0].score):
        if guess.meaning in taken or column.index in chosen or not _may_guess(guess, column):
            continue
        if guess.meaning is Field.MODEL and Field.MARK not in taken:
            continue
        chosen[column.index] = guess
        taken.add(guess.meaning)
    return chosen


def _may_guess(guess: ColumnGuess, column: Column) -> bool:
    """Return whether the header lets the cells speak: an unknown header may hide only a name or a price."""
    return not column.header or guess.meaning in (Field.NAME, Field.PRICE)


def _with_guess(column: Column, guess: ColumnGuess | None) -> Column:
    if guess is None:
        return column
    certainty = Certainty.GUESS if column.header else guess.certainty
    notes = read_notes(column.header)
    return replace(
        column,
        meaning=guess.meaning,
        certainty=certainty,
        why=guess.why,
        currency=notes.currency,
        unit=notes.unit,
        vat=notes.vat,
    )
