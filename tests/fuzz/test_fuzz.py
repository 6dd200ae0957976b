"""The fuzzer for a fraction of a second, with the same inputs in each run; ``make fuzz`` runs it for long."""

import random
from pathlib import Path

import pytest

from tests.fuzz.mutations import mutate
from tests.fuzz.reading import forked_workbooks, read_list
from tests.fuzz.seeds import READERS, seeds_of

INPUTS = 40


@pytest.mark.parametrize("reader", READERS)
def test_valid_lists_are_read(tmp_path: Path, reader: str) -> None:
    path = tmp_path / "list"
    for seed in seeds_of(reader):
        path.write_bytes(seed)
        assert read_list(path) in ("read", "UnknownColumnsError", "UnknownEncodingError")


@pytest.mark.parametrize("reader", READERS)
def test_mutated_lists_are_read_or_refused(tmp_path: Path, reader: str) -> None:
    random_ = random.Random(reader)
    path = tmp_path / "list"
    with forked_workbooks():
        for _ in range(INPUTS):
            path.write_bytes(mutate(random_, seeds_of(reader)))
            read_list(path)
