"""Which line of a log names the reason why a process does not start, and the advice for it."""

import json
from pathlib import Path

import pytest

from partsearch.operation.names import Service
from partsearch.operation.supervision.start_errors import LogSince, error_line, next_step
from partsearch.settings import Settings

_NO_NJS = """\
2026/11/25 20:00:00 [emerg] 7#7: unknown directive "js_import" in /home/run/nginx.conf:23
nginx: [emerg] unknown directive "js_import" in /home/run/nginx.conf:23
"""
_PORT_TAKEN = """\
nginx: [emerg] bind() to 127.0.0.1:8080 failed (98: Address already in use)
nginx: [emerg] bind() to 127.0.0.1:8080 failed (98: Address already in use)
nginx: [emerg] still could not bind()
"""
_LOW_PORT = "nginx: [emerg] bind() to 127.0.0.1:80 failed (13: Permission denied)\n"
_WRONG_SETTING = """\
2026-11-25 20:00:00.000 UTC [7] LOG:  unrecognized configuration parameter "shared_bufers" in file "/p.conf" line 9
2026-11-25 20:00:00.000 UTC [7] FATAL:  configuration file "/p.conf" contains errors
"""
_TWO_SERVERS = """\
2026-11-25 20:00:00.000 UTC [7] FATAL:  lock file "postmaster.pid" already exists
2026-11-25 20:00:00.000 UTC [7] HINT:  Is another postmaster (PID 8) running in data directory "/home/postgres"?
"""
_CHAINED = """\
Traceback (most recent call last):
  File "a.py", line 1, in <module>
KeyError: 'a'

During handling of the above exception, another exception occurred:

[ERROR] Traceback (most recent call last):
  File "b.py", line 2, in <module>
    wrong()
ModuleNotFoundError: No module named 'whitenoise'
[WARNING] Unexpected exit from worker-1
"""


@pytest.mark.parametrize(
    ("service", "log", "line", "advice"),
    [
        (Service.NGINX, _NO_NJS, 'unknown directive "js_import" in /home/run/nginx.conf:23', "nginx without njs"),
        (
            Service.NGINX,
            _PORT_TAKEN,
            "bind() to 127.0.0.1:8080 failed (98: Address already in use)",
            "choose another port with PARTSEARCH_PORT",
        ),
        (Service.NGINX, _LOW_PORT, "bind() to 127.0.0.1:80 failed (13: Permission denied)", "a port from 1024 on"),
        (
            Service.NGINX,
            "error while loading libpcre.so\n",
            "error while loading libpcre.so",
            "Leave out PARTSEARCH_NGI",
        ),
        (
            Service.POSTGRES,
            _WRONG_SETTING,
            'configuration file "/p.conf" contains errors'
            ' (unrecognized configuration parameter "shared_bufers" in file "/p.conf" line 9)',
            "Correct /home/postgres/postgresql.conf",
        ),
        (Service.POSTGRES, _TWO_SERVERS, 'lock file "postmaster.pid" already exists', "Stop the other PostgreSQL"),
        (
            Service.POSTGRES,
            "[7] FATAL:  could not write lock file: No space left on device\n",
            "could not write lock file: No space left on device",
            "Free some space on the disk of /home",
        ),
        (Service.DJANGO, _CHAINED, "ModuleNotFoundError: No module named 'whitenoise'", "Install the packages"),
        (
            Service.FASTAPI,
            "ERROR:    [Errno 98] Address already in use\n",
            "ERROR:    [Errno 98] Address already in use",
            "choose another port with PARTSEARCH_FASTAPI_PORTS",
        ),
        (
            Service.HEALTH_CHECKER,
            "couldn't exec /x: EACCES\nsupervisor: child process was not spawned\n",
            "couldn't exec /x: EACCES",
            "See its log, /home/logs/health-checker.log.",
        ),
        (
            Service.DJANGO,
            "launch: /home/run/x.group: Permission denied\n",
            "launch: /home/run/x.group: Permission denied",
            "right to it",
        ),
    ],
)
def test_the_line_with_the_reason_and_the_next_step(service: Service, log: str, line: str, advice: str) -> None:
    settings = Settings(_env_file=None, partsearch_home=Path("/home"), partsearch_nginx=Path("/usr/sbin/nginx"))
    assert error_line(service, log) == line
    step = next_step(service, line, settings, Path(f"/home/logs/{service}.log"), 8080)
    assert advice in step
    assert f"/home/logs/{service}.log" in step


@pytest.mark.parametrize("service", Service)
def test_an_empty_log_has_no_line(service: Service) -> None:
    assert error_line(service, "\n \n") is None


def test_the_line_is_found_in_json_too(tmp_path: Path) -> None:
    path = tmp_path / "log"
    log = LogSince(path)
    lines = [
        {"event": "Exception", "exception": "Traceback (most recent call last):\n  a\nKeyError: 1"},
        {"event": "Unexpected exit from worker-1"},
    ]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines) + "{no JSON\n")
    assert error_line(Service.DJANGO, log.read()) == "KeyError: 1"


def test_only_lines_after_the_start_count(tmp_path: Path) -> None:
    path = tmp_path / "log"
    assert LogSince(path).read() == ""
    path.write_text("before\n")
    log = LogSince(path)
    assert log.read() == ""
    with path.open("a") as file:
        file.write("since\n")
    assert log.read() == "since\n"
    path.rename(tmp_path / "log.1")
    path.write_text("begun anew, and longer than before\n")
    assert log.read() == "begun anew, and longer than before\n"
