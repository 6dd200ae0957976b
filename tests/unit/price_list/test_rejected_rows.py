"""The rejected rows as a CSV that is corrected and imported."""

import csv
import errno
import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.own_home import own_home
from tests.support.price_lists import csv_table

from partsearch.contract.exported_list.formulas import harmless, original
from partsearch.price_list.columns import MEANINGS, PROPERTIES, Field, Meaning
from partsearch.price_list.formats import Record, Table, open_price_list
from partsearch.price_list.layouts.columns_found import columns_by_header
from partsearch.price_list.layouts.from_profile import table_of_profile
from partsearch.price_list.layouts.header_rows import Header
from partsearch.price_list.layouts.layout import Column, Layout
from partsearch.price_list.layouts.prices import choose_price
from partsearch.price_list.profile import read_profile
from partsearch.price_list.recognise import recognise
from partsearch.price_list.reporting.rejected_rows import RejectedRows, titles_of, with_cells
from partsearch.price_list.validate import RejectedRow, ValidRow, validate

LIST = (
    "Прайс-лист\n\n;;Цена;;;\nНаименование;Артикул;Розница, руб;Закупка;;Прочее\n"
    "Фара;A-100;1 500,50;900;x;=1+1\nФонарь;A-200;;70;y;-5\n\nДверь;A-300;дорого;80;z;@sum\n"
)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    return own_home(monkeypatch, tmp_path)


@pytest.fixture
def rejected(home: Path) -> Iterator[RejectedRows]:
    with RejectedRows(home) as rows:
        yield rows


def saved(rejected: RejectedRows, table: Table, layout: Layout) -> list[list[str]]:
    """Return the cells of the saved file."""
    for row in validate(table.records(), layout):
        rejected.take(None, row)
    path = rejected.save(layout, "time-npn")
    assert path is not None
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";"))


def test_a_rejected_row_keeps_its_cells_and_gets_its_number_and_the_reason(rejected: RejectedRows, home: Path) -> None:
    table = csv_table(LIST)
    header, *rows = saved(rejected, table, recognise(table, Path("list.csv")))
    assert header[:2] == ["Наименование", "Артикул"]
    assert header[-2:] == ["Row", "Reason"]
    assert rows == [
        ["Фонарь", "A-200", "", "70", "y", "'-5", "6", "no price"],
        ["Дверь", "A-300", "дорого", "80", "z", "'@sum", "8", "unreadable price"],
    ]
    [file] = (home / "imports").iterdir()
    assert file.name == "time-npn-rejected.csv"
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert file.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "text",
    [
        LIST,
        "Фара левая;A-100;1 500,50 р.\nКапот чёрный;A-200;\nДверь задняя;A-300;70 р.\n",
        "Наименование;Цена;Цена опт;Цена закуп;Цена\nФара;1;2;3;4\nФонарь;;2;3;4\n",
        "Номер;Новый/БУ;Лев/Прав;Наименование;Цена, USD\n1;новый;лев;Фара;70\n2;бу;прав;Фара;\n",
        "Наименование;Сумма;Кол-во\nФара;100;2\nФонарь;;3\n",
    ],
)
def test_the_import_reads_the_columns_of_the_file_as_those_of_the_list(text: str, home: Path) -> None:
    table = csv_table(text)
    layout = recognise(table, Path("list.csv"))
    assert_same_columns(layout, understood_again(table, layout, home))


def test_a_list_that_needs_a_profile_gets_titles_that_need_none(home: Path) -> None:
    profile = read_profile(
        'header_rows = [1]\n[[column]]\nindex = 0\nheader = "Цена"\nmeaning = "not imported"\n'
        '[[column]]\nindex = 1\nheader = "А"\nmeaning = "price"\ncurrency = "BYN"\n'
        '[[column]]\nindex = 3\nheader = "Б"\nmeaning = "name"\n'
    )
    table = csv_table("Цена;А;В;Б\n1;2;3;Фара\n1;;3;Фонарь\n")
    _, layout = table_of_profile([table], profile, Path("list.csv"))
    assert titles_of(layout) == ["Column 1", "Цена, BYN", "Column 3", "Наименование запчасти"]
    assert_same_columns(layout, understood_again(table, layout, home))


_FIELDS = [field for field in Field if field is not Field.WAREHOUSE_COUNT]
"""Without the one that several columns make together."""


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([None, *PROPERTIES.values(), *_FIELDS]), unique_by=lambda meaning: meaning or object()),
    st.lists(st.sampled_from([*MEANINGS, "", "Прочее", "Row", "Column 2", "Цена опт, USD"]), min_size=60, max_size=60),
)
def test_the_titles_of_any_layout_mean_what_the_layout_says(meanings: list[Meaning | None], headers: list[str]) -> None:
    columns = [Column(index, headers[index], meaning) for index, meaning in enumerate(meanings)]
    if {Field.PRICE, Field.SUM} <= set(meanings):
        columns = [column for column in columns if column.meaning is not Field.SUM]
    layout = Layout((1,), len(meanings), tuple(columns))
    titles = Header((1,), tuple(titles_of(layout)))
    again = choose_price(columns_by_header(titles, [Record(2, ["1"] * len(meanings))]))
    assert_same_columns(layout, again)


def understood_again(table: Table, layout: Layout, folder: Path) -> Layout:
    """Return the layout of the saved file, as the import recognises it."""
    with RejectedRows(folder) as rejected:
        saved(rejected, table, layout)
        path = next((folder / "imports").iterdir())
        with open_price_list(path) as [again]:
            return recognise(again, path)


def assert_same_columns(layout: Layout, again: Layout) -> None:
    def meanings(layout: Layout) -> dict[int, tuple[str, str]]:
        return {column.index: (str(column.meaning), column.currency) for column in layout.columns}

    assert meanings(again) == meanings(layout)


def test_a_corrected_file_gives_the_rows_of_the_list(rejected: RejectedRows, home: Path) -> None:
    table = csv_table("Наименование;Цена;Описание\n-Фара;;=HYPERLINK()\n'+Дверь;;'тест\n")
    saved(rejected, table, recognise(table, Path("list.csv")))
    path = next((home / "imports").iterdir())
    path.write_text(path.read_text("utf-8-sig").replace(";;", ";70;"), "utf-8-sig")
    with open_price_list(path) as [again]:
        rows = [row for row in validate(again.records(), recognise(again, path)) if isinstance(row, ValidRow)]
    assert [(row.name, str(row.price), row.json_data) for row in rows] == [
        ("-Фара", "70.00", {"description": "=HYPERLINK()"}),
        ("+Дверь", "70.00", {"description": "'тест"}),
    ]


def test_a_file_that_is_still_wrong_gets_its_columns_once(rejected: RejectedRows) -> None:
    table = csv_table("Наименование;Цена;Row;Reason\nФара;70;2;no price\nФонарь;;3;no price\n")
    assert saved(rejected, table, recognise(table, Path("list.csv"))) == [
        ["Наименование", "Цена", "Row", "Reason"],
        ["Фонарь", "", "3", "no price"],
    ]


def test_no_title_is_a_formula(rejected: RejectedRows) -> None:
    table = csv_table("Наименование;Цена;=cmd|calc;@x\nФара;дорого;1;2\n")
    titles, _ = saved(rejected, table, recognise(table, Path("list.csv")))
    assert titles == ["Наименование", "Цена", "'=cmd|calc", "'@x", "Row", "Reason"]


def test_cells_beyond_the_header_come_last(rejected: RejectedRows) -> None:
    table = csv_table("Наименование;Цена\nФара;70\nФонарь;80;лишнее\n")
    [_, row] = saved(rejected, table, recognise(table, Path("list.csv")))
    assert row == ["Фонарь", "80", "3", "more cells than the header has: 3", "лишнее"]


def test_rows_that_are_found_later_get_their_cells() -> None:
    table = csv_table("Наименование;Цена\nФара;70\nФара;70\nФонарь;80\n")
    found = with_cells(
        [RejectedRow(3, "repeats"), RejectedRow(4, "repeats"), RejectedRow(9, "repeats")], table.records()
    )
    assert [row.cells for row in found] == [("Фара", "70"), ("Фонарь", "80"), ()]


def test_there_is_no_file_without_rejected_rows(rejected: RejectedRows, home: Path) -> None:
    table = csv_table("Наименование;Цена\nФара;70\n")
    layout = recognise(table, Path("list.csv"))
    for row in validate(table.records(), layout):
        rejected.take(None, row)
    assert rejected.save(layout, "time-npn") is None
    assert not home.exists()


def test_nothing_is_left_of_rows_that_are_not_saved(home: Path) -> None:
    with RejectedRows(home) as rejected:
        rejected.take(None, RejectedRow(2, "no price", cells=("Фара",)))
    assert list((home / "imports").iterdir()) == []


def test_a_full_disk_while_reading_does_not_stop_the_import(
    rejected: RejectedRows, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    def open_full(**_: object) -> IO[bytes]:
        return Path("/dev/full").open("r+b", buffering=0)

    monkeypatch.setattr("tempfile.TemporaryFile", open_full)
    for number in (2, 3):
        rejected.take(None, RejectedRow(number, "no price", cells=("Фара",)))
    assert isinstance(rejected.error, OSError)
    assert rejected.error.errno == errno.ENOSPC
    assert rejected.save(recognise(csv_table(LIST), Path("list.csv")), "time-npn") is None
    assert list((home / "imports").iterdir()) == []


@pytest.mark.parametrize("cell", ["=1", "+7", "-1", "@x", "'=1", "''+", "'0012", "Фара", "", "'", "it's -5"])
def test_every_cell_survives_the_apostrophe(cell: str) -> None:
    assert not harmless(cell).startswith(("=", "+", "-", "@"))
    assert original(harmless(cell)) == cell
