"""The names of the services and of the places that a release can have. Nothing is imported here: the guard is small."""

from enum import StrEnum


class Service(StrEnum):
    """The services of the site, in the order in which they start."""

    POSTGRES = "postgres"
    DJANGO = "django"
    FASTAPI = "fastapi"
    NGINX = "nginx"
    HEALTH_CHECKER = "guard"


class Slot(StrEnum):
    """The two places that a release can have; a release that follows another takes the free one."""

    BLUE = "blue"
    GREEN = "green"

    @property
    def other(self) -> "Slot":
        """The other place."""
        return Slot.GREEN if self is Slot.BLUE else Slot.BLUE


RELEASE_SERVICES = (Service.DJANGO, Service.FASTAPI)
"""The services that every release has; the others are there once, whatever release runs."""
