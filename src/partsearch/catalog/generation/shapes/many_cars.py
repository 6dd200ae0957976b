"""The cars of a large catalog: 400 marks and 4,750 models, those of the demo catalog first, the others invented."""

from dataclasses import replace
from functools import cache

from partsearch.catalog.generation.shapes.demo_cars import DEMO_MARKS
from partsearch.catalog.generation.shapes.part import GeneratedMark, GeneratedModel
from partsearch.catalog.generation.shapes.random_words import weighted_table, zipf_weights

_MARKS, _MODELS, _FEWEST_MODELS = 400, 4750, 3
_HEADS = (
    *("Alt", "Bor", "Cal", "Dav", "Eld", "Fen", "Gar", "Hal", "Irv", "Jor"),
    *("Kar", "Lum", "Mar", "Nor", "Orl", "Pel", "Ros", "Sav", "Tor", "Vel"),
)
_TAILS = (
    *("ano", "aro", "eda", "ero", "etta", "ian", "ica", "ion", "ita", "ix"),
    *("ora", "oto", "una", "ura", "us", "yra", "en", "is", "on", "ex"),
)
_STEMS = (
    *("City", "Cross", "Terra", "Nova", "Sport", "Max", "Grand", "Van", "Cargo", "Star"),
    *("Ranger", "Lux", "Eco", "Tour", "Pro", "Wave", "Line", "Polar", "Delta", "Vista"),
)
_COUNTRIES = (
    *("Китай", "Китай", "Китай", "Китай", "Япония", "Япония", "Германия", "Германия", "США", "США"),
    *("Италия", "Франция", "Великобритания", "Южная Корея", "Россия", "Индия", "Турция", "Бразилия", "Иран", ""),
)
_PRICE_FACTORS = (0.6, 0.8, 1.0, 0.7, 1.3, 0.9, 1.8)
_FIRST_YEAR, _LAST_YEAR = 1988, 2023
_CAR_TABLE_SIZE = 2**20

Car = tuple[GeneratedMark, GeneratedModel]


def _invented_mark(number: int) -> GeneratedMark:
    head = number % len(_HEADS)
    tail = (number // len(_HEADS) + 3 * head) % len(_TAILS)
    country = _COUNTRIES[number * 7 % len(_COUNTRIES)]
    return GeneratedMark(_HEADS[head] + _TAILS[tail], country, _PRICE_FACTORS[number % len(_PRICE_FACTORS)], ())


def _invented_model(mark_rank: int, number: int) -> GeneratedModel:
    stem = _STEMS[(number * 7 + mark_rank) % len(_STEMS)]
    first_year = _FIRST_YEAR + (number * 11 + mark_rank * 5) % (_LAST_YEAR - _FIRST_YEAR - 3)
    last_year = min(_LAST_YEAR, first_year + 4 + (number + mark_rank) % 12)
    return GeneratedModel(f"{stem} {100 + 10 * (number // len(_STEMS)) + mark_rank % 10}", first_year, last_year)


def _with_models(mark: GeneratedMark, rank: int, count: int) -> GeneratedMark:
    invented = tuple(_invented_model(rank, number) for number in range(count - len(mark.models)))
    return replace(mark, models=mark.models + invented)


def _model_counts(marks: list[GeneratedMark]) -> list[int]:
    """Return the number of models of each mark: most for the most common ones."""
    weights = zipf_weights(len(marks), 8)
    counts = [
        max(_FEWEST_MODELS, len(mark.models), round(_MODELS * weight / sum(weights)))
        for mark, weight in zip(marks, weights, strict=True)
    ]
    counts[0] += _MODELS - sum(counts)
    return counts


def _many_marks() -> tuple[GeneratedMark, ...]:
    marks = [*DEMO_MARKS, *map(_invented_mark, range(_MARKS - len(DEMO_MARKS)))]
    counts = _model_counts(marks)
    return tuple(_with_models(mark, rank, counts[rank]) for rank, mark in enumerate(marks))


MANY_MARKS = _many_marks()
"""The marks, the most common first."""


@cache
def car_table() -> list[Car]:
    """Return 2**20 cars, each as often as it is common."""
    cars, weights = [], []
    for mark, mark_weight in zip(MANY_MARKS, zipf_weights(len(MANY_MARKS), 3), strict=True):
        model_weights = zipf_weights(len(mark.models), 2)
        for model, weight in zip(mark.models, model_weights, strict=True):
            cars.append((mark, model))
            weights.append(mark_weight * weight / sum(model_weights))
    return weighted_table(cars, weights, _CAR_TABLE_SIZE)
