"""The command: it makes or starts each catalog, runs the steps, and writes the record and the report after each."""

import argparse
import itertools
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from partsearch.bench.environment.busyness import busyness
from tests.benchmarks.totals.catalogs import Catalog, Effort, copied_catalog, kept_catalog
from tests.benchmarks.totals.machine import busy_share, machine_facts, warnings
from tests.benchmarks.totals.record import Entry, keep_entry, read_record
from tests.benchmarks.totals.report import write_report
from tests.benchmarks.totals.steps import STEPS
from tests.support.documents import ROOT

_SHAPES = ("used", "wholesale")
_RECORD, _REPORT = "totals.json", "totals.md"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the steps that the command line names. The exit code is 1 if a step fails; the others run all the same."""
    options = parser().parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    report = options.report or options.folder / _REPORT
    if options.only_report:
        return print(write_report(read_record(options.folder / _RECORD), report))
    effort = Effort(options.rounds, options.seconds, options.bulk_rows, options.seed)
    shapes = _SHAPES if options.shape == "both" else (options.shape,)
    failed = 0
    for parts, shape in itertools.product(options.parts, shapes):
        failed += _measure_catalog(options.folder, shape, parts, effort, options.only)
        print(write_report(read_record(options.folder / _RECORD), report))
    sys.exit(min(failed, 1))


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(prog="tests.benchmarks.totals", description=__doc__)
    made.add_argument("--parts", type=_numbers, default="10000,100000,1000000,10000000", help="sizes of the catalogs")
    made.add_argument("--shape", choices=[*_SHAPES, "both"], default="both")
    made.add_argument("--only", type=_steps, default=list(STEPS), help=f"some of the steps: {','.join(STEPS)}")
    made.add_argument("--folder", type=Path, default=ROOT / "var" / "benchmark-totals", help="keeps the catalogs")
    made.add_argument("--report", type=Path, help="the page to write; its charts are beside it")
    made.add_argument("--only-report", action="store_true", help="measure nothing, write the page of the record again")
    made.add_argument("--rounds", type=int, default=15, help="how often each search is measured")
    made.add_argument("--seconds", type=int, default=10, help="the length of a round of load")
    made.add_argument("--bulk-rows", type=int, default=500_000, help="the rows of a bulk load")
    made.add_argument("--seed", type=int, default=1, help="chooses the searches")
    return made


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def _steps(text: str) -> list[str]:
    names = text.split(",")
    if unknown := set(names) - set(STEPS):
        raise argparse.ArgumentTypeError(f"no step {', '.join(sorted(unknown))}; the steps are {', '.join(STEPS)}")
    return names


def _measure_catalog(folder: Path, shape: str, parts: int, effort: Effort, names: list[str]) -> int:
    """Run the steps with one catalog, and return how many failed."""
    reading = [name for name in names if not STEPS[name].changes_catalog]
    with kept_catalog(folder, shape, parts, effort) as catalog:
        failed = sum(not _run(catalog, name) for name in reading)
    for name in names:
        if STEPS[name].changes_catalog:
            with copied_catalog(folder, shape, parts, effort) as catalog:
                failed += not _run(catalog, name)
    return failed


def _run(catalog: Catalog, name: str) -> bool:
    """Run a step and keep its figures; return whether it went through."""
    print(f"{catalog.shape}, {catalog.parts:,} parts: {name}", flush=True)
    idle_share, before = busy_share(), busyness()
    try:
        measured = STEPS[name].measure(catalog)
    except Exception:
        traceback.print_exc()
        return False
    after = busyness()
    found = tuple(warnings(idle_share, before, after))
    facts = machine_facts(catalog.conninfo)
    keep_entry(catalog.folder / _RECORD, Entry(name, catalog.shape, catalog.parts, after.at, found, measured, facts))
    for warning in found:
        print(f"Warning: {warning}", flush=True)
    return True
