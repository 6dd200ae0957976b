"""The steps of the benchmark. Each returns its figures as JSON; the reports read them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.totals.catalogs import Catalog
from tests.benchmarks.totals.steps import bulk, connections, engines, services, sizes, ways, writes


@dataclass(frozen=True)
class Step:
    """A step: what it measures, and whether it changes the catalog, so that it needs a copy."""

    measure: Callable[[Catalog], dict[str, Any]]
    changes_catalog: bool = False


STEPS = {
    "sizes": Step(sizes.measure),
    "connections": Step(connections.measure),
    "ways": Step(ways.measure),
    "searches": Step(services.measure),
    "engines": Step(engines.measure),
    "writes": Step(writes.measure, changes_catalog=True),
    "bulk": Step(bulk.measure, changes_catalog=True),
}
