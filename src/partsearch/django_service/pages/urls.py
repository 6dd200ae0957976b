"""The addresses of the page: one a language, so that a link says which language it opens in."""

from django.urls import path

from partsearch.django_service.pages.views import search_page

app_name = "web"
urlpatterns = [
    path("", search_page, {"language": "ru"}, name="ru"),
    path("en/", search_page, {"language": "en"}, name="en"),
]
