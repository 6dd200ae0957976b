"""The two endpoints of a copy: the databases that FROM and TO name."""

import os
from dataclasses import dataclass

from partsearch.catalog_copy.errors import EndpointError
from partsearch.database.address import DatabaseAddress, DatabaseKind
from partsearch.database.address.configured import direct_database_address, embedded_address
from partsearch.database.address.parsing import parse_database_url
from partsearch.settings import Settings

_VARIABLE = "env:"


@dataclass(frozen=True)
class Endpoint:
    """A database to copy from or to: its role (``FROM`` or ``TO``) and its direct address, without a pooler."""

    role: str
    address: DatabaseAddress

    @property
    def is_embedded(self) -> bool:
        """Whether this is the embedded PostgreSQL of the home, which may have to be started."""
        return self.address.kind is DatabaseKind.EMBEDDED

    def shown(self) -> str:
        """Return the endpoint for display, without its password."""
        return f"{self.address.kind}, {self.address.display_name()}"

    def without_password(self, text: str) -> str:
        """Return ``text``, from a driver or a program, with the password masked."""
        password = self.address.parameters.get("password")
        return text.replace(password, "***") if password else text


def parse_endpoints(source: str, target: str, settings: Settings) -> tuple[Endpoint, Endpoint]:
    """Return the source and the target that FROM and TO name.

    Raises:
        EndpointError: one of them is invalid, or both are the same.
        DatabaseAddressError: an address is wrong.
    """
    endpoints = _parse_endpoint(source, "FROM", settings), _parse_endpoint(target, "TO", settings)
    if endpoints[0].address.parameters == endpoints[1].address.parameters:
        raise same_database_error()
    return endpoints


def same_database_error() -> EndpointError:
    """Return the error that FROM and TO are one database."""
    return EndpointError("FROM and TO are the same database.", "Name two: see 'partsearch copy-database --help'.")


def _parse_endpoint(text: str, role: str, settings: Settings) -> Endpoint:
    if text == "embedded":
        return Endpoint(role, embedded_address(settings.partsearch_home, settings.partsearch_database_port))
    if text == "configured":
        return Endpoint(role, direct_database_address(settings))
    if text.startswith(_VARIABLE):
        return _endpoint_from_variable(text.removeprefix(_VARIABLE), role)
    if "=" not in text and "://" not in text:
        raise EndpointError(
            f"{role} is invalid.",
            "Write 'embedded', 'configured', an address, or env: and a variable's name.",
        )
    return Endpoint(role, parse_database_url(text, role).direct())


def _endpoint_from_variable(name: str, role: str) -> Endpoint:
    value = os.environ.get(name)
    if not value:
        raise EndpointError(
            f"{role} names the environment variable '{name}', which is not set.",
            f"Set it first: export {name or 'NAME'}='postgresql://...'",
        )
    return Endpoint(role, parse_database_url(value, name).direct())
