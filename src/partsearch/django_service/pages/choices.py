"""What the lists of the form offer: marks, the models of the chosen mark, countries."""

from dataclasses import dataclass, field
from typing import Any

from partsearch.contract.text import normalize
from partsearch.django_service.database.reader import read
from partsearch.django_service.lists import shown_marks, shown_models
from partsearch.django_service.pages.address import PageAddress


@dataclass(frozen=True)
class Choice:
    """A value that a list of the form offers."""

    value: str
    label: str


@dataclass(frozen=True)
class Choices:
    """The lists of the form, and which mark and model they show as chosen; empty where none is."""

    chosen_mark: str = ""
    chosen_model: str = ""
    chosen_country: str = ""
    marks: list[Choice] = field(default_factory=list)
    models: list[Choice] = field(default_factory=list)
    countries: list[Choice] = field(default_factory=list)

    def mark_label(self, value: str) -> str:
        """The name of the mark with the id ``value``; its number where it is not on the list."""
        return _label(self.marks, value)

    def model_label(self, value: str) -> str:
        """The name of the model with the id ``value``; its number where it is not on the list."""
        return _label(self.models, value)


def _label(choices: list[Choice], value: str) -> str:
    return next((choice.label for choice in choices if choice.value == value), f"№ {value}")


def load_choices(address: PageAddress) -> Choices:
    """The lists for the search at ``address``: two queries.

    Raises:
        ProblemError: 503 where the database is out of reach.
    """
    marks = read(shown_marks)
    mark, models = _mark_and_models(address)
    return _choices(address, marks, models, mark)


def kept_choices(address: PageAddress) -> Choices:
    """The lists without the catalogue: nothing but what is chosen, so that the form keeps the search."""
    return _choices(address, [], [], address.value("mark_list"))


def _mark_and_models(address: PageAddress) -> tuple[str, list[dict[str, Any]]]:
    """The mark to show as chosen, and its models. A model that is asked for alone brings its mark along."""
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
    """``choices`` and, where it is not among them, the chosen value: a form must show what it asks for."""
    if not value or any(choice.value == value for choice in choices):
        return choices
    return [Choice(value, label or f"№ {value}"), *choices]
