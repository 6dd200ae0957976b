"""The command: it writes the lists, measures the rounds and the searches, and keeps the results after each step."""

import argparse
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from partsearch.bench.environment.busyness import busyness
from partsearch.system.atomic_file import replace_file
from partsearch.system.signals import termination_signals_interrupt
from tests.benchmarks.imports import searches
from tests.benchmarks.imports.lists import write_list
from tests.benchmarks.imports.loads import Lists, measured_steps, quiet
from tests.benchmarks.imports.record import Record
from tests.benchmarks.imports.report import page
from tests.benchmarks.totals.machine import busy_share, machine_facts, warnings
from tests.support.documents import ROOT
from tests.support.site import RunningSite, free_environment

_RECORD, _REPORT = "imports.json", "imports.md"
_SEED, _OTHER_SEED = 1, 2
_SMALLEST_OTHER = 20_000
"""So many new parts get their planes at once, as those of a large list do."""
_ROUND_SECONDS_PER_ROW = 0.0014
_MEASUREMENTS_WITHOUT = 4
_PAUSE_SECONDS = 25
"""What the work between two measurements takes, roughly."""
_INTERRUPTED = 130


@dataclass
class Run:
    """One run: its options, its record, and its progress on the terminal.

    Attributes:
        failed: how many measurements have failed.
    """

    options: argparse.Namespace
    record: Record
    report: Path
    started: float = field(default_factory=time.monotonic)
    failed: int = 0

    def say(self, text: str) -> None:
        """Print a line with the time since the start."""
        seconds = round(time.monotonic() - self.started)
        print(f"[{seconds // 60:3}:{seconds % 60:02}] {text}", flush=True)

    def keep(self) -> None:
        """Keep what is measured so far: the record, and the report."""
        self.record.seconds = time.monotonic() - self.started
        self.record.keep(self.options.folder / _RECORD)
        replace_file(self.report, page(self.record) + "\n")

    @contextmanager
    def measured(self, what: str) -> Iterator[None]:
        """Warn if the machine was busy before the block, or if time was taken away; a block that fails is recorded."""
        idle_share, before = busy_share(), busyness()
        self.say(what)
        try:
            yield
        except RuntimeError as error:
            self.failed += 1
            self.record.errors.append(f"{what}: {error}")
            self.say(f"{what}: {error}")
        for warning in warnings(idle_share, before, busyness()):
            self.record.warnings.append(f"{what}: {warning}")
            self.say(f"Warning: {warning}")
        self.keep()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what the command line says. The exit code is 1 if a measurement fails, 130 after Ctrl-C."""
    options = parser().parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    report = options.report or options.folder / _REPORT
    if options.only_report:
        record = Record.read(options.folder / _RECORD)
        replace_file(report, page(record) + "\n")
        return print(page(record))
    named = {name: str(value) for name, value in vars(options).items()}
    run = Run(options, Record(options.rows, named), report)
    run.say(
        f"This takes about {_estimate(options) / 60:.0f} minutes. {report} has the results so far, also after Ctrl-C."
    )
    try:
        with termination_signals_interrupt():
            _measure(run)
    except KeyboardInterrupt:
        run.record.errors.append("the rest: interrupted")
        run.keep()
        run.say("Interrupted.")
        sys.exit(_INTERRUPTED)
    finally:
        print(page(run.record), flush=True)
    sys.exit(min(run.failed, 1))


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(prog="tests.benchmarks.imports", description=__doc__)
    made.add_argument("--rows", type=int, default=1_000_000, help="the rows of the list")
    made.add_argument("--rounds", type=int, default=1, help="how often the imports are measured, each from empty")
    made.add_argument("--seconds", type=int, default=10, help="the length of a window of searches")
    made.add_argument("--windows", type=int, default=10, help="of each service during imports; 0 measures no searches")
    made.add_argument("--folder", type=Path, default=ROOT / "var" / "benchmark-imports", help="lists and results")
    made.add_argument("--report", type=Path, help="the page to write; default imports.md in the folder")
    made.add_argument("--only-report", action="store_true", help="measure nothing, write the page of the record again")
    return made


def _estimate(options: argparse.Namespace) -> float:
    """Return about how many seconds the run takes."""
    windows = 2 * options.windows + (1 + _MEASUREMENTS_WITHOUT) * _fewer(options.windows)
    pauses = _PAUSE_SECONDS * (5 * options.rounds + 7 * bool(windows))
    window_seconds = windows * len(searches.SERVICES) * (options.seconds + 1)
    return float(options.rounds * options.rows * _ROUND_SECONDS_PER_ROW + window_seconds + pauses)


def _fewer(windows: int) -> int:
    """Return the windows of a measurement that needs fewer than one during imports."""
    return -(-windows * 2 // 5)


def _measure(run: Run) -> None:
    options = run.options
    run.say(f"Writing lists with {options.rows:,} rows")
    lists = Lists(
        write_list(options.folder / "first.csv", options.rows, _SEED),
        write_list(options.folder / "changed.csv", options.rows, _SEED, is_changed=True),
        write_list(options.folder / "other.csv", max(options.rows // 10, _SMALLEST_OTHER), _OTHER_SEED),
    )
    for number in range(1, options.rounds + 1):
        with _empty_site(options.folder / f"round-{number}") as site:
            run.record.machine = machine_facts(site.conninfo)
            _measure_round(run, site, lists, number)
            if number == options.rounds and options.windows:
                _measure_searches(run, site, lists)


@contextmanager
def _empty_site(home: Path) -> Iterator[RunningSite]:
    """Run a site with an empty catalog for the block, and remove it afterwards."""
    shutil.rmtree(home, ignore_errors=True)
    try:
        with RunningSite.started(free_environment(home)) as site:
            yield site
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _measure_round(run: Run, site: RunningSite, lists: Lists, number: int) -> None:
    found: dict[str, Any] = {}
    run.record.rounds.append(found)
    for name, measure in measured_steps(site, lists, run.options.folder):
        what = f"round {number} of {run.options.rounds}, {name}"
        with run.measured(what):
            found[name] = measure()
            run.say(f"{what}: {found[name]['seconds']:.1f} s")


def _measure_searches(run: Run, site: RunningSite, lists: Lists) -> None:
    options, fewer = run.options, _fewer(run.options.windows)
    quiet(site)
    load = searches.Load.prepared(site, options.folder, options.seconds)
    _measure_windows(run, searches.WITHOUT, lambda: searches.without(load, fewer))
    for kind in searches.kinds(lists, options.windows, fewer):
        _measure_windows(run, kind.name, lambda: searches.during(load, kind))  # noqa: B023  # it is called at once
        quiet(site)
        _measure_windows(run, searches.WITHOUT, lambda: searches.without(load, fewer))


def _measure_windows(run: Run, name: str, measure: Callable[[], dict[str, Any]]) -> None:
    with run.measured(f"searches, {name}"):
        services = measure()
        run.record.searches.append({"name": name, "services": services})
        p99 = ", ".join(f"{service} {found['together']['p99'] * 1000:.1f} ms" for service, found in services.items())
        run.say(f"searches, {name}: p99 {p99}")
