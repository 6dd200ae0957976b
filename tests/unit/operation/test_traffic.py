"""Writing and reading the wanted traffic, and reading the requests of a deployment."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from partsearch.operation.names import Service, Slot
from partsearch.operation.nginx.request_log import RequestLog, RequestRecord
from partsearch.operation.nginx.traffic import (
    NginxControl,
    TrafficError,
    TrafficState,
    read_state,
    state_file,
    write_state,
)

_STATE = TrafficState(Slot.GREEN, Slot.BLUE, 25, {Slot.GREEN: "one", Slot.BLUE: "two"}, is_deploying=True)
_LINE = "1795412822.076\tfastapi green\t{}\t200\t0.012\t{}\tGET\t{}\n"


@dataclass
class Folders:
    """The two folders of a home."""

    root: Path
    sockets: Path


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path, tmp_path)


def test_a_written_state_is_read(folders: Folders) -> None:
    assert read_state(folders) == TrafficState()
    write_state(folders, _STATE)
    assert read_state(folders) == _STATE
    assert list(folders.root.iterdir()) == [state_file(folders)], "something was left beside it"


def test_the_version_grows_even_if_the_clock_goes_back(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = [write_state(folders, _STATE).version]
    monkeypatch.setattr("time.time", lambda: 0.0)
    versions += [write_state(folders, replace(_STATE, version=1)).version for _ in range(3)]
    assert versions == sorted(set(versions))
    state_file(folders).write_text("{")
    assert write_state(folders, _STATE).version == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"active": "red"}'])
def test_an_invalid_file_is_an_error(folders: Folders, text: str) -> None:
    state_file(folders).write_text(text)
    with pytest.raises(TrafficError, match="is invalid"):
        read_state(folders)


def test_an_nginx_that_does_not_answer_is_an_error(folders: Folders) -> None:
    for ask in (NginxControl(folders).get, lambda: NginxControl(folders).put(_STATE)):
        with pytest.raises(TrafficError, match="does not answer"):
            ask()


def test_requests_are_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "traffic.log"
    assert RequestLog(path).read_new() == []
    path.write_text(_LINE.format("200", "0.010", "0"))
    log = RequestLog(path)
    assert log.read_new() == [], "what was there before is of no interest"
    with path.open("a") as file:
        file.write(_LINE.format("502, 200", "0.001, 0.010", "1") + _LINE.format("-", "-", "0") + "1795")
    one = RequestRecord(1795412822.076, Service.FASTAPI, Slot.GREEN, 502, 200, 0.012, 0.001, "GET", is_websocket=True)
    none = replace(one, upstream_status=None, upstream_seconds=None, is_websocket=False)
    assert log.read_new() == [one, none]
    with path.open("a") as file:
        file.write(_LINE.format("200", "0.010", "0").removeprefix("1795"))
    assert len(log.read_new()) == 1
    assert log.read_new() == []
    log.empty()
    path.write_text(_LINE.format("200", "0.010", "0"))
    assert len(log.read_new()) == 1
