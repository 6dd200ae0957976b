"""The Django app of the admin, with the login of this package."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    """The admin app with our admin site."""

    default_site = "partsearch.django_service.pages.login.site.ThrottledAdminSite"
