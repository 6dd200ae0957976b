"""The source of a price list: whose list it is. The issues of one list have one source, whatever dates their names."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from unicodedata import category
from unicodedata import normalize as in_form

from partsearch.price_list.formats.input.source import STANDARD_INPUT

LONGEST_SOURCE = 255
STANDARD_INPUT_SOURCE = "stdin"
NAMELESS_SOURCE = "list"
"""Of a file whose name is nothing but a date."""

_ARCHIVES = (".gz", ".zip")
_ENDING = re.compile(r"\.(?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,5}")
_DOWNLOAD_COUNTER = re.compile(r"(?<=\.[A-Za-z]{3})\.[0-9]{1,3}$|(?<=\.[A-Za-z]{4})\.[0-9]{1,3}$")
_DAY, _MONTH, _YEAR = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])", "20[0-4][0-9]"
_DAY_2, _MONTH_2 = "(?:0[1-9]|[12][0-9]|3[01])", "(?:0[1-9]|1[0-2])"
_TIME = r"(?:[T_ \-,]*(?:в\s+)?(?:[01]?[0-9]|2[0-3])[:._\-ч ]?[0-5][0-9](?:[:._\- ]?[0-5][0-9])?(?:Z|[+-][0-9]{4})?)?"
_MONTH_NAME = (
    "(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|лис|гру"
    "|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-zа-яіїє]*"
)
_DATE = "|".join(
    (
        rf"{_YEAR}([-._ ]){_MONTH}\1{_DAY}{_TIME}",
        rf"{_DAY}([-._ ]){_MONTH}\2(?:20)?[0-4][0-9]{_TIME}",
        rf"{_YEAR}{_MONTH_2}{_DAY_2}{_TIME}",
        rf"{_DAY_2}{_MONTH_2}{_YEAR}{_TIME}",
        rf"(?:{_DAY}[ ._-])?{_MONTH_NAME}[ ._-]+{_YEAR}",
        rf"{_MONTH_2}[-._ ]{_YEAR}",
        rf"{_YEAR}[-._ ]{_MONTH_2}",
        rf"{_DAY_2}\.{_MONTH_2}$",
        "20[12][0-9]$",
    )
)
_DATES = re.compile(
    rf"(?<![^\W_])(?:(?:от|на|за|від|from|of)\s+)?(?:{_DATE})(?:\s*г(?:\.|ода)?)?(?![^\W_])"
    rf"|(?<![0-9]){_YEAR}{_MONTH_2}{_DAY_2}{_TIME}(?![^\W_])",
    re.IGNORECASE,
)
_COPIES = re.compile(
    r"\s*\([0-9]{1,3}\)$|\s*\[[0-9]{1,3}\]$"
    r"|[\s_\N{EN DASH}\N{EM DASH}-]+(?:копия|копія|copy)(?:[\s_-]*[0-9]{1,3})?$|^(?:копия|копія|copy of)\s+"
    r"|[\s_.-]+v(?:er)?\.?[0-9]{1,3}$",
    re.IGNORECASE,
)
_EDGES = " \t_-.,;\N{EN DASH}\N{EM DASH}"


@dataclass(frozen=True)
class Source:
    """The source that the name of a file tells.

    Attributes:
        name: the source.
        taken_off: the dates and copy numbers that are not part of it, for people; empty if there are none.
    """

    name: str
    taken_off: str = ""


def default_source(path: Path) -> Source:
    """Return the source of a list by the name of its file.

    Args:
        path: the file, or ``-`` for standard input.
    """
    if path == STANDARD_INPUT:
        return Source(STANDARD_INPUT_SOURCE)
    name = _DOWNLOAD_COUNTER.sub("", _decoded(path.name))
    for archive in _ARCHIVES:
        if name.lower().endswith(archive) and len(name) > len(archive):
            name = name[: -len(archive)]
    stem, dot, ending = name.rpartition(".")
    return source_of(stem if stem and _ENDING.fullmatch(dot + ending) else name)


def source_of(stem: str) -> Source:
    """Return the source of a list by the name of its file without the ending. It is never empty."""
    if stem == str(STANDARD_INPUT):
        return Source(STANDARD_INPUT_SOURCE)
    name = " ".join(in_form("NFC", stem).split())
    taken: list[str] = []
    while True:
        found = _COPIES.search(name) or _DATES.search(name)
        if not found:
            return Source(name.strip(_EDGES)[:LONGEST_SOURCE] or NAMELESS_SOURCE, ", ".join(taken))
        taken.append(found[0].strip(_EDGES))
        name = _without(name, *found.span())


def _without(name: str, start: int, end: int) -> str:
    """Return a name without a piece of it, and without the brackets and separators that it leaves."""
    left, right = name[:start], name[end:]
    if left.endswith(("(", "[")) and right.startswith((")", "]")):
        left, right = left[:-1], right[1:]
    before, after = left.rstrip(_EDGES), right.lstrip(_EDGES)
    separator = (left[len(before) :] or right[: len(right) - len(after)] or " ")[0]
    return f"{before}{separator}{after}" if before and after else (before or after).strip(_EDGES)


def _decoded(name: str) -> str:
    """Return the name of a file in one line, the same in every locale: some cannot decode all letters."""
    return "".join(" " if category(each) == "Cc" else each for each in os.fsencode(name).decode(errors="replace"))
