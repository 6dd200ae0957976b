"""The marks and models of a catalog with the aliases that count for them, for the dictionary of what people type."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from partsearch.contract.text.folding import join
from partsearch.understanding.rows import VehicleRow


class AliasRow(NamedTuple):
    """A row of the table ``vehicle_alias``; ``model`` is empty for an alias of a mark.

    Attributes:
        is_shipped: nobody has edited it.
    """

    mark: str
    model: str
    alias: str
    alias_key: str
    is_active: bool
    is_shipped: bool


def known_vehicles(
    marks: Sequence[tuple[int, str]], models: Iterable[tuple[int, str, int]], aliases: Iterable[AliasRow]
) -> tuple[list[VehicleRow], list[VehicleRow]]:
    """Return the marks and the models with their aliases.

    The aliases are those of ``stored_vehicle_names``: a row that is turned off also turns off shipped ones that differ
    from it only in case or look-alike letters.

    Args:
        marks: the visible ones: id and name.
        models: the visible ones of visible marks: id, name and the id of the mark.
        aliases: all rows in the order of their ids.
    """
    by_vehicle: dict[tuple[str, str], dict[str, None]] = {}
    for row in _active(list(aliases)):
        by_vehicle.setdefault((join(row.mark), join(row.model)), {})[row.alias] = None
    mark_keys = {id_: join(name) for id_, name in marks}
    mark_rows = [VehicleRow(id_, name, tuple(by_vehicle.get((mark_keys[id_], ""), ()))) for id_, name in marks]
    model_rows = [
        VehicleRow(id_, name, tuple(by_vehicle.get((mark_keys[mark_id], join(name)), ())), mark_id)
        for id_, name, mark_id in models
    ]
    return mark_rows, model_rows


def _active(rows: list[AliasRow]) -> Iterator[AliasRow]:
    inactive = {(row.mark, row.model, row.alias_key) for row in rows if not row.is_active}
    active = [row for row in rows if row.is_active]
    yield from (row for row in active if not row.is_shipped)
    yield from (row for row in active if row.is_shipped and (row.mark, row.model, row.alias_key) not in inactive)
