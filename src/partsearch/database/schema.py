"""The database schema that this release needs, as far as a service knows it without Django's models."""

from functools import cache
from importlib.resources import files

from partsearch.contract.errors import DatabaseUnavailableError

CATALOG = "catalog"
"""The label of the Django app that owns the tables."""

CATALOG_CHANNEL = "partsearch_catalog"
"""The channel of LISTEN and NOTIFY: the triggers of the catalog notify it of every change, without its content."""


@cache
def needed_migration() -> str:
    """Return the name of the catalog's last migration."""
    names = (entry.name for entry in files("partsearch.catalog").joinpath("migrations").iterdir())
    return max(name.removesuffix(".py") for name in names if name[:4].isdigit())


def require_migrated(is_applied: bool) -> None:  # noqa: FBT001
    """Raise 503 if the needed migration is not applied.

    Raises:
        DatabaseUnavailableError: it is not applied.
    """
    if not is_applied:
        raise DatabaseUnavailableError(
            f"The database has no migration {needed_migration()}. Run 'partsearch manage migrate'."
        )
