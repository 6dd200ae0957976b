"""The names of the services and of the places that a release can have. Nothing is imported here: the guard is small."""

from enum import StrEnum


class Service(StrEnum):
    """The services of the site, in the order in which they start."""

    POSTGRES = "postgres"
    DJANGO = "django"
    FASTAPI = "fastapi"
    NGINX = "nginx"
    GUARD = "guard"


class Colour(StrEnum):
    """The two places that a release can have; a release that follows another takes the free one."""

    BLUE = "blue"
    GREEN = "green"

    @property
    def other(self) -> "Colour":
        """The other place."""
        return Colour.GREEN if self is Colour.BLUE else Colour.BLUE


COLOURED = (Service.DJANGO, Service.FASTAPI)
"""The services that every release has; the others are there once, whatever release runs."""
