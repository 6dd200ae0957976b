"""What the page says about a typed text: what was searched instead of it, and what was not understood."""

from dataclasses import dataclass

from partsearch.contract.understood import Understood
from partsearch.django_service.pages.address import PARAMS_PREFIX, PageAddress
from partsearch.django_service.pages.form import condition_label, field_label


@dataclass(frozen=True)
class Meaning:
    """A property that words of the text mean."""

    label: str
    value: str


@dataclass(frozen=True)
class TypedNotice:
    """What the text in the field ``q`` was understood as."""

    address: PageAddress
    understood: Understood

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
        """The properties that words of the text mean."""
        return [
            Meaning(
                field_label(f"{PARAMS_PREFIX}{key}"),
                condition_label(is_new=value) if key == "is_new_part" and isinstance(value, bool) else str(value),
            )
            for key, value in self.understood.params.items()
        ]
