"""The log lines of real processes: text with time, level and logger, or one JSON object a line."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from partsearch.operation.names import Service, Slot
from partsearch.operation.release import checkout_release
from partsearch.operation.supervision.processes import slot_processes
from partsearch.settings import Settings
from tests.support.deadline import wait_for
from tests.support.site import free_ports

_TEXT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000 WARNING [\w.]+: .+")
_KEYS = ["time", "level", "logger", "event"]


@pytest.mark.parametrize("log_format", ["text", "json"])
@pytest.mark.parametrize("service", ["django", "fastapi"])
def test_a_warning_of_a_service_has_time_level_and_logger(tmp_path: Path, service: str, log_format: str) -> None:
    """The service warns that the database is unavailable: nothing listens on its port."""
    django, fastapi, database, *_ = free_ports(5)
    settings = Settings(
        _env_file=None,
        database_url=f"postgresql://user@127.0.0.1:{database}/database",
        partsearch_home=tmp_path,
        partsearch_django_ports=(django, django + 4000),
        partsearch_fastapi_ports=(fastapi, fastapi + 4000),
        partsearch_workers=1,
        partsearch_log_format=log_format,
    )
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COV")},
        **settings.environment(),
        "SECRET_KEY": "of-the-tests" * 5,
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
    }
    processes = {one.service: one for one in slot_processes(settings, Slot.BLUE, checkout_release(settings))}
    process = processes[Service(service)]
    log = tmp_path / "log"
    with (
        log.open("w") as output,
        subprocess.Popen(
            process.command, env=environment, stdout=output, stderr=subprocess.STDOUT, cwd=tmp_path
        ) as running,
    ):
        try:
            url = f"http://127.0.0.1:{process.port}"
            wait_for(lambda: _status(f"{url}/healthz") is not None, what=f"{service}: {log.read_text()}")
            assert _status(f"{url}/search/part/") == 503
            wait_for(lambda: "WARNING" in log.read_text(), what="the warning")
        finally:
            running.terminate()
            running.wait(30)
    lines = log.read_text().splitlines()
    if log_format == "text":
        assert all(map(_TEXT.fullmatch, lines)), lines
    else:
        for line in lines:
            found = json.loads(line)
            assert list(found)[:4] == _KEYS
            assert found["level"] == "WARNING"


def _status(url: str) -> int | None:
    try:
        return httpx.get(url, timeout=20).status_code
    except httpx.TransportError:
        return None


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_warning_of_the_health_checker_is_such_a_line(tmp_path: Path, log_format: str) -> None:
    django, fastapi = map(str, free_ports(2))
    environment = {**os.environ, "PARTSEARCH_LOG_FORMAT": log_format, "TZ": "UTC"}
    command = [
        sys.executable, "-m", "partsearch.operation.health_checker", "--host", "localhost",
        "--home", str(tmp_path), "--sockets", str(tmp_path),
        "--django-ports", django, django, "--fastapi-ports", fastapi, fastapi,
    ]  # fmt: skip
    log = tmp_path / "log"
    with log.open("w") as output, subprocess.Popen(command, env=environment, stdout=output, stderr=output) as running:
        try:
            wait_for(log.read_text, what="that Nginx is not informed")
        finally:
            running.terminate()
            running.wait(30)
    (line,) = log.read_text().splitlines()
    assert "Nginx not informed" in line
    if log_format == "text":
        assert _TEXT.fullmatch(line)
    else:
        assert list(json.loads(line)) == [*_KEYS, "error"]
