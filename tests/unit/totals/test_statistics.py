"""The statistics of the planner: their file, and what they say of keys."""

import math
import os
from pathlib import Path

from partsearch.totals.statistics import LatestStatistics, read_statistics, text_share, write_statistics

_ROWS = [
    ("present", "", 1000, 10, 2, 4),
    ("mark", "1", 300, 10, 2, 4),
    ("word", "бампер", 100, 10, 2, 4),
    ("word", "бампера", 50, 10, 2, 4),
    ("mark_name", "honda", 300, 0, 0, 0),
]


def test_the_sample_stands_for_all_layers() -> None:
    statistics = read_statistics(_ROWS)
    assert (statistics.parts, statistics.layers, statistics.summed_layers) == (5000, 10, 4)
    assert statistics.share("mark", ["1"]) == 0.3
    assert statistics.share("mark", ["2"]) == statistics.rare_share < 0.01
    assert statistics.share("mark", map(str, range(1000))) == 1.0


def test_a_text_has_the_keys_that_contain_it() -> None:
    count, share = text_share(read_statistics(_ROWS), "word", "бамп")
    assert count == 2
    assert 0.15 <= share < 0.17


def test_an_empty_catalog_has_no_shares() -> None:
    assert read_statistics([]).share("mark", ["1"]) == 0


def test_processes_share_a_file(tmp_path: Path) -> None:
    path, latest = tmp_path / "statistics.json", LatestStatistics()
    assert latest.refresh(path) == math.inf
    assert latest.value is None
    write_statistics(path, _ROWS)
    assert latest.refresh(path) < 60
    assert latest.value == read_statistics(_ROWS)
    known = latest.value
    latest.refresh(path)
    assert latest.value is known
    write_statistics(path, _ROWS[:1])
    os.utime(path, (1, 1))
    assert latest.refresh(path) > 1000
    assert latest.value == read_statistics(_ROWS[:1])


def test_a_damaged_file_keeps_what_is_known(tmp_path: Path) -> None:
    path, latest = tmp_path / "statistics.json", LatestStatistics()
    write_statistics(path, _ROWS)
    latest.refresh(path)
    path.write_text("{")
    assert latest.refresh(path) == math.inf
    assert latest.value == read_statistics(_ROWS)
