"""``partsearch down``."""

from partsearch.operation.inspection.console import show_down
from partsearch.operation.site import Site


def down() -> None:
    """Stop everything. The data stays."""
    show_down(Site())
