"""Searches while something else runs, against searches without: windows of wrk, which alternate between the services.

The number of windows is fixed. What runs meanwhile is repeated until the last window ends, so a window may be longer
than an import.
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.generators import Measured, percentile, write_lua, wrk
from tests.benchmarks.imports.commands import Repeated
from tests.benchmarks.imports.loads import Lists, import_command
from tests.benchmarks.totals.mix import searches_of
from tests.benchmarks.totals.vocabulary import Vocabulary
from tests.support.site import RunningSite

CONNECTIONS = 8
WITHOUT = "without"
SERVICES = ("fastapi", "django")
_WARM_SECONDS = 3


@dataclass(frozen=True)
class Load:
    """The load of searches.

    Attributes:
        script: of wrk, with the bodies.
        seconds: the length of a window.
    """

    site: RunningSite
    script: Path
    seconds: int

    @classmethod
    def prepared(cls, site: RunningSite, folder: Path, seconds: int) -> "Load":
        """Return the load of the forty searches of the benchmark of the totals, on the warm services of a site."""
        script = write_lua(folder, searches_of(Vocabulary.read(site.conninfo, seed=1)))
        load = cls(site, script, seconds)
        for url in load.urls.values():
            wrk(url, script, max(seconds, _WARM_SECONDS), CONNECTIONS)
        return load

    @property
    def urls(self) -> dict[str, str]:
        """The services, on their own ports."""
        return dict(zip(SERVICES, (self.site.fastapi_url, self.site.django_url), strict=True))

    def windows(self, number: int, during: Repeated | None = None) -> Iterator[tuple[str, Measured, bool]]:
        """Yield so many windows of each service, and whether what runs meanwhile ran to the end of each.

        Raises:
            RuntimeError: it has failed.
        """
        for _, (service, url) in itertools.product(range(number), self.urls.items()):
            measured = wrk(url, self.script, self.seconds, CONNECTIONS)
            if during and during.error:
                raise RuntimeError(during.error)
            yield service, measured, during is None or during.is_running


@dataclass(frozen=True)
class Kind:
    """Something that runs while searches are measured: the commands, one after the other, without end."""

    name: str
    commands: Iterator[Sequence[str]]
    windows: int


def kinds(lists: Lists, windows: int, fewer_windows: int) -> list[Kind]:
    """Return what runs meanwhile. The list of the last round was the changed one, so the first one comes next."""
    issues = itertools.cycle([lists.first, lists.changed])
    others = itertools.count(1)
    return [
        Kind("re-import, 1 % changed", (import_command(issue) for issue in issues), windows),
        Kind("first import of another list", (import_command(lists.other, f"other {n}") for n in others), windows),
        Kind("export of everything", itertools.repeat(("export", "--format", "csv")), fewer_windows),
    ]


def during(load: Load, kind: Kind) -> dict[str, Any]:
    """Return the windows of each service while the commands run."""
    with Repeated(load.site, kind.commands).running() as repeated:
        return figures_of(load, load.windows(kind.windows, repeated))


def without(load: Load, windows: int) -> dict[str, Any]:
    """Return the windows of each service while nothing else runs."""
    return figures_of(load, load.windows(windows))


def figures_of(load: Load, windows: Iterator[tuple[str, Measured, bool]]) -> dict[str, Any]:
    """Return the figures of the windows by service: of each window, and their latencies by microseconds together."""
    found: dict[str, Any] = {}
    for service, measured, counts in windows:
        figures = found.setdefault(
            service, {"p99": [], "rates": [], "failed": 0, "left out": 0, "latencies": Counter()}
        )
        if not counts:
            figures["left out"] += 1
            continue
        figures["p99"].append(measured.p99)
        figures["rates"].append(measured.rate - measured.failed / load.seconds)
        figures["failed"] += measured.failed
        figures["latencies"].update(measured.latencies)
    return {service: _summed(figures) for service, figures in found.items()}


def _summed(figures: dict[str, Any]) -> dict[str, Any]:
    latencies = {int(value): count for value, count in figures.pop("latencies").items() if count > 0}
    if not latencies:
        raise RuntimeError("No window counts: what should have run meanwhile had ended in each.")
    shares = {f"p{share * 100:g}": percentile(latencies, share) / 1_000_000 for share in (0.5, 0.9, 0.99)}
    return {**figures, "together": shares, "searches": sum(latencies.values())}


def ratio_to(base: Sequence[dict[str, Any]], measured: dict[str, Any]) -> float:
    """Return the p99 of all windows together by that without, the mean of the measurements before and after."""
    return float(measured["together"]["p99"]) / median(float(each["together"]["p99"]) for each in base)
