"""A text of signs alone is looked for as it is."""

from partsearch.understanding import understand
from partsearch.understanding.dictionary import Dictionary


def test_signs_that_a_name_contains_are_searched() -> None:
    query = understand(") 🔑", Dictionary())
    assert query.texts_to_check == (") 🔑",)
    found = query.resolve({") 🔑": 1})
    assert [group.texts for group in found.groups] == [(")",), ("🔑",)]
    assert (found.phrase, found.unused) == (") 🔑", ())


def test_signs_that_no_name_contains_are_named() -> None:
    found = understand("???", Dictionary()).resolve({})
    assert (found.groups, found.unused) == ((), ("???",))
