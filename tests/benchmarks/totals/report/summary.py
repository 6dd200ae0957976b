"""The tables with a row for each catalog: the figures that the goals are about."""

from collections.abc import Callable, Iterator
from statistics import median

from partsearch.bench.formatting import mebibytes, milliseconds, rounded
from tests.benchmarks.totals.record import Entry
from tests.benchmarks.totals.report.breadth import BROAD, SELECTIVE, breadth_of
from tests.benchmarks.totals.report.table import ReportTable, ratio


def summary_tables(entries: list[Entry]) -> Iterator[ReportTable]:
    """Yield the tables of the steps that were measured."""
    for step, title, headings, rows, note in _TABLES:
        cells = [row for entry in entries if entry.step == step for row in rows(entry)]
        if cells:
            yield ReportTable(title, headings, cells, note)


def _ways(entry: Entry) -> Iterator[list[str]]:
    mix, usual = entry.measured["mix"], entry.measured["usual mix"]
    broad = [found for name, found in mix.items() if breadth_of(found["count"], mix) == BROAD]
    selective = [found for name, found in mix.items() if breadth_of(found["count"], mix) == SELECTIVE]
    total = [sum(median(found[way]) for found in usual.values()) for way in ("parts", "chosen")]
    yield [
        entry.catalog,
        *_extremes([ratio(found["parts"], found["chosen"]) for found in broad]),
        *_extremes([ratio(found["chosen"], found["parts"]) for found in selective])[::2],
        rounded(max(ratio(found["chosen"], found["parts"]) for found in mix.values())),
        rounded(total[0] / total[1]),
    ]


def _extremes(ratios: list[float]) -> tuple[str, str, str]:
    """Return the lowest, the median and the highest ratio."""
    return tuple(rounded(pick(ratios)) if ratios else "—" for pick in (min, median, max))  # type: ignore[return-value]


def _engines(entry: Entry) -> Iterator[list[str]]:
    for name, engine in entry.measured.items():
        searches = engine["searches"].values()
        ours, theirs = (median(median(found[way]) for found in searches) for way in ("ours", "engine"))
        slower = sum(median(found["ours"]) > median(found["engine"]) for found in searches)
        yield [
            f"{entry.catalog}, {name} {engine['version']}",
            milliseconds(ours),
            milliseconds(theirs),
            rounded(theirs / ours),
            f"{slower} of {len(searches)}",
        ]


def _connections(entry: Entry) -> Iterator[list[str]]:
    ratios = {name: ratio(found["fresh"], found["warm"]) for name, found in entry.measured.items()}
    highest = max(ratios, key=ratios.__getitem__)
    fresh, warm = (median(median(found[way]) for found in entry.measured.values()) for way in ("fresh", "warm"))
    yield [
        entry.catalog,
        milliseconds(fresh),
        milliseconds(warm),
        rounded(median(ratios.values())),
        f"{rounded(ratios[highest])}: {highest}",
    ]


def _sizes(entry: Entry) -> Iterator[list[str]]:
    sizes = {name: size["table"] + size["indexes"] for name, size in entry.measured.items()}
    part = sizes.pop("part")
    totals = sum(sizes.values())
    yield [entry.catalog, mebibytes(part), mebibytes(totals), rounded((part + totals) / part)]


_Described = tuple[str, str, tuple[str, ...], Callable[[Entry], Iterator[list[str]]], str]
_TABLES: list[_Described] = [
    (
        "ways",
        "The chosen way and reading the parts",
        (
            *("catalog", "broad, least", "broad, median", "broad, most", "selective, least", "selective, most"),
            *("slowest of all", "usual mix"),
        ),
        _ways,
        "Broad searches and the usual mix: how many times faster the chosen way is. Selective searches, slowest of "
        "all: how many times slower.",
    ),
    (
        "engines",
        "Engines that scan the rows in memory",
        ("catalog, engine", "partsearch, ms", "engine, ms", "engine by partsearch", "searches where it is faster"),
        _engines,
        "Medians of the mix.",
    ),
    (
        "connections",
        "The first search of a connection",
        ("catalog", "first, ms", "warm, ms", "median ratio", "highest ratio"),
        _connections,
        "",
    ),
    ("sizes", "Size on disk", ("catalog", "parts, MiB", "totals, MiB", "both by parts"), _sizes, "With indexes."),
]
