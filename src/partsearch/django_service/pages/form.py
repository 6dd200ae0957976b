"""The search form, filled with the search of the address."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from partsearch.contract.limits import PARTS_PER_PAGE, PARTS_PER_PAGE_MAXIMUM, TEXT_LENGTH
from partsearch.contract.request.values import SortOrder
from partsearch.django_service.pages.address import PARAMS_PREFIX, PageAddress, Pair
from partsearch.django_service.pages.attributes import key_label
from partsearch.django_service.pages.choices import Choice, Choices
from partsearch.django_service.pages.colors import SUGGESTED
from partsearch.django_service.pages.error_messages import FormErrors

_LABELS: dict[str, Promise] = {
    "q": gettext_lazy("What to find"),
    "part_name": gettext_lazy("Part"),
    "mark_list": gettext_lazy("Mark"),
    "mark_name": gettext_lazy("Mark's name"),
    "model_list": gettext_lazy("Model"),
    "model_name": gettext_lazy("Model's name"),
    "producer_country_name": gettext_lazy("Country"),
    "params.color": gettext_lazy("Colour"),
    "params.is_new_part": gettext_lazy("Condition"),
    "price_gte": gettext_lazy("Price from"),
    "price_lte": gettext_lazy("Price to"),
    "page": gettext_lazy("Page"),
    "sort": gettext_lazy("First"),
    "per_page": gettext_lazy("Parts on a page"),
}
FORM_FIELDS = (
    "q",
    "part_name",
    "mark_list",
    "model_list",
    "producer_country_name",
    "params.color",
    "params.is_new_part",
    "price_gte",
    "price_lte",
)
_ORDERS: dict[str, Promise] = {
    SortOrder.RELEVANCE: gettext_lazy("best"),
    SortOrder.PRICE: gettext_lazy("cheap"),
    SortOrder.PRICE_DESCENDING: gettext_lazy("expensive"),
    SortOrder.NEWEST: gettext_lazy("newly added"),
    SortOrder.ID: gettext_lazy("by number"),
}
_PAGE_SIZES = (PARTS_PER_PAGE, 20, 50, PARTS_PER_PAGE_MAXIMUM)
_CONDITIONS: dict[str, Promise] = {"true": gettext_lazy("new"), "false": gettext_lazy("used")}


def field_label(name: str) -> str:
    """Return the name of a field in the active language."""
    return str(_LABELS[name]) if name in _LABELS else key_label(name.removeprefix(PARAMS_PREFIX))


def condition_label(*, is_new: bool) -> str:
    """Return the name of a condition of a part in the active language."""
    return str(_CONDITIONS["true" if is_new else "false"])


def _is_page_size(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 3 and 0 < int(value) <= PARTS_PER_PAGE_MAXIMUM


@dataclass(frozen=True)
class Filter:
    """One filter of the search, and the address of the search without it."""

    label: str
    value: str
    url_without: str


@dataclass(frozen=True)
class FormField:
    """A field of the form; ``error`` is empty if the field is valid."""

    name: str
    id: str
    label: str
    value: str
    error: str


@dataclass(frozen=True)
class SearchForm:
    """The content of the form's template."""

    address: PageAddress
    choices: Choices
    errors: FormErrors
    text_length: int = TEXT_LENGTH
    suggested_colors = SUGGESTED

    @property
    def fields(self) -> dict[str, FormField]:
        """The fields by the id of their HTML element: the name without ``params.``."""
        fields = [self._field(name) for name in FORM_FIELDS]
        return {field.id: field for field in fields}

    def _field(self, name: str) -> FormField:
        identifier = name.removeprefix(PARAMS_PREFIX)
        error = self.errors.in_form.get(name, "")
        return FormField(name, identifier, field_label(name), self.address.value(name), error)

    @property
    def conditions(self) -> list[Choice]:
        """The conditions of a part that the form offers."""
        return [Choice("", gettext("any")), *(Choice(value, str(label)) for value, label in _CONDITIONS.items())]

    @property
    def condition(self) -> str:
        """The chosen condition."""
        value = self.address.value("params.is_new_part")
        return value if value in _CONDITIONS else ""

    @property
    def orders(self) -> list[Choice]:
        """The orders that the form offers. The usual one, which depends on ``q``, is not in the address."""
        usual = SortOrder.RELEVANCE if self.address.value("q") else SortOrder.ID
        return [Choice("" if order == usual else order, str(label)) for order, label in _ORDERS.items()]

    @property
    def order(self) -> str:
        """The chosen order."""
        return self._chosen("sort", self.orders)

    @property
    def page_sizes(self) -> list[Choice]:
        """The sizes of a page that the form offers, and the one of the address."""
        sizes = {*_PAGE_SIZES, *(int(size) for size in self.address.values("per_page")[:1] if _is_page_size(size))}
        return [Choice("" if size == PARTS_PER_PAGE else str(size), str(size)) for size in sorted(sizes)]

    @property
    def page_size(self) -> str:
        """The chosen size of a page."""
        return self._chosen("per_page", self.page_sizes)

    def _chosen(self, name: str, choices: list[Choice]) -> str:
        value = self.address.value(name)
        return value if any(choice.value == value for choice in choices) else ""

    @property
    def hidden(self) -> list[Pair]:
        """The filters of the address that no field of the form shows; the form sends them as hidden fields."""
        shown = {(name, self.address.value(name)) for name in FORM_FIELDS}
        if not self.condition:
            shown.discard(("params.is_new_part", self.address.value("params.is_new_part")))
        return [pair for pair in self.address.filters if pair not in shown]

    @property
    def filters(self) -> list[Filter]:
        """All filters of the search."""
        return [
            Filter(field_label(name), self._shown_value(name, value), self._without(name, value).url)
            for name, value in self.address.filters
        ]

    @property
    def clear_url(self) -> str:
        """The address of the search without filters."""
        return PageAddress(self.address.language).url

    @property
    def other_errors(self) -> list[tuple[str, str]]:
        """The labels of the invalid fields that the form does not show, and their messages."""
        return [(field_label(name), message) for name, message in self.errors.others]

    def _without(self, name: str, value: str) -> PageAddress:
        """Return the search without one filter, and without the models of a mark that is removed."""
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
