"""Typed queries of ten kinds, each with the part that it means: the same seed makes the same ones."""

import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pymorphy3

from partsearch.contract.text.normalized import normalize
from tests.benchmarks.understanding.catalog import Catalog, Part
from tests.benchmarks.understanding.pairs import SYNONYMS

EACH = 120
_LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_KEYS = str.maketrans("йцукенгшщзхъфывапролджэячсмитьбю", "qwertyuiop[]asdfghjkl;'zxcvbnm,.")
_NEIGHBOURS = {
    "а": "вп",
    "о": "рла",
    "е": "кни",
    "и": "мте",
    "р": "по",
    "т": "иь",
    "н": "ег",
    "с": "чм",
    "л": "од",
    "к": "уе",
}
_SCHEMES = (
    "а=a б=b в=v г=g д=d е=e ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=h ц=c ч=ch ш=sh щ=sch "
    "ъ= ы=y ь= э=e ю=yu я=ya",
    "а=a б=b в=v г=g д=d е=e ж=j з=z и=i й=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch "
    "ъ= ы=i ь= э=e ю=iu я=ia",
    "а=a б=b в=w г=g д=d е=e ж=zh з=z и=i й=j к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=x ц=ts ч=ch ш=sh щ=sh "
    "ъ= ы=y ь= э=e ю=ju я=ja",
)
_ABBREVIATIONS = {
    "передний": "пер.", "передняя": "перед.", "передние": "перед.", "задний": "зад.", "задняя": "зад.",
    "задние": "задн.",
    "левый": "лев.", "левая": "лев.", "правый": "прав.", "правая": "прав.", "двигателя": "дв.", "двигатель": "двиг.",
    "двери": "дв.", "тормозной": "торм.", "тормозные": "торм.", "комплект": "к-т", "лобовое": "лоб.",
    "масляный": "масл.",
    "топливный": "топл.", "амортизатор": "аморт.", "прокладка": "прокл.", "подшипник": "подш.", "радиатора": "рад.",
    "внутренний": "внутр.", "наружный": "нар.", "нижний": "нижн.", "верхний": "верхн.", "рулевой": "рул.",
    "рулевая": "рул.", "стабилизатора": "стаб.", "кронштейн": "кроншт.", "зажигания": "зажиг.", "клапан": "клап.",
    "ремкомплект": "ремкомпл.", "датчик": "датч.", "крышки": "крыш.", "топливного": "топл.", "переднего": "пер.",
    "заднего": "зад.", "давления": "давл.", "температуры": "темп.", "багажника": "багаж.", "зеркала": "зерк.",
    "глушителя": "глуш.", "генератора": "генер.", "сцепления": "сцепл.", "бампера": "бамп.", "ступицы": "ступ.",
}  # fmt: skip


class Query(NamedTuple):
    """A typed text and the name of the part that it means, normalised, with its number if that was typed."""

    typed: str
    name: str
    number: str = ""
    mark: int = 0
    text: str = ""


Words = list[str]


def queries(catalog: Catalog, data: Path, seed: str = "") -> dict[str, list[Query]]:
    """Return the queries of each kind; another seed makes others, but for synonyms, which are a list."""
    kinds: dict[str, Callable[[random.Random], Iterator[Query]]] = {
        "typo": lambda chance: _changed(catalog, chance, _with_typo),
        "layout": lambda chance: _changed(catalog, chance, lambda words, _: [word.translate(_KEYS) for word in words]),
        "transliteration": lambda chance: _changed(catalog, chance, _romanised),
        "mark": lambda chance: _of_marks(catalog, chance, lambda words, _: words),
        "form": lambda chance: _changed(catalog, chance, _inflected),
        "abbreviation": lambda chance: _changed(catalog, chance, _abbreviated),
        "synonym": lambda chance: _synonyms(catalog, chance),
        "order": lambda chance: _changed(catalog, chance, _reordered),
        "number": lambda chance: _numbers(catalog, chance),
        "mixed": lambda chance: _of_marks(catalog, chance, _with_typo),
    }
    found: dict[str, list[Query]] = {}
    for kind, make in kinds.items():
        made = make(random.Random(kind + seed))
        each = dict.fromkeys(query for query, _ in zip(made, range(40 * EACH), strict=False))
        found[kind] = list(each)[:EACH]
    return found


def absent_words(catalog: Catalog, data: Path) -> list[str]:
    """Return right words of the other lists that no name of the catalog contains."""
    text = normalize((data / "npn_2018-11-19.csv").read_text("utf-8", errors="replace"))
    words = sorted(set(re.findall("[а-я]{4,}", text)))
    known = [word for word in words if not catalog.having(word) and _analyzer().word_is_known(word)]
    unknown = [word for word in words if not catalog.having(word) and not _analyzer().word_is_known(word)]
    chance = random.Random(8)
    return chance.sample(known, min(len(known), 400)) + chance.sample(unknown, min(len(unknown), 100))


def _changed(
    catalog: Catalog, chance: random.Random, change: Callable[[Words, random.Random], Words | None]
) -> Iterator[Query]:
    parts = [part for part in catalog.parts if _is_plain(part)]
    while True:
        part = chance.choice(parts)
        words = part.normal.split()
        changed = change(words, chance)
        if changed is not None and changed != words:
            yield Query(" ".join(changed), part.normal)


def _is_plain(part: Part) -> bool:
    words = part.normal.split()
    return 1 <= len(words) <= 4 and all(re.fullmatch("[а-я]{3,}", word) for word in words)


def _with_typo(words: Words, chance: random.Random) -> Words | None:
    places = [place for place, word in enumerate(words) if len(word) >= 5]
    if not places:
        return None
    place = chance.choice(places)
    word = words[place]
    at = chance.randrange(1, len(word) - 1)
    neighbour = chance.choice(_NEIGHBOURS.get(word[at], _LETTERS))
    typed = chance.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + neighbour + word[at:],
            word[:at] + neighbour + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        )
    )
    return [*words[:place], typed, *words[place + 1 :]]


def _romanised(words: Words, chance: random.Random) -> Words:
    scheme = dict(pair.split("=") for pair in chance.choice(_SCHEMES).split(" "))
    return ["".join(scheme[letter] for letter in word) for word in words]


@cache
def _analyzer() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer()


def _inflected(words: Words, chance: random.Random) -> Words | None:
    wanted = chance.choice(({"gent"}, {"ablt"}, {"accs"}, {"plur"}, {"sing"}, {"datv"}))
    found: Words = []
    for word in words:
        parsed = next((each for each in _analyzer().parse(word) if each.tag.POS in ("NOUN", "ADJF")), None)
        other = parsed.inflect(wanted) if parsed and parsed.is_known else None
        found.append(normalize(other.word) if other else word)
    return found


def _abbreviated(words: Words, chance: random.Random) -> Words | None:
    return [_ABBREVIATIONS.get(word, word) for word in words]


def _reordered(words: Words, chance: random.Random) -> Words | None:
    return chance.sample(words, len(words)) if len(words) > 1 else None


def _of_marks(
    catalog: Catalog, chance: random.Random, change: Callable[[Words, random.Random], Words | None]
) -> Iterator[Query]:
    parts = [part for part in catalog.parts if part.mark and _is_plain(part)]
    while True:
        part = chance.choice(parts)
        words = change(part.normal.split(), chance)
        if words is None:
            continue
        vehicle = [chance.choice(_usual(catalog.marks[part.mark].aliases))]
        if chance.random() < 0.4 and part.model:
            vehicle.append(chance.choice(_usual(catalog.models[part.model].aliases)))
        yield Query(
            " ".join([*words, *vehicle] if chance.random() < 0.7 else [*vehicle, *words]), part.normal, "", part.mark
        )


def _usual(aliases: tuple[str, ...]) -> tuple[str, ...]:
    return aliases[:4]


def _synonyms(catalog: Catalog, chance: random.Random) -> Iterator[Query]:
    for typed, found in SYNONYMS:
        if catalog.having(found) - catalog.having(typed):
            yield Query(typed, "", text=found)


def _numbers(catalog: Catalog, chance: random.Random) -> Iterator[Query]:
    parts = [part for part in catalog.numbers if re.fullmatch("[0-9A-Z]{7,14}", part.number)]
    look_alikes = str.maketrans("ABEKMHOPCTYX", "АВЕКМНОРСТУХ")
    while True:
        part = chance.choice(parts)
        number = part.number
        cut = chance.randrange(3, len(number) - 2)
        typed = chance.choice(
            (
                number,
                number.lower(),
                number.translate(look_alikes),
                f"{number[:cut]}-{number[cut:]}",
                f"{number[:cut]}.{number[cut:]}",
                f"{number[:cut]} {number[cut:]}"
                if re.search("[0-9]", number[:cut]) and re.search("[0-9]", number[cut:])
                else number,
                number[:-1],
                f"{part.normal.split()[0]} {number}",
            )
        )
        yield Query(typed, part.normal, number)
