"""What the terminal shows of the running site: starting and stopping it, its status, its checks."""

import json
import time
from collections.abc import Iterator

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from partsearch.database.check_result import CheckResult
from partsearch.database.doctor import check_database
from partsearch.operation.inspection.machine import WITHOUT_SUPERVISOR, check_machine
from partsearch.operation.inspection.status import ProcessStatus, SiteStatus, site_status
from partsearch.operation.site import Site
from partsearch.totals.commands import check_totals

_STATE_STYLES = {
    "running": "green",
    "starting": "yellow",
    "failing": "red",
    "unhealthy": "red",
    "stopped": "dim",
    "unsupervised": "red",
}
_SUBJECT_WIDTH = 18


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)


def show_up(site: Site) -> None:
    """Start the site, with a line for each step, and print its addresses."""
    console = _console()
    started = time.monotonic()
    site.up(lambda line: console.print(Text(line, style="dim")))
    console.print(f"[green]partsearch is up[/green] ({time.monotonic() - started:.1f} s)")
    for name, path in (("page", "/"), ("search", "/search/part/"), ("API docs", "/docs"), ("admin", "/admin/")):
        console.print(f"  {name:<9} {site.url(path)}")


def show_down(site: Site) -> None:
    """Stop the site and print that it has stopped."""
    console = _console()
    console.print("partsearch is down. The data stays." if site.down() else "partsearch was not running.")


def show_status(site: Site, *, as_json: bool) -> None:
    """Print the status, as a table or as one JSON object."""
    status = site_status(site)
    if as_json:
        typer.echo(json.dumps(status.as_json()))
        return
    console = _console()
    is_orphaned = any(process.state == "unsupervised" for process in status.processes)
    state = (
        "[green]up[/green]" if status.up else "[red]without its supervisor[/red]" if is_orphaned else "[red]down[/red]"
    )
    console.print(f"partsearch {status.release} is {state} at {status.url}; database: {status.database}")
    if is_orphaned:
        console.print(f"[red]No process that ends is started again.[/red] {WITHOUT_SUPERVISOR}")
    if status.full_disk:
        console.print(Text(f"{status.full_disk} Nothing can be written until space is free.", style="bold red"))
    for line in _traffic_lines(status):
        console.print(line)
    table = Table("service", "slot", "port", "pid", "state", "release", "memory", "for", box=None, header_style="bold")
    for process in status.processes:
        table.add_row(*_cells(process))
    console.print(table)


def _traffic_lines(status: SiteStatus) -> Iterator[str]:
    traffic = status.traffic
    if status.up and traffic is None:
        yield "[red]Nginx does not report where the traffic goes.[/red]"
    if traffic and traffic.new:
        yield f"Traffic: {100 - traffic.weight} % {traffic.active}, {traffic.weight} % {traffic.new}."
    elif traffic and len({process.slot for process in status.processes if process.slot}) > 1:
        yield f"Traffic: 100 % {traffic.active}."
    for service in status.unavailable_services():
        yield f"[bold red]{service} is unhealthy in every slot. It still gets its traffic.[/bold red]"


def _cells(process: ProcessStatus) -> list[str]:
    is_unhealthy = process.state == "running" and process.is_healthy is False
    state = "unhealthy" if is_unhealthy else process.state
    style = _STATE_STYLES[state]
    return [
        process.service,
        process.slot or "",
        str(process.port or ""),
        str(process.pid or ""),
        f"[{style}]{state}[/{style}]",
        process.release,
        "" if process.memory_mebibytes is None else f"{process.memory_mebibytes} MiB",
        "" if process.seconds is None else _duration(process.seconds),
    ]


def _duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"


def show_doctor(site: Site, *, verify: bool = False) -> None:
    """Print the result of each check as soon as it is known; exit with code 1 if one fails.

    Args:
        site: the site.
        verify: whether all totals are recomputed and compared.
    """
    console = _console()
    groups = {"machine": check_machine(site), "database": check_database(site.settings)}
    if verify:
        groups["contents"] = check_totals(site.settings)
    has_failed = False
    for title, results in groups.items():
        console.print(title, style="bold")
        for result in results:
            _show_result(console, result)
            has_failed = has_failed or result.is_failure
    if has_failed:
        raise typer.Exit(1)


def _show_result(console: Console, result: CheckResult) -> None:
    """Print a line, and one more for what to do. Never as markup: addresses and answers of servers have brackets."""
    mark, style = ("✗", "red") if result.is_failure else ("!", "yellow") if result.is_advice else ("✓", "green")
    console.print(Text.assemble((mark, style), f" {result.subject + ':':<{_SUBJECT_WIDTH}} {result.text}"))
    if result.next_step:
        console.print(Text(f"  → {result.next_step}"))
