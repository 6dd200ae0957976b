"""The field of the admin's forms that holds ``json_data``: JSON text in, the same JSON text out.

No number passes through Python on its way, which would round some and cannot read others; nor does nesting.
"""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import JSONField, TextField, Value
from django.db.models.functions import Cast

from partsearch.contract.errors import ProblemError
from partsearch.contract.json_text import decode_json

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]|[^\s\[\]{}:,"]+', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}
_COLON = ":"
_DEEPEST_INDENT = 20
_MOST_DIGITS = 131_072
_MOST_DECIMALS = 16_383
"""PostgreSQL's limits of numeric, and so of the numbers in jsonb."""


class JsonText(Cast):
    """JSON as text, which PostgreSQL reads when it is saved."""

    def __init__(self, text: str) -> None:
        super().__init__(Value(text, TextField()), JSONField())
        self.text = text


def lay_out(text: str) -> str:
    """Return JSON ``text`` with one key or item a line, every number and string letter by letter as it is."""
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
    """A JSON object, laid out for reading: one key a line.

    ``stored`` is what the part has. Sent back as it was shown, it is taken as it is, be it beyond what can be typed.
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
        """Return ``value`` as the text in the field: what was written as it is, what is stored laid out."""
        if isinstance(value, JsonText):
            return lay_out(value.text)
        return "{}" if value == {} else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether anything else was written than what was shown."""
        shown: str = self.prepare_value(initial)
        return _with_line_feeds(data or "") != shown

    def to_python(self, value: Any) -> JsonText:
        """Return the object that was written; an empty field is an object without keys.

        Raises:
            ValidationError: it is not JSON, not an object, or nothing that PostgreSQL can hold.
        """
        text = _with_line_feeds(value or "").strip()
        if self.stored and text == lay_out(self.stored.text):
            return self.stored
        try:
            written = decode_json(text or "{}")
        except ProblemError as error:
            raise self._fault("unstorable") from error
        except ValueError as error:
            raise self._fault("unstorable" if _NO_NUMBER.search(str(error)) else "invalid") from error
        if not isinstance(written, dict):
            raise self._fault("not_object")
        if not _is_storable(written):
            raise self._fault("unstorable")
        return JsonText(text or "{}")

    def _fault(self, code: str) -> forms.ValidationError:
        return forms.ValidationError(self.error_messages[code], code=code)


_NO_NUMBER = re.compile("^(NaN|-?Infinity) is no value of JSON")


def _with_line_feeds(text: str) -> str:
    """Return ``text`` with the ends of its lines as they were before a browser sent them."""
    return text.replace("\r\n", "\n")


def _is_storable(value: Any) -> bool:
    """Return whether every number in ``value`` is one that PostgreSQL can hold."""
    if isinstance(value, dict):
        return all(map(_is_storable, value.values()))
    if isinstance(value, list):
        return all(map(_is_storable, value))
    if not isinstance(value, Decimal):
        return True
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_MOST_DECIMALS and value.adjusted() < _MOST_DIGITS
