"""Both services against pgbench with the FastAPI service's SQL: ``make benchmark``.

One run on one machine with interleaved rounds. The result is the ratio of medians, which noise of the machine affects
little.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.benchmarks.bodies import BODIES
from tests.benchmarks.generators import CONNECTIONS, MANY_CONNECTIONS, Measured, Scripts, write_lua, wrk
from tests.support.site import RunningSite, free_environment

_ROUNDS = 5
_SECONDS = 6
_WARM_SECONDS = 3
_PARTS = 10_000
_MORE_PARTS = 100_000
_SINGLE_ROUNDS = 30
_MANY = f"{{}} with {MANY_CONNECTIONS:,} connections"

Target = Callable[[int], Measured]


def main() -> None:
    """Measure, and print two tables."""
    with tempfile.TemporaryDirectory(prefix="partsearch-benchmark-") as folder:
        environment = free_environment(Path(folder) / "home")
        console = Console(width=120)
        with RunningSite.started(environment) as site:
            _fill(site, _PARTS)
            console.print(_rates(site, Path(folder)))
            _fill(site, _MORE_PARTS - _PARTS)
            console.print(_latencies(site))


def _fill(site: RunningSite, parts: int) -> None:
    generated = site.run("generate", str(parts))
    assert generated.returncode == 0, generated.stderr
    import psycopg

    with psycopg.connect(site.conninfo, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _targets(site: RunningSite, folder: Path) -> dict[str, Target]:
    script, scripts, url = write_lua(folder), Scripts.written(folder, site.conninfo), site.conninfo
    return {
        "pgbench -M prepared": lambda seconds: scripts.run(url, seconds),
        "FastAPI": lambda seconds: wrk(site.fastapi_url, script, seconds),
        "FastAPI through Nginx": lambda seconds: wrk(f"{site.url}/fastapi", script, seconds),
        _MANY.format("FastAPI"): lambda seconds: wrk(site.fastapi_url, script, seconds, MANY_CONNECTIONS),
        "Django": lambda seconds: wrk(site.django_url, script, seconds),
        "Django through Nginx": lambda seconds: wrk(f"{site.url}/django", script, seconds),
        _MANY.format("Django"): lambda seconds: wrk(site.django_url, script, seconds, MANY_CONNECTIONS),
    }


def _rates(site: RunningSite, folder: Path) -> Table:
    targets = _targets(site, folder)
    rounds: dict[str, list[Measured]] = {name: [] for name in targets}
    with Progress() as progress:
        task = progress.add_task("rounds", total=len(targets) * (_ROUNDS + 1))
        for target in targets.values():
            target(_WARM_SECONDS)
            progress.advance(task)
        for number in range(_ROUNDS):
            order = list(targets) if number % 2 == 0 else list(reversed(targets))
            for name in order:
                rounds[name].append(targets[name](_SECONDS))
                progress.advance(task)
    return _rate_table(rounds)


def _rate_table(rounds: dict[str, list[Measured]]) -> Table:
    base = statistics.median(measured.rate for measured in rounds["pgbench -M prepared"])
    table = Table(title=f"{_PARTS:,} parts, {len(BODIES)} searches in turn, wrk -c{CONNECTIONS}, {_ROUNDS} rounds")
    for heading in ("", "searches/s, median", "range", "of pgbench", "of the service alone", "p99 by p50", "failed"):
        table.add_column(heading, justify="left" if heading == "" else "right")
    for name, measured in rounds.items():
        rates = [each.rate for each in measured]
        median = statistics.median(rates)
        alone = name.split(" through ")[0].split(" with ")[0]
        tails = [each.tail for each in measured if each.tail is not None]
        share = median / statistics.median(each.rate for each in rounds[alone]) if alone != name else None
        table.add_row(
            name,
            f"{median:,.0f}",
            f"{min(rates):,.0f} to {max(rates):,.0f}",
            f"{median / base:.2f}",
            f"{share:.2f}" if share else "",
            f"{statistics.median(tails):.1f}" if tails else "",
            str(sum(each.failed for each in measured)),
        )
    return table


def _latencies(site: RunningSite) -> Table:
    table = Table(title=f"{_MORE_PARTS:,} parts, one client, median of {_SINGLE_ROUNDS}, milliseconds")
    for heading in ("search", "matches", "FastAPI", "Django"):
        table.add_column(heading, justify="left" if heading == "search" else "right")
    with httpx.Client(timeout=30) as client:
        for name, body in BODIES.items():
            medians = []
            for url in (site.fastapi_url, site.django_url):
                durations = []
                for _ in range(_SINGLE_ROUNDS):
                    started = time.perf_counter()
                    answer = client.post(f"{url}/search/part/", json=body)
                    durations.append((time.perf_counter() - started) * 1000)
                medians.append(statistics.median(durations))
            table.add_row(name, f"{answer.json()['count']:,}", *(f"{median:.1f}" for median in medians))
    return table


if __name__ == "__main__":
    main()
