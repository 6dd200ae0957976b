"""The plain Django service as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

# Not a default: the shell of the user may have the settings of the site's commands.
os.environ["DJANGO_SETTINGS_MODULE"] = "partsearch.django_service.plain.settings"

application = get_wsgi_application()
