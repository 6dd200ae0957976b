"""Readers of the cells of a part's properties.

A reader takes the text of a cell that is not empty. It returns the value, ``None`` if the text means that there is
none, or a mapping if the cell tells more than its own key. It raises ValueError for any other text.
"""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar
from unicodedata import normalize as in_form

from partsearch.contract.text.normalized import INVISIBLE, WHITE_SPACE
from partsearch.price_list.cells.currencies import currency_code
from partsearch.price_list.cells.number_style import DecimalMark
from partsearch.price_list.cells.stock import LARGEST_COUNT, Availability, Stock, read_availability, read_stock
from partsearch.price_list.cells.words import CONDITIONS, CORNERS, LEVELS, POSITIONS, SIDES, YES_OR_NO, plain_word
from partsearch.price_list.numbers import read_number
from partsearch.price_list.part_numbers import NumberNote, read_part_numbers

JsonValue = str | int | float | bool | list[str]
Values = Mapping[str, JsonValue]
Reader = Callable[[str], JsonValue | Values | None]

_WORD_MEANING = TypeVar("_WORD_MEANING")
_UNUSUAL_SPACE = re.compile(f"[{''.join(space for space in WHITE_SPACE if not space.isascii())}]")
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_YEAR = r"((?:19|20)[0-9]{2})"
_MONTH = r"(?:(?:0?[1-9]|1[0-2])[./])?"
_YEAR_END = r"(?:[.,]0+)?\s*(?:г\.?\s*в\.?|гг\.?|год[аы]?|р\.?\s*в\.?|р\.|рік|ж\.?|г\.?)?"
_ONE_YEAR = re.compile(_YEAR + _YEAR_END)
_YEARS = re.compile(rf"{_MONTH}{_YEAR}\s*(?:[-\N{{EN DASH}}\N{{EM DASH}}/]|по|до|\.\.+)\s*{_MONTH}{_YEAR}{_YEAR_END}")
_YEAR_LIST = re.compile(rf"{_YEAR}(?:\s*[,;|]\s*{_YEAR})+{_YEAR_END}")
_YEARS_SINCE = re.compile(
    rf"(?:с|от|з|від|from|since)\s*{_MONTH}{_YEAR}{_YEAR_END}"
    rf"|{_MONTH}{_YEAR}\s*"
    r"(?:[-\N{EN DASH}\N{EM DASH}\N{RIGHTWARDS ARROW}+>.…]|н\.?\s*в\.?|наст\w*\.?(?:\s*вр\w*\.?)?|\s)+"
)
_SHORT_YEAR_SINCE = re.compile(r"'?([0-9]{2})\s*(?:[-\N{EN DASH}\N{EM DASH}\N{RIGHTWARDS ARROW}+>]|\.\.+)+")
_SHORT_YEARS = re.compile(rf"'?([0-9]{{2}})\s*[-\N{{EN DASH}}/]\s*'?([0-9]{{2}}){_YEAR_END}")
_UNTIL_YEAR = re.compile(rf"(?:до|по|until|to)\s*'?(?:{_YEAR}|(?P<short>[0-9]{{2}})){_YEAR_END}")
_MONTH_AND_YEAR = re.compile(rf"(?:(?:0?[1-9]|1[0-2])[./])?{_YEAR}(?:[./](?:0?[1-9]|1[0-2]))?")
_YEARS_IN_BRACKETS = re.compile(r"[^()]*\((?P<years>[^()]+)\)")
_FIRST_SHORT_YEAR = 50
"""``50`` is 1950, and ``35`` is 2035."""

_AFTER_LAST_YEAR = 2036

_NO_PLACE = frozenset(("сторона", "бік", "бок", "жағы", "side", "часть", "ось"))
"""Words beside those that name a place: ``левая сторона``."""

_NEGATIONS = frozenset(("не", "как", "почти", "not", "like", "almost"))
_ENGINE_VOLUME = re.compile(
    r"([0-9][.,][0-9]{1,2}|[0-9]{3,4})\s*(?:[a-z]{1,5}|л|литр[а-я]*|см\s?[3³]|куб[а-я. ]*|(?<=\s)[0-9]{1,2}[vк]\w*)?\.?"
    r"(?:\s+[^\W_]{1,12}){0,2}",
    re.IGNORECASE,
)
_WHEEL_DIAMETER = re.compile(r"R?\s*([0-9]{1,2}(?:[.,][0-9])?)\s*(?:[\"”″]|''|дюйм\w*\.?)?C?", re.IGNORECASE)
_BOLT_CIRCLE = re.compile(r"(?P<bolts>[3-9]|10)\s*[xх*×/]\s*(?P<circle>[0-9]{2,3}(?:[.,][0-9]+)?)", re.IGNORECASE)
_ADDRESS_START = re.compile(r"(?<![\s,;|])[\s,;|]+(?=https?://)|[\r\n]+")


def clean_text(text: str) -> str:
    """Return a text as it is kept: form NFC, no invisible characters, usual spaces, none at the ends.

    PostgreSQL stores neither NUL, which is left out, nor half of a surrogate pair, which is replaced.
    """
    text = text.replace("\0", "")
    if text.isascii():
        return text.strip()
    text = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
    return in_form("NFC", _INVISIBLE.sub("", _UNUSUAL_SPACE.sub(" ", text))).strip()


def read_text(text: str) -> JsonValue | None:
    """Return the text unchanged."""
    return text


def read_code(text: str) -> JsonValue | None:
    """Return a code; 0 means none."""
    return None if text == "0" else text


def read_part_number(text: str) -> JsonValue | None:
    """Return the number of a part as written, without what a spreadsheet writes around it: ``="0012345"``.

    Raises:
        ValueError: a spreadsheet has turned it into a rounded number, as ``7,70106E+11``, or into a date.
    """
    found = read_part_numbers(text)
    if found.note in (NumberNote.SPOILED, NumberNote.DATE):
        raise ValueError(text)
    if found.note is NumberNote.UNWRAPPED:
        return ", ".join(found.values)
    return text if found.values or found.note else None


def read_currency(text: str) -> JsonValue | None:
    """Return the code of the currency; an unknown word in upper case."""
    return currency_code(text) or text.upper()


def read_year(text: str) -> JsonValue | Values | None:
    """Return a year; for ``2008-2012`` and ``с 2010`` the first year, with the years as text; 0 means none."""
    plain = text.lower()
    if match := _ONE_YEAR.fullmatch(plain):
        return int(match[1])
    if match := _YEARS.fullmatch(plain):
        first, last = sorted((int(match[1]), int(match[2])))
        return {"year": first, "years": f"{first}-{last}"}
    if match := _YEARS_SINCE.fullmatch(plain):
        first = int(match[1] or match[2])
        return {"year": first, "years": f"с {first}"}
    if _YEAR_LIST.fullmatch(plain):
        return {"year": min(map(int, re.findall(_YEAR, plain))), "years": text}
    if found := _unusual_years(plain):
        return found
    if read_number(text) == 0:
        return None
    raise ValueError(text)


def _unusual_years(plain: str) -> Values | None:
    """Return the years of ``08-12``, ``до 2005``, ``06.2008`` and ``E39 (95-03)``; ``None`` for any other text."""
    if match := _SHORT_YEARS.fullmatch(plain):
        first, last = map(_whole_year, match.groups())
        return {"year": first, "years": f"{first}-{last}"} if first <= last < _AFTER_LAST_YEAR else None
    if match := _SHORT_YEAR_SINCE.fullmatch(plain):
        first = _whole_year(match[1])
        return {"year": first, "years": f"с {first}"} if first < _AFTER_LAST_YEAR else None
    if match := _UNTIL_YEAR.fullmatch(plain):
        return {"years": f"до {match[1] or _whole_year(match['short'])}"}
    if match := _MONTH_AND_YEAR.fullmatch(plain):
        return {"year": int(match[1])}
    if match := _YEARS_IN_BRACKETS.fullmatch(plain):
        found = read_year(match["years"])
        return found if isinstance(found, Mapping) else {"year": found} if isinstance(found, int) else None
    return None


def _whole_year(short: str) -> int:
    """Return 1995 for ``95``."""
    return int(short) + (1900 if int(short) >= _FIRST_SHORT_YEAR else 2000)


def read_last_year(text: str) -> Values:
    """Return the years of a column that holds the last one."""
    match = _ONE_YEAR.fullmatch(text.lower())
    if match is None:
        raise ValueError(text)
    return {"years": f"до {match[1]}"}


def read_count(text: str, decimal_mark: DecimalMark = DecimalMark.COMMA) -> JsonValue | Values | None:
    """Return a count: ``2,000`` is 2 and ``4 шт.`` is 4; with words, also what they say of the stock."""
    stock = read_stock(text, decimal_mark)
    if stock.count is None and stock.availability is None:
        raise ValueError(text)
    return stock.count if stock.count is not None and not stock.note else _stock_values(stock)


def read_available(text: str) -> Values:
    """Return whether the part is in stock, from a word or a count. ``1`` and ``0`` are yes and no."""
    if text in ("0", "1"):
        return {"available": text == "1"}
    stock = read_stock(text, DecimalMark.COMMA)
    if stock.availability is None:
        raise ValueError(text)
    return {"available": stock.availability.can_be_bought, **_stock_values(stock)}


def _stock_values(stock: Stock) -> dict[str, JsonValue]:
    values: dict[str, JsonValue] = {} if stock.count is None else {"count": stock.count}
    plain = (Availability.IN_STOCK, Availability.OUT_OF_STOCK)
    if stock.note and (stock.is_least or stock.availability not in plain or stock.note != stock.availability):
        values["availability"] = stock.note
    elif stock.count is None and stock.availability is not None:
        values["available"] = stock.availability.can_be_bought
    return values


def read_state(text: str) -> Availability:
    """Return the state of an offer: ``Продано``, ``В резерве``, ``В наличии``."""
    return read_availability(text)


def read_quantity(text: str) -> JsonValue | None:
    """Return a number, an integer if possible."""
    return _read_json_number(text)


def read_measure(text: str) -> JsonValue | None:
    """Return a number; 0 means none."""
    return _read_json_number(text) or None


def read_wheel_diameter(text: str) -> JsonValue | None:
    """Return a diameter in inches: ``R16``, ``16"``."""
    match = _WHEEL_DIAMETER.fullmatch(text)
    return read_measure(match[1] if match else text)


def read_engine_volume(text: str) -> JsonValue | None:
    """Return the volume of an engine without what stands behind it: ``1.6 л``, ``1.9 TDI``; 0 means none."""
    match = _ENGINE_VOLUME.fullmatch(text)
    return read_measure(match[1] if match else text)


def read_min_count(text: str) -> JsonValue | None:
    """Return the smallest count that is sold; ``None`` if single pieces are."""
    number = _read_json_number(text)
    return number if number > 1 else None


def read_bolt_circle(text: str) -> JsonValue | Values | None:
    """Return the diameter of the bolt circle; of ``5x114.3`` also the number of bolts."""
    match = _BOLT_CIRCLE.fullmatch(text)
    if match is None:
        return read_measure(text)
    return {"bolt_count": int(match["bolts"]), "bolt_circle": _read_json_number(match["circle"])}


def read_yes_or_no(text: str) -> JsonValue | None:
    """Return a boolean, from words or from 1 and 0."""
    return _meaning_of_word(YES_OR_NO, text)


def read_condition(text: str) -> JsonValue | Values | None:
    """Return whether a part is new; for a contract or restored part also which of them it is."""
    if plain_word(text) in YES_OR_NO:
        return read_yes_or_no(text)
    condition = _condition_in(text)
    if condition in ("", "б/у"):
        return condition == ""
    return {"is_new_part": False, "condition": condition}


def _condition_in(text: str) -> str:
    """Return the condition that a text names: ``новый (оригинал)`` is new.

    Raises:
        ValueError: it names none, or several, or denies one: ``как новый``.
    """
    if (plain := plain_word(text)) in CONDITIONS:
        return CONDITIONS[plain]
    words = re.sub(r"\W+", " ", plain).split()
    joined = f" {' '.join(words)} "
    found = {condition for word, condition in CONDITIONS.items() if f" {word} " in joined}
    if len(found) != 1 or _NEGATIONS & set(words):
        raise ValueError(text)
    return found.pop()


def read_side(text: str) -> JsonValue | Values | None:
    """Return ``левая``, ``правая``, or ``левая/правая``; for ``передн. лев.`` also the position."""
    return SIDES.get(plain_word(text.replace(",", " "))) or _read_place(text, "side")


def read_position(text: str) -> JsonValue | Values | None:
    """Return ``перед``, ``зад``, or ``перед/зад``; for ``передн. лев.`` also the side."""
    return POSITIONS.get(plain_word(text.replace(",", " "))) or _read_place(text, "position")


def read_level(text: str) -> JsonValue | Values | None:
    """Return ``верх``, ``низ``, or ``верх/низ``; for ``верх. лев.`` also the side."""
    return LEVELS.get(plain_word(text)) or _read_place(text, "level")


def _read_place(text: str, own: str) -> Values:
    """Return the side, position and level that several words name, each once.

    Args:
        text: the cell.
        own: what its column holds. It decides about a letter with several meanings, such as ``п``.

    Raises:
        ValueError: a word names none of them, or two name different ones.
    """
    values: dict[str, JsonValue] = {}
    for word in plain_word(text.replace(",", " ")).split():
        if word in _NO_PLACE:
            continue
        position, side = CORNERS.get(word, (POSITIONS.get(word), SIDES.get(word)))
        found = {"position": position, "side": side, "level": LEVELS.get(word)}
        named = {key: value for key, value in found.items() if value}
        if word not in CORNERS and len(named) > 1:
            named = {key: value for key, value in named.items() if key == own}
        if not named or any(values.setdefault(key, value) != value for key, value in named.items()):
            raise ValueError(text)
    if not values:
        raise ValueError(text)
    return values


def read_photos(text: str) -> JsonValue | None:
    """Return the addresses of a cell: one as text, several as a list."""
    addresses = [address.strip(" ,;|\t\r\n") for address in _ADDRESS_START.split(text)]
    return addresses if len(addresses) > 1 else addresses[0] or None


def _meaning_of_word(table: Mapping[str, _WORD_MEANING], text: str) -> _WORD_MEANING:
    try:
        return table[plain_word(text)]
    except KeyError:
        raise ValueError(text) from None


def _read_json_number(text: str) -> int | float:
    number = read_number(text)
    if number > LARGEST_COUNT:
        raise ValueError(text)
    return int(number) if number == int(number) else float(number)
