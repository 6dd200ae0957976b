"""The names of services and slots. Nothing else is imported: the health checker, which needs them, stays small."""

from enum import StrEnum


class Service(StrEnum):
    """The services of the site, with the names of their processes, in the order of starting."""

    POSTGRES = "postgres"
    DJANGO = "django"
    FASTAPI = "fastapi"
    NGINX = "nginx"
    HEALTH_CHECKER = "guard"


class Slot(StrEnum):
    """The two slots of blue/green deployment: a new release starts in the one that is free."""

    BLUE = "blue"
    GREEN = "green"

    @property
    def other(self) -> "Slot":
        """The other slot."""
        return Slot.GREEN if self is Slot.BLUE else Slot.BLUE


RELEASE_SERVICES = (Service.DJANGO, Service.FASTAPI)
"""The services that run once for each release; the others run once for the site."""
