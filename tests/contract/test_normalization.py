"""The text of a search and the text that is stored are normalised by two programs; they agree on every character."""

import unicodedata
from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partsearch.contract.text import normalize

# At the ends, doubled, and inside a word: where trimming, runs of white space and the final sigma would tell.
EVERY_CHARACTER = """
    SELECT code, partsearch_normalize(text)
    FROM generate_series(1, 1114111) AS code,
        LATERAL (SELECT chr(code) || 'x' || chr(code) || chr(code) || 'y' || chr(code)) AS spelled (text)
    WHERE code NOT BETWEEN 55296 AND 57343
"""


@pytest.fixture(scope="module")
def database(migrated_database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(migrated_database, autocommit=True) as connection:
        yield connection


def test_every_character(database: psycopg.Connection) -> None:
    stored = database.execute(EVERY_CHARACTER).fetchall()
    assert len(stored) == 0x10FFFF - 2048
    differing = [chr(code) for code, text in stored if normalize(spelled(chr(code))) != text]
    assert [character for character in differing if is_known_to_both(database, character)] == []


def spelled(character: str) -> str:
    return f"{character}x{character * 2}y{character}"


def is_known_to_both(database: psycopg.Connection, character: str) -> bool:
    """Whether the character is in Unicode as Python has it and as PostgreSQL has it.

    Their versions differ: a letter that came with the newer one has no lower case for the other.
    """
    known = database.execute("SELECT unicode_assigned(%s)", [character]).fetchone()
    assert known is not None
    return unicodedata.category(character) != "Cn" and bool(known[0])


@settings(max_examples=20, deadline=None)
@given(
    texts=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cn"])), min_size=20
    )
)
def test_any_text(database: psycopg.Connection, texts: list[str]) -> None:
    rows = database.execute(
        "SELECT partsearch_normalize(text) FROM unnest(%s::text[]) WITH ORDINALITY AS one (text, place) ORDER BY place",
        [texts],
    ).fetchall()
    assert [text for (text,) in rows] == [normalize(text) for text in texts]


def test_what_is_normalised_stays_as_it_is(database: psycopg.Connection) -> None:
    for text in ("  Ёлка\u00a0 \t МАТОВАЯ ", "ΑΣ ΣΑΣ ς", "İstanbul ISTANBUL", "STRASSE ẞ ß", "\u2028", ""):
        once = normalize(text)
        assert normalize(once) == once
        row = database.execute("SELECT partsearch_normalize(%s)", [once]).fetchone()
        assert row == (once,)
    assert normalize("  Ёлка\u00a0 \t МАТОВАЯ ") == "елка матовая"
