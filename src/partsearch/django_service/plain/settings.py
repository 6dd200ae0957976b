"""Django's settings of the plain service: those of the site with the middleware that ``startproject`` writes."""

from partsearch.database.address.configured import database_address
from partsearch.django_service.settings import *  # noqa: F403  # this is how Django's settings are layered

ROOT_URLCONF = "partsearch.django_service.plain.urls"
WSGI_APPLICATION = "partsearch.django_service.plain.wsgi.application"
MIDDLEWARE = [
    "partsearch.django_service.http.middleware.contract_headers",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# The tuned service keeps its connections too.
DATABASES = {"default": {**database_address().django_settings(), "CONN_MAX_AGE": None}}
