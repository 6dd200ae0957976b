"""The dictionary that a process keeps while people search."""

from collections.abc import Callable

import pytest

from partsearch.contract.errors import DatabaseUnavailableError
from partsearch.understanding.dictionary import Dictionary
from tests.support.deadline import wait_for


class Catalog:
    """A database that counts how often it is read, and a clock."""

    def __init__(self) -> None:
        self.loaded = 0
        self.is_away = False
        self.now = 100.0

    def load(self, known: Dictionary) -> Dictionary:
        if self.is_away:
            raise DatabaseUnavailableError
        self.loaded += 1
        return known.with_words([(self.loaded, f"слово{self.loaded}")])


@pytest.fixture
def catalog() -> Catalog:
    return Catalog()


@pytest.fixture
def current(catalog: Catalog) -> Callable[[], Dictionary]:
    from partsearch.database.django_setup import ensure_django

    ensure_django()
    from partsearch.django_service.typed.dictionary import LatestDictionary

    return LatestDictionary(catalog.load, lambda: catalog.now).current


def test_the_first_search_loads_it(catalog: Catalog, current: Callable[[], Dictionary]) -> None:
    assert current().last_key == 1
    assert current().last_key == 1
    assert catalog.loaded == 1


def test_an_old_one_is_refreshed_before_the_search(catalog: Catalog, current: Callable[[], Dictionary]) -> None:
    current()
    catalog.now += 10.1
    assert current().last_key == 2


def test_a_younger_one_is_refreshed_after_the_search(catalog: Catalog, current: Callable[[], Dictionary]) -> None:
    current()
    catalog.now += 2.1
    assert current().last_key == 1
    wait_for(lambda: catalog.loaded == 2, 10)
    wait_for(lambda: current().last_key == 2, 10)


def test_without_the_database_the_old_one_stays(catalog: Catalog, current: Callable[[], Dictionary]) -> None:
    current()
    catalog.is_away = True
    catalog.now += 60
    assert current().last_key == 1


def test_without_any_the_search_fails(catalog: Catalog, current: Callable[[], Dictionary]) -> None:
    catalog.is_away = True
    with pytest.raises(DatabaseUnavailableError):
        current()
