"""A small catalog with its dictionary, and what a typed text means in it."""

from collections import Counter

from partsearch.contract.filters.understood import Understood
from partsearch.contract.text.normalized import normalize
from partsearch.understanding import COUNTED, understand
from partsearch.understanding.dictionary import Dictionary, VehicleRow
from partsearch.understanding.shipped import shipped_synonyms

NAMES = [
    "Бампер передний",
    "Бампер задний",
    "Фара левая",
    "Фара правая",
    "Крыло переднее левое",
    "Дверь передняя левая",
    "Колодки тормозные передние",
    "Панель приборов",
    "Стекло лобовое",
    "Коробка передач",
    "Двигатель",
    "Зеркало правое",
    "Стеклоподъемник электрический",
    "Амортизатор торм. колодки",
    "Сайлент-блок рычага",
    "Ступица задняя",
    "Фильтр воздушный Brembo",
    "Ремкомплект для суппорта",
    "Радиатор охлаждения",
    "Капот Honda",
    "Шрус внутренний",
    "Генератор",
    "Комплект прокладок",
]
NORMAL = [normalize(name) for name in NAMES]
MARKS = (
    VehicleRow(1, "BMW", ("БМВ", "BMW")),
    VehicleRow(2, "Honda", ("Хонда",)),
    VehicleRow(3, "Land Rover", ("Ленд Ровер",)),
    VehicleRow(4, "Rover", ("Ровер",)),
    VehicleRow(5, "Toyota", ("Тойота",)),
    VehicleRow(6, "Mercedes-Benz", ("Мерседес", "Мерс")),
)
MODELS = (
    VehicleRow(11, "5-Series", ("5", "E39", "E34")),
    VehicleRow(12, "5 E34", ()),
    VehicleRow(13, "Camry", ("Камри",)),
    VehicleRow(14, "Camry V40", ()),
    VehicleRow(15, "CR-V", ("ЦРВ",)),
    VehicleRow(16, "Accord", ("Аккорд",)),
)


def dictionary_of(names: list[str]) -> Dictionary:
    """Return the dictionary of a catalog with these normalised names."""
    words = Counter(word for name in names for word in set(name.split(" ")))
    shares = {word: count / len(names) for word, count in words.items() if count > 1}
    return Dictionary().with_words(words).with_tables(MARKS, MODELS, shipped_synonyms(), shares)


DICTIONARY = dictionary_of(NORMAL)


def meaning(text: str, dictionary: Dictionary = DICTIONARY, names: list[str] = NORMAL) -> Understood:
    """Return what a typed text means in the catalog."""
    query = understand(text, dictionary)
    counts = {each: min(COUNTED, sum(each in name for name in names)) for each in query.texts_to_check}
    return query.resolve({each: count for each, count in counts.items() if count})


def corrections(text: str) -> list[tuple[str, str, str]]:
    """Return the corrections of a typed text."""
    return [(each.typed, each.corrected, each.kind.value) for each in meaning(text).corrections]


def found(text: str) -> list[str]:
    """Return the names that the texts of a typed text find."""
    groups = meaning(text).groups
    return [
        name
        for name, normal in zip(NAMES, NORMAL, strict=True)
        if groups and all(any(each in normal for each in group.texts) for group in groups)
    ]
