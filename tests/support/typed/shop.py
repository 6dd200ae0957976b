"""A catalog in the database with what the oracle of typed searches needs to know of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from partsearch.contract.filters.understood import Understood
from partsearch.contract.text.folding import join
from partsearch.understanding import COUNTED, understand
from partsearch.understanding.dictionary import Dictionary, SynonymRow, VehicleRow
from tests.support.catalog_data import Catalog, Mark, Model, Part
from tests.support.oracle import Row, as_compared, is_shown, joined


@dataclass(frozen=True)
class Shop:
    """A catalog that is in the database.

    Attributes:
        catalog: its rows.
        created: when the database created each part.
        dictionary: the words of the catalog, and those of removed parts that the database still has.
    """

    catalog: Catalog
    created: dict[int, datetime]
    dictionary: Dictionary

    @classmethod
    def opened(cls, conninfo: str, catalog: Catalog, batches: int = 3) -> "Shop":
        """Insert the catalog into an empty database, its parts at several times."""
        Catalog(catalog.marks, catalog.models).insert(conninfo)
        for batch in range(batches):
            Catalog(parts=[part for part in catalog.parts if hash_of(part) % batches == batch]).insert(conninfo)
        with psycopg.connect(conninfo) as connection:
            created = dict(connection.execute("SELECT id, created_at FROM part").fetchall())
        return cls(catalog, created, _dictionary(conninfo, catalog))

    @property
    def shown(self) -> list[Row]:
        """The parts that are shown."""
        return [row for row in joined(self.catalog) if is_shown(row)]

    @property
    def visible_marks(self) -> list[Mark]:
        """The marks that an answer may name."""
        return [mark for mark in self.catalog.marks if mark.is_visible]

    @property
    def visible_models(self) -> list[Model]:
        """The models that an answer may name."""
        marks = {mark.id for mark in self.visible_marks}
        return [model for model in self.catalog.models if model.is_visible and model.mark_id in marks]

    def understood(self, text: str) -> Understood:
        """Return what the text means in this catalog."""
        query = understand(text, self.dictionary)
        return query.resolve({text: self._count(text) for text in query.texts_to_check})

    def _count(self, text: str) -> int:
        return min(COUNTED, sum(text in as_compared(row.part.name) for row in self.shown))


def hash_of(part: Part) -> int:
    """Return a number that is the same in each run."""
    return part.id * 7919 % 101


def _dictionary(conninfo: str, catalog: Catalog) -> Dictionary:
    words = {word for part in catalog.parts for word in as_compared(part.name).split(" ") if word}
    shop = Shop(catalog, {}, Dictionary())
    marks = {mark.id: mark.name for mark in catalog.marks}
    with psycopg.connect(conninfo) as connection:
        aliases = _aliases(connection)
        synonyms = _synonyms(connection)
        # The database keeps the words of removed parts, whose forms count as those of other words.
        words |= {word for (word,) in connection.execute("SELECT value FROM totals_key WHERE attribute = 'word'")}
    mark_rows = [VehicleRow(mark.id, mark.name, aliases.get((join(mark.name), ""), ())) for mark in shop.visible_marks]
    model_rows = [
        VehicleRow(model.id, model.name, aliases.get((join(marks[model.mark_id]), join(model.name)), ()), model.mark_id)
        for model in shop.visible_models
    ]
    return Dictionary().with_words(sorted(words)).with_tables(mark_rows, model_rows, synonyms, {})


def _aliases(connection: "psycopg.Connection[Any]") -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the active aliases of each mark and model, by their names as they are compared."""
    aliases: dict[tuple[str, str], tuple[str, ...]] = {}
    rows = connection.execute("SELECT mark, model, alias FROM vehicle_alias WHERE is_active ORDER BY id")
    for mark, model, alias in rows:
        key = join(mark), join(model)
        aliases[key] = (*aliases.get(key, ()), alias)
    return aliases


def _synonyms(connection: "psycopg.Connection[Any]") -> list[SynonymRow]:
    rows = connection.execute("SELECT written, kind, meanings, params FROM synonym WHERE is_active ORDER BY id")
    return [SynonymRow(written, kind, tuple(meanings), params) for written, kind, meanings, params in rows]
