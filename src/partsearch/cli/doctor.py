"""``partsearch doctor``."""

from partsearch.operation.inspection.console import show_doctor
from partsearch.operation.site import Site


def doctor() -> None:
    """Check the database and the machine, and say what to do."""
    show_doctor(Site())
