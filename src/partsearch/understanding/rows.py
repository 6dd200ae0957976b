"""The rows of the tables that a dictionary is made from."""

from collections.abc import Mapping
from typing import NamedTuple


class VehicleRow(NamedTuple):
    """A visible mark, or a visible model of a visible mark, by its id, with its name and its aliases as written.

    Attributes:
        mark_id: the mark of a model; 0 for a mark.
    """

    row_id: int
    name: str
    aliases: tuple[str, ...]
    mark_id: int = 0


class SynonymRow(NamedTuple):
    """An active row of the table ``synonym``.

    Attributes:
        written: what people type: one to three words, normalised.
        kind: ``synonym`` or ``abbreviation``.
        meanings: normalised texts that names may contain instead, such as ``панель приборов``.
        params: keys of json_data with a value that it means too: ``{"is_new_part": false}`` for ``б/у``.
    """

    written: str
    kind: str
    meanings: tuple[str, ...] = ()
    params: Mapping[str, str | bool | int] = {}
