"""What the page says about a typed text: what was searched instead of it, and what was not understood."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from partsearch.contract.filters.understood import Understood
from partsearch.django_service.pages.address import PARAMS_PREFIX, PageAddress
from partsearch.django_service.pages.form import condition_label, field_label
from partsearch.understanding.dictionary import Dictionary, VehicleRow

_MOST_NAMED = 3
"""More marks or models are not named: their number would be all that people could read."""


@dataclass(frozen=True)
class Meaning:
    """A mark, a model, a part number or a property that words of the text mean."""

    label: str
    value: str


@dataclass(frozen=True)
class TypedNotice:
    """What the text in the field ``q`` was understood as."""

    address: PageAddress
    understood: Understood
    vehicles: tuple[Meaning, ...] = ()

    @property
    def typed(self) -> str:
        """The text as typed."""
        return self.address.value("q")

    @property
    def searched(self) -> str:
        """The text that was searched instead of it; empty if it was searched as typed."""
        return self.understood.q if self.understood.corrections else ""

    @property
    def literal_url(self) -> str:
        """The address of the search for names with the text as typed."""
        return self.address.literally().url

    @property
    def unused(self) -> tuple[str, ...]:
        """The words that were not understood."""
        return self.understood.unused

    @property
    def meanings(self) -> list[Meaning]:
        """What words of the text mean: marks, models, the part number and properties."""
        number = self.understood.number
        return [*self.vehicles, *([Meaning(gettext("Number"), number)] if number else []), *self._properties]

    @property
    def _properties(self) -> list[Meaning]:
        return [
            Meaning(
                field_label(f"{PARAMS_PREFIX}{key}"),
                condition_label(is_new=value) if key == "is_new_part" and isinstance(value, bool) else str(value),
            )
            for key, value in self.understood.params.items()
        ]


def vehicle_meanings(understood: Understood, dictionary: Dictionary) -> tuple[Meaning, ...]:
    """Return the marks and the models that words of a text mean, by their names in the catalog."""
    marks = _named("mark_list", dictionary.marks, understood.mark_list)
    models = _named("model_list", dictionary.models, understood.model_list)
    return (*marks, *models)


def _named(field: str, rows: Iterable[VehicleRow], ids: Collection[int]) -> list[Meaning]:
    """Return the rows with these ids as one meaning; nothing if there are too many."""
    names = [row.name for row in rows if row.row_id in ids] if 0 < len(ids) <= _MOST_NAMED else []
    return [Meaning(field_label(field), " / ".join(dict.fromkeys(names)))] if names else []
