import math

import pytest

from partsearch.price_list import values


def same(value: object, expected: object) -> bool:
    return value == expected and type(value) is type(expected)


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        (values.read_year, "1995", 1995),
        (values.read_condition, "Новыи\u0306", True),
        (values.read_yes_or_no, "не\u00adт", False),
        (values.read_year, "1995 г.в.", 1995),
        (values.read_year, "2001 г.", 2001),
        (values.read_year, "0", None),
        (values.read_count, "4", 4),
        (values.read_count, "2,000", 2),
        (values.read_count, "1\N{NO-BREAK SPACE}000,000", 1000),
        (values.read_count, "3 шт.", 3),
        (values.read_measure, "3000", 3000),
        (values.read_measure, "7.5", 7.5),
        (values.read_measure, "7.0", 7),
        (values.read_measure, "0.0", None),
        (values.read_quantity, "0", 0),
        (values.read_code, "0", None),
        (values.read_code, "2", "2"),
        (values.read_text, "0", "0"),
        (values.read_currency, "$", "USD"),
        (values.read_currency, "руб", "RUB"),
        (values.read_currency, "pln", "PLN"),
        (values.read_yes_or_no, "1", True),
        (values.read_yes_or_no, "0", False),
        (values.read_condition, "Новая", True),
        (values.read_condition, "Б/У", False),
        (values.read_condition, "контракт", {"is_new_part": False, "condition": "контрактная"}),
        (values.read_condition, "Восстановлена", {"is_new_part": False, "condition": "восстановленная"}),
        (values.read_year, "2008-2012", {"year": 2008, "years": "2008-2012"}),
        (values.read_year, "с 2010", {"year": 2010, "years": "с 2010"}),
        (values.read_year, "08-12", {"year": 2008, "years": "2008-2012"}),
        (values.read_year, "95/03", {"year": 1995, "years": "1995-2003"}),
        (values.read_year, "E39 (95-03)", {"year": 1995, "years": "1995-2003"}),
        (values.read_year, "до 2005", {"years": "до 2005"}),
        (values.read_year, "06.2008", {"year": 2008}),
        (values.read_year, "05.1987-10.1991", {"year": 1987, "years": "1987-1991"}),
        (values.read_year, "с 05.2008", {"year": 2008, "years": "с 2008"}),
        (values.read_year, "1988 - н.в.", {"year": 1988, "years": "с 1988"}),
        (values.read_year, "2008 - наст. время", {"year": 2008, "years": "с 2008"}),
        (values.read_year, "08\N{RIGHTWARDS ARROW}", {"year": 2008, "years": "с 2008"}),
        (values.read_year, "04-", {"year": 2004, "years": "с 2004"}),
        (values.read_year, "'91-'94", {"year": 1991, "years": "1991-1994"}),
        (values.read_year, "до 95", {"years": "до 1995"}),
        (values.read_wheel_diameter, "R16", 16),
        (values.read_wheel_diameter, '17.5"', 17.5),
        (values.read_wheel_diameter, "14", 14),
        (values.read_side, "Левая сторона", {"side": "левая"}),
        (values.read_last_year, "2015 г.", {"years": "до 2015"}),
        (values.read_engine_volume, "1.6 л", 1.6),
        (values.read_engine_volume, "1,9 TDI", 1.9),
        (values.read_engine_volume, "1598 см3", 1598),
        (values.read_min_count, "1", None),
        (values.read_min_count, "4", 4),
        (values.read_bolt_circle, "5x114,3", {"bolt_count": 5, "bolt_circle": 114.3}),
        (values.read_bolt_circle, "98", 98),
        (values.read_count, "2 дня", {"availability": "2 дня"}),
        (values.read_count, "5-10", {"count": 5, "availability": "5-10"}),
        (values.read_condition, "новый (оригинал)", True),
        (values.read_condition, "Б/У неоригинал", False),
        (values.read_side, "передн. лев.", {"position": "перед", "side": "левая"}),
        (values.read_side, "FL", {"position": "перед", "side": "левая"}),
        (values.read_side, "пра", "правая"),
        (values.read_side, "L/R", "левая/правая"),
        (values.read_position, "пер", "перед"),
        (values.read_position, "зад. прав.", {"position": "зад", "side": "правая"}),
        (values.read_level, "в", "верх"),
        (values.read_year, "2016,2012,2013", {"year": 2012, "years": "2016,2012,2013"}),
        (values.read_count, ">50", {"count": 50, "availability": "не менее 50"}),
        (values.read_count, "10+", {"count": 10, "availability": "не менее 10"}),
        (values.read_count, "+", {"available": True}),
        (values.read_count, "под заказ", {"availability": "под заказ"}),
        (values.read_count, "нет", {"count": 0}),
        (values.read_available, "-", {"available": False, "count": 0}),
        (values.read_available, "1", {"available": True}),
        (values.read_available, "ожидается", {"available": False, "availability": "ожидается"}),
        (values.read_side, "Лев", "левая"),
        (values.read_side, "RH", "правая"),
        (values.read_position, "FR", "перед"),
        (values.read_position, "Задний", "зад"),
        (values.read_level, "низ", "низ"),
        (values.read_yes_or_no, "Так", True),
        (values.read_yes_or_no, "жоқ", False),
        (values.read_part_number, '="0012345"', "0012345"),
        (values.read_part_number, "'0446502170", "0446502170"),
        (values.read_photos, "http://a/1,2.jpg", "http://a/1,2.jpg"),
        (values.read_photos, "http://a/1.jpg, http://a/2.jpg|http://a/3.jpg", [f"http://a/{n}.jpg" for n in (1, 2, 3)]),
    ],
)
def test_reads_a_cell_as_its_type(read: values.Reader, text: str, expected: object) -> None:
    assert same(read(text), expected)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (values.read_year, "1895"),
        (values.read_year, "девяностые"),
        (values.read_year, "12-08"),
        (values.read_year, "31-49"),
        (values.read_last_year, "скоро"),
        (values.read_condition, "как новый"),
        (values.read_condition, "новый или б/у"),
        (values.read_side, "лев. прав. зад. перед."),
        (values.read_level, "лев. п"),
        (values.read_count, "52,500"),
        (values.read_count, "когда-нибудь"),
        (values.read_part_number, "7,70106E+11"),
        (values.read_side, "середина"),
        (values.read_side, "сторона"),
        (values.read_year, "36-"),
        (values.read_count, "9" * 40),
        (values.read_measure, "2.0 TDI"),
        (values.read_quantity, "9" * 400),
        (values.read_yes_or_no, "хорошее"),
    ],
)
def test_rejects_a_cell_of_another_type(read: values.Reader, text: str) -> None:
    with pytest.raises(ValueError):
        read(text)


def test_numbers_are_finite() -> None:
    number = values.read_quantity("0." + "0" * 400 + "1")
    assert isinstance(number, float)
    assert math.isfinite(number)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Ёмобиль".replace("Ё", "Е\u0308"), "Ёмобиль"),
        ("Суб\u200bару\u00ad", "Субару"),
        ("\N{NO-BREAK SPACE}Фара\N{NO-BREAK SPACE}левая ", "Фара левая"),
        ("первая\nвторая", "первая\nвторая"),
    ],
)
def test_cleans_a_text(text: str, clean: str) -> None:
    assert values.clean_text(text) == clean
