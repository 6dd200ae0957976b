"""The form field of the admin for ``json_data``: it keeps the JSON text as it is.

The stored text is never parsed by Python, which would round some numbers and cannot read others, or deep nesting.
"""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import JSONField, TextField, Value
from django.db.models.functions import Cast

from partsearch.contract.errors import ProblemError
from partsearch.contract.text.json_text import decode_json

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]|[^\s\[\]{}:,"]+', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}
_COLON = ":"
_DEEPEST_INDENT = 20
_MOST_DIGITS = 131_072
_MOST_DECIMALS = 16_383
"""PostgreSQL's limits of numeric, and so of the numbers in jsonb."""


class JsonText(Cast):
    """JSON as text, which PostgreSQL parses when the row is saved."""

    def __init__(self, text: str) -> None:
        super().__init__(Value(text, TextField()), JSONField())
        self.text = text


def indent(text: str) -> str:
    """Return JSON ``text`` with one key or item per line; numbers and strings are copied unchanged."""
    tokens = _TOKEN.findall(text)
    pieces: list[str] = []
    depth = 0
    for token, before in zip(tokens, ["", *tokens], strict=False):
        is_empty = _CLOSING.get(before) == token
        depth += (token in _CLOSING) - (token in _CLOSING.values())
        if token in _CLOSING.values() and not is_empty:
            pieces.append(_new_line(depth))
        elif (before in _CLOSING and not is_empty) or before == ",":
            pieces.append(_new_line(depth - (token in _CLOSING)))
        pieces.append(f"{token} " if token == _COLON else token)
    return "".join(pieces)


def _new_line(depth: int) -> str:
    return "\n" + "  " * min(depth, _DEEPEST_INDENT)


class AttributesField(forms.Field):
    """A JSON object as indented text.

    ``stored`` is the stored text of the part. If it is submitted unchanged, it stays valid, even if the same text would
    be invalid as new input.
    """

    widget = forms.Textarea(attrs={"rows": 14, "cols": 70, "spellcheck": "false", "class": "vLargeTextField"})
    default_error_messages = {
        "invalid": 'Это не JSON. Пример: {"color": "белый", "is_new_part": false}.',
        "not_object": 'Нужен объект, то есть ключи и значения в фигурных скобках: {"color": "белый"}.',
        "unstorable": "Такое значение база данных не хранит: NaN, Infinity, число длиннее 131 072 цифр, знак NUL,"
        " половина суррогатной пары.",
    }
    stored: JsonText | None = None

    def prepare_value(self, value: Any) -> Any:
        """Return ``value`` as the text in the field: input unchanged, stored text indented."""
        if isinstance(value, JsonText):
            return indent(value.text)
        return "{}" if value == {} else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether the submitted text differs from the text that was shown."""
        shown: str = self.prepare_value(initial)
        return _with_line_feeds(data or "") != shown

    def to_python(self, value: Any) -> JsonText:
        """Return the submitted object; an empty field is an object without keys.

        Raises:
            ValidationError: it is not JSON, not an object, or PostgreSQL cannot store it.
        """
        text = _with_line_feeds(value or "").strip()
        if self.stored and text == indent(self.stored.text):
            return self.stored
        try:
            value = decode_json(text or "{}")
        except ProblemError as error:
            raise self._error("unstorable") from error
        except ValueError as error:
            raise self._error("unstorable" if _NOT_A_NUMBER.search(str(error)) else "invalid") from error
        if not isinstance(value, dict):
            raise self._error("not_object")
        if not _is_storable(value):
            raise self._error("unstorable")
        return JsonText(text or "{}")

    def _error(self, code: str) -> forms.ValidationError:
        return forms.ValidationError(self.error_messages[code], code=code)


_NOT_A_NUMBER = re.compile("^(NaN|-?Infinity) is no value of JSON")


def _with_line_feeds(text: str) -> str:
    """Return ``text`` with line feeds instead of the line ends that a browser sends."""
    return text.replace("\r\n", "\n")


def _is_storable(value: Any) -> bool:
    """Return whether PostgreSQL can store every number in ``value``."""
    if isinstance(value, dict):
        return all(map(_is_storable, value.values()))
    if isinstance(value, list):
        return all(map(_is_storable, value))
    if not isinstance(value, Decimal):
        return True
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_MOST_DECIMALS and value.adjusted() < _MOST_DIGITS
