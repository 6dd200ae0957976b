"""Reads the marks and models with their aliases from the database, for an import."""

from collections.abc import Iterator

from partsearch.catalog.vehicle_alias import SEPARATOR, VehicleAlias
from partsearch.catalog.vehicle_names import AliasUse, VehicleName
from partsearch.contract.text.folding import join

_COLUMNS = ("mark", "model", "alias", "alias_key", "use", "country", "is_active", "shipped_key", "shipped_values")

_USES = {use.value: use for use in AliasUse}


def stored_vehicle_names() -> list[VehicleName]:
    """Return the active aliases, with one query.

    Where two rows give one spelling two meanings, the first counts: rows that users have added or edited are before
    those that are as shipped. A row that is turned off also turns off shipped ones that differ from it only in case or
    look-alike letters. A mark or a model is known by its own name too, unless that is turned off.
    """
    edited: list[VehicleName] = []
    shipped: dict[VehicleName, tuple[str, str, str]] = {}
    inactive: set[tuple[str, str, str]] = set()
    for mark, model, alias, alias_key, use, country, is_active, key, values in (
        VehicleAlias.objects.order_by("id").values_list(*_COLUMNS).iterator(chunk_size=5_000)
    ):
        if not is_active:
            inactive.add((mark, model, alias_key))
            continue
        name = VehicleName(mark, model, alias, _USES[use])
        if key == SEPARATOR.join((mark, model, alias)) and values == f"{use}{SEPARATOR}{country}":
            shipped[name] = (mark, model, alias_key)
        else:
            edited.append(name)
    names = edited + [name for name, meaning in shipped.items() if meaning not in inactive]
    return names + [name for name in _without_own_name(names) if (*name[:2], join(name.alias)) not in inactive]


def _without_own_name(names: list[VehicleName]) -> Iterator[VehicleName]:
    """Yield the names of the marks and models that no row gives as an alias."""
    known = {(name.mark, name.model) for name in names if name.alias == (name.model or name.mark)}
    for mark, model in dict.fromkeys(pair for name in names for pair in ((name.mark, ""), (name.mark, name.model))):
        if (mark, model) not in known:
            yield VehicleName(mark, model, model or mark)
