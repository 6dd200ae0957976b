"""The ways of writing marks and models that an explanation uses: those of the database, or else the shipped ones."""

from dataclasses import dataclass

import psycopg
from django.db import Error

from partsearch.catalog.vehicle_names import VehicleName, vehicle_names
from partsearch.database.django_setup import ensure_django
from partsearch.database.errors.command_errors import database_error
from partsearch.errors import PartsearchError


@dataclass(frozen=True)
class KnownAliases:
    """The names, and where they are from, for people."""

    names: list[VehicleName]
    origin: str


def known_aliases() -> KnownAliases:
    """Return the aliases of the database; the shipped ones if it cannot be read, with the reason."""
    try:
        ensure_django()
        from partsearch.catalog.vehicle_names.stored import stored_vehicle_names

        if names := stored_vehicle_names():
            return KnownAliases(names, "those of the database")
        reason = "the database has none"
    except (Error, psycopg.Error) as error:
        translated = database_error(error)
        if translated is None:
            raise
        reason = str(translated).rstrip(".")
    except PartsearchError as error:
        reason = str(error).rstrip(".")
    return KnownAliases(vehicle_names(), f"those that partsearch ships, without your own: {reason}")
