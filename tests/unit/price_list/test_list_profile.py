from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.price_lists import csv_table

from partsearch.price_list.cells.currencies import CURRENCIES
from partsearch.price_list.cells.number_style import DecimalMark
from partsearch.price_list.columns import PROPERTIES, Field, Meaning
from partsearch.price_list.layouts.layout import Column
from partsearch.price_list.profile import (
    Profile,
    ProfileColumn,
    ProfileError,
    layout_of,
    profile_of,
    read_profile,
    write_profile,
)
from partsearch.price_list.recognise import recognise

COLUMN = '[[column]]\nindex = 0\nmeaning = "name"\n'
TEXT = "Прайс;;;\nНазвание;Цена, грн;Цена закуп.;Примечания\nФара;1 000,50;7;x\nФонарь;2,000;7;y\n"


def same(column: Column) -> tuple[object, ...]:
    mark = column.style.decimal_mark
    return column.index, column.header, column.meaning, column.currency, column.unit, column.vat, mark


def test_a_recognised_layout_is_written_and_read_back() -> None:
    layout = recognise(csv_table(TEXT), Path("list.csv"))
    written = write_profile(profile_of(layout, encoding="utf-8", delimiter=";", sheet="ТМЦ"))
    profile = read_profile(written)
    assert (profile.encoding, profile.delimiter, profile.sheet) == ("utf-8", ";", "ТМЦ")
    again = layout_of(profile)
    assert list(map(same, again.every_column)) == list(map(same, layout.every_column))
    assert (again.header_rows, again.width, again.currency) == (layout.header_rows, layout.width, "UAH")
    assert 'header = "Цена, грн"\ncurrency = "UAH"\ndecimal_mark = ","\n' in written


columns = st.builds(
    ProfileColumn,
    st.none() | st.integers(0, 200),
    st.text(st.characters(codec="utf-8"), min_size=1),
    st.none() | st.sampled_from([*Field, *PROPERTIES.values()]),
    st.sampled_from(["", *CURRENCIES]),
    st.text(st.characters(codec="utf-8")),
    st.text(st.characters(codec="utf-8")),
    st.sampled_from(DecimalMark),
)


def meaning_once(column: ProfileColumn) -> Meaning | object:
    return column.meaning or object()


@given(
    st.builds(
        Profile,
        st.lists(columns, min_size=1, max_size=5, unique_by=meaning_once).map(tuple),
        st.lists(st.integers(1, 99)).map(tuple),
        st.integers(0, 200),
        *[st.text(st.characters(codec="utf-8"))] * 4,
        st.sampled_from(["", *CURRENCIES]),
        st.sampled_from(DecimalMark),
    )
)
def test_every_profile_is_read_back(profile: Profile) -> None:
    assert read_profile(write_profile(profile)) == profile


@pytest.mark.parametrize(
    ("text", "what", "allowed"),
    [
        ("[[column]", "not TOML", "line"),
        ("", "column is missing", "[[column]]"),
        ("colour = 1\n" + COLUMN, "key colour of the profile", "encoding, delimiter"),
        (COLUMN + "size = 1\n", "key size of column 1", "header, unit, vat, index, meaning"),
        ('[[column]]\nindex = 0\nmeaning = "cost"\n', "meaning of column 1 is 'cost'", "mark, model, name, price"),
        ('[[column]]\nmeaning = "name"\n', "neither index nor header", "one of them"),
        ('[[column]]\nindex = -1\nmeaning = "name"\n', "index of column 1", "whole numbers from 0"),
        ("header_rows = [0]\n" + COLUMN, "header_rows", "whole numbers from 1"),
        ('decimal_mark = ";"\n' + COLUMN, "decimal_mark of the profile is ';'", ",, ., undecided"),
        ('currency = "RU"\n' + COLUMN, "currency of the profile is 'RU'", "RUB, BYN"),
        ("encoding = 1251\n" + COLUMN, "encoding of the profile is 1251", "quotation marks"),
        (COLUMN * 2, "name is given twice", "one column"),
    ],
)
def test_an_invalid_profile_is_reported_with_the_key_and_the_allowed_values(text: str, what: str, allowed: str) -> None:
    with pytest.raises(ProfileError) as caught:
        read_profile(text)
    assert what in str(caught.value)
    assert allowed in caught.value.next_step


def test_a_column_is_found_by_its_header() -> None:
    profile = read_profile('currency = "KZT"\n[[column]]\nheader = "Цена!"\nmeaning = "price"\n')
    profile = replace(profile, columns=(replace(profile.columns[0], header="ЦЕНА:"),))
    found = layout_of(profile, ["Название", "Цена"])
    assert (found.columns[0].index, found.currency, found.width) == (1, "KZT", 2)
    with pytest.raises(ProfileError, match="no column"):
        layout_of(profile, ["Название"])
    with pytest.raises(ProfileError, match="2 columns"):
        layout_of(profile, ["Цена", "цена"])
