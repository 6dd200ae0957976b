"""The open file limits of Nginx and the supervisor: never above that of the machine."""

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
def test_a_worker_uses_the_limit_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, hard: int, workers: int, files: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, hard))
    assert open_files(workers) == files
    assert 0.9 * files <= connections_of(files) <= files - 64


@pytest.mark.parametrize(("hard", "files"), [(1024, 1024), (20_000, 16_384), (resource.RLIM_INFINITY, 16_384)])
def test_the_supervisor_does_not_exceed_the_limit_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, hard: int, files: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, hard))
    assert wanted_open_files() == files
