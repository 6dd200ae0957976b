"""The ways in which people write the words of a part: each returns another spelling of a text."""

from collections.abc import Callable
from random import Random

_QWERTY = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_JCUKEN = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TO_QWERTY = str.maketrans(_JCUKEN, _QWERTY)
_TO_JCUKEN = str.maketrans(_QWERTY, _JCUKEN)
_LATIN = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", [
    *("a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f"),
    *("h", "c", "ch", "sh", "sch", "", "y", "", "e", "yu", "ya"),
], strict=True))  # fmt: skip
_CYRILLIC_LOOK_ALIKES = str.maketrans("ABEKMHOPCTYX", "АВЕКМНОРСТУХ")
_LONG_ENOUGH = 5
"""Shorter words are not corrected."""

Spelling = Callable[[Random, str], str]


def as_typed(random: Random, text: str) -> str:
    """Return the text in another case, with other white space."""
    text = random.choice([str.lower, str.upper, str.title, str])(text)
    return random.choice(["", " "]) + random.choice([" ", "  ", "\u00a0"]).join(text.split()) + random.choice(["", " "])


def in_another_order(random: Random, text: str) -> str:
    """Return the words in another order."""
    words = text.split()
    return " ".join(random.sample(words, len(words)))


def with_a_typo(random: Random, text: str) -> str:
    """Return the text with a typing mistake in its longest word: two letters swapped, one lost, doubled or other."""
    word = max(text.split(), key=len)
    if len(word) < _LONG_ENOUGH:
        return text
    place = random.randrange(1, len(word) - 2)
    wrong = random.choice([
        word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        word[:place] + word[place + 1 :],
        word[:place] + word[place] + word[place:],
        word[:place] + random.choice("аоеиктр") + word[place + 1 :],
    ])  # fmt: skip
    return text.replace(word, wrong, 1)


def in_another_layout(random: Random, text: str) -> str:
    """Return the text typed with the other layout of the keyboard."""
    return text.lower().translate(_TO_QWERTY if text.lower().translate(_TO_QWERTY) != text.lower() else _TO_JCUKEN)


def transliterated(random: Random, text: str) -> str:
    """Return the text in Latin letters."""
    return "".join(_LATIN.get(letter, letter) for letter in text.lower())


def in_another_form(random: Random, text: str) -> str:
    """Return the text with its first word in another case or number, made by a rough rule."""
    word, *others = text.split()
    lower = word.lower()
    if lower.endswith("а"):
        lower = lower[:-1] + random.choice(["у", "ы", "ой"])
    elif lower[-1] in "бвгджзклмнпрстфхчшщ":
        lower += random.choice(["а", "у", "ом", "ы"])
    return " ".join([lower, *others])


def as_number(random: Random, text: str) -> str:
    """Return a part number in another way of writing it."""
    bare = "".join(letter for letter in text if letter.isalnum())
    middle = len(bare) // 2
    ways = [text, bare.lower(), f"{bare[:middle]} {bare[middle:]}", f"{bare[:middle]}-{bare[middle:]}"]
    return random.choice([*ways, bare.upper().translate(_CYRILLIC_LOOK_ALIKES), bare[: max(7, middle)]])


OF_WORDS: dict[str, Spelling] = {
    "as typed": as_typed,
    "order": in_another_order,
    "typo": with_a_typo,
    "layout": in_another_layout,
    "transliteration": transliterated,
    "form": in_another_form,
}
"""The spellings of names, by what is changed."""
