"""Rows that were legal before the totals: each is accepted, in small statements and in large ones, and is found."""

import json
import unicodedata
from collections.abc import Callable
from functools import cache

import pytest

from tests.support.random_catalog.session import Session

BULK = 20_000
INSERT = "INSERT INTO part (id, name, mark_id, model_id, price, json_data) VALUES ($1, $2, 1, 1, $3, $4)"
MANY = f"""
    INSERT INTO part (id, name, mark_id, model_id, price, json_data)
    SELECT
        number, CASE number WHEN 7 THEN $1 ELSE 'фара' END, 1, 1, $2::numeric,
        CASE number WHEN 7 THEN $3::jsonb ELSE '{{}}' END
    FROM generate_series(1, {BULK}) AS number
"""
_NAME_LENGTH = 400


@cache
def longest_by_normalisation() -> str:
    """Return the characters that take the most bytes when they are normalised. Only the tests that need it wait."""
    characters = (chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    ordered = sorted(characters, key=lambda c: -len(unicodedata.normalize("NFKC", c).lower().encode()))
    return "".join(ordered[:_NAME_LENGTH])


def long_name_with_a_word_twice() -> str:
    return f"{longest_by_normalisation()[:396]} я я"


NAMES: dict[str, str | Callable[[], str]] = {
    "as long as may be": "б" * 400,
    "of 4 bytes each": "".join(chr(0x20000 + number * 37) for number in range(400)),
    "longest when normalised": longest_by_normalisation,
    "a word twice": long_name_with_a_word_twice,
    "of 200 words": " ".join("абвгдежзик"[number % 10] for number in range(200)),
    "empty": "",
    "not visible": "\u200b \u00ad",
    "with characters of LIKE": r"50%_ \ \\ % _",
    "with an ellipsis": "фара … 12… …а",
    "of marks and right-to-left": "e\u0301\u0308\u0323 א ب\u200f 🇷🇺 👩‍👩‍👧",
    "of controls": "\x01\x7f\ufffe\ufdd0 \U0010ffff",
}
JSON = {
    "huge": '{"color": 1e100000, "is_new_part": -1e100000}',
    "tiny": '{"color": 1e-500, "is_new_part": 1e-16000}',
    "many zeros": f'{{"color": 1.{"0" * 300}, "is_new_part": -0.0}}',
    "long key": json.dumps({"k" * 10_000: "v", "color": "c" * 10_000, "is_new_part": "true"}),
    "nested": '{"color": {"a": [1, {"b": null}]}, "is_new_part": [[[]], {}]}',
    "null": '{"color": null, "is_new_part": null, "": {}}',
    "odd text": json.dumps({"color": "\u2028 \x7f \ud83d\ude00 ' \" \\ %", "is_new_part": " "}),
    "expanding text": json.dumps({"color": "㌀" * 200}),
}
PRICES = ["0", "0.01", "9999999999.99"]
IDS = [0, -1, 1, 63999, 64000, -63999, -64000, -64001, 2**63 - 1, -(2**63), 2**62]


def check(session: Session) -> None:
    session.check({"price_lte": 0}, {"price_gte": 1}, {"params": {"color": 1}}, {"page": 2})


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name(session: Session, name: str | Callable[[], str]) -> None:
    name = name if isinstance(name, str) else name()
    session.run(INSERT, 1, name, 1, "{}")
    session.fold()
    session.run(INSERT, 2, f"{name[:399]}я", 1, "{}")
    session.run("UPDATE part SET name = name || 'а' WHERE length(name) < 400")
    text = session.value("SELECT substr(name_normalized, 2, 5) FROM part ORDER BY id DESC").strip()
    check(session)
    session.rebuild()
    session.check(*([{"part_name": text}] if text and not any(map(str.isdigit, text)) else []))


@pytest.mark.parametrize("json_data", JSON.values(), ids=JSON)
def test_json_data(session: Session, json_data: str) -> None:
    session.run(INSERT, 1, "фара", 1, json_data)
    session.run(INSERT, 2, "фара", 2, "{}")
    session.fold()
    session.run("UPDATE part SET json_data = (SELECT json_data FROM part WHERE id = 1)")
    check(session)
    session.rebuild()
    check(session)


def test_prices_and_ids(session: Session) -> None:
    for number, part in enumerate(IDS):
        session.run(INSERT, part, "фара", PRICES[number % 3], "{}")
    check(session)
    session.rebuild()
    check(session)
    session.run("UPDATE part SET price = 9999999999.99 - price")
    check(session)
    session.run("DELETE FROM part WHERE id IN (0, 9223372036854775807, -9223372036854775808)")
    check(session)


def test_such_rows_among_many_that_get_a_layer(session: Session) -> None:
    session.run(MANY, long_name_with_a_word_twice(), PRICES[-1], JSON["huge"])
    assert session.value("SELECT count(*) FROM totals_segment") == 1
    check(session)


def test_a_price_that_is_no_number_is_refused_as_before(session: Session) -> None:
    with pytest.raises(Exception, match="part_price_range"):
        session.run(INSERT, 1, "фара", "NaN", "{}")
