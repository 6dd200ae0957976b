"""The names of services and slots. Nothing else is imported: the health checker, which needs them, stays small."""

from enum import StrEnum


class Service(StrEnum):
    """The services of the site, with the names of their processes, in the order of starting."""

    POSTGRES = "postgres"
    DJANGO = "django"
    FASTAPI = "fastapi"
    NGINX = "nginx"
    HEALTH_CHECKER = "health-checker"


class Slot(StrEnum):
    """The two slots of blue/green deployment: a new release starts in the one that is free."""

    BLUE = "blue"
    GREEN = "green"

    @property
    def other(self) -> "Slot":
        """The other slot."""
        return Slot.GREEN if self is Slot.BLUE else Slot.BLUE


OLD_HEALTH_CHECKER = "guard"
"""The name of the health checker's process in a site that an older release has started."""

RELEASE_SERVICES = (Service.DJANGO, Service.FASTAPI)
"""The services that run once for each release; the others run once for the site."""


def current_name(name: str) -> str:
    """Return the name that this release has for a process, which an older release may have started."""
    return str(Service.HEALTH_CHECKER) if name == OLD_HEALTH_CHECKER else name


def service_of(name: str) -> Service:
    """Return the service of a process by its name, such as ``django-blue``.

    Raises:
        ValueError: no service has such a process.
    """
    for slot in Slot:
        name = name.removesuffix(f"-{slot}")
    return Service(current_name(name))
