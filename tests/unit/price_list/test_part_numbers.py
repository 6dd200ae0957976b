import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsearch.contract.text.part_numbers import normalize_number
from partsearch.price_list.part_numbers import (
    NumberNote,
    PartNumbers,
    read_part_numbers,
    split_numbers,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1z9 955 777", "1Z9955777"),
        ("2101-2915550", "21012915550"),
        ("406.1104058-21", "406110405821"),
        ("4062-1147103*", "40621147103"),
        ("6-РК-1190", "6PK1190"),
        ("А21R23", "A21R23"),
        ("ШНКФ-453473.300", "ШHKФ453473300"),
        ("B\u200b-77", "B77"),
    ],
)
def test_normalises_a_number(text: str, expected: str) -> None:
    assert normalize_number(text) == expected


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalize_number(normalize_number(text)) == normalize_number(text)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("7X0955453A,7X0955453B", ["7X0955453A", "7X0955453B"]),
        ("7X0955453A; 7X0955453A", ["7X0955453A"]),
        ("4E0905999 / 4E0905998", ["4E0905999", "4E0905998"]),
        ("85212-52080/85212-0D070", ["85212-52080", "85212-0D070"]),
        ("367.3722М/2115-3722.010-40", ["367.3722М", "2115-3722.010-40"]),
        ("1Z9 955 777", ["1Z9 955 777"]),
        ("2108-1203040/42", ["2108-1203040", "2108-1203042"]),
        ("21214-1108138/8090", ["21214-1108138", "21214-1108090"]),
        ("2101-2915550/47/46", ["2101-2915550", "2101-2915547", "2101-2915546"]),
        ("", []),
    ],
)
def test_splits_a_cell_of_several_numbers(cell: str, expected: list[str]) -> None:
    assert split_numbers(cell) == expected


@pytest.mark.parametrize(
    "cell",
    [
        "2101-2915550/47/46/4",
        "2101-2915550/47/146",
        "2112-1008636-00/100",
        "3302-3502082/2065С/2",
        "1111-3708405/1111-37",
        "12,5",
    ],
)
def test_keeps_an_ambiguous_cell_whole(cell: str) -> None:
    assert read_part_numbers(cell) == PartNumbers((cell,), NumberNote.KEPT_WHOLE)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('="0012345"', "0012345"),
        ('"="0012346"'.removeprefix('"'), "0012346"),
        ('=""0012346""', "0012346"),
        ("'0446502170", "0446502170"),
        ("446502170.0", "446502170"),
        ("7,70106E+5", "770106"),
    ],
)
def test_mends_what_a_spreadsheet_left_whole(cell: str, value: str) -> None:
    assert read_part_numbers(cell) == PartNumbers((value,), NumberNote.UNWRAPPED)


@pytest.mark.parametrize("cell", ["7,70106E+11", "2,11E+06", "2.11e+06", "7E+11", '="2,11E+06"'])
def test_reports_lost_digits(cell: str) -> None:
    assert read_part_numbers(cell) == PartNumbers(note=NumberNote.SPOILED)


@pytest.mark.parametrize(
    "cell", ["01.мар", "мар.01", "1-Mar", "01.мар.24", "2024-03-01 00:00:00", "2024-03-01", "01.03.2024"]
)
def test_reports_a_date(cell: str) -> None:
    assert read_part_numbers(cell) == PartNumbers(note=NumberNote.DATE)


@pytest.mark.parametrize("cell", ["АРТИКУЛ: D-127", "арт. D-127", "Номер: D-127", "№ D-127"])
def test_takes_a_prefix_off(cell: str) -> None:
    assert read_part_numbers(cell) == PartNumbers(("D-127",), NumberNote.PREFIX_REMOVED)


@pytest.mark.parametrize("cell", ["ART-1027", "КОД127", "4E0905999", "13E+"])
def test_a_number_that_begins_like_a_prefix_or_a_power_stays(cell: str) -> None:
    assert read_part_numbers(cell) == PartNumbers((cell,))


@pytest.mark.parametrize("cell", ["ОРИГИНАЛ", "ключ комб 10", "лампа H3 12/55", "AAA", "бумага нажд водост 280"])
def test_words_are_no_number(cell: str) -> None:
    assert read_part_numbers(cell) == PartNumbers(note=NumberNote.NOT_A_NUMBER)


@pytest.mark.parametrize("cell", ["", " ", "-", "—", "0"])
def test_an_empty_cell_has_no_number_and_no_note(cell: str) -> None:
    assert read_part_numbers(cell) == PartNumbers()


def test_a_count_of_pieces_is_left_out() -> None:
    assert read_part_numbers("2101-2906231 4шт") == PartNumbers(("2101-2906231",))


@given(st.text())
def test_reads_any_text(cell: str) -> None:
    assert all(any(character.isdigit() for character in value) for value in read_part_numbers(cell).values)


@pytest.mark.parametrize("cell", ["нет", "Б/Н", "без номера", "n/a"])
def test_words_may_say_that_there_is_no_number(cell: str) -> None:
    assert read_part_numbers(cell) == PartNumbers()
