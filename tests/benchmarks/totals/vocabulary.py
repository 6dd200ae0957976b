"""What a catalog holds, from a random sample of its shown parts: the same seed takes the same sample."""

import random
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import psycopg

_SAMPLE = 4_000
_SHORTEST_WORD = 4
_TYPED_DIGITS = 2
_PARTS = """
    SELECT
        part.name_normalized AS name, part.price, part.json_data AS attributes,
        mark.id AS mark_id, mark.name AS mark_name, mark.producer_country_name AS country,
        model.id AS model_id, model.name AS model_name
    FROM part JOIN mark ON mark.id = part.mark_id JOIN model ON model.id = part.model_id
    WHERE part.id = ANY (%s) AND part.is_visible AND mark.is_visible AND model.is_visible
    ORDER BY part.id
"""

Value = TypeVar("Value", bound=Hashable)


class Sampled(NamedTuple):
    """A part of the sample; its name is normalised."""

    name: str
    price: Decimal
    attributes: dict[str, Any]
    mark_id: int
    mark_name: str
    country: str
    model_id: int
    model_name: str


@dataclass(frozen=True)
class Vocabulary:
    """What the parts of a sample have: each list has the most frequent value first."""

    parts: tuple[Sampled, ...]

    @classmethod
    def read(cls, conninfo: str, seed: int) -> "Vocabulary":
        """Return the vocabulary of the catalog in a database."""
        with psycopg.connect(conninfo) as connection:
            row = connection.execute("SELECT max(id) FROM part").fetchone()
            highest = int(row[0]) if row else 0
            ids = random.Random(seed).sample(range(1, highest + 1), min(_SAMPLE, highest))
            return cls(tuple(Sampled(*found) for found in connection.execute(_PARTS, [ids])))

    @cached_property
    def marks(self) -> list[tuple[int, str, str]]:
        """Ids, names and countries."""
        return _by_frequency((part.mark_id, part.mark_name, part.country) for part in self.parts)

    @cached_property
    def models(self) -> list[tuple[int, str]]:
        """Ids and names."""
        return _by_frequency((part.model_id, part.model_name) for part in self.parts)

    @cached_property
    def names(self) -> list[str]:
        """Whole names."""
        return _by_frequency(part.name for part in self.parts)

    @cached_property
    def words(self) -> list[str]:
        """Words of names, without digits, that are not short."""
        words = (word for part in self.parts for word in part.name.split(" "))
        return _by_frequency(word for word in words if len(word) >= _SHORTEST_WORD and word.isalpha())

    @cached_property
    def numbers(self) -> list[str]:
        """Words of names with digits."""
        return _by_frequency(word for part in self.parts for word in part.name.split(" ") if _has_digit(word))

    def phrases(self, words: int) -> list[str]:
        """Return neighbouring words of names, without digits."""
        return _by_frequency(text for text in self._windows(words) if not _has_digit(text))

    @cached_property
    def numbered_pairs(self) -> list[str]:
        """Two neighbouring words of names, one or both with digits."""
        return _by_frequency(text for text in self._windows(2) if _has_digit(text))

    def values(self, key: str) -> list[Any]:
        """Return the values of a key of ``json_data``."""
        return _by_frequency(part.attributes[key] for part in self.parts if key in part.attributes)

    def price(self, share: float) -> Decimal:
        """Return the price that this share of the parts is below, to the kopeck."""
        prices = sorted(part.price for part in self.parts)
        return prices[min(int(share * len(prices)), len(prices) - 1)]

    def typed_price(self, share: float) -> int:
        """Return the same price in two digits and zeros, as people type prices."""
        price = self.price(share)
        unit = Decimal(1).scaleb(price.adjusted() - _TYPED_DIGITS + 1)
        return int((price / unit).quantize(Decimal(1), ROUND_HALF_EVEN) * unit)

    def _windows(self, words: int) -> Iterator[str]:
        for part in self.parts:
            found = part.name.split(" ")
            for first in range(len(found) - words + 1):
                yield " ".join(found[first : first + words])


def _by_frequency(values: Iterable[Value]) -> list[Value]:
    """Return the distinct values; those of the same frequency in the order of the sample."""
    return [value for value, _ in Counter(values).most_common()]


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)
