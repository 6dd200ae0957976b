"""The three commands of ``partsearch bench``: measure, report, compare."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import typer
from rich.console import Console

from partsearch.bench.analysis.run_comparison import compare
from partsearch.bench.analysis.warnings import warnings_of
from partsearch.bench.errors import StoppedError
from partsearch.bench.options import Options
from partsearch.bench.record import Run, read_run
from partsearch.bench.report import Exporter, HtmlExporter, JsonExporter, MarkdownExporter, TerminalExporter
from partsearch.bench.report.run_comparison import show_comparison
from partsearch.bench.run import measure
from partsearch.operation.access.privileges import for_owner
from partsearch.operation.site import Site


def bench(site: Site, options: Options) -> None:
    """Measure, write the record and its report, and show the tables.

    Raises:
        StoppedError: the run was stopped; its results up to then are kept and shown.
    """
    folder = site.home.root / "bench" / datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
    try:
        measured = measure(site, options, folder, Console(stderr=True))
    except KeyboardInterrupt:
        raise StoppedError("Stopped before the first round was done: nothing is kept.") from None
    file = folder.with_suffix(".json")
    JsonExporter(file).export(measured.run)
    _report(measured.run, file)
    if measured.error:
        reason = "it was stopped" if isinstance(measured.error, KeyboardInterrupt) else str(measured.error)
        raise StoppedError(
            f"The run did not finish: {reason.rstrip('.')}.", f"The results up to then are in {file}."
        ) from measured.error


def show_report(file: Path, markdown: Path | None) -> None:
    """Show the tables of a recorded run, and write its report again; as Markdown too if a file is given.

    The warnings are those of this release's rules.

    Raises:
        RecordError: the file holds no run.
    """
    recorded = read_run(file)
    run = replace(recorded, warnings=warnings_of(recorded))
    _report(run, file)
    if markdown:
        _write(MarkdownExporter(markdown), run, markdown)
        _console().print(f"Page:   {markdown}")


def show_compared(old: Path, new: Path, threshold: float) -> None:
    """Show what changed from one run to another; exit with 1 where anything became worse.

    Raises:
        RecordError: a file holds no run.
        NotComparableError: the runs were measured too differently.
    """
    comparison = compare(read_run(old), read_run(new), threshold)
    show_comparison(comparison)
    if comparison.is_regression:
        raise typer.Exit(1)


def _report(run: Run, file: Path) -> None:
    """Show the tables, and write the HTML report beside the record."""
    html = file.with_suffix(".html")
    TerminalExporter().export(run)
    _write(HtmlExporter(html), run, html)
    _console().print(f"Record: {file}\nReport: {html}")


def _write(exporter: Exporter, run: Run, path: Path) -> None:
    """Write a report as the site's account in its home, and as the user elsewhere."""

    def write() -> bytes:
        exporter.export(run)
        return b""

    for_owner(path, write)


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)
