"""Sets up Django, without a database."""

import pytest


@pytest.fixture(autouse=True, scope="session")
def django_is_set_up() -> None:
    from partsearch.database.django_setup import ensure_django

    ensure_django()
