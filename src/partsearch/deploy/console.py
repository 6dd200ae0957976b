"""An update as the terminal shows it: lines that stay, and, on a terminal, a table that moves below them."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from partsearch.deploy.record import Record, State
from partsearch.deploy.tally import Tally
from partsearch.deploy.watch import Side

_REFRESHES_A_SECOND = 4


@dataclass(frozen=True)
class View:
    """What there is to see of a switch at a moment; ``left`` is what is under way at each release."""

    record: Record
    tally: Tally
    left: dict[Side, int]
    samples: int = 0
    wanted: int = 0


class Terminal:
    """The terminal, or whatever stands in its place; there nothing moves.

    Args:
        is_quiet: the lines go to stderr, because stdout is for a program.
    """

    def __init__(self, *, is_quiet: bool = False) -> None:
        self._console = Console(highlight=False, soft_wrap=True, stderr=is_quiet)
        self._began = time.monotonic()
        self._live: Live | None = None

    def say(self, line: str) -> None:
        """A line that stays, with the time since the beginning."""
        self._console.print(f"[dim]{time.monotonic() - self._began:6.1f} s[/dim]  {escape(line)}")

    def print_lines(self, lines: Iterable[str]) -> None:
        """Lines without a time."""
        for line in lines:
            self._console.print(line, markup=False)

    def warn(self, line: str) -> None:
        """A line that nobody should miss."""
        self._console.print(f"[dim]{time.monotonic() - self._began:6.1f} s[/dim]  [yellow]{escape(line)}[/yellow]")

    @contextmanager
    def moving(self) -> Iterator[None]:
        """Within it, views are shown; the last one goes when it ends."""
        if not self._console.is_terminal:
            yield
            return
        try:
            with Live(console=self._console, transient=True, refresh_per_second=_REFRESHES_A_SECOND) as self._live:
                yield
        finally:
            self._live = None

    def show(self, view: View) -> None:
        """Replaces the view."""
        if self._live:
            self._live.update(Group(_headline(view), _table(view)))

    def end(self, record: Record, report: str) -> None:
        """What came of it, and as the last line the counts."""
        release, before = escape(record.new_release), escape(record.old_release)
        if record.state is State.DONE:
            self._console.print(f"[green]{release} serves.[/green] Report: {escape(report)}")
        elif record.state is State.ROLLED_BACK:
            back = (
                ""
                if record.returned_seconds is None
                else f" All traffic was back after {record.returned_seconds:.2f} s."
            )
            self._console.print(f"[yellow]{before} serves, as before.[/yellow]{back} Report: {escape(report)}")
        if record.state in (State.DONE, State.ROLLED_BACK):
            self._console.print(last_line(record))
        elif record.state is State.FAILED:
            self.say(f"{record.reason} {record.old_release} serves, as before.")


def last_line(record: Record) -> str:
    """What the switch did to the visitors, in numbers."""
    cut = f", {record.cut:,} cut off" if record.cut else ""
    requests = f"{record.requests:,} requests during the switch, {record.failed:,} failed"
    return f"{requests}; {record.sockets:,} sockets moved{cut}"


def _headline(view: View) -> Text:
    record = view.record
    step = f" {record.share} %" if record.state is State.SHIFTING else ""
    of_samples = f"  {view.samples:,} of {view.wanted:,} samples" if view.wanted else ""
    return Text.assemble((f"{record.state}{step}", "bold"), (of_samples, "dim"))


def _table(view: View) -> Table:
    table = Table("release", "slot", box=None, header_style="dim")
    for column in ("share", "requests", "errors", "p99", "under way"):
        table.add_column(column, justify="right")
    record, tally = view.record, view.tally
    rows = (
        (Side.OLD, record.old_release, record.old_slot, 100 - record.share),
        (Side.NEW, record.new_release, record.new_slot, record.share),
    )
    for side, release, slot, share in rows:
        errors = tally.errors[side]
        table.add_row(
            escape(release),
            f"[{slot}]{slot}[/{slot}]" if slot else "",
            f"{share} %",
            f"{tally.requests[side]:,}",
            f"[red]{errors:,}[/red]" if errors else "0",
            f"{tally.last_p99[side]:,.0f} ms",
            f"{view.left[side]:,}",
        )
    return table
