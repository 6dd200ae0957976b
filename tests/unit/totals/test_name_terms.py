"""The terms of a text hold exactly for the names that contain it, by a direct model of the keys of a name."""

import re
from collections.abc import Iterator
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from partsearch.totals.name_terms import Term, name_terms

WORDS = st.text("аб1_%\\", min_size=1, max_size=3) | st.sampled_from(
    ["фара", "бампер", "12345", "v50", "левый", "а", "аб"]
)
NAMES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)


def keys_of(name: str) -> Iterator[tuple[str, str]]:
    """Yield the keys of a name as ``totals_name_terms`` of the database writes them."""
    words = name.split(" ")
    for word in words:
        yield "word", word
        for first in range(len(word)):
            yield from (("piece", word[first : first + size]) for size in (1, 2) if first + size <= len(word))
    if len(set(words)) < len(words):
        yield "phrase", name
        return
    for word, following in pairwise(words):
        tail = f"…{re.split('[0-9]', word)[-1]}" if re.search("[0-9]", word) else word
        head = f"{re.split('[0-9]', following)[0]}…" if re.search("[0-9]", following) else following
        if "…" not in (tail, head):
            yield "pair", f"{tail} {head}"


def is_like(value: str, pattern: str) -> bool:
    r"""Return whether ``value`` is LIKE ``pattern``: % is any text, \ takes the meaning from the next character."""
    tokens = re.findall(r"\\.|.", pattern, re.DOTALL)
    as_regex = {"%": ".*", "_": "."}
    regex = "".join(as_regex[token] if token in as_regex else re.escape(token[-1]) for token in tokens)
    return re.fullmatch(regex, value, re.DOTALL) is not None


def meets(name: str, terms: list[Term]) -> bool:
    keys = list(keys_of(name))
    met = {
        term.condition
        for term in terms
        for attribute, value in keys
        if attribute == term.attribute and is_like(value, term.pattern)
    }
    return met == {term.condition for term in terms}


def pieces_of(name: str) -> set[str]:
    ends = range(len(name) + 1)
    return {name[first:last].strip() for first in ends for last in ends[first + 1 :]} - {""}


@settings(derandomize=True, deadline=None)
@given(NAMES, NAMES)
@example("а аб а", "аб а аб")
@example("бампер левый 12345 правый", "левый правый")
@example("x1б в г", "б в г")
def test_a_name_meets_the_terms_of_the_texts_in_it_and_of_no_other(name: str, other: str) -> None:
    for text in pieces_of(name) | pieces_of(other):
        terms = name_terms(text)
        if terms is not None:
            assert meets(name, terms) == (text in name), text


@settings(derandomize=True, deadline=None)
@given(NAMES)
def test_the_planes_cannot_tell_only_for_texts_of_several_words_with_digits(name: str) -> None:
    for text in pieces_of(name):
        assert (name_terms(text) is None) == (" " in text and re.search("[0-9]", text) is not None), text
