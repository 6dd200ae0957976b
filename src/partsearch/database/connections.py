"""How many connections to the database the site can open, and how they are divided among its processes."""

import os

from partsearch.contract.limits import EXPORTS_PER_WORKER
from partsearch.settings import settings

FASTAPI_PER_WORKER = 4
LISTENING_PER_WORKER = 1
FOLDING = 1
"""The connection of the process that folds: of all processes of the site one has it at a time."""

DJANGO_PER_WORKER = 3
"""More connections than cores do not make a database faster; these keep every core busy while some wait.

``docs/decisions/workers-and-connections.md`` has the measurements. Requests beyond them wait in the service.
"""


def workers() -> int:
    """Return the number of worker processes of each service."""
    return settings().partsearch_workers or os.cpu_count() or 1


def connections_per_worker() -> int:
    """Return the number of connections that one worker of the FastAPI service may have open at a time."""
    return FASTAPI_PER_WORKER


def needed_connections() -> int:
    """Return the number of connections at the busiest time: both services in two releases, and commands."""
    per_worker = FASTAPI_PER_WORKER + LISTENING_PER_WORKER + DJANGO_PER_WORKER + 2 * EXPORTS_PER_WORKER
    return 2 * workers() * per_worker + FOLDING + 20
