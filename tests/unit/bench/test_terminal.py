"""A run in the terminal."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from partsearch.bench.record import Generator, Run, RunWarning, StatementCount, Sweep
from partsearch.bench.report import TerminalExporter
from tests.unit.bench.runs import made_run


def _shown(run: Run, width: int = 120) -> str:
    console = Console(file=StringIO(), width=width, highlight=False)
    TerminalExporter(console).export(run)
    return console.file.getvalue()  # type: ignore[attr-defined]


def _row(shown: str, name: str, number: int = 0) -> list[str]:
    return [line.split() for line in shown.splitlines() if line.strip().startswith(name)][number]


def test_the_figures_of_a_service_are_in_one_row() -> None:
    shown = _shown(made_run(fastapi=1000))
    assert _row(shown, "FastAPI") == ["FastAPI", "1,000", "980–1,020", "80.0", "120", "120", "120", "100", "1", "0"]
    assert "100 connections, 5 rounds of 10 s by wrk; 10,000 parts; Intel Xeon, 2 cores" in shown


def test_the_comparison_names_its_noise() -> None:
    shown = _shown(made_run())
    assert "FastAPI 2.0 times faster, 2.0 to 2.0" in shown
    assert "measured twice, differs by up to 1" in shown
    assert "the noise was not measured" in _shown(replace(made_run(), noise=()))


def test_cpu_is_shown_as_htop_shows_it() -> None:
    row = _row(_shown(made_run()), "FastAPI", 1)
    assert row == ["FastAPI", "80", "%", "80", "%", "–", "10", "%", "10", "%", "1.60", "150", "200"]


def test_warnings_come_with_advice_and_the_rest_of_a_kind_is_counted() -> None:
    alike = tuple(RunWarning(f"Warning {number}.", "Measure longer.") for number in range(5))
    run = made_run()
    shown = _shown(replace(run, warnings=(alike[0], *run.warnings, *alike[1:]))).splitlines()
    assert shown[shown.index("Warnings") + 1 :] == [
        *(
            "! Warning 0.",
            "! Warning 1.",
            "! Warning 2.",
            "! and 2 more of this kind, in the report",
            "  Measure longer.",
        ),
        *("! The machine was busy before the run.", "  End other programs and measure again."),
    ]


def test_failures_and_unknown_statements_are_shown() -> None:
    run = made_run()
    failed = replace(run.rounds[-1], non_2xx=7, timed_out=3)
    parity = replace(run.parity, statements=(StatementCount("django", "mix", None),))
    shown = _shown(replace(run, rounds=(*run.rounds[:-1], failed), parity=parity))
    assert _row(shown, "FastAPI")[-2:] == ["?", "10"]


def test_figures_that_siege_does_not_report_are_left_out() -> None:
    run = made_run()
    rounds = (
        replace(one, generator=Generator.SIEGE, latency=(), latency_mean=0.1, latency_longest=0.2) for one in run.rounds
    )
    assert _row(_shown(replace(run, rounds=tuple(rounds))), "FastAPI")[3:8] == ["–", "–", "–", "200", "100"]


def test_a_stopped_run_shows_its_rounds() -> None:
    run = made_run()
    shown = _shown(
        replace(
            run, rounds=run.rounds[:1], noise=(), open_loop=(), sweep=Sweep(), budget=(), warnings=(), is_complete=False
        )
    )
    assert "This run was stopped" in shown
    assert "Django" in shown
    assert "Comparison" not in shown


@pytest.mark.parametrize("width", [80, 120])
def test_nothing_is_cut_off(width: int) -> None:
    shown = _shown(made_run(), width)
    assert "…" not in shown
    assert max(map(len, shown.splitlines())) <= width
