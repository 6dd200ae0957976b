"""The ranges of a name that stand for a text, however the name is written."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsearch.contract.answer.highlight import name_ranges
from partsearch.contract.text.normalized import normalize

_ODD = "е\u0308ё \u200b\u00a0А\u0301\u0323q½ﬁ각ᄀ\u1161\u11a8\u0307İΣ\t"


@pytest.mark.parametrize(
    ("name", "texts", "expected"),
    [
        ("Бампер передний", ["бампер"], [[0, 6]]),
        ("Бампер передний бампера", ["бампер", "передн"], [[0, 6], [7, 13], [16, 22]]),
        ("Бампер передний", ["бампер п", "перед"], [[0, 12]]),
        ("ааа", ["аа"], [[0, 3]]),
        ("бамперпередний", ["бампер", "передний"], [[0, 14]]),
        ("Щётка", ["щетка"], [[0, 5]]),
        ("Ще\u0308тка", ["щетка"], [[0, 6]]),
        ("  Два \t\u00a0 слова", ["а с"], [[4, 10]]),
        ("½ ﬁльтр", ["2", "f"], [[0, 1], [2, 3]]),
        ("бам\u200bпер\u200b", ["бампер"], [[0, 7]]),
        ("Бампер", ["фара", ""], []),
        ("Бампер", [], []),
        ("", ["а"], []),
    ],
)
def test_ranges(name: str, texts: list[str], expected: list[list[int]]) -> None:
    assert name_ranges(name, texts) == expected


@given(st.text(max_size=30) | st.text(alphabet=_ODD, max_size=15), st.data())
def test_what_is_highlighted_holds_the_text(name: str, data: st.DataObject) -> None:
    normalized = normalize(name)
    first, last = sorted(data.draw(st.tuples(st.integers(0, 30), st.integers(0, 30))))
    text = normalized[first:last].strip()
    ranges = name_ranges(name, [text])
    assert bool(ranges) == bool(text)
    assert all(left[1] < right[0] for left, right in pairwise(ranges))
    assert all(0 <= start < end <= len(name) for start, end in ranges)
    if text:
        assert any(text in normalize(name[start:end]) for start, end in ranges)
