"""Exported lists for the tests: random parts, and what the import reads from a list."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from partsearch.contract.exported_list.exact_json import decode_exact
from partsearch.contract.exported_list.formats import ExportFormat, list_writer
from partsearch.contract.exported_list.part import ExportedPart
from partsearch.price_list.columns import PROPERTIES
from partsearch.price_list.formats import open_price_list
from partsearch.price_list.recognise import choose_table
from partsearch.price_list.validate import RejectedRow, SkippedRow, ValidRow, validate

KEY = "0123456789abcdef"

ODD_TEXTS = (
    "", "-", "—", "0", "1", "=1+1", "+7 900", "-5", "@a", "'", "'=1", "''=x", " =x", "\u200b=x", "＝x", "－", "−1", '"',
    'a"b', '12" диск', "a;b", "a,b", "a\tb", "a\nb", "a\r\nb", "\x01", "\x7f", "\x85", "\u2028", "\ufeff", "\ufffe",
    "\uffff", "_x0041_", "x_x005F_y", " a", "a ", "a  b", "a\u00a0b", "Й", "и\u0306", "ﬁ", "\u00ad", "\U0001f697",
    "2008", "2008-2012", "с 2010", "нет", "да", "левая", "лев", "перед/зад", "RUB", "руб", "7,70106E+11", "12345.0",
    "2020-01-01", "1-JAN-20", "0012", "арт. 5", "4E0905999", "63 12 8 350 065", "http://a/1.jpg",
    "http://a/1.jpg, http://a/2.jpg", "<b>&amp;</b>", "]]>", "\\", "null", "Итого", "Наименование", "Без марки", "{}",
    "[1]", "1,5", "12:30", "TRUE", "5-10", "#N/A", "x" * 2_500,
)  # fmt: skip
_TEXTS = st.sampled_from(ODD_TEXTS) | st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cs"]), max_size=8
)
_NUMBERS = (
    st.sampled_from(
        ["0", "1", "2.0", "1.10", "0.10", "7.5", "72.6", "1999", "2020", "-1", "-0.5", "1e3", "12345678901234567890"]
    )
    | st.integers(-(10**20), 10**20).map(str)
    | st.integers(0, 3000).map(str)
    | st.decimals(-1000, 1000, places=3).map("{:f}".format)
).map(lambda text: _Number(text))
_PHOTOS = st.lists(
    st.sampled_from(["http://a/1.jpg", "https://b/2.png?x=1", "http://a/1,2.jpg", "не адрес"]), max_size=3
)


class _Number:
    """A JSON number as PostgreSQL writes it: without an exponent."""

    def __init__(self, text: str) -> None:
        self.text = f"{Decimal(text):f}"


_VALUES = st.one_of(
    _TEXTS, _NUMBERS, st.booleans(), st.none(), _PHOTOS, st.lists(_TEXTS | _NUMBERS, max_size=3),
    st.dictionaries(_TEXTS, _TEXTS, max_size=2),
)  # fmt: skip
_KEYS = st.sampled_from(sorted(PROPERTIES)) | st.sampled_from(["fits", "years", "availability", "condition"]) | _TEXTS
JSON_DATA = st.dictionaries(_KEYS, _VALUES, max_size=8).map(lambda value: to_text(value))
NAMES = _TEXTS.filter(lambda text: len(text) <= 200)


def to_text(value: Any) -> str:
    """Return JSON text as PostgreSQL writes it."""
    match value:
        case _Number():
            return value.text
        case dict():
            return "{" + ", ".join(f"{to_text(key)}: {to_text(member)}" for key, member in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(to_text, value)) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)


PARTS = st.builds(
    ExportedPart,
    st.integers(1, 10**18).map(f"{{}}@{KEY}".format),
    NAMES,
    NAMES,
    NAMES,
    st.sampled_from(["0", "2300", "0.5", "1.01", "100872.35", "9999999999.99"])
    | st.decimals(0, 10_000, places=2).map(lambda price: f"{price:f}".rstrip("0").rstrip(".")),
    JSON_DATA,
)


def write_list(parts: list[ExportedPart], file_format: ExportFormat, path: Path, size: int = 7) -> Path:
    """Write a list in batches of some parts."""
    writer = list_writer(file_format)
    batches = [parts[first : first + size] for first in range(0, len(parts), size)]
    path.write_bytes(b"".join([writer.begin(), *map(writer.rows, batches), writer.end()]))
    return path


def read_list(path: Path) -> list[ValidRow | RejectedRow | SkippedRow]:
    """Return the rows of a list, as the import reads them."""
    with open_price_list(path) as tables:
        table, layout = choose_table(tables, path)
        return list(validate(table.records(), layout))


def as_part(row: ValidRow | RejectedRow | SkippedRow) -> tuple[Any, ...]:
    """Return what a row says of a part, for comparison; it must be valid and whole."""
    assert isinstance(row, ValidRow), row
    assert not row.left_out, row
    return row.part_reference, row.name, row.mark, row.model, row.price, _comparable(row.json_data)


def part_as_read(part: ExportedPart) -> tuple[Any, ...]:
    """Return what the import must read of a part."""
    return *part[:4], Decimal(part.price), _comparable(decode_exact(part.json_data))


def _comparable(value: Any) -> Any:
    """Return a JSON value in which no two that are written differently are equal."""
    match value:
        case dict():
            return {key: _comparable(member) for key, member in value.items()}
        case list() | tuple():
            return [_comparable(member) for member in value]
        case bool() | None | str():
            return value
        case _:
            return "number", f"{value:f}" if isinstance(value, Decimal) else repr(value)
