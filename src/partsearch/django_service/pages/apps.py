"""The Django app of the web pages, with their templates and static files."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """The name of the app."""

    name = "partsearch.django_service.pages"
    label = "pages"
