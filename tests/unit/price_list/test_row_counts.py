"""The counts of the rows of a list."""

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.support.reports import HEADER, report_of, text_of

from partsearch.price_list.changes import Changes
from partsearch.price_list.layouts.rows import RowKind
from partsearch.price_list.row_counts import EXAMPLES, FIRST_REJECTED, OTHER_REASONS, RowCounts, describe_rows
from partsearch.price_list.validate import LeftOut, RejectedRow, SkippedRow, ValidRow

ROW = ValidRow(2, "", "BMW", "5 E34", "Фара", Decimal("70.00"), {})
LIST = HEADER + (
    "Оптика\nBMW;X5;Фара;70;1\nBMW;X5;;70;1\n;;;;\nBMW;X5;Капот;;1\nМарка;Модель;Название;Цена;Количество\nИтого;;;440;\n"
)


def test_every_row_below_the_header_is_counted_once() -> None:
    rows = report_of(LIST).rows
    assert (rows.read, rows.usable, rows.rejected_count, rows.skipped_count) == (7, 1, 2, 4)
    assert {kind: counted.count for kind, counted in rows.skipped.items()} == {
        RowKind.SECTION: 1,
        RowKind.BLANK: 1,
        RowKind.REPEATED_HEADER: 1,
        RowKind.TOTAL: 1,
    }


def test_the_outcomes_of_a_report_add_up_to_the_rows_read() -> None:
    report = report_of(LIST + "BMW;X5;Дверь;1;1\n" * 6, changes=Changes(1, 2, 1, 9, 2, 1, 3))
    assert sum(report.outcomes.values()) == report.rows.read == 13
    assert "Not accounted for" not in text_of(report)


def test_rows_that_an_import_loses_are_shown() -> None:
    report = report_of(LIST, changes=Changes())
    assert ["Not", "accounted", "for", "1"] in [line.split() for line in text_of(report).splitlines()]


def test_a_row_that_repeats_an_earlier_one_is_rejected_and_no_longer_usable() -> None:
    rows = RowCounts()
    rows.add(ROW)
    rows.add(replace(ROW, number=3))
    rows.reject_usable(RejectedRow(3, "repeats an earlier row"))
    assert (rows.read, rows.usable, rows.rejected_count) == (2, 1, 1)


def test_only_the_first_rows_are_kept_whatever_the_list() -> None:
    rows = RowCounts()
    for number in range(1_000):
        rows.add(RejectedRow(number, "unreadable price", "ф" * 1_000, cells=("x",) * 100))
        rows.add(replace(ROW, number=number, left_out=(LeftOut("year", f"19x{number}"),)))
        rows.add(SkippedRow(number, RowKind.BLANK))
    assert len(rows.rejected["unreadable price"].first) == EXAMPLES
    assert len(rows.left_out["year"].first) == EXAMPLES
    assert len(rows.skipped[RowKind.BLANK].first) == EXAMPLES
    assert rows.left_out["year"].count == 1_000
    assert len(rows.first_rejected) == FIRST_REJECTED
    assert {row.cells for row in rows.first_rejected} == {()}
    assert max(len(row.detail) for row in rows.first_rejected) <= 60


def test_the_number_of_different_reasons_and_spellings_is_bounded() -> None:
    rows = RowCounts()
    for number in range(6_000):
        rows.add(RejectedRow(number, f"reason {number}"))
        rows.add(replace(ROW, mark=f"Mark {number}"))
    assert len(rows.rejected) == 101
    assert rows.rejected[OTHER_REASONS].count == 5_900
    assert rows.rejected_count == 6_000
    assert len(rows._marks) == 5_000


def test_spellings_of_one_mark_are_named_with_their_counts() -> None:
    rows = RowCounts()
    for mark in ("Land Rover", "Land-Rover", "Land Rover", "BMW"):
        rows.add(replace(ROW, mark=mark))
    assert rows.spellings() == [[("Land Rover", 2), ("Land-Rover", 1)]]


@pytest.mark.parametrize(("detail", "text"), [("", "5"), ("дорого", "5 (дорого)"), ("a\nb", "5 (a b)")])
def test_a_row_is_named_with_its_text(detail: str, text: str) -> None:
    rows = RowCounts()
    rows.add(RejectedRow(5, "unreadable price", detail))
    assert describe_rows(rows.rejected["unreadable price"]) == [text]
