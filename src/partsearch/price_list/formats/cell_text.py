"""Values of workbooks and JSON as the text of a cell."""

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

_NOT_STORABLE = re.compile("[\0\ud800-\udfff]")
_EXACT_INTEGERS = 2**53
_LONGEST_EXPONENT = 30


def cell_text(value: object) -> str:
    """Return a value as people write it: no ``.0``, no E-notation, dates as ISO."""
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return _float_text(value)
        case Decimal():
            return decimal_text(value)
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case str():
            return storable(value).strip()
        case timedelta() | int():
            return str(value)
        case _:
            return ""


def number_text(text: str) -> str:
    """Return a number that a program wrote, such as ``1.5E3``, as people write it; any other text as it stands."""
    try:
        return _float_text(float(text)) if text else ""
    except ValueError:
        return storable(text)


def storable(text: str) -> str:
    """Return a text with the characters replaced that no database can store: NUL, and halves of pairs."""
    return text if text.isascii() and "\0" not in text else _NOT_STORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def decimal_text(value: Decimal) -> str:
    """Return a number without E-notation, unless it would be absurdly long, and without zeros after the point."""
    try:
        if not value.is_finite() or abs(value.adjusted()) > _LONGEST_EXPONENT:
            return str(value)
    except InvalidOperation:
        return str(value)
    if value == value.to_integral_value():
        return f"{value:.0f}"
    return f"{value:f}"


def _float_text(value: float) -> str:
    """Return at most 15 digits, as spreadsheets do, so 0.1 + 0.2 is 0.3. Exact integers keep all their digits."""
    if math.isfinite(value) and value.is_integer() and abs(value) < _EXACT_INTEGERS:
        return str(int(value))
    return decimal_text(Decimal(f"{value:.15g}"))
