"""The dictionary that a process keeps while people search."""

import threading
from collections.abc import Iterator, Mapping, Sequence, Set
from concurrent.futures import Future

import pytest

from partsearch.contract.errors import DatabaseUnavailableError
from partsearch.understanding import understand
from partsearch.understanding.dictionary import Dictionary
from partsearch.understanding.keeper import DictionaryKeeper, Tables
from partsearch.understanding.rows import SynonymRow
from tests.support.deadline import wait_for

SYNONYMS = (SynonymRow("торпедо", "synonym", ("панель",), {}),)
NAMES = ["бампер", "капот", "крыло", "дверь", "фара"]


class Catalog:
    """A database with words, transactions that are not over, and a clock."""

    def __init__(self) -> None:
        self.rows = list(enumerate(NAMES, 1))
        self.writers: Set[str] = frozenset()
        self.is_away = False
        self.words_fail = False
        self.now = 100.0
        self.tables_read = 0
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def tables(self, version: str) -> Tables | None:
        if self.is_away:
            raise DatabaseUnavailableError
        if version == "1":
            return None
        self.tables_read += 1
        return Tables("1", (), (), SYNONYMS)

    def running(self) -> tuple[int, Set[str]]:
        return max(key for key, _ in self.rows), self.writers

    def words(self, last_key: int, most: int) -> Sequence[tuple[int, str]]:
        if last_key:
            assert self.may_go_on.wait(20)
        if self.words_fail:
            raise DatabaseUnavailableError
        return sorted(row for row in self.rows if row[0] > last_key)[:most]

    def shares(self) -> Mapping[str, float]:
        return {}

    def close(self) -> None:
        pass


@pytest.fixture
def catalog() -> Iterator[Catalog]:
    made = Catalog()
    yield made
    made.may_go_on.set()


def current(keeper: DictionaryKeeper) -> Dictionary:
    latest = keeper.latest()
    return latest.result(20) if isinstance(latest, Future) else latest


def corrections(keeper: DictionaryKeeper, text: str) -> list[str]:
    query = understand(text, current(keeper))
    counts = {word: 1 for word in query.texts_to_check if word in NAMES or word == "панель"}
    return [each.corrected for each in query.resolve(counts).corrections]


def test_a_small_catalog_is_known_at_the_first_search(catalog: Catalog) -> None:
    keeper = DictionaryKeeper(catalog, lambda: catalog.now)
    assert corrections(keeper, "бапмер") == ["бампер"]
    assert current(keeper).is_complete


def test_a_large_one_is_taken_as_typed_until_it_is_known(catalog: Catalog) -> None:
    catalog.may_go_on.clear()
    keeper = DictionaryKeeper(catalog, lambda: catalog.now, words_at_once=2)
    assert corrections(keeper, "бапмер") == []
    assert corrections(keeper, "торпедо") == ["панель"]
    assert not current(keeper).is_complete
    catalog.may_go_on.set()
    keeper.wait_until_complete()
    assert corrections(keeper, "бапмер") == ["бампер"]
    assert sorted(current(keeper).words.words()) == sorted(NAMES)


def test_rows_that_have_not_changed_are_not_read_again(catalog: Catalog) -> None:
    keeper = DictionaryKeeper(catalog, lambda: catalog.now)
    current(keeper)
    catalog.rows.append((6, "стекло"))
    catalog.now += 11
    assert current(keeper).words.has("стекло")
    assert catalog.tables_read == 1


def test_a_smaller_key_that_is_committed_later_is_read(catalog: Catalog) -> None:
    catalog.rows.append((9, "стекло"))
    catalog.writers = {"7/1"}
    keeper = DictionaryKeeper(catalog, lambda: catalog.now)
    assert not current(keeper).words.has("порог")
    catalog.now += 11
    current(keeper)
    catalog.rows.append((8, "порог"))
    catalog.writers = frozenset()
    catalog.now += 11
    assert current(keeper).words.has("порог")


def test_without_the_database_the_old_one_stays(catalog: Catalog) -> None:
    keeper = DictionaryKeeper(catalog, lambda: catalog.now)
    current(keeper)
    catalog.is_away = True
    catalog.now += 60
    assert current(keeper).words.has("бампер")
    catalog.is_away = False
    catalog.rows.append((6, "стекло"))
    catalog.now += 3
    wait_for(lambda: current(keeper).words.has("стекло"), 20)


def test_without_any_the_search_fails_and_the_next_one_tries_again(catalog: Catalog) -> None:
    catalog.is_away = True
    keeper = DictionaryKeeper(catalog, lambda: catalog.now)
    with pytest.raises(DatabaseUnavailableError):
        current(keeper)
    catalog.is_away = False
    wait_for(lambda: current(keeper).is_complete, 20)


def test_who_waits_for_all_words_is_told_why_they_cannot_be_read(catalog: Catalog) -> None:
    catalog.may_go_on.clear()
    keeper = DictionaryKeeper(catalog, lambda: catalog.now, words_at_once=2)
    current(keeper)
    catalog.words_fail = True
    catalog.may_go_on.set()
    with pytest.raises(DatabaseUnavailableError):
        keeper.wait_until_complete()


def test_a_stopped_one_ends_its_thread(catalog: Catalog) -> None:
    catalog.may_go_on.clear()
    keeper = DictionaryKeeper(catalog, lambda: catalog.now, words_at_once=2)
    current(keeper)
    keeper.stop()
    catalog.may_go_on.set()
    wait_for(lambda: not any(thread.name == "dictionary" for thread in threading.enumerate()), 20)
