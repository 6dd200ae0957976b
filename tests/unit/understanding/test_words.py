"""The index of words: what it has, and what it finds near a word."""

import itertools
import random

import psutil
import pytest
from rapidfuzz.distance import OSA

from partsearch.understanding.layout import other_layout
from partsearch.understanding.numbers import part_number
from partsearch.understanding.transliteration import skeletons
from partsearch.understanding.words.hashes import hash_word, hash_words
from partsearch.understanding.words.index import WordIndex

_LETTERS = "абвгде"


def _words(count: int) -> list[str]:
    chance = random.Random(5)
    return sorted({"".join(chance.choices(_LETTERS, k=chance.randint(4, 10))) for _ in range(count)})


def test_hashes_of_many_are_those_of_each() -> None:
    words = ["", "а", "бампер", "honda", "\U0001f600x"]
    assert hash_words(words, 3).tolist() == [hash_word(word, 3) for word in words]


def test_all_words_within_two_typos_are_found() -> None:
    words = _words(3000)
    index = WordIndex().with_words(words)
    chance = random.Random(6)
    for word in chance.sample(words, 60):
        typed = word[:2] + chance.choice(_LETTERS) + word[3:]
        near = {each.text for each in index.near(typed) if not each.is_stem}
        once = {each for each in words if OSA.distance(each, typed) == 1}
        if once:
            assert once <= near
        elif len(typed) >= 7 and not any(each.typos == 1 for each in index.near(typed)):
            assert {each for each in words if OSA.distance(each, typed) == 2} <= near


def test_words_come_in_small_segments_that_are_merged() -> None:
    words = _words(500)
    index = WordIndex()
    for start in range(0, len(words), 7):
        index = index.with_words(words[start : start + 7])
    assert sorted(index.words()) == words
    assert len(index.segments) < 8
    assert all(map(index.has, words))
    assert not index.has("яяяя")
    assert index.with_words(words) is index


def test_words_with_a_start() -> None:
    index = WordIndex().with_words(["фара", "фары", "фартук", "крыло"])
    assert sorted(index.starting_with("фар", 10)) == ["фара", "фартук", "фары"]
    assert index.starting_with("я", 10) == []


@pytest.mark.parametrize(
    ("typed", "other"),
    [(",fvgth", "бампер"), ("rhskj", "крыло"), ("[jylf", "хонда"), ("рщтвф", "honda"), ("а,", None), ("r16ы", None)],
)
def test_the_other_layout(typed: str, other: str | None) -> None:
    assert other_layout(typed) == other


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("bamper", "бампер"),
        ("stupica", "ступица"),
        ("stupitsa", "ступица"),
        ("shrus", "шрус"),
        ("zerkalo", "зеркало"),
        ("perednyaya", "передняя"),
        ("perednij", "передний"),
        ("datchik", "датчик"),
        ("tormoznoy", "тормозной"),
        ("toyota", "тойота"),
        ("schetka", "щетка"),
    ],
)
def test_both_alphabets_have_one_skeleton(typed: str, word: str) -> None:
    assert skeletons(word)[0] in skeletons(typed)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("21083-2803015", "210832803015"),
        ("А21R23-1234", "A21R231234"),
        ("1z9955777", "1Z9955777"),
        ("lr15-ysn", "LR15YSN"),
        ("2008", None),
        ("e34", None),
        ("бампер", None),
        ("r16", None),
        ("00000", None),
    ],
)
def test_part_numbers(text: str, number: str | None) -> None:
    assert part_number(text) == number


def test_building_gives_its_memory_back() -> None:
    process = psutil.Process()
    words = ["".join(letters) for letters in itertools.islice(itertools.product("абвгдежз", repeat=8), 60_000)]
    index = WordIndex().with_words(words[:10_000])
    before = process.memory_info().rss
    index = WordIndex().with_words(words)
    assert process.memory_info().rss - before < 3 * index.size
