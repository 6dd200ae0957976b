"""The forms of the admin: a value that the database would reject is an error at its field."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import TextField
from django.db.models.functions import Cast

from partsearch.catalog.json_form import AttributesField, JsonText
from partsearch.catalog.models import Part

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Part]
    _ModelFormSet = forms.BaseModelFormSet[Part, forms.ModelForm[Part]]
else:
    _ModelForm = forms.ModelForm
    _ModelFormSet = forms.BaseModelFormSet

JSON_COLUMNS = ("json_data", "attributes")
"""The columns that the admin does not load: they may have values that Python cannot read, such as huge numbers."""

_KEYS = "color, is_new_part, count, oem, year, side, article, description, photo"


class PartForm(_ModelForm):
    """The form of a part. Its model must belong to its mark."""

    json_data = AttributesField(label="свойства", required=False, help_text=f"Обычные ключи: {_KEYS}. Можно и другие.")

    class Meta:
        model = Part
        fields = ("name", "mark", "model", "price", "json_data", "is_visible")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        instance: Part | None = options.get("instance")
        stored = _stored_text(instance) if instance else None
        if instance and stored:
            instance.json_data = stored
        super().__init__(*arguments, **options)
        if stored and isinstance(field := self.fields.get("json_data"), AttributesField):
            field.stored = stored

    def _get_validation_exclusions(self) -> set[str]:
        """Return the fields that the model does not validate: ``json_data`` is still text, validated by the form."""
        return {*super()._get_validation_exclusions(), "json_data"}  # type: ignore[misc]  # unknown to django-stubs

    def clean(self) -> dict[str, Any]:
        """Return the values; add an error if the model belongs to another mark, which the database would reject."""
        values = super().clean() or self.cleaned_data
        mark, model = values.get("mark"), values.get("model")
        if mark and model and model.mark_id != mark.pk:
            self.add_error("model", f"«{model}» — модель марки {model.mark}, а не {mark}.")
        return values


def _stored_text(part: Part) -> JsonText | None:
    """Return ``json_data`` as the database's text; ``None`` if the part is not stored."""
    found = Part.objects.filter(pk=part.pk).values_list(Cast("json_data", TextField()), flat=True).first()
    return None if found is None else JsonText(found)


class PartFormSet(_ModelFormSet):
    """The formset of the list of parts."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """Add the id field with a query that does not load the JSON columns."""
        super().add_fields(form, index)
        form.fields["id"].queryset = Part.objects.defer(*JSON_COLUMNS)
