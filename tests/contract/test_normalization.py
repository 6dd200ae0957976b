"""Python normalizes the text of a search, PostgreSQL the stored text: both agree on every character."""

import random
import unicodedata
from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partsearch.contract.text.normalized import normalize

# Each character at both ends, doubled and inside a word, where trimming, runs of white space and the final sigma show.
# Also after letters and between a letter and its accents, where composition shows.
EVERY_CHARACTER = """
    SELECT code, partsearch_normalize(text)
    FROM unnest(%s::integer[]) AS code, LATERAL (
        SELECT chr(code) || 'x' || chr(code) || chr(code) || 'yе' || chr(code) || U&'\\0308А' || chr(code) || U&'\\0301'
    ) AS spelled (text)
"""
CODES = [
    *(code for code in range(1, 0x40000) if not 0xD800 <= code < 0xE000),
    *range(0x40000, 0xE0000, 97),
    *range(0xE0000, 0xE1000),
    *range(0xE1000, 0x110000, 97),
]
"""All characters, but only a sample of the unassigned planes and of the private use planes."""

_LAST_COMPOSED = 0x30000
"""No character from here on composes with others. Looking at all of them takes half a second of each run of pytest."""
ACCENTS = [chr(code) for code in range(_LAST_COMPOSED) if unicodedata.combining(chr(code))]
COMPOSED = [chr(code) for code in range(_LAST_COMPOSED) if unicodedata.decomposition(chr(code))]
HARD = "еёЁЕиИйЙJHTWYjİiIΣς\u0308\u0308\u0301\u0323\u200b\u00ad\u034f \u00a0\t"


@pytest.fixture(scope="module")
def database(migrated_database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(migrated_database, autocommit=True) as connection:
        yield connection


def test_both_programs_agree_on_every_character(database: psycopg.Connection) -> None:
    stored = database.execute(EVERY_CHARACTER, [CODES]).fetchall()
    assert len(stored) == len(CODES)
    differing = [chr(code) for code, text in stored if normalize(spelled(chr(code))) != text]
    assert [character for character in differing if is_known_to_both(database, character)] == []


def spelled(character: str) -> str:
    return f"{character}x{character * 2}yе{character}\u0308А{character}\u0301"


def is_known_to_both(database: psycopg.Connection, character: str) -> bool:
    """Return whether the character is assigned in the Unicode versions of Python and of PostgreSQL.

    The versions differ: a character of the newer one has no lower case and no composition in the older one.
    """
    known = database.execute("SELECT unicode_assigned(%s)", [character]).fetchone()
    assert known is not None
    return unicodedata.category(character) != "Cn" and bool(known[0])


def stored_as(database: psycopg.Connection, texts: list[str]) -> list[str]:
    rows = database.execute(
        "SELECT partsearch_normalize(text) FROM unnest(%s::text[]) WITH ORDINALITY AS one (text, place) ORDER BY place",
        [texts],
    ).fetchall()
    return [text for (text,) in rows]


@settings(max_examples=20, deadline=None)
@given(
    texts=st.lists(
        st.text(
            st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cn"])
            | st.sampled_from(ACCENTS)
            | st.sampled_from(COMPOSED)
            | st.sampled_from(HARD)
        ),
        min_size=20,
    )
)
def test_both_programs_agree_on_any_text(database: psycopg.Connection, texts: list[str]) -> None:
    stored = stored_as(database, texts)
    assert stored == [normalize(text) for text in texts]
    assert stored_as(database, stored) == stored == [normalize(text) for text in stored]


def test_both_programs_agree_on_many_random_texts(database: psycopg.Connection) -> None:
    source = random.Random(10)
    alphabets = [ACCENTS, COMPOSED, list(HARD), list("abцщ1")]
    texts = [
        "".join(source.choice(source.choice(alphabets)) for _ in range(source.randint(1, 8))) for _ in range(30_000)
    ]
    stored = stored_as(database, texts)
    assert stored == [normalize(text) for text in texts]
    assert stored_as(database, stored) == stored == [normalize(text) for text in stored]


def test_normalization_is_idempotent(database: psycopg.Connection) -> None:
    texts = ["  Ёлка\u00a0 \t МАТОВАЯ ", "ΑΣ ΣΑΣ ς", "İstanbul ISTANBUL", "STRASSE ẞ ß", "\u2028", ""]
    texts += ["ё\u0308\u0308", "ё\u0300", "J\u030c", "а\u0308\u0323", "\u00b4\u00a8", "\u200bе\u00ad\u0308", "№ ½ ™ ﬁ"]
    for text in texts:
        once = normalize(text)
        assert normalize(once) == once
        assert stored_as(database, [text, once]) == [once, once]


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("  Ёлка\u00a0 \t МАТОВАЯ ", "елка матовая"),
        ("Е\u0308лка", "елка"),
        ("Е\u200b\u0308л\u00adка\ufeff", "елка"),
        ("Бампер заднии\u0306", "бампер задний"),
        ("J\u030c", "\u01f0"),
        ("ё\u0300", "\u0450"),
        ("ё\u0308\u0308", "е"),
        ("ＢＭＷ　Ｘ５", "bmw x5"),
        ("№ 5²", "no 52"),
        ("\u200b \u3164\U000e0041", ""),
        ("d\u2019Or «x» – y", "d\u2019or «x» – y"),
    ],
)
def test_normalized_form_of_texts(database: psycopg.Connection, text: str, compared: str) -> None:
    assert normalize(text) == compared
    assert stored_as(database, [text]) == [compared]
