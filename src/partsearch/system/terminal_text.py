"""Texts of price lists, file names and errors on a terminal, without the control characters that it would obey."""

import re

from rich.text import Text

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def without_control_characters(text: str) -> str:
    """Return the text with each control character replaced, but for tabs and line ends: some move the cursor."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def terminal_text(text: str, style: str = "") -> Text:
    """Return the text for a console, in this style of rich."""
    return Text(without_control_characters(text), style)
