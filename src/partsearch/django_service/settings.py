"""Django's settings for commands, derived from partsearch's own; ``serving.py`` adds those of the service."""

import sys
from pathlib import Path

from partsearch.database.address.configured import direct_database_address
from partsearch.django_service.http.log_filters import logging_configuration
from partsearch.secret_key import secret_key
from partsearch.settings import settings

_settings = settings()


def _static_folder(home: Path) -> Path:
    """Return the folder of the static files: that of the release, or for a checkout that of the home."""
    release = Path(sys.prefix).resolve().parent
    return (release if release.parent == home.resolve() / "releases" else home) / "static"


SECRET_KEY = _settings.secret_key or secret_key(_settings.partsearch_home)
DEBUG = _settings.debug
ALLOWED_HOSTS = list(_settings.allowed_hosts)
ROOT_URLCONF = "partsearch.django_service.urls"
WSGI_APPLICATION = "partsearch.django_service.wsgi.application"

INSTALLED_APPS = [
    "partsearch.catalog",
    "partsearch.django_service.pages",
    "django.contrib.postgres",
    "partsearch.django_service.pages.login.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "partsearch.django_service.http.middleware.contract_headers",
    "partsearch.django_service.http.middleware.whole_requests",
    "partsearch.django_service.http.middleware.accepted_hosts",
    "partsearch.django_service.http.middleware.api_first",
    "partsearch.django_service.http.middleware.secure_cookies",
    "partsearch.django_service.pages.headers.page_headers",
    "partsearch.django_service.pages.request_checks.CheckedRequests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": {**direct_database_address(_settings).django_settings(), "CONN_MAX_AGE": None}}

LOGGING = logging_configuration(_settings.partsearch_log_format)
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

APPEND_SLASH = False
LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("en", "English")]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = _static_folder(_settings.partsearch_home)

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
