"""What typed texts mean: each kind of word."""

from decimal import Decimal

import pytest

from partsearch.understanding import understand
from partsearch.understanding.dictionary import Dictionary, VehicleRow
from tests.unit.understanding.example_dictionary import DICTIONARY, corrections, found, meaning


@pytest.mark.parametrize(
    ("typed", "corrected", "kind"),
    [
        ("бапмер", "бампер", "typo"),
        ("бамперр", "бампер", "typo"),
        ("бмпер", "бампер", "typo"),
        ("омартизатор", "амортизатор", "typo"),
        (",fvgth", "бампер", "layout"),
        ("rhskj", "крыло", "layout"),
        ("bamper", "бампер", "transliteration"),
        ("stupica", "ступица", "transliteration"),
        ("брембо", "brembo", "transliteration"),
        ("бамперами", "бампер", "form"),
        ("торпедо", "панель приборов", "synonym"),
        ("к-т", "комплект", "abbreviation"),
    ],
)
def test_a_word_that_finds_nothing_is_corrected(typed: str, corrected: str, kind: str) -> None:
    assert corrections(typed) == [(typed, corrected, kind)]
    assert meaning(typed).q == corrected
    assert found(typed)


@pytest.mark.parametrize("typed", ["бампер", "мпер", "бампер задний", "сайлент-блок", "для суппорта", "торм.", "honda"])
def test_what_finds_something_as_typed_is_not_corrected(typed: str) -> None:
    understood = meaning(typed)
    assert understood.corrections == ()
    assert found(typed)


def test_a_right_word_that_the_catalog_lacks_is_no_typo() -> None:
    understood = meaning("бункер")
    assert understood.corrections == ()
    assert understood.unused == ("бункер",)
    assert understood.groups == ()


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("фары левые", "Фара левая"),
        ("дверей передних", "Дверь передняя левая"),
        ("колодок", "Колодки тормозные передние"),
        ("перед крыло", "Крыло переднее левое"),
        ("стекла лобового", "Стекло лобовое"),
        ("тормозной амортизатор", "Амортизатор торм. колодки"),
        ("сайлентблок", "Сайлент-блок рычага"),
        ("мотор", "Двигатель"),
        ("кпп", "Коробка передач"),
        ("лобовуха", "Стекло лобовое"),
        ("перед. крыло лев.", "Крыло переднее левое"),
    ],
)
def test_forms_synonyms_and_abbreviations_find_names(typed: str, wanted: str) -> None:
    assert wanted in found(typed)


def test_a_mark_is_found_by_its_aliases_and_in_names() -> None:
    (group,) = meaning("хонда").groups
    assert group.mark_list == (2,)
    assert set(group.texts) == {"хонда", "honda"}


def test_a_mark_in_the_other_layout_or_with_a_typo() -> None:
    assert meaning("[jylf").mark_list == (2,)
    assert meaning("тайота").mark_list == (5,)
    assert meaning("мерседеc").mark_list == (6,)


def test_several_words_are_one_mark() -> None:
    understood = meaning("ленд ровер фара")
    assert understood.mark_list == (3,)
    assert understood.phrase == "фара"


@pytest.mark.parametrize("typed", ["5 e34", "5 е34", "бмв 5 e34"])
def test_a_code_of_a_body_is_a_model(typed: str) -> None:
    assert 12 in meaning(typed).model_list or 11 in meaning(typed).model_list


def test_digits_alone_are_a_model_only_beside_a_vehicle() -> None:
    assert meaning("5").model_list == ()
    assert meaning("бмв 5").model_list == (11, 12)
    assert meaning("камри 40").model_list == (14,)
    assert meaning("камри 30").model_list == (13,)


@pytest.mark.parametrize("typed", ["бмв 5", "5 бмв", "фара бмв левая 5", "5 серия bmw", "bmw 5 серия"])
def test_a_model_beside_its_mark_is_of_that_mark(typed: str) -> None:
    marks = (VehicleRow(1, "BMW", ("БМВ",)), VehicleRow(2, "Mazda", ("Мазда",)))
    models = (VehicleRow(11, "5", ("5 серия",), 1), VehicleRow(21, "5", ("5 серия",), 2))
    dictionary = Dictionary().with_tables(marks, models, (), {})
    understood = understand(typed, dictionary).resolve({"фара": 1, "левая": 1})
    assert (understood.mark_list, understood.model_list) == ((1,), (11,))


@pytest.mark.parametrize(("name", "typed"), [("5 серия", "бмв 5"), ("5-Series", "5 bmw"), ("C-Класс", "бмв c")])
def test_a_series_is_named_beside_its_mark_without_that_word(name: str, typed: str) -> None:
    dictionary = Dictionary().with_tables((VehicleRow(1, "BMW", ("БМВ",)),), (VehicleRow(11, name, (), 1),), (), {})
    assert understand(typed, dictionary).resolve({}).model_list == (11,)
    assert understand("5", dictionary).resolve({}).model_list == ()


def test_a_model_of_another_mark_than_the_named_one_is_kept() -> None:
    marks = (VehicleRow(1, "BMW", ()), VehicleRow(5, "Toyota", ()))
    dictionary = Dictionary().with_tables(marks, (VehicleRow(13, "Camry", (), 5),), (), {})
    assert understand("bmw camry", dictionary).resolve({}).model_list == (13,)


def test_colours_conditions_and_places_are_params() -> None:
    understood = meaning("бампер передний чёрного б/у")
    assert understood.params == {"position": "перед", "color": "черный", "is_new_part": False}
    color = understood.groups[2]
    assert ("color", "черная") in color.params
    assert "черного" in color.texts
    assert ("side", "левая/правая") in meaning("лев.").groups[0].params
    assert meaning("контрактный").params == {"condition": "контрактная"}


def test_a_year_is_a_param_or_part_of_the_name() -> None:
    (group,) = meaning("2008г").groups
    assert ("year", Decimal(2008)) in group.params
    assert "2008" in group.texts


@pytest.mark.parametrize("typed", ["21083-2803015", "210832803015", "21083 2803015", "21083.2803015"])
def test_a_part_number_is_found_however_it_is_written(typed: str) -> None:
    understood = meaning(typed)
    assert understood.number == "210832803015"
    assert all("210832803015" in group.numbers for group in understood.groups)


def test_a_part_number_in_cyrillic_letters_among_words() -> None:
    understood = meaning("фара А21К23ВС")
    assert understood.number == "A21K23BC"
    assert understood.phrase == "фара"


def test_the_words_of_a_number_are_also_texts() -> None:
    assert [group.texts for group in meaning("205/55 r16").groups] == [("205/55",), ("r16",)]


def test_words_without_meaning_do_not_filter() -> None:
    understood = meaning("купить фару для honda")
    assert understood.unused == ("купить", "для")
    assert len(understood.groups) == 2
    assert meaning("купить").groups == ()


def test_a_phrase_with_a_word_without_meaning_is_first() -> None:
    assert meaning("ремкомплект для суппорта").phrase == "ремкомплект для суппорта"


def test_more_words_than_groups_are_unused() -> None:
    understood = meaning(" ".join(["бампер", "фара", "крыло", "дверь"] * 4))
    assert len(understood.groups) == 12
    assert len(understood.unused) == 4


def test_the_order_of_words_does_not_matter() -> None:
    assert found("левое переднее крыло") == found("крыло левое переднее") == ["Крыло переднее левое"]


def test_at_most_forty_texts_are_checked() -> None:
    query = understand(" ".join(f"бапмер{letter}" for letter in "абвгдежзиклмно"), DICTIONARY)
    assert len(query.texts_to_check) <= 40
    assert len(set(query.texts_to_check)) == len(query.texts_to_check)


def test_two_words_that_are_often_side_by_side_are_not_counted() -> None:
    frequent = understand("торпеда", DICTIONARY.with_shares({**DICTIONARY.shares, "панель приборов": 0.1}))
    rare = understand("торпеда", DICTIONARY)
    assert "панель приборов" in rare.texts_to_check
    assert "панель приборов" not in frequent.texts_to_check
    assert frequent.resolve({}) == rare.resolve({"панель приборов": 50})


def test_a_meaning_whose_words_are_searched_one_by_one_is_one_correction() -> None:
    understood = understand("торпеда", DICTIONARY).resolve({})
    assert len(understood.groups) == 2
    assert [(each.typed, each.corrected) for each in understood.corrections] == [("торпеда", "панель приборов")]


def test_a_word_with_the_stem_of_another_known_word_does_not_mean_it() -> None:
    assert meaning("серая дверь").params == {"color": "серый"}
    assert meaning("серия дверь").params == {}
