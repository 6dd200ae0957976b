"""``partsearch bench`` as the terminal shows it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import typer
from rich.console import Console

from partsearch.bench.caveats import caveats_of
from partsearch.bench.compare import compare
from partsearch.bench.comparison_table import show_comparison
from partsearch.bench.errors import StoppedError
from partsearch.bench.options import Options
from partsearch.bench.procedure import measure
from partsearch.bench.record import Run, read_run
from partsearch.bench.report import write_markdown, write_report
from partsearch.bench.table import show
from partsearch.operation.access.privileges import for_owner
from partsearch.operation.site import Site


def bench(site: Site, options: Options) -> None:
    """Measures, keeps the record with its report, and shows the table.

    Raises:
        StoppedError: it was stopped; what was done so far is kept and shown.
    """
    folder = site.home.root / "bench" / datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
    progress = Console(stderr=True)
    try:
        measured = measure(site, options, folder, progress)
    except KeyboardInterrupt:
        raise StoppedError("Stopped before a round was done: nothing is kept.") from None
    file = folder.with_suffix(".json")
    file.write_bytes(measured.run.to_json())
    _show(measured.run, file)
    if measured.fault:
        said = "it was stopped" if isinstance(measured.fault, KeyboardInterrupt) else str(measured.fault)
        raise StoppedError(
            f"The run did not come to its end: {said.rstrip('.')}.", f"What was done so far is in {file}."
        ) from measured.fault


def show_report(file: Path, markdown: Path | None) -> None:
    """Shows the table of a run that is kept, and draws its report anew; into ``markdown`` too where that is given.

    What there is to doubt is found anew, too, by the rules of this release.

    Raises:
        RecordError: there is no run in the file.
    """
    kept = read_run(file)
    run = replace(kept, warnings=caveats_of(kept))
    _show(run, file)
    if markdown:
        Console(highlight=False, soft_wrap=True).print(f"Page:   {_written(write_markdown, run, markdown)}")


def _show(run: Run, file: Path) -> None:
    show(run)
    written = _written(write_report, run, file.with_suffix(".html"))
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"Record: {file}")
    console.print(f"Report: {written}")


def _written(write: Callable[[Run, Path], tuple[Path, ...]], run: Run, path: Path) -> str:
    """Write a page, and return its path: as the site's account in the home, and elsewhere as who asked for it."""
    return for_owner(path, lambda: str(write(run, path)[0]).encode()).decode()


def show_compared(old: Path, new: Path, threshold: float) -> None:
    """Shows what has changed from one run to another; exit code 1 where anything has become worse.

    Raises:
        RecordError: there is no run in a file.
        NotComparableError: they were measured too differently.
    """
    comparison = compare(read_run(old), read_run(new), threshold)
    show_comparison(comparison)
    if comparison.is_regression:
        raise typer.Exit(1)
