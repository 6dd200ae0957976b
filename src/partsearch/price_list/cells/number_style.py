"""The decimal mark of a column, found from all of its values.

``1,234`` is 1234 in one list and 1.234 in another. No cell can decide that for itself; the other cells of its column
can: ``12,50`` and ``1 000,000`` say that the comma is the decimal mark, ``1,234.50`` and ``12.5`` that it groups.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

SPACES = re.compile("['’`\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{FIGURE SPACE}\\s]+")
_DECIDING = re.compile(
    r"[0-9]{1,3}(?: [0-9]{3})+(?P<spaced>[.,])[0-9]+"
    r"|[0-9]{1,3}(?P<group>[.,])[0-9]{3}(?:(?P=group)[0-9]{3})*(?!(?P=group))(?P<last>[.,])[0-9]+"
    r"|[0-9]{1,3}(?P<groups>[.,])[0-9]{3}(?:(?P=groups)[0-9]{3})+"
    r"|(?:0[0-9]*|[0-9]{4,})(?P<long>[.,])[0-9]+"
    r"|[0-9]+(?P<short>[.,])(?:[0-9]{1,2}|[0-9]{4,})"
)
AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}([.,])[0-9]{3}")
_IN_TEXT = re.compile(r"[0-9](?:[0-9 .,]*[0-9])?")
_OTHER = {",": ".", ".": ","}


class DecimalMark(StrEnum):
    """The decimal mark of a column; the other mark groups thousands. ``UNDECIDED``: no value tells, or they differ."""

    COMMA = ","
    DOT = "."
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class NumberStyle:
    """The decimal mark of a column, with what decided it.

    Attributes:
        commas: the values that show the comma as the decimal mark.
        dots: the values that show the dot as the decimal mark.
        ambiguous: the values such as ``1,234``, which are read by ``decimal_mark``.
        thousandths: whether every ambiguous value has ``000`` behind a comma or every one behind a dot: ``2,000``.
    """

    decimal_mark: DecimalMark = DecimalMark.UNDECIDED
    commas: int = 0
    dots: int = 0
    ambiguous: int = 0
    thousandths: bool = False

    @property
    def is_undecided(self) -> bool:
        """Return whether there are values that cannot be read."""
        return self.decimal_mark is DecimalMark.UNDECIDED and self.ambiguous > 0

    @property
    def why(self) -> str:
        """Return what decided the mark, for people."""
        if self.commas and self.dots:
            return f"the decimal mark is a comma in {self.commas:,} values and a dot in {self.dots:,}"
        if self.commas or self.dots:
            return f"{self.commas or self.dots:,} values show the decimal mark {self.decimal_mark}"
        if self.thousandths:
            return f"every value with the mark {self.decimal_mark} ends in 000 behind it, as 1C writes quantities"
        return "no value shows the decimal mark"


class NumberStyleVotes:
    """Counts, value by value, what a column shows of its style."""

    def __init__(self) -> None:
        self._decimal = {",": 0, ".": 0}
        self._ambiguous = {",": 0, ".": 0}
        self._not_thousandths = 0

    def add(self, text: str) -> None:
        """Count a cell. Text around its number is ignored."""
        match = _IN_TEXT.search(SPACES.sub(" ", text))
        if match is None:
            return
        if ambiguous := AMBIGUOUS.fullmatch(match[0]):
            self._ambiguous[ambiguous[1]] += 1
            self._not_thousandths += not match[0].endswith("000")
        elif mark := shown_decimal_mark(match[0]):
            self._decimal[mark] += 1

    def style(self, *, is_count: bool = False) -> NumberStyle:
        """Return the style of the values so far.

        Args:
            is_count: the column counts pieces. Then ``2,000`` is 2 if no value says otherwise.
        """
        commas, dots = self._decimal[","], self._decimal["."]
        ambiguous = sum(self._ambiguous.values())
        thousandths = ambiguous > 0 and not self._not_thousandths and 0 in self._ambiguous.values()
        mark = DecimalMark.UNDECIDED
        if bool(commas) != bool(dots):
            mark = DecimalMark.COMMA if commas else DecimalMark.DOT
        elif is_count and thousandths and not commas:
            mark = DecimalMark.COMMA if self._ambiguous[","] else DecimalMark.DOT
        return NumberStyle(mark, commas, dots, ambiguous, thousandths)


def shown_decimal_mark(number: str) -> str:
    """Return the decimal mark that a number shows unambiguously; empty if it shows none."""
    match = _DECIDING.fullmatch(number)
    if match is None:
        return ""
    if match["groups"]:
        return _OTHER[match["groups"]]
    return next((mark for name, mark in match.groupdict().items() if mark and name != "group"), "")
