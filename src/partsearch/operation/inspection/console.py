"""The running site as the terminal shows it."""

import json
import time
from collections.abc import Iterator

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from partsearch.database.check_result import CheckResult
from partsearch.database.doctor import database_findings
from partsearch.operation.inspection.machine import WITHOUT_SUPERVISOR, machine_findings
from partsearch.operation.inspection.status import ProcessStatus, SiteStatus, site_status
from partsearch.operation.site import Site

_STATE_STYLES = {
    "running": "green",
    "starting": "yellow",
    "failing": "red",
    "sick": "red",
    "stopped": "dim",
    "unsupervised": "red",
}
_SUBJECT_WIDTH = 18


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)


def show_up(site: Site) -> None:
    """Brings the site up, with a line for each step, and says where it is."""
    console = _console()
    started = time.monotonic()
    site.up(lambda line: console.print(Text(line, style="dim")))
    console.print(f"[green]partsearch is up[/green] ({time.monotonic() - started:.1f} s)")
    for name, path in (("page", "/"), ("search", "/search/part/"), ("API docs", "/docs"), ("admin", "/admin/")):
        console.print(f"  {name:<9} {site.url(path)}")


def show_down(site: Site) -> None:
    """Takes the site down and says so."""
    console = _console()
    console.print("partsearch is down. The data stays." if site.down() else "partsearch was not running.")


def show_status(site: Site, *, as_json: bool) -> None:
    """Prints the status, as a table or as one JSON object."""
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
        console.print(f"[red]Nothing that ends is started again.[/red] {WITHOUT_SUPERVISOR}")
    if status.full_disk:
        console.print(Text(f"{status.full_disk} Nothing can be written until there is room.", style="bold red"))
    for line in _traffic_lines(status):
        console.print(line)
    table = Table("service", "slot", "port", "pid", "state", "release", "memory", "for", box=None, header_style="bold")
    for process in status.processes:
        table.add_row(*_cells(process))
    console.print(table)


def _traffic_lines(status: SiteStatus) -> Iterator[str]:
    traffic = status.traffic
    if status.up and traffic is None:
        yield "[red]Nginx does not say where the visitors are sent.[/red]"
    if traffic and traffic.new:
        yield f"Visitors: {100 - traffic.share} % {traffic.active}, {traffic.share} % {traffic.new}."
    elif traffic and len({process.slot for process in status.processes if process.slot}) > 1:
        yield f"Visitors: all {traffic.active}."
    for service in status.helpless():
        yield f"[bold red]{service} is sick, and no other slot is well. Visitors are still sent there.[/bold red]"


def _cells(process: ProcessStatus) -> list[str]:
    is_sick = process.state == "running" and process.is_well is False
    state = "sick" if is_sick else process.state
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


def show_doctor(site: Site) -> None:
    """Prints what was checked, each finding as soon as it is known; exit code 1 where the site cannot serve."""
    console = _console()
    groups = {"machine": machine_findings(site), "database": database_findings(site.settings)}
    is_faulty = False
    for title, findings in groups.items():
        console.print(title, style="bold")
        for finding in findings:
            _show_finding(console, finding)
            is_faulty = is_faulty or finding.is_fault
    if is_faulty:
        raise typer.Exit(1)


def _show_finding(console: Console, finding: CheckResult) -> None:
    """One line, and one more for what to do. Never as markup: addresses and answers of servers hold brackets."""
    mark, style = ("✗", "red") if finding.is_fault else ("!", "yellow") if finding.is_advice else ("✓", "green")
    console.print(Text.assemble((mark, style), f" {finding.subject + ':':<{_SUBJECT_WIDTH}} {finding.text}"))
    if finding.next_step:
        console.print(Text(f"  → {finding.next_step}"))
