"""The addresses of the search page: one for each language, so that a link opens in the language of its sender."""

from django.urls import path

from partsearch.django_service.pages.views import search_page

app_name = "pages"
urlpatterns = [
    path("", search_page, {"language": "ru"}, name="ru"),
    path("en/", search_page, {"language": "en"}, name="en"),
]
