"""The benchmark of the totals: its searches, its record, its report, and its documentation."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from partsearch.bench.record import Busyness
from partsearch.contract.request.reading import search_from_body
from tests.benchmarks.generators import Measured
from tests.benchmarks.totals.command import parser
from tests.benchmarks.totals.engines.conditions import condition_of, literal
from tests.benchmarks.totals.machine import warnings
from tests.benchmarks.totals.mix import searches_of
from tests.benchmarks.totals.record import Entry, keep_entry, read_record
from tests.benchmarks.totals.report import report_tables, write_report
from tests.benchmarks.totals.report.growth import growth_charts
from tests.benchmarks.totals.steps import STEPS
from tests.benchmarks.totals.steps.services import figures_of
from tests.benchmarks.totals.vocabulary import Sampled, Vocabulary
from tests.support import documents

_PAGE = documents.read("docs/reference/benchmark-totals.md")


def vocabulary(*, are_names_numbered: bool = False) -> Vocabulary:
    """Return the vocabulary of some parts; the first mark, name and colour are the most frequent."""
    number = " 0123456" if are_names_numbered else ""
    return Vocabulary(
        tuple(
            Sampled(
                name=f"{'бампер' if index % 3 else 'фара'} передний правый{number}",
                price=Decimal(f"{1000 + index * 100}.50"),
                attributes={
                    "color": "черный" if index % 4 else "белый", "side": "левая", "article": f"A-{index}",
                    "is_new_part": True, **({"count": 2} if are_names_numbered else {"year": 2010}),
                },
                mark_id=1 + index % 7 // 3, mark_name=f"Марка {1 + index % 7 // 3}", country="Япония",
                model_id=10 + index % 5, model_name=f"Модель {index % 5}",
            )
            for index in range(50)
        )
    )  # fmt: skip


@pytest.mark.parametrize("are_names_numbered", [True, False])
def test_the_mix_has_forty_valid_searches_which_the_page_lists(are_names_numbered: bool) -> None:
    searches = searches_of(vocabulary(are_names_numbered=are_names_numbered))
    assert len(searches) == 40
    for name, body in searches.items():
        assert search_from_body(json.dumps(body).encode()), name
    listed = [row[0] for row in documents.rows(documents.sections(_PAGE)["Searches"])[1:]]
    assert listed == list(searches)


def test_searches_take_the_values_of_the_catalog() -> None:
    searches = searches_of(vocabulary())
    assert searches["a common mark"] == {"mark_list": [1]}
    assert searches["a rare mark"] == {"mark_list": [3]}
    assert searches["a word"] == {"part_name": "передний"}
    assert searches["two words"] == {"part_name": "передний правый"}
    assert searches["a common colour"] == {"params": {"color": "черный"}}
    assert searches["low prices"] == {"price_lte": 3500}
    numbered = searches_of(vocabulary(are_names_numbered=True))
    assert numbered["a word and a number"] == {"part_name": "правый 0123456"}
    assert numbered["a number, low prices"]["params"] == {"count": 2}


def test_the_page_lists_every_step_and_option() -> None:
    sections = documents.sections(_PAGE)
    assert [row[0].strip("`") for row in documents.rows(sections["Steps"])[1:]] == list(STEPS)
    options = {option for action in parser()._actions for option in action.option_strings if option.startswith("--")}
    listed = {row[0].strip("`") for row in documents.rows(_PAGE.partition("## ")[0])[1:]}
    assert listed == options - {"--help"}


def test_an_unknown_step_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["--only", "sizes,way"])
    assert "no step way" in capsys.readouterr().err


def test_the_condition_of_an_engine_has_every_filter_of_the_search() -> None:
    body = {
        "mark_list": [1, 3], "model_name": "A'x", "part_name": "Бампёр", "producer_country_name": "Япония",
        "price_lte": 5000.5, "params": {"color": "белый", "is_new_part": False, "year": 2010},
    }  # fmt: skip
    search = search_from_body(json.dumps(body).encode())
    assert condition_of(search, lambda column, text: f"{column} HAS {text}").split(" AND ") == [
        "shown = 1",
        "mark_id IN (1, 3)",
        "model_id IN (SELECT id FROM model WHERE name HAS 'a''x')",
        "mark_id IN (SELECT id FROM mark WHERE country = 'япония')",
        "name HAS 'бампер'",
        "price <= 5000.50",
        "color = 'белый'",
        "is_new_part = 0",
        "year = 2010",
    ]
    assert literal(Decimal("7.10")) == "7.10"


def test_a_step_that_runs_again_replaces_its_figures(tmp_path: Path) -> None:
    file = tmp_path / "totals.json"
    keep_entry(file, entry("sizes", 10_000, {"part": {"table": 1, "indexes": 1}}))
    keep_entry(file, entry("sizes", 1_000, {"part": {"table": 2, "indexes": 1}}))
    keep_entry(file, entry("sizes", 10_000, {"part": {"table": 3, "indexes": 1}}))
    assert [(found.parts, found.measured["part"]["table"]) for found in read_record(file)] == [(1_000, 2), (10_000, 3)]


def test_the_report_has_a_table_for_each_step_and_the_growth_curve(tmp_path: Path) -> None:
    entries = [*every_step(10_000), *every_step(100_000)]
    text = write_report(entries, tmp_path / "totals.md")
    assert {table.title.partition(":")[0] for table in report_tables(entries)} == {
        "Both services over HTTP", "The chosen way and reading the parts", "Engines that scan the rows in memory",
        "The first search of a connection", "Size on disk", "Inserts a second by four writers", "A bulk load",
        "Mix on one connection", "Usual mix on one connection", "One client over HTTP", "DuckDB 2.0",
    }  # fmt: skip
    assert "\n| used, 10,000 parts | 10.0 | 10.0 | 10.0 | 2.00 | 2.00 | 2.00 | 10.0 |\n" in text
    assert (
        "\n| used, 10,000 parts, Django | 200 | 200: everything | 2.00 | 150 | 1.00 | 15.0 (10.0 to 20.0) | 0 |\n"
        in text
    )
    assert (tmp_path / "totals-charts" / "growth-used.svg").exists()
    assert "![Time of a search against the size" in text
    assert "The host took" in text


def test_the_growth_curve_needs_two_sizes() -> None:
    assert not list(growth_charts(every_step(10_000)))


def test_warnings_tell_of_other_programs_and_of_stolen_time() -> None:
    before = Busyness("", (0, 0, 0), busy_seconds=10, steal_seconds=0, total_seconds=100)
    after = Busyness("", (0, 0, 0), busy_seconds=50, steal_seconds=5, total_seconds=200)
    assert len(list(warnings(0.5, before, after))) == 2
    assert not list(warnings(0.01, before, Busyness("", (0, 0, 0), 50, 0, 200)))


def test_a_rate_of_searches_has_no_errors() -> None:
    figures = figures_of([Measured(rate=100, failed=50, p99=0.2), Measured(rate=10, failed=300, p99=0.1)], seconds=2)
    assert figures == {"rates": [75, 0], "p99": [0.2, 0.1], "failed": 350}


def entry(step: str, parts: int, measured: dict[str, Any]) -> Entry:
    """Return an entry with a warning."""
    return Entry(step, "used", parts, "2026-11-26", ("The host took 5 % of the time.",), measured, {"cores": 2})


def every_step(parts: int) -> list[Entry]:
    """Return an entry of each step: broad searches are ten times faster, the selective one is two times slower."""
    broad = {"body": {}, "count": parts, "way": "planes", "parts": [0.1], "chosen": [0.01], "planes": [0.01]}
    rare = {"body": {}, "count": 1, "way": "parts", "parts": [0.001], "chosen": [0.002]}
    load = {"rates": [10.0, 20.0], "p99": [0.1, 0.2], "failed": 0}
    single = {"everything": {"fastapi": [0.1], "django": [0.2], "statuses": {"fastapi": 200, "django": 200}}}
    loads = {load_name: {"fastapi": load, "django": load} for load_name in ("eight clients", "usual mix")}
    measured = {
        "sizes": {"part": {"table": 3, "indexes": 1}, "totals_plane": {"table": 1, "indexes": 1}},
        "connections": {"everything": {"fresh": [0.2], "warm": [0.1]}},
        "ways": {"mix": {"everything": broad, "an article": rare}, "usual mix": {"everything": broad}},
        "searches": {"one client": single, **loads},
        "engines": {"DuckDB": {"version": "2.0", "searches": {"everything": {"ours": [0.1], "engine": [0.2]}}}},
        "writes": {
            "rates": {"with": [1.0], "without": [2.0]}, "folds": [{"changes": 9, "seconds": 1}],
        },
        "bulk": {
            "rows": 500, "searches": {"without": load, "during": load}, "fold seconds": 1,
            "seconds": {"with": [3.0], "without": [2.0]},
        },
    }  # fmt: skip
    assert measured.keys() == STEPS.keys()
    return [entry(step, parts, figures) for step, figures in measured.items()]
