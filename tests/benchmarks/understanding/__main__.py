"""The command line: ``python -m tests.benchmarks.understanding FOLDER``."""

import argparse
import json
import time
from pathlib import Path
from statistics import median, quantiles

from partsearch.understanding import understand
from partsearch.understanding.dictionary import Dictionary
from tests.benchmarks.understanding.catalog import Catalog, Part
from tests.benchmarks.understanding.queries import Query, absent_words, queries

_FIRST = 10
_WORST = 10


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.understanding", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder of the price lists")
    parser.add_argument("--queries", action="store_true", help="print all queries with what they find first")
    parser.add_argument("--seed", default="", help="other queries than those that were used for tuning")
    arguments = parser.parse_args()
    catalog = Catalog(arguments.data)
    print(f"{len(catalog.parts)} parts; words: {catalog.dictionary.size / 1e6:.1f} MB")
    typed = queries(catalog, arguments.data, arguments.seed)
    misses: list[tuple[int, str, Query, list[Part]]] = []
    for kind, of_kind in typed.items():
        places = []
        for query in of_kind:
            found = (Catalog(arguments.data, query.typed) if query.text else catalog).search(query.typed)
            place = next((place for place, part in enumerate(found) if _is_meant(part, query)), len(found) + 1000)
            places.append(place)
            if place >= _FIRST:
                misses.append((place, kind, query, found))
            if arguments.queries:
                print(json.dumps([kind, query.typed, query.name or query.text, place], ensure_ascii=False))
        recall = sum(place < _FIRST for place in places) / len(places)
        first = sum(place == 0 for place in places) / len(places)
        print(f"{kind:16} {len(of_kind):4} queries  recall@10 {recall:.3f}  first {first:.3f}")
    print("Worst misses:")
    for _, kind, query, found in sorted(misses, key=lambda miss: -miss[0])[: _WORST if not arguments.queries else 200]:
        corrections = [f"{each.typed}->{each.corrected}" for each in catalog.understood(query.typed).corrections]
        print(
            f"  {kind}: {query.typed!r} means {query.name or query.text!r}; {corrections} {len(found)} found: ",
            [part.name for part in found[:2]],
        )
    _measure_absent(catalog, arguments.data)
    _measure_time(catalog.dictionary, [query.typed for of_kind in typed.values() for query in of_kind])


def _is_meant(part: Part, query: Query) -> bool:
    if query.number:
        return part.number == query.number
    return (query.text in part.normal if query.text else part.normal == query.name) and query.mark in (0, part.mark)


def _measure_absent(catalog: Catalog, data: Path) -> None:
    words = absent_words(catalog, data)
    corrected = [
        (word, understood.corrections[0].corrected)
        for word in words
        if (understood := catalog.understood(word)).corrections and understood.corrections[0].kind == "typo"
    ]
    print(f"right words that no name has: {len(words)}, corrected {len(corrected) / len(words):.3f}: {corrected[:12]}")


def _measure_time(dictionary: Dictionary, typed: list[str]) -> None:
    times = []
    for text in typed:
        start = time.perf_counter()
        understand(text, dictionary).resolve({})
        times.append((time.perf_counter() - start) * 1000)
    print(f"understood in {median(times):.2f} ms at the median, {quantiles(times, n=100)[98]:.2f} ms p99")


if __name__ == "__main__":
    main()
