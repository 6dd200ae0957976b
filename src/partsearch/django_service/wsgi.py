"""The Django service as a WSGI application."""

import logging
import os
import threading
from contextlib import suppress
from importlib import import_module

from django.core.wsgi import get_wsgi_application
from django.db import connections

from partsearch.contract.errors import ProblemError
from partsearch.database.address.configured import database_address
from partsearch.django_service.http.request import Utf8Request
from partsearch.system.garbage_collection import freeze_startup_objects

# It is no default: a shell with the settings of the commands must not take the time limits away from the service.
os.environ["DJANGO_SETTINGS_MODULE"] = "partsearch.django_service.serving"

logging.captureWarnings(capture=True)
application = get_wsgi_application()
application.request_class = Utf8Request
# Without this the first request loads the URL configuration.
import_module("partsearch.django_service.urls")
freeze_startup_objects()


def _check_readiness() -> None:
    """Query the database while it is awake, so that no later probe has to wake it."""
    from partsearch.django_service.views.health import raise_if_not_ready

    with suppress(ProblemError):
        raise_if_not_ready()
    connections.close_all()


if database_address().can_sleep:
    threading.Thread(target=_check_readiness, name="check-readiness", daemon=True).start()
