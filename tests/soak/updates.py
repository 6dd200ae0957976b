"""Updates without end, under load from clients that never retry: ``python -m tests.soak.updates``.

Prints a table of good releases, one in the place of the other, a table for each bad one, and one for each way of
updating that must lose something, since otherwise the test would be blind. Exit code 1 where a request was lost to a
good release, a good one was rolled back, a bad one was not, or a careless update lost nothing.
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

from partsearch.deploy.canary.sample import p99
from tests.acceptance.deploy.overlay import overlay_release
from tests.acceptance.deploy.updates import record, require_whole, running_update, serving
from tests.soak.careless import CARELESS, careless_copy
from tests.soak.clients import Kind, Outcomes, visitors
from tests.soak.releases import BAD, BEFORE, GOOD, source_folder
from tests.soak.sockets import Sockets, watching
from tests.support.site import RunningSite, free_environment

_SOCKETS = 500
_PARTS = "2000"
_UPDATE_SECONDS = 600
_P99_RATIO = 1.25
_RETURN_RATIO = 1.5
_HURT_SHARE = 0.001
_DRAIN_SECONDS = 30
_PER_SECOND = 50
_KILLED_WITHIN_SECONDS = 25
"""Such an update takes about so long."""


def main() -> None:
    """Runs what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.updates", description=__doc__)
    parser.add_argument("--good", type=int, default=20, help="good updates in a row")
    parser.add_argument("--gap", type=float, default=30, help="seconds between two good updates")
    parser.add_argument("--watch-seconds", default="60", help="how long a good update is watched at its last step")
    parser.add_argument("--sockets", type=int, default=_SOCKETS)
    parser.add_argument("--bad", default=",".join(BAD), help="which bad releases, with commas between them")
    parser.add_argument("--kills", type=int, default=20, help="updates that are killed at some moment of theirs")
    parser.add_argument("--careless", default=",".join(CARELESS), help="which careless ways of updating")
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
    """A site with a catalog, on a release that has slow requests too."""
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
    """Good releases, each built from a source of its own; between two updates there is a time without one."""
    number, sockets = arguments.good, arguments.sockets
    began = time.monotonic()
    inside: list[tuple[float, float]] = []
    done, moved, steps = [], 0, _Steps()
    with source_folder(GOOD) as source, visitors(site.url) as outcomes, watching(site, sockets) as watchers:
        for turn in range(number):
            (source / "src" / "partsearch" / "turn.py").write_text(f"TURN = {turn}\n")
            start = time.monotonic()
            done.append(_deploy(site, str(source), "--watch-seconds", arguments.watch_seconds))
            end = time.monotonic()
            inside.append((start, end))
            moved += record(site)["sockets"]
            steps.add(record(site)["steps"])
            console.print(f"update {turn + 1} of {number}: {end - start:.0f} s, exit code {done[-1]}")
            _wait(arguments.gap)
    outside = [(end, start) for (_, end), (start, _) in pairwise(inside)] or [(inside[-1][1], time.monotonic())]
    p99s = [p99(outcomes.quick_seconds(spans)) for spans in (inside, outside)]
    planned = sockets / max(_DRAIN_SECONDS, sockets / _PER_SECOND)
    is_good = not any(done) and not outcomes.lost() and _is_whole(watchers)
    _show(
        console,
        f"{number} good updates in a row, {sockets} sockets",
        ("seconds", f"{time.monotonic() - began:,.0f}, an update {sum(e - s for s, e in inside) / number:.0f}"),
        ("updates done", f"{done.count(0)} of {number}"),
        *_load_rows(outcomes, watchers),
        ("moved, by the records", f"{moved:,}"),
        ("reconnects a second, at most", f"{watchers.fastest_return():.1f}, planned {planned:.1f}"),
        ("p99 by step, of the updates' requests", steps.p99s(outcomes)),
        ("p99 in updates, outside", f"{p99s[0] * 1000:,.1f} ms, {p99s[1] * 1000:,.1f} ms, x {p99s[0] / p99s[1]:.2f}"),
    )
    is_good &= watchers.fastest_return() <= _RETURN_RATIO * planned
    return is_good and p99s[0] <= _P99_RATIO * p99s[1]


class _Steps:
    """When each step of the updates was taken, on the clock of the outcomes."""

    def __init__(self) -> None:
        self._spans: dict[str, list[tuple[float, float]]] = {}

    def add(self, steps: list[dict[str, Any]]) -> None:
        """Notes the steps of a record."""
        offset = time.monotonic() - time.time()
        for step in steps:
            name = f"{step['state']} {step['share'] or ''}".strip()
            self._spans.setdefault(name, []).append((step["began"] + offset, step["ended"] + offset))

    def p99s(self, outcomes: Outcomes) -> str:
        """The p99 of each step, with how long the step took in all."""
        return ", ".join(
            f"{name} {p99(outcomes.quick_seconds(spans)) * 1000:.0f} ms ({sum(e - b for b, e in spans):.0f} s)"
            for name, spans in self._spans.items()
        )


def _is_whole(watchers: Sockets) -> bool:
    return not (watchers.lost() or watchers.cut() or watchers.sum("doubled") or watchers.sum("problems"))


def _load_rows(outcomes: Outcomes, watchers: Sockets) -> list[tuple[str, str]]:
    kinds = ", ".join(f"{outcomes.number(kind):,} {kind}" for kind in Kind)
    return [
        ("requests", f"{len(outcomes.requests):,}: {kinds}"),
        ("lost", f"{len(outcomes.lost()):,} {outcomes.results() or ''}"),
        ("messages", f"{watchers.sum('messages'):,} of {watchers.last:,} changes"),
        ("lost, doubled, problems", f"{watchers.lost()}, {watchers.sum('doubled')}, {watchers.sum('problems')}"),
        ("sockets sent away, cut", f"{watchers.moved():,}, {watchers.cut():,}"),
        (
            "change to message",
            f"median {watchers.delay(0.5)} ms, p99 {watchers.delay(0.99)} ms, longest {max(watchers.delays)} ms",
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
    with visitors(site.url) as outcomes:
        code = _deploy(site, release, "--start-seconds", "15", "--drain-seconds", "30")
    kept = record(site)
    share = len(outcomes.lost()) / len(outcomes.requests)
    _show(
        console,
        f"A bad release: it {name}",
        ("seconds", f"{time.monotonic() - began:,.0f}"),
        ("came to", f"{kept['state']}: {kept['reason']}"),
        ("traffic back after", f"{kept['returned_seconds']} s"),
        ("hurt", f"{len(outcomes.lost())} of {len(outcomes.requests):,} requests, {share:.3%} {outcomes.results()}"),
    )
    is_quick = (kept["returned_seconds"] or 0) <= 1
    return code == 1 and is_quick and kept["state"] in ("rolled back", "failed") and share <= _HURT_SHARE


def _killed_ones(site: RunningSite, number: int, console: Console) -> bool:
    """Updates that are killed, each at a moment of its own; 'status' comes next, and the site has to be whole."""
    states: Counter[str] = Counter()
    broken = []
    began = time.monotonic()
    with visitors(site.url) as outcomes:
        for turn in range(number):
            release = "even" if serving(site) == {"odd"} else "odd"
            with running_update(site, "deploy", release, "--step-samples", "100", "--watch-seconds", "2") as process:
                _wait((turn + 0.5) / number * _KILLED_WITHIN_SECONDS)
                process.kill()
            states[f"{record(site)['state']} {record(site)['share'] or ''}".strip()] += 1
            status = site.run("status")
            try:
                assert status.returncode == 0, status.stderr
                require_whole(site, serving(site).pop())
            except AssertionError as error:
                broken.append(str(error)[:300])
    _show(
        console,
        f"{number} updates that were killed",
        ("seconds", f"{time.monotonic() - began:,.0f}"),
        ("killed while", ", ".join(f"{state}: {times}" for state, times in states.items())),
        ("sites that were not whole after 'status'", f"{len(broken)} {broken or ''}"),
        ("lost", f"{len(outcomes.lost())} of {len(outcomes.requests):,} requests {outcomes.results() or ''}"),
    )
    return not broken and not outcomes.lost()


def _careless(name: str, sockets: int, console: Console) -> bool:
    """An update as it is done without care, under the same load: it must be seen to lose something."""
    with careless_copy(CARELESS[name]) as source, _site(PYTHONPATH=str(source)) as site:
        with visitors(site.url) as outcomes, watching(site, sockets) as watchers:
            _deploy(site, "even", "--watch-seconds", "5")
        _show(console, f"A careless update: {name}", *_load_rows(outcomes, watchers))
    return bool(outcomes.lost()) or not _is_whole(watchers)


def _wait(seconds: float) -> None:
    """The time itself is what is wanted here: a span without an update, to compare with."""
    threading.Event().wait(seconds)


def _show(console: Console, title: str, *rows: tuple[str, str]) -> None:
    table = Table(title=title, title_justify="left", show_header=False, box=None)
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print()


if __name__ == "__main__":
    main()
