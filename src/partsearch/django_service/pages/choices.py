"""The lists of the form: marks, the models of the chosen mark, countries."""

from dataclasses import dataclass, field
from typing import Any

from partsearch.contract.text.normalized import normalize
from partsearch.django_service.database.reader import read
from partsearch.django_service.lists import shown_marks, shown_models
from partsearch.django_service.pages.address import PageAddress


@dataclass(frozen=True)
class Choice:
    """One value in a list of the form."""

    value: str
    label: str


@dataclass(frozen=True)
class Choices:
    """The lists of the form, and the chosen value of each; empty if none is chosen."""

    chosen_mark: str = ""
    chosen_model: str = ""
    chosen_country: str = ""
    marks: list[Choice] = field(default_factory=list)
    models: list[Choice] = field(default_factory=list)
    countries: list[Choice] = field(default_factory=list)

    def mark_label(self, value: str) -> str:
        """Return the name of the mark with the id ``value``, or its number if it is not in the list."""
        return _label(self.marks, value)

    def model_label(self, value: str) -> str:
        """Return the name of the model with the id ``value``, or its number if it is not in the list."""
        return _label(self.models, value)


def _label(choices: list[Choice], value: str) -> str:
    return next((choice.label for choice in choices if choice.value == value), f"№ {value}")


def load_choices(address: PageAddress) -> Choices:
    """Return the lists for the search at ``address``, read by two queries.

    Raises:
        ProblemError: 503 if the database is out of reach.
    """
    marks = read(shown_marks)
    mark, models = _mark_and_models(address)
    return _choices(address, marks, models, mark)


def chosen_choices(address: PageAddress) -> Choices:
    """Return lists with nothing but the chosen values, so that the form keeps the search without the database."""
    return _choices(address, [], [], address.value("mark_list"))


def _mark_and_models(address: PageAddress) -> tuple[str, list[dict[str, Any]]]:
    """Return the chosen mark and its models. For a model without a mark, the model's mark is chosen."""
    mark, model = address.value("mark_list"), address.value("model_list")
    if mark:
        return mark, _models(int(mark)) if _is_id(mark) else []
    if not model:
        return "", []
    models = _models(None)
    mark = next((str(row["mark_id"]) for row in models if str(row["id"]) == model), "")
    return mark, [row for row in models if str(row["mark_id"]) == mark]


def _models(mark_id: int | None) -> list[dict[str, Any]]:
    return read(lambda: shown_models(mark_id))


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < len(str(2**63))


def _choices(address: PageAddress, marks: list[dict[str, Any]], models: list[dict[str, Any]], mark: str) -> Choices:
    model, country = address.value("model_list"), address.value("producer_country_name")
    countries = sorted({row["producer_country_name"] for row in marks} - {""})
    country = next((name for name in countries if normalize(name) == normalize(country)), country)
    return Choices(
        chosen_mark=mark,
        chosen_model=model,
        chosen_country=country,
        marks=_with_chosen([Choice(str(row["id"]), row["name"]) for row in marks], mark),
        models=_with_chosen([Choice(str(row["id"]), row["name"]) for row in models], model),
        countries=_with_chosen([Choice(name, name) for name in countries], country, country),
    )


def _with_chosen(choices: list[Choice], value: str, label: str = "") -> list[Choice]:
    """Return ``choices`` and, if it is missing there, the chosen value, so that the form shows every filter it has."""
    if not value or any(choice.value == value for choice in choices):
        return choices
    return [Choice(value, label or f"№ {value}"), *choices]
