"""The layout of a price list: what each column means, how sure that is, and what remains ambiguous."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from partsearch.price_list.cells.number_style import NumberStyle
from partsearch.price_list.columns import NOT_IMPORTED, Field, Meaning, Property
from partsearch.price_list.formats import Record

_NO_STYLE = NumberStyle()


class Certainty(StrEnum):
    """How sure the meaning of a column is."""

    CERTAIN = "certain"
    LIKELY = "likely"
    GUESS = "guess"


@dataclass(frozen=True)
class Column:
    """A column of the list.

    Attributes:
        index: its place, from 0.
        header: its header; empty if it has none.
        meaning: ``None`` if it is unknown.
        certainty: how sure the meaning is.
        why: what the meaning is taken from, for people.
        samples: up to three different cells.
        currency: the currency that the header names; else empty.
        unit: the unit that the header names, such as ``шт``; else empty.
        vat: what the header says of VAT, such as ``с ндс``; else empty.
        style: the style of its numbers, for prices, sums and counts.
    """

    index: int
    header: str
    meaning: Meaning | None
    certainty: Certainty = Certainty.CERTAIN
    why: str = ""
    samples: tuple[str, ...] = ()
    currency: str = ""
    unit: str = ""
    vat: str = ""
    style: NumberStyle = _NO_STYLE

    @property
    def notes(self) -> str:
        """Return what the header says beside its meaning, for people: ``RUB, шт, с ндс``."""
        return ", ".join(filter(None, (self.currency, self.unit, self.vat)))

    @property
    def is_imported(self) -> bool:
        """Return whether its cells are used."""
        return self.meaning is not None and self.meaning not in NOT_IMPORTED


class WarningKind(StrEnum):
    """What is ambiguous in a layout. The value says what it is."""

    SEVERAL_PRICES = "several price columns"
    WHOLESALE_ONLY = "only a wholesale price"
    PURCHASE_PRICE = "purchase price not imported"
    PRICE_COMPUTED = "price computed"
    PREAMBLE_CURRENCY = "currency taken from the rows above the header"
    SEVERAL_STOCKS = "several stock columns"
    SUM_OR_PRICE = "a price or an amount for the whole count"
    SUMS_AMONG_GOODS = "rows that sum up the rows below them are read as goods"
    SECOND_HEADER = "another header between the goods"
    REPEATED_MEANING = "columns with the same meaning"
    MAKER_IS_NOT_THE_CAR = "maker of the part, not of the car"
    NO_HEADER = "no header"
    BY_CONTENT = "meaning taken from the cells"
    UNDECIDED_NUMBERS = "ambiguous numbers"
    LOST_ZEROS = "numbers of parts that may have lost zeros at their beginning"
    SEVERAL_TABLES = "several tables"
    JOINED_TABLES = "several tables are read as one list"


@dataclass(frozen=True)
class LayoutWarning:
    """One thing that was decided or left open, for people."""

    kind: WarningKind
    detail: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"


@dataclass(frozen=True)
class Layout:
    """The layout of a list.

    Attributes:
        header_rows: the numbers of the records that are the header; empty for a list without one.
        width: the most cells of a row.
        every_column: all columns, also those that are not imported.
        aggregator: the aggregator whose layout it is; else empty.
        warnings: what a person should look at.
        rest_delimiter: what lay between the cells of a text that has more of them than the header, if its last column
            is a description: they are the rest of it. Else empty, and such rows are rejected.
    """

    header_rows: tuple[int, ...]
    width: int
    every_column: tuple[Column, ...]
    aggregator: str = ""
    warnings: tuple[LayoutWarning, ...] = ()
    rest_delimiter: str = ""

    @property
    def header_number(self) -> int:
        """Return the number of the last record of the header; 0 for a list without one."""
        return self.header_rows[-1] if self.header_rows else 0

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Return the columns that are imported, each meaning once but for the stock of warehouses."""
        return tuple(column for column in self.every_column if column.is_imported)

    @cached_property
    def warehouses(self) -> tuple[Column, ...]:
        """Return the columns of the stock of one warehouse each."""
        return tuple(column for column in self.columns if column.meaning is Field.WAREHOUSE_COUNT)

    @cached_property
    def stock_columns(self) -> tuple[Column, ...]:
        """Return the columns that may hold a number of pieces."""
        return tuple(
            column for column in self.columns if is_count(column.meaning) or str(column.meaning) == "available"
        )

    @property
    def ignored(self) -> tuple[str, ...]:
        """Return the headers of the other columns."""
        return tuple(column.header for column in self.every_column if column.header and not column.is_imported)

    @property
    def currency(self) -> str:
        """Return the currency that the header of the price names; else empty."""
        return next((column.currency for column in (self.column(Field.PRICE), self.column(Field.SUM)) if column), "")

    @property
    def is_price_computed(self) -> bool:
        """Return whether the price is the sum divided by the count."""
        return self.column(Field.PRICE) is None and self.column(Field.SUM) is not None

    def column(self, meaning: Meaning | str) -> Column | None:
        """Return the first imported column with this meaning, or with the key of this property."""
        return self._by_name.get(str(meaning))

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {str(column.meaning): column for column in reversed(self.columns)}


def is_count(meaning: Meaning | None) -> bool:
    """Return whether a column with this meaning counts pieces."""
    return meaning is Field.WAREHOUSE_COUNT or (isinstance(meaning, Property) and meaning.key == "count")


def column_cells(body: Sequence[Record], index: int) -> list[str]:
    """Return the cells of a column that are not empty."""
    return [record.cells[index] for record in body if index < len(record.cells) and record.cells[index]]
