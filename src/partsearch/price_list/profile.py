"""A recognised layout as TOML: it can be read, corrected by hand, and used for the next issue of the list.

::

    encoding = "cp1251"
    header_rows = [4]

    [[column]]
    index = 6
    header = "Цена"
    meaning = "price"
    decimal_mark = ","
"""

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from partsearch.price_list.cells.currencies import CURRENCIES
from partsearch.price_list.cells.number_style import DecimalMark, NumberStyle
from partsearch.price_list.columns import PROPERTIES, REPEATABLE, Field, Meaning, meaning_named, plain_header
from partsearch.price_list.errors import PriceListError
from partsearch.price_list.formats.characteristics import PREFIX
from partsearch.price_list.layouts.headers import read_header
from partsearch.price_list.layouts.layout import Certainty, Column, Layout
from partsearch.price_list.layouts.sections import without_sections

NO_MEANING = "not imported"
_MEANING_NAMES = (NO_MEANING, *map(str, Field), *PROPERTIES)
_TEXT_OPTIONS = ("encoding", "delimiter", "sheet", "aggregator")
_OPTIONS = (*_TEXT_OPTIONS, "width", "header_rows", "decimal_mark", "currency", "column")
_COLUMN_TEXTS = ("header", "unit", "vat")
_COLUMN_OPTIONS = (*_COLUMN_TEXTS, "index", "meaning", "currency", "decimal_mark")


class ProfileError(PriceListError):
    """A profile is invalid; the message names the key and the allowed values."""


@dataclass(frozen=True)
class ProfileColumn:
    """A column of a profile. ``index`` is ``None`` if the header finds it; ``header`` is empty if the index does."""

    index: int | None
    header: str
    meaning: Meaning | None
    currency: str = ""
    unit: str = ""
    vat: str = ""
    decimal_mark: DecimalMark = DecimalMark.UNDECIDED


@dataclass(frozen=True)
class Profile:
    """How to read a list.

    Attributes:
        columns: its columns.
        header_rows: the numbers of the records of its header.
        width: the most cells of a row; 0 if the columns tell.
        encoding: the encoding of the file; empty to find it.
        delimiter: the delimiter of its cells; empty to find it.
        sheet: the name of the sheet; empty for the one with goods, ``*`` for all with the same columns.
        aggregator: the aggregator whose layout it is; else empty.
        currency: the currency of prices whose column names none; else empty.
        decimal_mark: that of columns without one of their own.
    """

    columns: tuple[ProfileColumn, ...]
    header_rows: tuple[int, ...] = ()
    width: int = 0
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    aggregator: str = ""
    currency: str = ""
    decimal_mark: DecimalMark = DecimalMark.UNDECIDED


def profile_of(layout: Layout, *, encoding: str = "", delimiter: str = "", sheet: str = "") -> Profile:
    """Return the profile of a recognised layout."""
    layout = without_sections(layout)
    columns = tuple(
        ProfileColumn(
            column.index,
            column.header,
            column.meaning,
            column.currency,
            column.unit,
            column.vat,
            column.style.decimal_mark,
        )
        for column in layout.every_column
    )
    return Profile(columns, layout.header_rows, layout.width, encoding, delimiter, sheet, layout.aggregator)


def layout_of(profile: Profile, titles: Sequence[str] = ()) -> Layout:
    """Return the layout that a profile describes.

    Args:
        profile: the profile.
        titles: the headers of the list, for columns that have no index.

    Raises:
        ProfileError: the list has no column with the header, or several.
    """
    columns = sorted((_column(column, profile, titles) for column in profile.columns), key=lambda column: column.index)
    width = profile.width or max(len(titles), *(column.index + 1 for column in columns))
    return Layout(profile.header_rows, width, tuple(columns), profile.aggregator)


def _column(column: ProfileColumn, profile: Profile, titles: Sequence[str]) -> Column:
    index = _index_of(column.header, titles) if column.index is None else column.index
    mark = profile.decimal_mark if column.decimal_mark is DecimalMark.UNDECIDED else column.decimal_mark
    currency = column.currency or (profile.currency if column.meaning in (Field.PRICE, Field.SUM) else "")
    return Column(
        index, column.header, column.meaning, Certainty.CERTAIN, "profile", (), currency, column.unit, column.vat,
        NumberStyle(mark),
    )  # fmt: skip


def _index_of(header: str, titles: Sequence[str]) -> int:
    found = [index for index, title in enumerate(titles) if plain_header(title) == plain_header(header)]
    if len(found) != 1:
        how_many = f"{len(found)} columns" if found else "no column"
        raise ProfileError(f"The list has {how_many} with the header {header!r}.", "Give the column an index.")
    return found[0]


def write_profile(profile: Profile) -> str:
    """Return the profile as TOML; what is empty is left out."""
    lines = [f"{key} = {_toml(getattr(profile, key))}" for key in _OPTIONS[:-1] if _is_set(getattr(profile, key))]
    for column in profile.columns:
        lines += ["", "[[column]]"]
        if column.index is not None:
            lines.append(f"index = {column.index}")
        lines.append(f"meaning = {_toml(str(column.meaning or NO_MEANING))}")
        options = (*_COLUMN_TEXTS, "currency", "decimal_mark")
        lines += [f"{key} = {_toml(getattr(column, key))}" for key in options if _is_set(getattr(column, key))]
    return "\n".join([*lines, ""])


def _is_set(value: object) -> bool:
    return bool(value) and value is not DecimalMark.UNDECIDED


def _toml(value: object) -> str:
    """Return a value as TOML. JSON's strings are TOML's, but for the character DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_profile(text: str) -> Profile:
    """Return the profile that TOML describes.

    Raises:
        ProfileError: it is not TOML, or a key or a value is invalid.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"The profile is not TOML: {error}.", "Correct the line that is named.") from None
    _check_keys(values, _OPTIONS, "the profile")
    columns = values.get("column")
    if not isinstance(columns, list) or not columns or not all(isinstance(column, dict) for column in columns):
        raise ProfileError("The key column is missing or no table.", "Describe each column under [[column]].")
    profile = Profile(
        tuple(_read_column(column, f"column {number}") for number, column in enumerate(columns, 1)),
        tuple(_whole_numbers(values.get("header_rows", []), "header_rows", 1)),
        _whole_numbers([values.get("width", 0)], "width", 0)[0],
        currency=_choice(values, "currency", ("", *CURRENCIES), "the profile"),
        decimal_mark=_decimal_mark(values, "the profile"),
        **{key: _text(values, key, "the profile") for key in _TEXT_OPTIONS},
    )
    _check_once(profile.columns)
    return profile


def _read_column(values: Mapping[str, Any], place: str) -> ProfileColumn:
    _check_keys(values, _COLUMN_OPTIONS, place)
    index = values.get("index")
    if index is None and not values.get("header"):
        raise ProfileError(f"{place.capitalize()} has neither index nor header.", "Give it one of them.")
    return ProfileColumn(
        None if index is None else _whole_numbers([index], f"index of {place}", 0)[0],
        _text(values, "header", place),
        _meaning(values, place),
        _choice(values, "currency", ("", *CURRENCIES), place),
        _text(values, "unit", place),
        _text(values, "vat", place),
        _decimal_mark(values, place),
    )


def _meaning(values: Mapping[str, Any], place: str) -> Meaning | None:
    """Return the meaning of a column. A characteristic has its own name as the meaning."""
    own = read_header(_text(values, "header", place)).meaning
    if own is not None and values.get("meaning") == str(own):
        return own
    return meaning_named(_choice({"meaning": NO_MEANING, **values}, "meaning", _MEANING_NAMES, place))


def _check_keys(values: Mapping[str, Any], allowed: Iterable[str], place: str) -> None:
    for key in values:
        if key not in allowed:
            raise ProfileError(f"The key {key} of {place} is unknown.", f"The allowed keys are {', '.join(allowed)}.")


def _text(values: Mapping[str, Any], key: str, place: str) -> str:
    value = values.get(key, "")
    if not isinstance(value, str):
        raise ProfileError(f"The key {key} of {place} is {value!r}, not a text.", "Put the value in quotation marks.")
    return value


def _choice(values: Mapping[str, Any], key: str, allowed: Sequence[str], place: str) -> str:
    value = values.get(key, "")
    if not isinstance(value, str) or value not in allowed:
        raise ProfileError(
            f"The key {key} of {place} is {value!r}.", f"The allowed values are {', '.join(filter(None, allowed))}."
        )
    return value


def _decimal_mark(values: Mapping[str, Any], place: str) -> DecimalMark:
    value = _choice({"decimal_mark": DecimalMark.UNDECIDED, **values}, "decimal_mark", tuple(DecimalMark), place)
    return DecimalMark(value)


def _whole_numbers(values: object, key: str, least: int) -> list[int]:
    if not isinstance(values, list) or any(type(value) is not int or value < least for value in values):
        raise ProfileError(f"The key {key} is {values!r}.", f"The allowed values are whole numbers from {least}.")
    return values


def _check_once(columns: Sequence[ProfileColumn]) -> None:
    seen: set[Meaning] = set()
    for column in columns:
        is_repeatable = column.meaning in REPEATABLE - {Field.PRICE} or column.header.startswith(PREFIX)
        if column.meaning in seen and not is_repeatable:
            raise ProfileError(f"The meaning {column.meaning} is given twice.", "A meaning belongs to one column.")
        if column.meaning is not None:
            seen.add(column.meaning)
