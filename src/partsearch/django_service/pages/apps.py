"""The page as a Django app, which carries its templates and static files."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Names the app."""

    name = "partsearch.django_service.pages"
    label = "web"
