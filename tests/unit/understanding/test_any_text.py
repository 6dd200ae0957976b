"""What holds for any text that can be typed."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partsearch.contract.text.normalized import normalize
from partsearch.understanding import understand
from tests.unit.understanding.example_dictionary import DICTIONARY, NORMAL, dictionary_of, meaning

_WORDS = sorted({word for name in NORMAL for word in name.split(" ")})
_OTHERS = ["бапмер", ",fvgth", "bamper", "honda", "хонда", "ленд", "ровер", "5", "e34", "б/у", "дв.", "2008"]
_LETTERS = "абвгдежзиклмнопрстуфхцчшщьюяabcdefghijklmnopqrstuvwxyz0123456789-./,;'[]"
_PIECES = st.one_of(st.sampled_from([*_WORDS, *_OTHERS]), st.text(alphabet=_LETTERS, min_size=1, max_size=12))
_TYPED = st.lists(_PIECES, max_size=14).map(lambda pieces: " ".join(pieces)[:200])


@given(st.text(max_size=200))
def test_no_text_fails(text: str) -> None:
    meaning(text)


@given(_TYPED)
def test_groups_can_be_searched(text: str) -> None:
    understood = meaning(text)
    assert len(understood.groups) <= 12
    for group in understood.groups:
        assert group.texts
        for each in group.texts:
            assert each == normalize(each)
            assert each.strip() == each != ""
            assert len(each.split(" ")) <= 2


@given(_TYPED)
def test_each_word_is_searched_or_unused(text: str) -> None:
    understood = meaning(text)
    said = " ".join(
        [
            *understood.unused,
            *(each.typed for each in understood.corrections),
            *(each for group in understood.groups for each in group.texts),
            understood.q,
        ]
    )
    for word in normalize(text).split(" "):
        pieces = [piece for piece in _pieces(word) if piece]
        assert all(any(piece in known for known in (said, *understood.unused)) for piece in pieces), word


def _pieces(word: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in word).split(" ")


@given(st.data())
def test_each_part_of_a_literal_search_is_found(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NORMAL))
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    text = name[start:end].strip()
    understood = meaning(text)
    for normal in NORMAL:
        if text and text in normal:
            assert all(any(each in normal for each in group.texts) for group in understood.groups), text
            assert understood.groups or not any(letter.isalnum() for letter in text)
            assert understood.phrase in normal
            assert not understood.corrections


@given(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=5))
def test_words_of_names_are_never_corrected(words: list[str]) -> None:
    assert meaning(" ".join(words)).corrections == ()


@settings(deadline=None)
@given(st.lists(st.text(alphabet="абвгдеклмнопрст", min_size=3, max_size=12), min_size=1, max_size=40, unique=True))
def test_words_in_steps_are_the_words_at_once(words: list[str]) -> None:
    at_once = dictionary_of(words)
    in_steps = at_once
    for word in (*words, "бампер"):
        in_steps = in_steps.with_words([word])
    assert all(in_steps.words.has(word) for word in words)
    assert sorted(in_steps.words.words()) == sorted({*at_once.words.words(), "бампер"})


@pytest.mark.alone
def test_hostile_texts_take_no_longer_than_a_tenth_of_a_second() -> None:
    hostile = [
        " ".join(f"стеклоподьем{letter}" for letter in "абвгдежзиклмн"),
        "щ" * 200,
        ("q;" * 100)[:200],
        "1 " * 100,
        "cjxcjxcjx " * 20,
        ("зщ-" * 70)[:200],
        "а.б/" * 50,
        " ".join(["подшыбнекъ", "корбюраторр", "омартезаторы", "зиркалло", "gthtlybq", "bampir"] * 3)[:200],
    ]
    meaning("бапмер")
    for text in hostile:
        spent = []
        for _ in range(3):
            start = time.thread_time()
            understand(text, DICTIONARY).resolve({})
            spent.append(time.thread_time() - start)
        assert min(spent) < 0.1, (text, spent)
