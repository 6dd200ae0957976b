"""``partsearch up``."""

from partsearch.operation.inspection.console import show_up
from partsearch.operation.site import Site


def up() -> None:
    """Start everything in the background, and return when it answers."""
    show_up(Site())
