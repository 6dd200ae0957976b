"""What an import does to the catalog, counted, with examples."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class ChangeKind(StrEnum):
    """What happens to one part."""

    NEW = "new"
    CHANGED = "changed"
    HIDDEN = "hidden"
    SHOWN = "shown"


@dataclass(frozen=True)
class Example:
    """One part that an import changes.

    Attributes:
        row_number: in the list; None for a part that is hidden because it is gone.
        price_before: None for a new part.
        fields: what differs, by name (``price``, ``name``, ``mark``, ``model``, or a key of ``json_data``), before and
            after; empty but for a changed part.
    """

    kind: ChangeKind
    row_number: int | None
    mark: str
    model: str
    name: str
    price: Decimal
    price_before: Decimal | None = None
    fields: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True)
class PriceMoves:
    """How many prices rise and fall, and the ten largest moves by their ratio."""

    up: int = 0
    down: int = 0
    largest: Sequence[Example] = ()


@dataclass(frozen=True)
class Changes:
    """What an import does, or with ``--dry-run`` would do.

    Attributes:
        new: rows that become new parts.
        changed: rows whose part is updated.
        unchanged: rows whose part stays as it is.
        gone: parts that are hidden because the list no longer has them.
        sold: parts that are hidden because the list says that they are sold.
        sold_unknown: rows of sold parts that the catalog never had; they are left out.
        shown_again: parts that an earlier import has hidden and this one shows; they count in changed or unchanged too.
        in_hidden: rows whose mark or model is hidden, so that searches do not find them.
        new_marks: names of marks that are created.
        new_models: names of models that are created, each with its mark.
        hidden_names: the hidden marks and models that rows land in, as text, each with its number of rows.
        examples: up to ten of each kind, in the order of the list.
        prices: moves of prices of known parts.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    sold: int = 0
    sold_unknown: int = 0
    shown_again: int = 0
    in_hidden: int = 0
    new_marks: Sequence[str] = ()
    new_models: Sequence[tuple[str, str]] = ()
    hidden_names: Sequence[tuple[str, int]] = ()
    examples: Sequence[Example] = ()
    prices: PriceMoves = PriceMoves()

    @property
    def is_empty(self) -> bool:
        """Whether the import changes nothing."""
        return not (self.new or self.changed or self.gone or self.sold or self.shown_again)
