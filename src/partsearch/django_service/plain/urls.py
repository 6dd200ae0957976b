"""The one address of the plain Django service."""

from django.urls import path

from partsearch.django_service.plain.views import SearchPartView

urlpatterns = [path("search/part/", SearchPartView.as_view())]
