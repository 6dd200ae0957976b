"""The benchmark of imports: its lists, what runs beside the searches, its report, and its documentation."""

import csv
import itertools
from pathlib import Path
from typing import Any

from tests.benchmarks.imports.command import parser
from tests.benchmarks.imports.commands import Repeated, timed
from tests.benchmarks.imports.lists import HEADERS, write_list
from tests.benchmarks.imports.loads import CHANGED, COPY, FIRST, STEPS, UNCHANGED, Lists
from tests.benchmarks.imports.record import Record
from tests.benchmarks.imports.report import page
from tests.benchmarks.imports.searches import WITHOUT, kinds
from tests.support import documents
from tests.support.site import RunningSite, free_environment

_PAGE = documents.read("docs/reference/benchmark-imports.md")


def test_a_list_has_twelve_columns_and_its_next_issue_other_prices_in_every_hundredth_row(tmp_path: Path) -> None:
    first, changed = (
        read(write_list(tmp_path / str(is_changed), 1_000, seed=1, is_changed=is_changed))
        for is_changed in (False, True)
    )
    assert first[0] == list(HEADERS)
    assert {len(row) for row in (*first, *changed)} == {12}
    assert len(first) == len(changed) == 1_001
    differences = [(before, after) for before, after in zip(first, changed, strict=True) if before != after]
    assert len(differences) == 10
    price = HEADERS.index("Цена")
    for before, after in differences:
        assert int(after[price]) == int(before[price]) + 50
        assert before[:price] + before[price + 1 :] == after[:price] + after[price + 1 :]


def test_the_report_compares_with_the_goals() -> None:
    lines = page(record()).splitlines()
    assert "| First import, times the `COPY` | 2.00 (1.50 to 2.50) | at most 3 | yes |" in lines
    assert "| The same list again, times the `COPY` | 0.5 (0.5 to 0.5) | at most 0.5 | yes |" in lines
    assert "| 1 % of the rows changed, times the `COPY` | 0.8 (0.8 to 0.8) | at most 0.7 | **no** |" in lines
    assert "| Resident memory of the import at most, MB | 120 | at most 500 | yes |" in lines


def test_the_searches_are_compared_with_those_before_and_after() -> None:
    lines = page(record()).splitlines()
    p99 = "| p99 of searches with {} during {}, times that without |"
    assert f"{p99.format('FastAPI', 're-import, 1 % changed')} 2.00 | at most 1.5 | **no** |" in lines
    assert f"{p99.format('Django', 're-import, 1 % changed')} 1.00 | at most 1.5 | yes |" in lines
    assert f"{p99.format('FastAPI', 'export of everything')} 1.00 | — | — |" in lines


def test_a_report_of_an_interrupted_run_has_what_was_measured() -> None:
    whole = record()
    whole.rounds, whole.searches = [{FIRST: {"seconds": 4, "memory": 1}}], whole.searches[:2]
    whole.errors = ["the rest: interrupted"]
    text = page(whole)
    assert "the rest: interrupted" in text
    assert "| First import | 4.00 | 250 | — |" in text
    assert "during re-import" in text
    assert "# Imports, measured with 1,000 rows" in page(Record(1_000, {}))


def test_the_record_is_read_as_it_was_kept(tmp_path: Path) -> None:
    record().keep(tmp_path / "imports.json")
    assert Record.read(tmp_path / "imports.json") == record()


def test_commands_are_repeated_until_the_end_of_the_block(tmp_path: Path) -> None:
    site = RunningSite(free_environment(tmp_path))
    with Repeated(site, itertools.repeat(("import", "--help"))).running() as repeated:
        assert repeated.is_running
    assert not repeated.is_running
    assert not repeated.error


def test_a_command_that_fails_is_not_repeated(tmp_path: Path) -> None:
    site = RunningSite(free_environment(tmp_path))
    failing = Repeated(site, iter([("no-such-command",), ("import", "--help")]))
    with failing.running():
        failing.wait()
        assert not failing.is_running
    assert "no-such-command" in failing.error


def test_the_memory_of_a_command_is_its_peak(tmp_path: Path) -> None:
    done = timed(RunningSite(free_environment(tmp_path)), "import", "--help")
    assert 10_000_000 < done.memory < 500_000_000
    assert done.seconds > 0


def test_the_page_lists_every_step_every_kind_and_every_option() -> None:
    sections = documents.sections(_PAGE)
    assert [row[0].strip("`") for row in documents.rows(sections["Imports"])[1:]] == list(STEPS)
    names = [kind.name for kind in kinds(Lists(Path("a"), Path("b"), Path("c")), windows=5, fewer_windows=2)]
    assert [row[0].strip("`") for row in documents.rows(sections["Searches"])[1:]] == names
    options = {option for action in parser()._actions for option in action.option_strings if option.startswith("--")}
    listed = {row[0].strip("`") for row in documents.rows(_PAGE.partition("## ")[0])[1:]}
    assert listed == options - {"--help"}


def read(path: Path) -> list[list[str]]:
    """Return the rows of a list."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter=";"))


def record() -> Record:
    """Return the record of two rounds, with searches that FastAPI answers half as fast during an import."""
    rounds = [
        {
            FIRST: {"seconds": first, "memory": 100_000_000}, COPY: {"seconds": 2},
            UNCHANGED: {"seconds": 1, "memory": 120_000_000}, CHANGED: {"seconds": 1.6, "memory": 90_000_000},
        }
        for first in (3, 5)
    ]  # fmt: skip
    searches = [
        measured(WITHOUT, 0.010, 0.02),
        measured("re-import, 1 % changed", 0.030, 0.02),
        measured(WITHOUT, 0.020, 0.02),
        measured("export of everything", 0.015, 0.02),
        measured(WITHOUT, 0.010, 0.02),
    ]
    return Record(1_000, {}, warnings=["The machine was busy."], rounds=rounds, searches=searches)


def measured(name: str, fastapi: float, django: float) -> dict[str, Any]:
    """Return the figures of searches, with these 99th percentiles."""
    figures = {"rates": [100.0], "failed": 0, "left out": 0, "searches": 1_000}
    services = {
        service: {**figures, "p99": [p99], "together": {"p50": p99 / 2, "p90": p99 / 2, "p99": p99}}
        for service, p99 in (("fastapi", fastapi), ("django", django))
    }
    return {"name": name, "services": services}
