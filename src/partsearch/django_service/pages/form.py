"""The search form, filled with the search of the address."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from partsearch.contract.limits import TEXT_LENGTH
from partsearch.django_service.pages.address import PARAMS_PREFIX, PageAddress, Pair
from partsearch.django_service.pages.attributes import key_label
from partsearch.django_service.pages.choices import Choice, Choices
from partsearch.django_service.pages.colors import SUGGESTED
from partsearch.django_service.pages.faults import Faults

_LABELS: dict[str, Promise] = {
    "part_name": _("Part"),
    "mark_list": _("Mark"),
    "mark_name": _("Mark's name"),
    "model_list": _("Model"),
    "model_name": _("Model's name"),
    "producer_country_name": _("Country"),
    "params.color": _("Colour"),
    "params.is_new_part": _("Condition"),
    "price_gte": _("Price from"),
    "price_lte": _("Price to"),
    "page": _("Page"),
}
FORM_FIELDS = (
    "part_name",
    "mark_list",
    "model_list",
    "producer_country_name",
    "params.color",
    "params.is_new_part",
    "price_gte",
    "price_lte",
)
_CONDITIONS: dict[str, Promise] = {"true": _("new"), "false": _("used")}


def field_label(name: str) -> str:
    """The name of a field in the active language."""
    return str(_LABELS[name]) if name in _LABELS else key_label(name.removeprefix(PARAMS_PREFIX))


@dataclass(frozen=True)
class Filter:
    """One thing that the search asks for, and the address of the search without it."""

    label: str
    value: str
    url_without: str


@dataclass(frozen=True)
class Field:
    """A field of the form: its value, its label and what is wrong with it."""

    name: str
    id: str
    label: str
    value: str
    fault: str


@dataclass(frozen=True)
class SearchForm:
    """All that the template of the form shows."""

    address: PageAddress
    choices: Choices
    faults: Faults
    text_length: int = TEXT_LENGTH
    suggested_colors = SUGGESTED

    @property
    def fields(self) -> dict[str, Field]:
        """The fields by the id of their element, which is the name without the prefix of ``params``."""
        fields = [self._field(name) for name in FORM_FIELDS]
        return {field.id: field for field in fields}

    def _field(self, name: str) -> Field:
        identifier = name.removeprefix(PARAMS_PREFIX)
        fault = self.faults.by_field.get(name, "")
        return Field(name, identifier, field_label(name), self.address.value(name), fault)

    @property
    def conditions(self) -> list[Choice]:
        """The conditions that a part can be asked for in."""
        return [Choice("", now("any")), *(Choice(value, str(label)) for value, label in _CONDITIONS.items())]

    @property
    def condition(self) -> str:
        """The chosen condition."""
        value = self.address.value("params.is_new_part")
        return value if value in _CONDITIONS else ""

    @property
    def kept(self) -> list[Pair]:
        """What the address asks for and no field of the form shows; the form sends it along."""
        shown = {(name, self.address.value(name)) for name in FORM_FIELDS}
        if not self.condition:
            shown.discard(("params.is_new_part", self.address.value("params.is_new_part")))
        return [pair for pair in self.address.filters if pair not in shown]

    @property
    def filters(self) -> list[Filter]:
        """Everything that the search asks for."""
        return [
            Filter(field_label(name), self._shown_value(name, value), self._without(name, value).url)
            for name, value in self.address.filters
        ]

    @property
    def clear_url(self) -> str:
        """The address of a search for everything."""
        return PageAddress(self.address.language).url

    @property
    def elsewhere(self) -> list[tuple[str, str]]:
        """The faults that belong to no field of the form, each with the name of what is at fault."""
        return [(field_label(name), fault) for name, fault in self.faults.elsewhere]

    def _without(self, name: str, value: str) -> PageAddress:
        """The search without one filter; a mark takes its models along."""
        models = [("model_list", model) for model in self.address.values("model_list")]
        return self.address.without((name, value), *(models if name == "mark_list" else ()))

    def _shown_value(self, name: str, value: str) -> str:
        if name == "mark_list":
            return self.choices.mark_label(value)
        if name == "model_list":
            return self.choices.model_label(value)
        if name == "params.is_new_part" and value in _CONDITIONS:
            return str(_CONDITIONS[value])
        return value
