"""How many files Nginx and the supervisor ask for: never more than the machine gives."""

import resource

import pytest

from partsearch.operation.nginx.configuration import connections_of, open_files
from partsearch.operation.supervision.supervisor import wanted_open_files


@pytest.mark.parametrize(
    ("hard", "workers", "files"),
    [
        (1024, 2, 1024),
        (4096, 64, 4096),
        (20_000, 2, 20_000),
        (1_048_576, 2, 65_536),
        (1_048_576, 64, 4096),
        (resource.RLIM_INFINITY, 1, 65_536),
    ],
)
def test_a_worker_opens_what_the_machine_lets_it(
    monkeypatch: pytest.MonkeyPatch, hard: int, workers: int, files: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, hard))
    assert open_files(workers) == files
    assert 0.9 * files <= connections_of(files) <= files - 64


@pytest.mark.parametrize(("hard", "files"), [(1024, 1024), (20_000, 16_384), (resource.RLIM_INFINITY, 16_384)])
def test_the_supervisor_asks_for_no_more_than_there_is(monkeypatch: pytest.MonkeyPatch, hard: int, files: int) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, hard))
    assert wanted_open_files() == files
