"""Updates without end, under load from clients that never retry: ``python -m tests.soak.updates``.

Prints a table of good releases, one in the place of the other, and a table of bad ones. Exit code 1 where a request was
lost to a good one, a good one was rolled back, or a bad one was not.
"""

import argparse
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from partsearch.deploy.watch import p99
from tests.acceptance.deploy.overlay import overlay_release
from tests.acceptance.deploy.updates import record, running_update
from tests.load import Load, Outcome
from tests.site import RunningSite, free_environment
from tests.soak.releases import BAD, GOOD, SLOW_QUERY

_CLIENTS = 8
_SLOW_CLIENTS = 3
_PARTS = "2000"
_UPDATE_SECONDS = 600
_P99_RATIO = 1.25
_HURT_SHARE = 0.001


def main() -> None:
    """Runs both tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.updates", description=__doc__)
    parser.add_argument("--good", type=int, default=20, help="good updates in a row")
    parser.add_argument("--bad", default=",".join(BAD), help="which bad releases, with commas between them")
    arguments = parser.parse_args()
    console = Console(width=140)
    with _site() as site:
        overlay_release(site, "odd", GOOD)
        overlay_release(site, "even", GOOD)
        is_good = _deploy(site, "odd") == 0
        is_good &= _good_ones(site, arguments.good, console) if arguments.good else True
        for name in filter(None, arguments.bad.split(",")):
            is_good &= _bad_one(site, name, console)
    sys.exit(not is_good)


@contextmanager
def _site() -> Iterator[RunningSite]:
    folder = Path(tempfile.mkdtemp(prefix="partsearch-soak-"))
    try:
        with RunningSite.started(free_environment(folder / "home")) as site:
            site.run("generate", _PARTS)
            yield site
    finally:
        shutil.rmtree(folder)


def _deploy(site: RunningSite, release: str, *options: str) -> int:
    with running_update(site, "deploy", release, *options) as process:
        process.communicate(timeout=_UPDATE_SECONDS)
    return process.returncode


def _good_ones(site: RunningSite, number: int, console: Console) -> bool:
    """Alternates between two good releases; between two updates there is as long a time without one."""
    began = time.monotonic()
    inside: list[tuple[float, float]] = []
    done = []
    with _load(site) as (load, slow):
        for turn in range(number):
            start = time.monotonic()
            done.append(_deploy(site, ("even", "odd")[turn % 2], "--watch-seconds", "5"))
            end = time.monotonic()
            inside.append((start, end))
            _wait(end - start)
    outside = [(end, start) for (_, end), (start, _) in pairwise(inside)]
    p99s = [_p99_within(load.outcomes, spans) for spans in (inside, outside)]
    lost = len(load.failed()) + sum(status != 200 for status in slow)
    _show(
        console,
        f"{number} good updates in a row",
        ("seconds", f"{time.monotonic() - began:,.0f}"),
        ("updates done", f"{done.count(0)} of {number}"),
        ("requests", f"{len(load.outcomes):,}, and {len(slow):,} that took 1 to 5 s"),
        ("lost", f"{lost:,} {dict(load.results())}"),
        ("p99 in updates, outside", f"{p99s[0] * 1000:,.0f} ms, {p99s[1] * 1000:,.0f} ms, x {p99s[0] / p99s[1]:.2f}"),
    )
    return not lost and not any(done)


def _bad_one(site: RunningSite, name: str, console: Console) -> bool:
    release = overlay_release(site, name.replace(" ", "-").replace("%", "percent"), BAD[name])
    began = time.monotonic()
    with _load(site) as (load, slow):
        code = _deploy(site, release, "--start-seconds", "15", "--drain-seconds", "30")
    kept = record(site)
    hurt = len(load.failed()) + sum(status != 200 for status in slow)
    share = hurt / len(load.outcomes)
    _show(
        console,
        f"A bad release: it {name}",
        ("seconds", f"{time.monotonic() - began:,.0f}"),
        ("came to", f"{kept['state']}: {kept['reason']}"),
        ("traffic back after", f"{kept['returned_seconds']} s"),
        ("hurt", f"{hurt} of {len(load.outcomes):,} requests, {share:.3%}"),
    )
    return code == 1 and kept["state"] in ("rolled back", "failed") and share <= _HURT_SHARE


@contextmanager
def _load(site: RunningSite) -> Iterator[tuple[Load, list[int | str]]]:
    """Quick requests without pause, and slow ones; yields what both come to."""
    stop = threading.Event()
    slow: list[int | str] = []
    threads = [threading.Thread(target=_ask_slowly, args=(site, slow, stop.is_set)) for _ in range(_SLOW_CLIENTS)]
    with Load(site.url, _CLIENTS).running() as load:
        for thread in threads:
            thread.start()
        try:
            yield load, slow
        finally:
            stop.set()
            for thread in threads:
                thread.join()


def _ask_slowly(site: RunningSite, statuses: list[int | str], is_over: Callable[[], bool]) -> None:
    with httpx.Client(timeout=40) as client:
        while not is_over():
            try:
                statuses.append(client.get(f"{site.url}/fastapi/search/part/?{SLOW_QUERY}").status_code)
            except httpx.HTTPError as error:
                statuses.append(type(error).__name__)


def _p99_within(outcomes: list[Outcome], spans: list[tuple[float, float]]) -> float:
    return p99(
        outcome.ended - outcome.sent for outcome in outcomes if any(start <= outcome.sent < end for start, end in spans)
    )


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
