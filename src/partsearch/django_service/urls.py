"""The addresses of the Django service."""

urlpatterns = []
