"""The forms of the admin: what the database would refuse is said at the field."""

import json
import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.fields import InvalidJSONInput

from partsearch.catalog.models import Part

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Part]
else:
    _ModelForm = forms.ModelForm

_ESCAPED_NUL = re.compile(r"(?<!\\)(\\\\)*\\u0000")
_KEYS = "color, is_new_part, count, oem, year, side, article, description, photo"


class AttributesField(forms.JSONField):
    """A JSON object, laid out for reading: one key a line."""

    widget = forms.Textarea(attrs={"rows": 14, "cols": 70, "spellcheck": "false", "class": "vLargeTextField"})
    default_error_messages = {
        "invalid": 'Это не JSON. Пример: {"color": "белый", "is_new_part": false}.',
        "not_object": 'Нужен объект, то есть ключи и значения в фигурных скобках: {"color": "белый"}.',
        "unstorable": "Такое значение база данных не хранит: NaN, Infinity, знак NUL, половина суррогатной пары.",
    }

    def prepare_value(self, value: Any) -> Any:
        """``value`` as the text in the field."""
        if isinstance(value, dict):
            return json.dumps(value, ensure_ascii=False, indent=2)
        return super().prepare_value(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was written, to be shown again letter by letter: it may be nothing that can be laid out."""
        return initial if self.disabled or data is None else InvalidJSONInput(data)

    def to_python(self, value: Any) -> Any:
        """The object that was written; an empty field is an object without keys.

        Raises:
            ValidationError: it is not JSON, not an object, or nothing that PostgreSQL can hold.
        """
        try:
            written = super().to_python(value)
        except (ValueError, RecursionError) as error:  # an integer of thousands of digits, brackets without end
            raise self._fault("invalid") from error
        if written is None:
            return {}
        if not isinstance(written, dict):
            raise self._fault("not_object")
        if not _is_storable(written):
            raise self._fault("unstorable")
        return written

    def _fault(self, code: str) -> forms.ValidationError:
        return forms.ValidationError(self.error_messages[code], code=code)


def _is_storable(written: dict[str, Any]) -> bool:
    """Whether PostgreSQL can hold it, which knows no NaN, no NUL character and no half of a surrogate pair."""
    try:
        text = json.dumps(written, ensure_ascii=False, allow_nan=False)
        text.encode()
    except ValueError:
        return False
    return _ESCAPED_NUL.search(text) is None


class PartForm(_ModelForm):
    """A part, whose model has to belong to its mark."""

    json_data = AttributesField(label="свойства", required=False, help_text=f"Обычные ключи: {_KEYS}. Можно и другие.")

    class Meta:
        model = Part
        fields = ("name", "mark", "model", "price", "json_data", "is_visible")

    def clean(self) -> dict[str, Any]:
        """Also names a model of another mark, which the database would refuse."""
        values = super().clean() or self.cleaned_data
        mark, model = values.get("mark"), values.get("model")
        if mark and model and model.mark_id != mark.pk:
            self.add_error("model", f"«{model}» — модель марки {model.mark}, а не {mark}.")
        return values
