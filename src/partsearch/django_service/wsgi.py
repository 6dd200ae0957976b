"""The Django service as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

# Not a default: a shell that knows the settings of the commands must not take the time limits from the service.
os.environ["DJANGO_SETTINGS_MODULE"] = "partsearch.django_service.serving"

application = get_wsgi_application()
