"""The URL configuration of the Django service."""

from django.contrib import admin
from django.urls import include, path

from partsearch.django_service.views import API_VIEWS, PART_ADDRESS
from partsearch.django_service.views.part import one_part

urlpatterns = [
    *(path(address, view) for address, view in API_VIEWS.items()),
    path(PART_ADDRESS, one_part),
    path("admin/", admin.site.urls),
    path("", include("partsearch.django_service.pages.urls")),
]

handler400 = "partsearch.django_service.pages.errors.bad_request"
handler403 = "partsearch.django_service.pages.errors.permission_denied"
handler404 = "partsearch.django_service.pages.errors.page_not_found"
handler500 = "partsearch.django_service.pages.errors.server_error"
