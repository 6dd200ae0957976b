"""The terminal output of a deployment: lines that stay and, on a terminal, a live table below them."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from partsearch.deploy.canary.sample import ReleaseRole
from partsearch.deploy.canary.traffic_stats import TrafficStats
from partsearch.deploy.state.record import DeploymentRecord, State

_REFRESHES_A_SECOND = 4


@dataclass(frozen=True)
class RolloutView:
    """What the live table shows; ``in_flight`` are requests and sockets, by release."""

    record: DeploymentRecord
    stats: TrafficStats
    in_flight: dict[ReleaseRole, int]
    samples: int = 0
    needed_samples: int = 0


class Terminal:
    """The terminal. If the output is a file or a pipe, nothing is redrawn.

    Args:
        is_stderr: whether the lines go to stderr, because stdout belongs to the output of another command.
    """

    def __init__(self, *, is_stderr: bool = False) -> None:
        self._console = Console(highlight=False, soft_wrap=True, stderr=is_stderr)
        self._began = time.monotonic()
        self._live: Live | None = None

    def say(self, line: str) -> None:
        """Print a line with the seconds since the start."""
        self._console.print(f"[dim]{time.monotonic() - self._began:6.1f} s[/dim]  {escape(line)}")

    def warn(self, line: str) -> None:
        """Print a line as a warning."""
        self._console.print(f"[dim]{time.monotonic() - self._began:6.1f} s[/dim]  [yellow]{escape(line)}[/yellow]")

    def print_lines(self, lines: Iterable[str]) -> None:
        """Print lines without a time."""
        for line in lines:
            self._console.print(line, markup=False)

    @contextmanager
    def live(self) -> Iterator[None]:
        """Show views for the duration of the block; the last one is erased at its end."""
        if not self._console.is_terminal:
            yield
            return
        try:
            with Live(console=self._console, transient=True, refresh_per_second=_REFRESHES_A_SECOND) as self._live:
                yield
        finally:
            self._live = None

    def show(self, view: RolloutView) -> None:
        """Replace the view."""
        if self._live:
            self._live.update(Group(_headline(view), _table(view)))

    def show_result(self, record: DeploymentRecord, report: str) -> None:
        """Print the result of a deployment and, as the last line, its counts."""
        new, old = escape(record.new_release), escape(record.old_release)
        if record.state is State.DONE:
            self._console.print(f"[green]{new} serves.[/green] Report: {escape(report)}")
        elif record.state is State.ROLLED_BACK:
            seconds = record.rollback_seconds
            returned = "" if seconds is None else f" All traffic was back after {seconds:.2f} s."
            self._console.print(f"[yellow]{old} still serves.[/yellow]{returned} Report: {escape(report)}")
        if record.state in (State.DONE, State.ROLLED_BACK):
            self._console.print(counts_line(record))
        elif record.state is State.FAILED:
            self.say(f"{record.reason} {record.old_release} still serves.")


def counts_line(record: DeploymentRecord) -> str:
    """Return the effect of a deployment on users, in numbers."""
    cut = f", {record.cut:,} cut off" if record.cut else ""
    requests = f"{record.requests:,} requests during the switch, {record.failed:,} failed"
    return f"{requests}; {record.moved_sockets:,} sockets moved{cut}"


def _headline(view: RolloutView) -> Text:
    record = view.record
    step = f" {record.weight} %" if record.state is State.ROLLING_OUT else ""
    samples = f"  {view.samples:,} of {view.needed_samples:,} samples" if view.needed_samples else ""
    return Text.assemble((f"{record.state.label}{step}", "bold"), (samples, "dim"))


def _table(view: RolloutView) -> Table:
    table = Table("release", "slot", box=None, header_style="dim")
    for column in ("weight", "requests", "errors", "p99", "in flight"):
        table.add_column(column, justify="right")
    record, stats = view.record, view.stats
    rows = (
        (ReleaseRole.BASELINE, record.old_release, record.old_slot, 100 - record.weight),
        (ReleaseRole.CANARY, record.new_release, record.new_slot, record.weight),
    )
    for role, release, slot, weight in rows:
        errors = stats.errors[role]
        table.add_row(
            escape(release),
            f"[{slot}]{slot}[/{slot}]" if slot else "",
            f"{weight} %",
            f"{stats.requests[role]:,}",
            f"[red]{errors:,}[/red]" if errors else "0",
            f"{stats.last_p99[role]:,.0f} ms",
            f"{view.in_flight[role]:,}",
        )
    return table
