"""The progress of an import on stderr."""

import io
from pathlib import Path

import pytest
from rich.console import Console
from tests.support.deadline import wait_for
from tests.support.price_lists import csv_table

from partsearch.price_list.progress import LineProgress, show_progress, total_records, with_counted_records
from partsearch.price_list.recognise import recognise


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize(
    ("total", "line"),
    [
        (None, "Reading: 120,000 rows, 24,000 rows/s"),
        (1_000_000, "Reading: 120,000 of 1,000,000 rows, 24,000 rows/s, 0:37 left"),
        (120_000, "Reading: 120,000 of 120,000 rows, 24,000 rows/s"),
    ],
)
def test_a_line_has_the_rows_their_rate_and_the_time_left(total: int | None, line: str) -> None:
    clock = Clock()
    progress = LineProgress(print, clock)
    progress.stage("reading", total)
    for _ in range(12):
        progress.advance(10_000)
    clock.seconds += 5
    assert progress.line() == line


def test_reading_has_a_total_because_the_list_was_understood_before() -> None:
    [table] = with_counted_records([csv_table("Наименование;Цена\nФара;70\n\nФонарь;80\n")])
    assert total_records(table) is None
    next(iter(table.records()))
    assert total_records(table) is None
    recognise(table, Path("list.csv"))
    assert total_records(table) == 4


def test_each_stage_counts_its_own_rows_and_time() -> None:
    clock = Clock()
    progress = LineProgress(print, clock)
    progress.stage("reading")
    progress.advance(500)
    clock.seconds += 60
    progress.stage("comparing")
    clock.seconds += 7
    assert progress.line() == "Comparing: 7 s"


def test_lines_are_written_while_no_row_is_done() -> None:
    lines: list[str] = []
    progress = LineProgress(lines.append)
    with progress.written(seconds_between=0.001):
        progress.stage("comparing")
        wait_for(lambda: len(lines) > 1)
    assert set(lines) == {"Comparing: 0 s"}


def test_a_short_import_writes_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress() as progress:
        progress.stage("reading", 10)
        progress.advance(10)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_one_bar_and_clears_it() -> None:
    written = io.StringIO()
    console = Console(file=written, force_terminal=True, width=80, color_system=None)
    with show_progress(console) as progress:
        for stage in ("reading", "comparing"):
            progress.stage(stage, 20_000)
            progress.advance(5_000)
    text = written.getvalue()
    assert "Comparing" in text
    assert "5,000 of 20,000 rows" in text
    assert text.endswith("\x1b[2K")
