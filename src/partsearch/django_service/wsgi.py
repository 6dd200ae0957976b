"""The Django service as a WSGI application."""

import logging
import os
import threading
from contextlib import suppress
from importlib import import_module

from django.core.wsgi import get_wsgi_application
from django.db import connections

from partsearch.contract.errors import ProblemError
from partsearch.database.configured import database_address
from partsearch.django_service.requests import Utf8Request
from partsearch.system.garbage_collection import freeze_startup_objects

# Not a default: a shell that knows the settings of the commands must not take the time limits from the service.
os.environ["DJANGO_SETTINGS_MODULE"] = "partsearch.django_service.serving"

logging.captureWarnings(capture=True)
application = get_wsgi_application()
application.request_class = Utf8Request
# Else the first request would load them.
import_module("partsearch.django_service.urls")
freeze_startup_objects()


def _ask_once() -> None:
    """Asks the database while it is awake, so that no probe has to wake it later."""
    from partsearch.django_service.views.health import readiness_fault

    with suppress(ProblemError):
        readiness_fault()
    connections.close_all()


if database_address().sleeps:
    threading.Thread(target=_ask_once, name="first-question", daemon=True).start()
