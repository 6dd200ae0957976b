"""What FROM and TO name."""

import os
from dataclasses import dataclass

from partsearch.catalog_copy.errors import PlaceError
from partsearch.database.address import DatabaseAddress, DatabaseKind
from partsearch.database.configured import direct_database_address, embedded_address
from partsearch.database.parsing import parse_database_url
from partsearch.settings import Settings

_VARIABLE = "env:"


@dataclass(frozen=True)
class Place:
    """A database to copy from or to: its role in the command, and its address without a pooler between."""

    role: str
    address: DatabaseAddress

    @property
    def is_embedded(self) -> bool:
        """Whether it is the embedded PostgreSQL of this home, which may have to be started."""
        return self.address.kind is DatabaseKind.EMBEDDED

    def shown(self) -> str:
        """The place for people to read, without its password."""
        return f"{self.address.kind}, {self.address.shown()}"

    def without_password(self, text: str) -> str:
        """A text of a driver or a program, in case it quotes the password."""
        password = self.address.parameters.get("password")
        return text.replace(password, "***") if password else text


def named_places(source: str, target: str, settings: Settings) -> tuple[Place, Place]:
    """The places that FROM and TO name.

    Raises:
        PlaceError: one of them cannot be understood, or both are the same.
        DatabaseAddressError: an address is wrong.
    """
    places = _place(source, "FROM", settings), _place(target, "TO", settings)
    if places[0].address.parameters == places[1].address.parameters:
        raise same_database()
    return places


def same_database() -> PlaceError:
    """FROM and TO turned out to be one."""
    return PlaceError("FROM and TO are the same database.", "Name two: see 'partsearch copy-database --help'.")


def _place(text: str, role: str, settings: Settings) -> Place:
    if text == "embedded":
        return Place(role, embedded_address(settings.partsearch_home, settings.partsearch_database_port))
    if text == "configured":
        return Place(role, direct_database_address(settings))
    if text.startswith(_VARIABLE):
        return _place_of_variable(text.removeprefix(_VARIABLE), role)
    if "=" not in text and "://" not in text:
        raise PlaceError(
            f"{role} cannot be understood.",
            "Write 'embedded', 'configured', an address, or env: and a variable's name.",
        )
    return Place(role, parse_database_url(text, role).direct())


def _place_of_variable(name: str, role: str) -> Place:
    value = os.environ.get(name)
    if not value:
        raise PlaceError(
            f"{role} is to be read from the environment, and no variable '{name}' is set there.",
            f"Set it first: export {name or 'NAME'}='postgresql://...'",
        )
    return Place(role, parse_database_url(value, name).direct())
