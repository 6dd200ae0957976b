"""Django, set up; no database is asked."""

import pytest


@pytest.fixture(autouse=True, scope="session")
def django_is_set_up() -> None:
    from partsearch.database.django_setup import ensure_django

    ensure_django()
