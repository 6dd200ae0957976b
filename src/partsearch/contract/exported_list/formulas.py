"""Makes cells of text files harmless that a spreadsheet would run as formulas, and reverts that."""

import re

_BEGINNING = "[\\s\ufeff]*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20\N{MINUS SIGN}]"
_FORMULA = re.compile(f"'*{_BEGINNING}")
_HARMLESS = re.compile(f"'+{_BEGINNING}")


def harmless(text: str) -> str:
    """Return a cell with an apostrophe before it if a spreadsheet would run it, or it looks like one that was changed.

    Spreadsheets run what begins with ``=``, ``+``, ``-`` or ``@``, also behind white space; some take the full-width
    forms of these characters for the same.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def original(cell: str) -> str:
    """Return the text from which ``harmless`` has made ``cell``."""
    return cell[1:] if _HARMLESS.match(cell) else cell
