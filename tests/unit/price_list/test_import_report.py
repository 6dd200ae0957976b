"""The report of an import for a seller, and for programs."""

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.support.reports import HEADER, report_of, text_of

from partsearch.price_list.changes import ChangeKind, Changes, Example, PriceMoves
from partsearch.price_list.reporting.json_text import print_json, report_json

LIST = HEADER + "BMW;X5;Фара;70;-1\nBMW;X5;;70;1\nBMW;X5;Капот;дорого;1\n"
CHANGED = Example(
    ChangeKind.CHANGED,
    7,
    "BMW",
    "X5",
    "Капот",
    Decimal("250.50"),
    Decimal("100.20"),
    (("price", "100.20", "250.50"), ("color", "", "белый")),
)
CHANGES = Changes(
    new=1,
    changed=1,
    gone=12,
    sold=2,
    shown_again=3,
    in_hidden=5,
    new_marks=["Lancia"],
    new_models=[("Lancia", "Delta")],
    hidden_names=[("Honda", 4), ("BMW X3", 1)],
    examples=[
        Example(ChangeKind.NEW, 5, "BMW", "X5", "Фара " * 20, Decimal("1873.00")),
        CHANGED,
        Example(ChangeKind.HIDDEN, None, "BMW", "X5", "Крыло", Decimal(1200)),
    ],
    prices=PriceMoves(2, 1, [CHANGED]),
)


def test_a_dry_run_says_what_would_happen_with_examples() -> None:
    text = text_of(report_of(LIST, changes=CHANGES, dry_run=True))
    for line in (
        "Parts that would be hidden, because the list no longer has them: 12.",
        "Parts that would be hidden, because they are sold: 2.",
        "Parts that would be shown again, which an earlier import has hidden: 3.",
        "Rows in a hidden mark or model, where no search finds them: 5, in Honda (4), BMW X3 (1).",
        "Marks that would be created (1): Lancia.",
        "Models that would be created (1): Lancia Delta.",
        "Would be added:",
        "  row 5, BMW X5, Фара Фара Фара Фара Фара Фара Фара Фара…: 1,873",
        "  row 7, BMW X5, Капот: price 100.20 → 250.50, color — → белый",
        "Would be hidden, 1 of 14 parts:",
        "  BMW X5, Крыло: 1,200",
        "Prices: 2 up, 1 down. The largest moves:",
        "  row 7, BMW X5, Капот: 100.20 → 250.50 (2.5 times up)",
        "Dry run: nothing was changed. 1.2 s.",
    ):
        assert line in text.splitlines()


def test_an_import_says_what_happened_without_examples() -> None:
    lines = text_of(report_of(LIST, changes=CHANGES, import_id=7)).splitlines()
    assert "Parts hidden, because the list no longer has them: 12." in lines
    assert "New marks (1): Lancia." in lines
    assert "Prices: 2 up, 1 down." in lines
    assert lines[-1] == "Imported in 1.2 s. 'partsearch import undo --source npn' takes it back."
    assert not [line for line in lines if "would" in line.lower() or line.startswith("  row")]


@pytest.mark.parametrize(
    ("fields", "last"),
    [
        ({"dry_run": True}, "Dry run: nothing was changed. The import would change nothing. 1.2 s."),
        ({}, "Nothing to change: the catalog has all of it. 1.2 s."),
        ({"is_same_file": True}, "The same file as last time; nothing to change."),
        (
            {"is_same_file": True, "imported_before": datetime(2026, 11, 1, 12, 30, tzinfo=UTC).astimezone()},
            f"The same file as on {datetime(2026, 11, 1, 12, 30, tzinfo=UTC).astimezone():%Y-%m-%d %H:%M}; "
            "nothing to change.",
        ),
    ],
)
def test_a_list_that_changes_nothing_says_so(fields: dict[str, Any], last: str) -> None:
    report = report_of(LIST, changes=Changes(unchanged=1), **fields)
    assert text_of(report).splitlines()[-1] == last


def test_the_source_is_named_with_what_was_taken_off_the_file_name() -> None:
    lines = text_of(report_of(LIST, taken_off="_2018")).splitlines()
    assert lines[0] == "Price list npn: csv, encoding utf-8, delimiter ;, header in row 1."
    assert lines[1].startswith("The list belongs to the source npn: npn_2018.csv without '_2018'.")


def test_rejected_rows_are_named_with_the_command_that_imports_them() -> None:
    report = report_of(LIST, source="мой список", rejected_file=Path("/home/a b/x-rejected.csv"))
    lines = text_of(report, width=40).splitlines()
    assert "Rejected, unreadable price (1): row 4 (дорого)." in lines
    assert "Check negative stock, imported as 0 (1): row 2 (-1)." in lines
    assert "The rejected rows are in /home/a b/x-rejected.csv." in lines
    assert "  partsearch import '/home/a b/x-rejected.csv' --source 'мой список' --partial" in lines


def test_warnings_of_the_import_are_shown() -> None:
    assert "Warning: the list shrank" in text_of(report_of(LIST, warnings=["the list shrank"])).splitlines()


def test_many_rejected_rows_and_reasons_stay_short() -> None:
    rows = "".join(f"BMW;X{number};{'ф' * 401};70;1\nBMW;X5;Капот;дорого {number};1\n" for number in range(500))
    text = text_of(report_of(f"{HEADER}BMW;X5;Фара;70;1\n{rows}"))
    assert len(text.splitlines()) < 20
    assert "Rejected, unreadable price (500): row 4 (дорого 0)" in text
    assert "and 492 more." in text


def test_markup_and_emoji_codes_in_a_list_are_shown_as_they_are() -> None:
    text = text_of(report_of(f"{HEADER}BMW;X5;Фара;[red]:car:[/red];1\nBMW;X5;Фара;1;1\n"))
    assert "row 2 ([red]:car:[/red])." in text


def test_the_json_has_the_counts_the_changes_and_the_rejected_rows() -> None:
    report = report_of(LIST, changes=CHANGES, rejected_file=Path("/home/x-rejected.csv"), warnings=["shrank"])
    shown = json.loads(report_json(report))
    assert (shown["source"], shown["file"], shown["sha256"], shown["format"]) == (
        "npn",
        "npn_2018.csv",
        "ab" * 32,
        "csv",
    )
    rows = shown["rows"]
    assert rows["read"] == 3
    assert (rows["new"], rows["changed"], rows["sold"], rows["rejected"]) == (1, 1, 2, 2)
    assert (shown["changes"]["hidden_gone"], shown["changes"]["hidden_sold"]) == (12, 2)
    assert shown["changes"]["examples"][1]["price"] == 250.5
    assert shown["changes"]["examples"][1]["fields"][1] == {"name": "color", "before": "", "after": "белый"}
    assert shown["changes"]["prices"]["up"] == 2
    assert shown["rejected"]["count"] == 2
    assert shown["rejected"]["file"] == "/home/x-rejected.csv"
    assert shown["rejected"]["first"][1] == {"row": 4, "reason": "unreadable price", "text": "дорого"}
    assert shown["columns"][3]["meaning"] == "price"
    assert shown["warnings"][-1] == "shrank"


def test_the_json_is_escaped_for_a_terminal_without_the_letters() -> None:
    json_bytes = report_json(report_of(LIST, source="список 😀"))
    for encoding in ("utf-8", "ascii", "cp1251"):
        raw = io.BytesIO()
        stream = io.TextIOWrapper(raw, encoding)
        print_json(json_bytes, stream)
        stream.flush()
        assert json.loads(raw.getvalue().decode(encoding))["source"] == "список 😀"


def test_the_json_survives_characters_that_utf_8_does_not_have() -> None:
    report = report_of(LIST, file_name="\udcff.csv")
    assert json.loads(report_json(report))["file"] == "?.csv"


@pytest.mark.parametrize(
    ("before", "after", "move"),
    [
        ("100", "100.10", "0.1 % up"),
        ("90", "70", "22.2 % down"),
        ("100", "200", "2 times up"),
        ("90", "9", "10 times down"),
    ],
)
def test_a_move_of_a_price_is_a_percentage_or_a_factor(before: str, after: str, move: str) -> None:
    example = Example(ChangeKind.CHANGED, 2, "BMW", "X5", "Фара", Decimal(after), Decimal(before))
    text = text_of(
        report_of(LIST, dry_run=True, changes=Changes(changed=1, prices=PriceMoves(up=1, largest=[example])))
    )
    assert f"({move})" in text


def test_no_text_of_a_list_moves_the_cursor_of_a_terminal() -> None:
    shown = text_of(report_of(f"{HEADER.strip()};\x1b[31mred\nKia;Rio;Фара\x1b[2J;x\x1b]0;1;\n"))
    assert "[31mred" in shown
    assert "\x1b" not in shown
