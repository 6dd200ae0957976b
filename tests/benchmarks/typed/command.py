"""The command: it makes or starts the catalogs, runs the steps, and writes the record and the report after each."""

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx

from partsearch.bench.environment.busyness import busyness
from partsearch.system.atomic_file import replace_file
from tests.benchmarks.totals.catalogs import Catalog, Effort, kept_catalog
from tests.benchmarks.totals.machine import busy_share, machine_facts, warnings
from tests.benchmarks.totals.record import Entry, keep_entry, read_record
from tests.benchmarks.totals.vocabulary import Vocabulary
from tests.benchmarks.typed import dictionaries, measuring
from tests.benchmarks.typed.report import STEPS, page
from tests.benchmarks.typed.texts import typed_texts
from tests.support.documents import ROOT

_SHAPES = ("used", "wholesale")
_RECORD, _REPORT = "typed.json", "typed.md"
_TIMEOUT_SECONDS = 120


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the steps that the command line names. The exit code is 1 if a step fails; the others run all the same."""
    options = parser().parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    for shape in _SHAPES if options.shape == "both" else (options.shape,):
        effort = Effort(options.rounds, options.seconds, 0, options.seed)
        with kept_catalog(options.folder, shape, options.parts, effort) as catalog:
            failed += sum(not _run(catalog, name, measure) for name, measure in _steps(catalog, options).items())
    print(page(read_record(options.folder / _RECORD)))
    sys.exit(min(failed, 1))


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(prog="tests.benchmarks.typed", description=__doc__)
    made.add_argument("--parts", type=int, default=1_000_000, help="the size of the catalogs")
    made.add_argument("--shape", choices=[*_SHAPES, "both"], default="both")
    made.add_argument("--only", type=_names, default=list(STEPS), help=f"some of the steps: {','.join(STEPS)}")
    made.add_argument("--folder", type=Path, default=ROOT / "var" / "benchmark-typed", help="keeps the catalogs")
    made.add_argument("--rounds", type=int, default=31, help="how often each search of one client is measured")
    made.add_argument("--windows", type=int, default=3, help="the windows of each load")
    made.add_argument("--seconds", type=int, default=5, help="the length of a window of load")
    made.add_argument("--seed", type=int, default=1, help="chooses the values of the texts")
    return made


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := set(names) - set(STEPS):
        raise argparse.ArgumentTypeError(f"no step {', '.join(sorted(unknown))}; the steps are {', '.join(STEPS)}")
    return names


def _steps(catalog: Catalog, options: argparse.Namespace) -> dict[str, Callable[[], dict[str, Any]]]:
    """Return what the steps measure, in their order."""
    vocabulary = Vocabulary.read(catalog.conninfo, catalog.effort.seed)
    site, texts, folder = catalog.site, typed_texts(vocabulary), catalog.folder
    load = measuring.Load(options.windows, options.seconds)
    client = httpx.Client(timeout=_TIMEOUT_SECONDS)

    def warmed(measure: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
        def run() -> dict[str, Any]:
            measuring.warm(client, site, texts)
            return measure()

        return run

    steps = {
        "dictionary": lambda: dictionaries.measure(site),
        "one client": warmed(lambda: measuring.added(client, site, texts, catalog.effort.rounds)),
        "eight clients": warmed(lambda: measuring.added_under_load(site, texts, folder, load)),
        "suggestions": warmed(lambda: measuring.suggestions(client, site, vocabulary, folder, load)),
        "facets": warmed(lambda: measuring.facets(client, site, vocabulary, catalog.effort.rounds)),
    }
    return {name: measure for name, measure in steps.items() if name in options.only}


def _run(catalog: Catalog, name: str, measure: Callable[[], dict[str, Any]]) -> bool:
    """Run a step and keep its figures; return whether it went through."""
    print(f"{catalog.shape}, {catalog.parts:,} parts: {name}", flush=True)
    idle_share, before = busy_share(), busyness()
    try:
        measured = measure()
    except Exception:
        traceback.print_exc()
        return False
    after = busyness()
    found = tuple(warnings(idle_share, before, after))
    facts = machine_facts(catalog.conninfo)
    entry = Entry(name, catalog.shape, catalog.parts, after.at, found, measured, facts)
    replace_file(catalog.folder / _REPORT, page(keep_entry(catalog.folder / _RECORD, entry)) + "\n")
    return True
