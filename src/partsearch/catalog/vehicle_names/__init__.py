"""The marks and models of vehicles that the project ships, with the ways in which people write them.

``shipped.py`` brings them into the table ``vehicle_alias``, where they can be edited; imports read only the table. The
``.txt`` files beside this module hold the names. A mark is a line ``[Name] Country: alias, alias``. Its models
follow, separated by ``;`` or by a new line, each ``Name: alias, alias``. The name itself is an alias too. A sign after
an alias overrides the rule for when it counts without its partner, the mark of a model or a model of the mark:

- ``?`` only beside its partner: ``Focus?``;
- ``!`` alone: ``Rio!``;
- ``^`` alone, but only with the capitals that it has here: ``ГАЗ^`` and not ``газ``.
"""

from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from partsearch.catalog.names import name_key


class AliasUse(StrEnum):
    """When an alias in the name of a part counts."""

    BY_RULE = "rule"
    BESIDE_PARTNER = "beside"
    ALONE = "alone"
    CAPITALS = "capitals"


class VehicleName(NamedTuple):
    """A way of writing a mark, or a model if ``model`` is not empty."""

    mark: str
    model: str
    alias: str
    use: AliasUse = AliasUse.BY_RULE


class VehicleMark(NamedTuple):
    """A mark and its producer country, in Russian."""

    name: str
    country: str


class _Section(NamedTuple):
    mark: VehicleMark
    names: list[VehicleName]


_USES = {"?": AliasUse.BESIDE_PARTNER, "!": AliasUse.ALONE, "^": AliasUse.CAPITALS}
_SIGNS = "".join(_USES)


def vehicle_marks() -> list[VehicleMark]:
    """Return the marks that the project knows."""
    return [section.mark for section in _sections()]


def vehicle_names() -> list[VehicleName]:
    """Return every alias of every mark and model; the canonical name is the first alias of each."""
    return [name for section in _sections() for name in section.names]


def shipped_country(mark: str) -> str:
    """Return the country of a mark that the project ships, by any of its aliases; empty for another mark."""
    return _countries().get(name_key(mark), "")


@cache
def _countries() -> dict[str, str]:
    countries = {mark.name: mark.country for mark in vehicle_marks()}
    return {name_key(name.alias): countries[name.mark] for name in vehicle_names() if not name.model}


@cache
def _sections() -> list[_Section]:
    sections: list[_Section] = []
    for file in sorted(files(__name__).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".txt"):
            sections.extend(_read(file.read_text("utf-8")))
    return sections


def _read(text: str) -> Iterator[_Section]:
    section = None
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("["):
            if section is not None:
                yield section
            section = _read_mark(line)
        elif section is not None:
            for entry in line.split("; "):
                section.names.extend(_read_model(section.mark.name, entry))
    if section is not None:
        yield section


def _read_mark(line: str) -> _Section:
    name, _, rest = line[1:].partition("] ")
    country, _, aliases = rest.partition(":")
    return _Section(VehicleMark(name, country.strip()), _aliases(name, "", name, aliases))


def _read_model(mark: str, entry: str) -> list[VehicleName]:
    name, _, aliases = entry.partition(": ")
    plain = name.strip().rstrip(_SIGNS)
    return _aliases(mark, plain, name.strip(), aliases)


def _aliases(mark: str, model: str, name: str, aliases: str) -> list[VehicleName]:
    """Return the aliases, each once, of which the name is the first unless the list gives it a sign."""
    found: dict[str, AliasUse] = {}
    for written in (name, *aliases.split(",")):
        signed = written.strip()
        alias = signed.rstrip(_SIGNS)
        if len(alias) < len(signed):
            found[alias] = _USES[signed[-1]]
        elif alias:
            found.setdefault(alias, AliasUse.BY_RULE)
    return [VehicleName(mark, model, alias, use) for alias, use in found.items()]
