"""Django's admin as an app, with the login of this package."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    """Names the admin site."""

    default_site = "partsearch.django_service.pages.login.site.ThrottledAdminSite"
