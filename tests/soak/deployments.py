"""Many deployments under load from clients that never retry: ``python -m tests.soak.deployments``.

Prints a table of the good releases, one for each bad release, and one for each careless way to deploy, which must lose
something: this proves that the test detects a loss. The exit code is 1 if a good release lost a request or was rolled
back, if a bad one was not rolled back, or if a careless deployment lost nothing.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from partsearch.contract.limits import CLOSED_SOCKETS_PER_SECOND
from partsearch.deploy.canary.sample import p99
from tests.acceptance.deploy.deployments import record, require_single_release, running_deployment, serving
from tests.acceptance.deploy.overlay import overlay_release
from tests.soak.careless import CARELESS, careless_copy
from tests.soak.clients import Kind, Outcomes, running_clients
from tests.soak.releases import BAD, BEFORE, GOOD, source_folder
from tests.soak.sockets import Sockets, open_sockets
from tests.support.site import RunningSite, free_environment

_SOCKETS = 500
_PARTS = "2000"
_UPDATE_SECONDS = 600
_P99_RATIO = 1.25
_RETURN_RATIO = 1.5
_FAILED_SHARE = 0.001
_DRAIN_SECONDS = 30
_KILLED_WITHIN_SECONDS = 25
"""The usual duration of such a deployment."""


def main() -> None:
    """Run the requested parts."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.deployments", description=__doc__)
    parser.add_argument("--good", type=int, default=20, help="good deployments in a row")
    parser.add_argument("--gap", type=float, default=30, help="seconds between two good deployments")
    parser.add_argument("--watch-seconds", default="60", help="how long the last step of a good deployment is analysed")
    parser.add_argument("--sockets", type=int, default=_SOCKETS)
    parser.add_argument("--bad", default=",".join(BAD), help="bad releases, separated by commas")
    parser.add_argument("--kills", type=int, default=20, help="deployments that are killed, each at a different time")
    parser.add_argument("--careless", default=",".join(CARELESS), help="careless ways to deploy")
    arguments = parser.parse_args()
    console = Console(width=140)
    is_good = True
    if arguments.good:
        with _site() as site:
            is_good &= _good_ones(site, arguments, console)
    for name in filter(None, arguments.bad.split(",")):
        with _site() as site:
            is_good &= _bad_one(site, name, console)
    if arguments.kills:
        with _site() as site:
            is_good &= _killed_ones(site, arguments.kills, console)
    for name in filter(None, arguments.careless.split(",")):
        is_good &= _careless(name, arguments.sockets, console)
    sys.exit(not is_good)


@contextmanager
def _site(**settings: str) -> Iterator[RunningSite]:
    """Run a site with a catalog and a release with slow requests."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-soak-"))
    environment = {**free_environment(folder / "home"), "PARTSEARCH_LIVE_SOCKETS": "5000", **settings}
    try:
        with RunningSite.started(environment) as site:
            site.run("generate", _PARTS)
            for name in ("odd", "even"):
                overlay_release(site, name, GOOD)
            assert _deploy(site, "odd", "--watch-seconds", "1", "--steps", "100") == 0
            yield site
    finally:
        shutil.rmtree(folder)


def _deploy(site: RunningSite, release: str, *options: str) -> int:
    command = [str(Path(sys.executable).parent / "partsearch"), "deploy", release, *options]
    done = subprocess.run(command, env=site.environment, capture_output=True, text=True, timeout=_UPDATE_SECONDS)
    if done.returncode:
        print(done.stdout[-2000:], done.stderr[-2000:])
    return done.returncode


def _good_ones(site: RunningSite, arguments: argparse.Namespace, console: Console) -> bool:
    """Deploy good releases, each built from a source of its own, with time without a deployment in between."""
    number, sockets = arguments.good, arguments.sockets
    began = time.monotonic()
    inside: list[tuple[float, float]] = []
    done, moved, steps = [], 0, _Steps()
    with source_folder(GOOD) as source, running_clients(site.url) as outcomes, open_sockets(site, sockets) as live:
        for turn in range(number):
            (source / "src" / "partsearch" / "turn.py").write_text(f"TURN = {turn}\n")
            start = time.monotonic()
            done.append(_deploy(site, str(source), "--watch-seconds", arguments.watch_seconds))
            end = time.monotonic()
            inside.append((start, end))
            moved += record(site)["sockets"]
            steps.add(record(site)["steps"])
            console.print(f"deployment {turn + 1} of {number}: {end - start:.0f} s, exit code {done[-1]}")
            _wait(arguments.gap)
    outside = [(end, start) for (_, end), (start, _) in pairwise(inside)] or [(inside[-1][1], time.monotonic())]
    p99s = [p99(outcomes.quick_seconds(spans)) for spans in (inside, outside)]
    planned = sockets / max(_DRAIN_SECONDS, sockets / CLOSED_SOCKETS_PER_SECOND)
    is_good = not any(done) and not outcomes.lost() and _is_complete(live)
    _show(
        console,
        f"{number} good deployments in a row, {sockets} sockets",
        ("seconds", f"{time.monotonic() - began:,.0f}, a deployment {sum(e - s for s, e in inside) / number:.0f}"),
        ("deployments completed", f"{done.count(0)} of {number}"),
        *_load_rows(outcomes, live),
        ("moved, by the records", f"{moved:,}"),
        ("reconnects a second, at most", f"{live.fastest_return():.1f}, planned {planned:.1f}"),
        ("p99 by step, of the requests during the deployments", steps.p99s(outcomes)),
        (
            "p99 during deployments, outside",
            f"{p99s[0] * 1000:,.1f} ms, {p99s[1] * 1000:,.1f} ms, x {p99s[0] / p99s[1]:.2f}",
        ),
    )
    is_good &= live.fastest_return() <= _RETURN_RATIO * planned
    return is_good and p99s[0] <= _P99_RATIO * p99s[1]


class _Steps:
    """The times of each step of the deployments, on the clock of the outcomes."""

    def __init__(self) -> None:
        self._spans: dict[str, list[tuple[float, float]]] = {}

    def add(self, steps: list[dict[str, Any]]) -> None:
        """Add the steps of a record."""
        offset = time.monotonic() - time.time()
        for step in steps:
            name = f"{step['state']} {step['share'] or ''}".strip()
            self._spans.setdefault(name, []).append((step["began"] + offset, step["ended"] + offset))

    def p99s(self, outcomes: Outcomes) -> str:
        """Return the p99 of each step and the total duration of the step."""
        return ", ".join(
            f"{name} {p99(outcomes.quick_seconds(spans)) * 1000:.0f} ms ({sum(e - b for b, e in spans):.0f} s)"
            for name, spans in self._spans.items()
        )


def _is_complete(live: Sockets) -> bool:
    return not (live.lost() or live.cut() or live.sum("doubled") or live.sum("problems"))


def _load_rows(outcomes: Outcomes, live: Sockets) -> list[tuple[str, str]]:
    kinds = ", ".join(f"{outcomes.number(kind):,} {kind}" for kind in Kind)
    return [
        ("requests", f"{len(outcomes.requests):,}: {kinds}"),
        ("lost", f"{len(outcomes.lost()):,} {outcomes.results() or ''}"),
        ("messages", f"{live.sum('messages'):,} of {live.last:,} changes"),
        ("lost, doubled, problems", f"{live.lost()}, {live.sum('doubled')}, {live.sum('problems')}"),
        ("sockets closed, cut", f"{live.moved():,}, {live.cut():,}"),
        (
            "change to message",
            f"median {live.delay(0.5)} ms, p99 {live.delay(0.99)} ms, longest {max(live.delays)} ms",
        ),
    ]


def _bad_one(site: RunningSite, name: str, console: Console) -> bool:
    release = overlay_release(site, name.replace(" ", "-").replace("%", "percent"), BAD[name])
    if name in BEFORE:
        assert (
            _deploy(site, overlay_release(site, "before", BEFORE[name]), "--watch-seconds", "1", "--p99-ratio", "100")
            == 0
        )
    began = time.monotonic()
    with running_clients(site.url) as outcomes:
        code = _deploy(site, release, "--start-seconds", "15", "--drain-seconds", "30")
    kept = record(site)
    share = len(outcomes.lost()) / len(outcomes.requests)
    _show(
        console,
        f"A bad release: it {name}",
        ("seconds", f"{time.monotonic() - began:,.0f}"),
        ("result", f"{kept['state']}: {kept['reason']}"),
        ("traffic returned after", f"{kept['returned_seconds']} s"),
        ("failed", f"{len(outcomes.lost())} of {len(outcomes.requests):,} requests, {share:.3%} {outcomes.results()}"),
    )
    is_quick = (kept["returned_seconds"] or 0) <= 1
    return code == 1 and is_quick and kept["state"] in ("rolled back", "failed") and share <= _FAILED_SHARE


def _killed_ones(site: RunningSite, number: int, console: Console) -> bool:
    """Kill deployments, each at a different time; after 'status' the site must have one release."""
    states: Counter[str] = Counter()
    broken = []
    began = time.monotonic()
    with running_clients(site.url) as outcomes:
        for turn in range(number):
            release = "even" if serving(site) == {"odd"} else "odd"
            with running_deployment(
                site, "deploy", release, "--step-samples", "100", "--watch-seconds", "2"
            ) as process:
                _wait((turn + 0.5) / number * _KILLED_WITHIN_SECONDS)
                process.kill()
            states[f"{record(site)['state']} {record(site)['share'] or ''}".strip()] += 1
            status = site.run("status")
            try:
                assert status.returncode == 0, status.stderr
                require_single_release(site, serving(site).pop())
            except AssertionError as error:
                broken.append(str(error)[:300])
    _show(
        console,
        f"{number} deployments that were killed",
        ("seconds", f"{time.monotonic() - began:,.0f}"),
        ("killed while", ", ".join(f"{state}: {times}" for state, times in states.items())),
        ("sites without a single release after 'status'", f"{len(broken)} {broken or ''}"),
        ("lost", f"{len(outcomes.lost())} of {len(outcomes.requests):,} requests {outcomes.results() or ''}"),
    )
    return not broken and not outcomes.lost()


def _careless(name: str, sockets: int, console: Console) -> bool:
    """Deploy carelessly under the same load: the clients must observe a loss."""
    with careless_copy(CARELESS[name]) as source, _site(PYTHONPATH=str(source)) as site:
        with running_clients(site.url) as outcomes, open_sockets(site, sockets) as live:
            _deploy(site, "even", "--watch-seconds", "5")
        _show(console, f"A careless deployment: {name}", *_load_rows(outcomes, live))
    return bool(outcomes.lost()) or not _is_complete(live)


def _wait(seconds: float) -> None:
    """Wait: the time without a deployment is what the deployments are compared with."""
    threading.Event().wait(seconds)


def _show(console: Console, title: str, *rows: tuple[str, str]) -> None:
    table = Table(title=title, title_justify="left", show_header=False, box=None)
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print()


if __name__ == "__main__":
    main()
