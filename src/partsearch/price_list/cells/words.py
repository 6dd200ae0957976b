"""Words with a fixed meaning in cells, in Russian, Ukrainian, Belarusian, Kazakh and English.

A new word is one more word in these tables. Words are compared after ``plain_word``.
"""

import re
from collections.abc import Mapping
from typing import TypeVar

from partsearch.contract.text.cell_words import (
    BOTH_ENDS,
    BOTH_LEVELS,
    BOTH_SIDES,
    BOTTOM,
    FRONT,
    LEFT,
    REAR,
    RIGHT,
    TOP,
)
from partsearch.contract.text.normalized import normalize

_Meaning = TypeVar("_Meaning")
_SPACES = re.compile(r"[^\S\n]{2,}")


def plain_word(text: str) -> str:
    """Return a cell as words are compared: normalised, without dots, slashes and hyphens inside."""
    normal = normalize(text)
    return " ".join(normal.replace(".", " ").replace("/", " ").replace("-", " ").split()) or normal


def with_single_spaces(text: str) -> str:
    """Return a cell with one space for several: patterns with ``\\s*`` take minutes to look at 20,000 of them."""
    return _SPACES.sub(" ", text)


def word_list(text: str) -> frozenset[str]:
    """Return the words of a table, which are separated by commas."""
    return frozenset(text.split(", "))


def _by_word(table: Mapping[_Meaning, str]) -> dict[str, _Meaning]:
    return {word: meaning for meaning, words in table.items() for word in words.split(", ")}


YES_OR_NO = _by_word(
    {
        True: "1, да, yes, y, true, +, так, є, есть, ёсць, есць, иә, бар, v, ✓, ✔, истина",
        False: "0, нет, no, n, false, -, \N{EN DASH}, \N{EM DASH}, ні, немає, не, няма, жоқ, ложь",
    }
)

CONDITIONS = _by_word(
    {
        "": "новая, новый, новое, новые, нов, новая деталь, new, новий, нова, нове, нові, новы, новае, жаңа, brand new",
        "б/у": "б у, бу, б в, used, вживані, вживаний, вживана, вживане, вж, ужываны, ужываная, ұсталған, қолданылған, "
        "с разбора, с разборки, second hand, бывшая в употреблении",
        "контрактная": "контрактная, контрактный, контрактное, контрактные, контракт, контрактна, contract",
        "восстановленная": "восстановлена, восстановленная, восстановленный, восстановленное, восстановленные, "
        "восст, реставрация, реставрированная, відновлена, відновлений, refurbished, remanufactured, rebuilt",
    }
)
"""The condition of a part that is not plainly new; empty for a new one."""

SIDES = _by_word(
    {
        LEFT: "лев, лів, левый, левая, левое, левые, слева, л, l, lh, left, ліва, лівий, ліве, ліві, левы, сол, "
        "сол жақ",
        RIGHT: "прав, пра, правый, правая, правое, правые, справа, п, r, rh, right, права, правий, праве, праві, "
        "правы, "
        "оң, оң жақ",
        BOTH_SIDES: "л п, л пр, лев прав, левый правый, левая правая, слева справа, справа слева, ліва права, "
        "зліва справа, l r, lh rh, оба, обе, both",
    }
)

POSITIONS = _by_word(
    {
        FRONT: "перед, пер, передн, п, передний, передняя, переднее, передние, спереди, f, fr, front, передній, "
        "передня, переднє, "
        "передні, пярэдні, пярэдняя, алдыңғы, алды",
        REAR: "зад, задн, з, задний, задняя, заднее, задние, сзади, r, rr, rear, back, задній, задня, заднє, задні, "
        "задні, "
        "артқы, арты",
        BOTH_ENDS: "перед зад, передний задний, передняя задняя, спереди сзади, f r, front rear",
    }
)

LEVELS = _by_word(
    {
        TOP: "верх, верхн, в, верхний, верхняя, верхнее, верхние, сверху, u, up, upper, top, верхній, верхня, "
        "верхні, "
        "жоғарғы, үсті",
        BOTTOM: "низ, нижн, н, нижний, нижняя, нижнее, нижние, снизу, d, dn, down, lower, bottom, нижній, нижня, "
        "нижні, төменгі, асты",
        BOTH_LEVELS: "верх низ, верхний нижний, u d",
    }
)

CORNERS = {"fl": (FRONT, LEFT), "fr": (FRONT, RIGHT), "rl": (REAR, LEFT), "rr": (REAR, RIGHT)}
"""The position and the side that the abbreviations of a corner of a car name."""

TOTALS = word_list(
    "итого, всего, итог, итоги, общий итог, разом, усього, всього, підсумок, разам, усяго, барлығы, жиыны, total, "
    "grand total, subtotal"
)
"""The words that begin the row of a total."""

UNITS = word_list(
    "шт, штука, штук, штуки, штуку, ед, единица, единиц, компл, комплект, к т, пара, пар, од, одиниця, дана, pc, pcs, "
    "piece, pieces, unit"
)
"""Units that a header of a price or of a count may name."""

CITIES = word_list(
    "москва, мск, спб, санкт петербург, питер, екатеринбург, екб, новосибирск, нск, казань, нижний новгород, "
    "самара, челябинск, омск, ростов на дону, ростов, уфа, красноярск, пермь, воронеж, волгоград, краснодар, "
    "саратов, тюмень, тольятти, ижевск, барнаул, иркутск, хабаровск, владивосток, ярославль, томск, оренбург, "
    "кемерово, рязань, пенза, липецк, киров, чебоксары, тула, калининград, брянск, курск, ставрополь, "
    "смоленск, минск, гомель, могилев, витебск, гродно, брест, барановичи, бобруйск, пинск, мінск, гродна, "
    "віцебск, магілёў, киев, київ, харьков, харків, одесса, одеса, днепр, дніпро, львов, львів, запорожье, "
    "запоріжжя, винница, вінниця, полтава, житомир, ровно, рівне, луцк, луцьк, алматы, астана, нур султан, "
    "шымкент, караганда, қарағанды, актобе, ақтөбе, павлодар, атырау, костанай, қостанай, уральск, усть "
    "каменогорск, бишкек, ташкент, ереван, тбилиси, кишинев"
)
"""Cities: a column of counts under the name of one is the stock of the warehouse there."""
