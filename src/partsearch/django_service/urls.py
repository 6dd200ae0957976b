"""The URL configuration of the Django service."""

from django.contrib import admin
from django.urls import include, path

from partsearch.django_service.views import API_VIEWS

urlpatterns = [
    *(path(address, view) for address, view in API_VIEWS.items()),
    path("admin/", admin.site.urls),
    path("", include("partsearch.django_service.pages.urls")),
]

handler400 = "partsearch.django_service.pages.errors.bad_request"
handler403 = "partsearch.django_service.pages.errors.permission_denied"
handler404 = "partsearch.django_service.pages.errors.page_not_found"
handler500 = "partsearch.django_service.pages.errors.server_error"
