"""The form fields of a synonym: texts line by line, and properties as JSON."""

from typing import Any

from django import forms

from partsearch.catalog.synonym import LONGEST_WRITTEN
from partsearch.contract.text.normalized import normalize

_MOST_LINES = 50
_MOST_WORDS = 2
_LARGEST_NUMBER = 10**15


class LinesField(forms.Field):
    """Normalised texts of one or two words, each in a line of its own."""

    widget = forms.Textarea(attrs={"rows": 5, "cols": 50})

    def prepare_value(self, value: Any) -> Any:
        """Return the texts as lines; what a user has submitted is shown unchanged."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        """Return the texts, each once.

        Raises:
            ValidationError: there are too many, or one is too long.
        """
        lines = value if isinstance(value, list) else str(value or "").splitlines()
        texts = [text for text in dict.fromkeys(map(normalize, lines)) if text]
        if len(texts) > _MOST_LINES:
            raise forms.ValidationError(f"Не больше {_MOST_LINES} строк.")
        for text in texts:
            if len(text.split()) > _MOST_WORDS or len(text) > LONGEST_WRITTEN:
                raise forms.ValidationError(f"«{text}»: нужны одно или два слова.")
            if not is_storable(text):
                raise forms.ValidationError("В тексте есть знак, который база данных не хранит.")
        return texts


class ParamsField(forms.JSONField):
    """Keys of ``json_data`` with a text, a whole number, true or false."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 50, "spellcheck": "false"})
    default_error_messages = {"invalid": 'Это не JSON. Пример: {"color": "черный"}.'}  # Django's way

    def to_python(self, value: Any) -> Any:
        """Return the properties; texts are normalised.

        Raises:
            ValidationError: it is no such object.
        """
        try:
            found = super().to_python(value)
        except RecursionError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise forms.ValidationError('Нужен объект: {"color": "черный"}.')
        return {key: _property(key, item) for key, item in found.items()}


def _property(key: str, value: Any) -> str | bool | int:
    if isinstance(value, str) and is_storable(value) and normalize(value):
        value = normalize(value)
    elif not isinstance(value, bool) and not (isinstance(value, int) and abs(value) <= _LARGEST_NUMBER):
        raise forms.ValidationError(f"«{key}»: нужен текст, целое число, true или false.")
    if not is_storable(key):
        raise forms.ValidationError("В названии свойства есть знак, который база данных не хранит.")
    return value  # type: ignore[no-any-return]


def is_storable(text: str) -> bool:
    """Return whether PostgreSQL stores the text: NUL and one half of a surrogate pair are no characters to it."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
