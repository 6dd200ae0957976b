"""The comparison of two runs on the terminal."""

from rich.table import Table
from rich.text import Text

from partsearch.bench.analysis.run_comparison import Change, Measure, RunComparison
from partsearch.bench.formatting import milliseconds, percent, rounded, short_name
from partsearch.bench.record import Run
from partsearch.bench.report.terminal import report_console

_COMMIT_LETTERS = 7


def show_comparison(comparison: RunComparison) -> None:
    """Print a comparison to standard output; its last line says whether anything became worse."""
    console = report_console()
    console.print(Text.assemble(("old  ", "dim"), _title(comparison.old), ("\nnew  ", "dim"), _title(comparison.new)))
    console.print()
    console.print(_table(comparison))
    for remark in comparison.remarks:
        console.print(Text(f"Also different: {remark}", style="dim"))
    for sentence in comparison.failing:
        console.print(Text(f"REGRESSION: {sentence}", style="red"))
    console.print(_last_line(comparison))


def _title(run: Run) -> str:
    commit = f" of commit {run.machine.commit[:_COMMIT_LETTERS]}" if run.machine.commit else ""
    release = f"{run.machine.release or 'an unknown release'}{commit}"
    stopped = "" if run.is_complete else ", stopped before its end"
    return f"{release}, {run.began[:16].replace('T', ' ')}{stopped}"


def _table(comparison: RunComparison) -> Table:
    table = Table("search", "service", "", box=None, header_style="dim", pad_edge=False)
    for name in ("old", "new"):
        table.add_column(name, justify="right")
    table.add_column("result")
    for change in comparison.changes:
        values = [_value(change.measure, value) for value in (change.old, change.new)]
        words = Text(change.words, style=_style(change))
        table.add_row(Text(change.scenario), short_name(change.target), str(change.measure), *values, words)
    return table


def _value(measure: Measure, value: float) -> str:
    return rounded(value) if measure is Measure.RATE else f"{milliseconds(value)} ms"


def _style(change: Change) -> str:
    if change.is_regression:
        return "red"
    return "dim" if not change.is_change else ""


def _last_line(comparison: RunComparison) -> Text:
    slower = sum(change.is_regression for change in comparison.changes)
    if not comparison.is_regression:
        threshold = percent(comparison.changes[0].threshold)
        return Text(f"No regression: nothing became slower by more than {threshold} and the noise.", style="green")
    failing = f", {len(comparison.failing)} fail" if comparison.failing else ""
    return Text(f"The new release is worse: {slower} of {len(comparison.changes)} figures{failing}.", style="red")
