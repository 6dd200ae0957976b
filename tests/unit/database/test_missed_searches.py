"""Which texts of missed searches are kept: none that may name a person."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsearch.database.missed_searches import LONGEST_TEXT, words_to_keep


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" Железяка  МОЯ ", "железяка моя"),
        ("2108-1203040", "2108-1203040"),
        ("0 281 002 667", "0 281 002 667"),
        ("A 203 820 37 61", "a 203 820 37 61"),
        ("81150-60K70", "81150-60k70"),
        ("11 12 7 512 345", "11 12 7 512 345"),
        ("камри 2008 2.4", "камри 2008 2.4"),
        ("205/55 r16", "205/55 r16"),
        ("8K0941003", "8k0941003"),
        ("4640012345678", "4640012345678"),
        ("x" * LONGEST_TEXT, "x" * LONGEST_TEXT),
    ],
)
def test_names_and_part_numbers_are_kept(text: str, words: str) -> None:
    assert words_to_keep(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \N{ZERO WIDTH SPACE}",
        "x" * (LONGEST_TEXT + 1),
        "a" * 100_000,
        "бампер ivan@example.org",
        "иван@почта.рф",
        "+7 (916) 123-45-67",
        "8 916 123 45 67",
        "89161234567",
        "тел89161234567",
        "79161234567",
        "бампер 9161234567",
        "2008 8-916-123-45-67",
        "8 (495) 123-45-67",
        "+375 29 123-45-67",
        "375291234567",
        "80291234567",
        "8 029 123 45 67",
        "+380 67 123 45 67",
        "067 123 45 67",
        "380671234567",
        "+7 701 123 45 67",
        "+49 30 1234567890",
        "８９１６１２３４５６７",
        "a\0b",
        "\ud800",
    ],
)
def test_what_is_long_or_may_name_a_person_is_not_kept(text: str) -> None:
    assert words_to_keep(text) is None


@given(st.text(max_size=200))
def test_any_text_is_kept_normalised_or_not_at_all(text: str) -> None:
    words = words_to_keep(text)
    assert words is None or (0 < len(words) <= LONGEST_TEXT and words_to_keep(words) == words)


def test_a_service_without_django_can_use_it() -> None:
    code = "import sys, partsearch.database.missed_searches; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
