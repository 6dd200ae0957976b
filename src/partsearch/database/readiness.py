"""Which schema this release needs: the service is ready where the database has it, or a newer one."""

from functools import cache
from importlib.resources import files

CATALOG = "catalog"


@cache
def needed_migration() -> str:
    """The name of the catalog's last migration."""
    names = (entry.name for entry in files("partsearch.catalog").joinpath("migrations").iterdir())
    return max(name.removesuffix(".py") for name in names if name[:4].isdigit())


def schema_fault(applied: bool) -> str | None:  # noqa: FBT001
    """Why the schema does not serve this release, for people; ``None`` where it does."""
    if applied:
        return None
    return f"The database has no migration {needed_migration()}. Run 'partsearch manage migrate'."
