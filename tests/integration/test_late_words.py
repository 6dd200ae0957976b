"""A word whose key is committed after a larger one: the dictionary of each service has it after its next refresh."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from partsearch.database.address.configured import database_address
from partsearch.fastapi_service.database import open_to
from partsearch.fastapi_service.typed.dictionary_source import DictionarySource
from partsearch.understanding.keeper import DictionaryKeeper, Source
from partsearch.understanding.words.index import WordIndex

_TAKE = "SELECT totals_key_id('word', %s)"
_QUERY_SECONDS = 30.0


@contextmanager
def _source(service: str, runner: asyncio.Runner) -> Iterator[Source]:
    """Open what reads the rows of the dictionary for a service. The loop of ``runner`` runs FastAPI's statements."""
    from partsearch.django_service.typed.dictionary import DictionarySource as SourceOfDjango

    async def source_of_fastapi() -> Source:
        await database.open()
        return DictionarySource(database, database.primary)

    database = open_to(database_address(), None, 1, 1, _QUERY_SECONDS)
    if service == "django":
        yield SourceOfDjango()
        return
    yield runner.run(source_of_fastapi())
    runner.run(database.close())


@pytest.mark.parametrize("service", ["django", "fastapi"])
def test_a_key_that_is_committed_late_is_read_again(migrated_database: str, service: str) -> None:
    async def refresh() -> WordIndex:
        return (await asyncio.wrap_future(keeper.refreshed())).words

    unique = os.urandom(8).hex()
    late_word, early_word = f"late{unique}", f"early{unique}"
    with (
        psycopg.connect(migrated_database) as late,
        psycopg.connect(migrated_database, autocommit=True) as early,
        asyncio.Runner() as runner,
        _source(service, runner) as source,
    ):
        keeper = DictionaryKeeper(source)
        runner.run(asyncio.to_thread(keeper.wait_until_complete))
        late.execute(_TAKE, [late_word])
        early.execute(_TAKE, [early_word])
        known = runner.run(refresh())
        assert known.has(early_word)
        assert not known.has(late_word)
        late.commit()
        assert runner.run(refresh()).has(late_word)
        early.execute("DELETE FROM totals_key WHERE value = ANY(%s)", [[late_word, early_word]])
