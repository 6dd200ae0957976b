"""The addresses of the Django service."""

from django.contrib import admin
from django.urls import include, path

from partsearch.django_service.api import API_VIEWS

urlpatterns = [
    *(path(address, view) for address, view in API_VIEWS.items()),
    path("admin/", admin.site.urls),
    path("", include("partsearch.web.urls")),
]

handler400 = "partsearch.web.errors.bad_request"
handler403 = "partsearch.web.errors.permission_denied"
handler404 = "partsearch.web.errors.page_not_found"
handler500 = "partsearch.web.errors.server_error"
