"""What ``import --explain`` shows of a list, and the profile that reads the next issue of it."""

import io
from pathlib import Path

import pytest
from rich.console import Console
from tests.support.price_lists import csv_table, write

from partsearch.price_list.columns import Field
from partsearch.price_list.errors import UnknownColumnsError
from partsearch.price_list.explanation import explain_list, show_explanation
from partsearch.price_list.formats import open_price_list
from partsearch.price_list.layouts.from_profile import table_of_profile
from partsearch.price_list.profile import Profile, ProfileError, read_profile
from partsearch.price_list.validate import ValidRow, validate

LIST = (
    "Прайс-лист\n\nНаименование;Артикул;Цена, руб;Прочее\nФара;A-100;1 500,50;x\nФонарь;A-200;70;y\nИтого;;1570,50;\n"
)


def shown(path: Path, width: int = 160) -> str:
    written = io.StringIO()
    show_explanation(explain_list(path), Console(file=written, width=width, color_system=None))
    return written.getvalue()


def profile_of(text: str, folder: Path) -> Profile:
    return read_profile(explain_list(write(folder, text)).profile)


def prices(text: str, profile: Profile) -> list[str]:
    table, layout = table_of_profile([csv_table(text)], profile, Path("list.csv"))
    return [str(row.price) for row in validate(table.records(), layout) if isinstance(row, ValidRow)]


def test_each_column_is_shown_with_its_meaning_and_samples(tmp_path: Path) -> None:
    text = shown(write(tmp_path, LIST))
    lines = [line.split() for line in text.splitlines()]
    assert "Read as csv, encoding utf-8, delimiter ;, header in row 3." in text
    assert "Rows: 2 goods, 1 preamble, 1 blank, 1 header, 1 total." in text
    assert ["2", "Артикул", "article", "certain", "header", "A-100", "|", "A-200"] in lines
    assert ["3", "Цена,", "руб", "price", "(RUB)", "likely", "header"] in [line[:7] for line in lines]
    assert ["4", "Прочее", "not", "imported", "unknown", "header", "x", "|", "y"] in lines


def test_a_narrow_terminal_gets_two_lines_for_each_column(tmp_path: Path) -> None:
    lines = shown(write(tmp_path, LIST), width=80).splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) == 2 + 3 * 2 + 1
    lines = [" ".join(line.split()) for line in lines]
    start = lines.index("3 Цена, руб → price (RUB): likely, header")
    assert lines[start + 1] == "1 500,50 | 70 | 1570,50"
    assert "4 Прочее → not imported: unknown header: x | y" in lines


def test_markup_in_a_list_is_shown_as_it_is(tmp_path: Path) -> None:
    assert "[red]Фара[/red]" in shown(write(tmp_path, "Наименование;Цена\n[red]Фара[/red];1\nФонарь;2\n"))


def test_a_list_that_lacks_a_column_is_shown_with_the_reason(tmp_path: Path) -> None:
    explanation = explain_list(write(tmp_path, "Наименование;Артикул\nФара левая;A-100\nФонарь;A-200\n"))
    assert isinstance(explanation.problem, UnknownColumnsError)
    assert [str(column.meaning) for column in explanation.layout.columns] == ["name", "article"]


def test_the_profile_reads_the_next_issue_with_a_longer_preamble(tmp_path: Path) -> None:
    profile = profile_of(LIST, tmp_path)
    assert prices(LIST, profile) == ["1500.50", "70.00"]
    assert prices(f"ООО Рога\nтел. 1\n{LIST}", profile) == ["1500.50", "70.00"]


def test_a_corrected_profile_is_obeyed(tmp_path: Path) -> None:
    text = "Наименование;Колонка А;Колонка Б\nФара;10;500\nФонарь;20;600\n"
    toml = explain_list(write(tmp_path, text)).profile
    columns = toml.split("[[column]]")
    corrected = columns[0] + "".join(
        f'[[column]]\nindex = {index}\nheader = "{header}"\nmeaning = "{meaning}"\n'
        for index, (header, meaning) in enumerate(
            [("Наименование", "name"), ("Колонка А", "not imported"), ("Колонка Б", "price")]
        )
    )
    assert prices(text, read_profile(corrected)) == ["500.00", "600.00"]


def test_another_header_than_in_the_profile_is_refused(tmp_path: Path) -> None:
    profile = profile_of(LIST, tmp_path)
    with pytest.raises(ProfileError, match=r"Column 3 has the header 'Цена закуп\.', not 'Цена, руб'"):
        prices(LIST.replace("Цена, руб", "Цена закуп."), profile)


def test_a_sheet_that_is_not_there_is_refused(tmp_path: Path) -> None:
    profile = read_profile('sheet = "Лист2"\n' + explain_list(write(tmp_path, LIST)).profile)
    with pytest.raises(ProfileError, match="no sheet 'Лист2'"):
        prices(LIST, profile)


def test_the_decimal_mark_of_the_profile_decides(tmp_path: Path) -> None:
    text = "Наименование;Цена\nФара;1,234\nФонарь;2,345\n"
    toml = explain_list(write(tmp_path, text)).profile
    toml = toml.replace('meaning = "price"', 'meaning = "price"\ndecimal_mark = "."')
    profile = read_profile(toml)
    assert prices(text, profile) == ["1234.00", "2345.00"]
    assert next(column for column in profile.columns if column.meaning is Field.PRICE).decimal_mark == "."


def test_a_given_delimiter_wins(tmp_path: Path) -> None:
    path = write(tmp_path, "Фара, левая;1,5\nФонарь, правый;2,5\nДверь;3,5\n")
    with open_price_list(path, delimiter=";") as [table]:
        assert next(record.cells for record in table.records()) == ["Фара, левая", "1,5"]
    with open_price_list(path) as [table]:
        assert next(record.cells for record in table.records()) == ["Фара", "левая;1", "5"]
