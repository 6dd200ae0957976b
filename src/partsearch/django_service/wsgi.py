"""The Django service as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partsearch.django_service.serving")

application = get_wsgi_application()
