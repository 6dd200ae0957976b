"""What ``import list`` and ``import undo`` print."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rich.console import Console

from partsearch.price_list.reporting.history import imports_json, show_imports, show_undo, undo_json
from partsearch.price_list.sources import ImportRow
from partsearch.price_list.undo import EditedPart, UndoReport

STARTED = datetime(2026, 11, 1, 12, 30, tzinfo=UTC)
ROW = ImportRow(
    id=12,
    source="npn",
    started=STARTED,
    finished=STARTED.replace(minute=31),
    account="seller",
    file_name="npn_2018-11-19.csv",
    sha256="ab" * 32,
    counts={"new": 22_299, "changed": 3, "unchanged": 7, "hidden": 5},
)
UNDONE = UndoReport(
    import_id=12,
    source="npn",
    removed=1_200,
    restored=3,
    hidden_again=0,
    shown_again=5,
    edited=[EditedPart(17, "BMW", "X5", "Фара [red]")],
)


def printed(show: object, value: object) -> list[str]:
    written = io.StringIO()
    show(value, Console(file=written, width=100, soft_wrap=True, color_system=None))  # type: ignore[operator]
    return [" ".join(line.split()) for line in written.getvalue().splitlines()]


def test_the_list_names_what_each_import_did_and_who_ran_it() -> None:
    title, row, undone = printed(show_imports, [ROW, replace(ROW, id=11, undone=STARTED)])
    assert title == "id when source file new changed hidden by undone"
    assert row == f"12 {STARTED.astimezone():%Y-%m-%d %H:%M} npn npn_2018-11-19.csv 22,299 3 5 seller"
    assert undone.endswith("22,299 3 5 seller yes")


def lines_at(width: int, rows: list[ImportRow], *, is_terminal: bool) -> list[str]:
    written = io.StringIO()
    console = Console(
        file=written, width=width, soft_wrap=not is_terminal, force_terminal=is_terminal, color_system=None
    )
    show_imports(rows, console)
    return written.getvalue().splitlines()


LONG = replace(ROW, id=7, source="прайс склада запчастей", file_name="прайс склада запчастей от 19.11.2018 (2).xlsx")


def test_a_narrow_terminal_gets_two_lines_for_each_import() -> None:
    when = f"{STARTED.astimezone():%Y-%m-%d %H:%M}"
    assert lines_at(80, [ROW, replace(LONG, undone=STARTED)], is_terminal=True) == [
        f"12  {when}  npn, file npn_2018-11-19.csv",
        "    22,299 new, 3 changed, 5 hidden, by seller",
        f" 7  {when}  прайс склада запчастей, file прайс склада запчастей от ",
        "19.11.2018 (2).xlsx",
        "    22,299 new, 3 changed, 5 hidden, by seller, undone",
    ]


@pytest.mark.parametrize(("width", "is_terminal"), [(80, False), (160, True)])
def test_a_pipe_and_a_wide_terminal_get_one_line_for_each_import(width: int, is_terminal: bool) -> None:
    title, first, second = lines_at(width, [ROW, LONG], is_terminal=is_terminal)
    assert title.split() == ["id", "when", "source", "file", "new", "changed", "hidden", "by", "undone"]
    assert first.split()[3:] == ["npn", "npn_2018-11-19.csv", "22,299", "3", "5", "seller"]
    assert f"  {LONG.source}  {LONG.file_name}  " in second
    assert first.index("22,299") == second.index("22,299")


def test_an_empty_list_says_so() -> None:
    assert printed(show_imports, []) == ["No price list has been imported yet."]


def test_the_json_of_the_list_has_exact_times_and_the_hash() -> None:
    [row] = json.loads(imports_json([ROW]))["imports"]
    assert row["sha256"] == "ab" * 32
    assert row["started"] == "2026-11-01T12:30:00+00:00"
    assert row["undone"] is None
    assert row["counts"]["new"] == 22_299


def test_an_undo_names_what_it_took_back_and_the_parts_that_it_left() -> None:
    assert printed(show_undo, UNDONE) == [
        "Import 12 of npn is taken back.",
        "Parts removed, which it had added: 1,200.",
        "Parts restored, which it had changed: 3.",
        "Parts shown again, which it had hidden: 5.",
        "Left as they are, edited since or without their former model: 1.",
        "part 17: BMW X5, Фара [red]",
    ]


def test_an_undo_shows_some_of_many_parts_and_its_json_all() -> None:
    many = replace(UNDONE, edited=[EditedPart(number, "BMW", "X5", "Фара") for number in range(1_000)])
    lines = printed(show_undo, many)
    assert len(lines) == 26
    assert lines[-1] == "and 980 more: --json names them all."
    shown = json.loads(undo_json(many))
    assert len(shown["edited"]) == 1_000
    assert shown["edited"][0] == {"id": 0, "mark": "BMW", "model": "X5", "name": "Фара"}
    assert (shown["import_id"], shown["removed"]) == (12, 1_200)
