"""Two releases under the same load, in one run: ``python -m tests.benchmarks.releases CHECKOUT``.

The site of the other checkout runs with its own ``.venv`` beside the site of this one. Each has a catalog of its own
with the same parts. Rounds alternate between both sites, so that other load on the machine affects both alike.
"""

import argparse
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.benchmarks.generators import Measured, write_lua, wrk
from tests.support.site import RunningSite, free_environment

_RELEASES = ("before", "after")


@contextmanager
def _site(checkout: Path | None, folder: Path, parts: int) -> Iterator[RunningSite]:
    folder.mkdir()
    with RunningSite.started(free_environment(folder / "home"), checkout) as site:
        generated = site.run("generate", str(parts))
        assert generated.returncode == 0, generated.stderr
        with psycopg.connect(site.conninfo, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        yield site


def _urls(site: RunningSite) -> dict[str, str]:
    return {
        "FastAPI": site.fastapi_url,
        "FastAPI through Nginx": f"{site.url}/fastapi",
        "Django": site.django_url,
        "Django through Nginx": f"{site.url}/django",
    }


def _measured(sites: dict[str, RunningSite], script: Path, rounds: int, seconds: int) -> dict[str, list[Measured]]:
    targets = {f"{release} {name}": url for release, site in sites.items() for name, url in _urls(site).items()}
    for url in targets.values():
        wrk(url, script, seconds)
    measured: dict[str, list[Measured]] = {name: [] for name in targets}
    names = list(_urls(sites["before"]))
    for number in track(range(rounds), "rounds"):
        for name in names:
            for release in _RELEASES if number % 2 == 0 else reversed(_RELEASES):
                measured[f"{release} {name}"].append(wrk(targets[f"{release} {name}"], script, seconds))
    return measured


def _table(measured: dict[str, list[Measured]], title: str) -> Table:
    table = Table(title=title)
    for heading in ("", "before, searches/s", "after", "ratio of medians", "of each pair"):
        table.add_column(heading, justify="left" if heading == "" else "right")
    for name in (name.removeprefix("before ") for name in measured if name.startswith("before ")):
        before, after = ([each.rate for each in measured[f"{release} {name}"]] for release in _RELEASES)
        pairs = [new / old for old, new in zip(before, after, strict=True)]
        cells = (f"{statistics.median(rates):,.0f} ({min(rates):,.0f}–{max(rates):,.0f})" for rates in (before, after))
        ratio = statistics.median(after) / statistics.median(before)
        table.add_row(name, *cells, f"{ratio:.3f}", f"{min(pairs):.2f}–{max(pairs):.2f}")
    return table


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.releases", description=__doc__)
    parser.add_argument("checkout", type=Path, help="the checkout of the release before, with its own .venv")
    parser.add_argument("--parts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="partsearch-benchmark-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        sites = {
            "before": stack.enter_context(_site(arguments.checkout, folder / "before", arguments.parts)),
            "after": stack.enter_context(_site(None, folder / "after", arguments.parts)),
        }
        measured = _measured(sites, write_lua(folder), arguments.rounds, arguments.seconds)
        Console(width=120).print(_table(measured, f"{arguments.parts:,} parts, the mix of 'make benchmark'"))


if __name__ == "__main__":
    main()
