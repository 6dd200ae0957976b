"""Why a process of the site does not start: the line of its log with the cause, and what to do about it."""

import json
import os
import re
from pathlib import Path

from partsearch.operation.names import Service
from partsearch.operation.ports import SETTINGS, holder
from partsearch.settings import Settings
from partsearch.system.commands import exception_line, non_empty_lines
from partsearch.system.machine_advice import machine_advice

_READ_BYTES = 256 * 1024
_NGINX = re.compile(r"\[(?:emerg|alert|crit)\] (?:\d+#\d+: )?(?!still could not bind)(?P<text>.+)")
_POSTGRES = re.compile(r"(?:FATAL|PANIC|ERROR):  (?P<text>.+)")
_POSTGRES_CAUSE = re.compile(r"LOG:  (?P<text>.*(?:error|could not|invalid|unrecognized|not available).*)")
_SUPERVISOR_ADDS = "supervisor: child process was not spawned"

_PORT_TAKEN = re.compile(r"Address (?:already )?in use", re.IGNORECASE)
_LOW_PORT = re.compile(r"bind\(\) to \S+ failed \(13:")
_NO_NJS = re.compile(r'unknown directive "js_')
_POSTGRES_SETTINGS = re.compile(r"configuration file|configuration parameter|value for parameter|shared_preload", re.I)
_OTHER_POSTGRES = re.compile(r"lock file \S+ already exists")
_NOT_INSTALLED = re.compile(r"\b(?:ModuleNotFoundError|ImportError)\b|can't find command|No such file or directory")


class LogSince:
    """What a process logs from now on.

    Args:
        path: its log, which may not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        status = path.stat() if path.exists() else None
        self._inode, self._size = (status.st_ino, status.st_size) if status else (0, 0)

    def read(self) -> str:
        """Return what has been logged since, of much its end; all of a log that was rotated meanwhile.

        Lines of JSON are returned as text.
        """
        try:
            with self.path.open("rb") as file:
                status = os.fstat(file.fileno())
                is_same = status.st_ino == self._inode and status.st_size >= self._size
                file.seek(max(self._size if is_same else 0, status.st_size - _READ_BYTES))
                return _json_as_text(file.read().decode(errors="replace"))
        except FileNotFoundError:
            return ""


def error_line(service: Service, log: str) -> str | None:
    """Return the line that names why a process ended; ``None`` where its log is empty.

    Args:
        service: the service of the process.
        log: what the process has logged since it was started.
    """
    lines = [line for line in non_empty_lines(log) if line.strip() != _SUPERVISOR_ADDS]
    read = {Service.NGINX: _nginx_line, Service.POSTGRES: _postgres_line}.get(service)
    found = read(lines) if read else exception_line(log)
    return found or (lines[-1].strip() if lines else None)


def _json_as_text(log: str) -> str:
    """Return a log with each line of JSON, which PARTSEARCH_LOG_FORMAT asks for, as its event and its traceback."""
    return "".join(map(_json_line_as_text, log.splitlines(keepends=True)))


def _json_line_as_text(line: str) -> str:
    if not line.startswith("{"):
        return line
    try:
        found = json.loads(line)
        return "\n".join(filter(None, [found["event"], found.get("exception"), ""])) + "\n"
    except (ValueError, KeyError, TypeError):
        return line


def _nginx_line(lines: list[str]) -> str | None:
    return _last(_NGINX, lines)


def _postgres_line(lines: list[str]) -> str | None:
    """Return the fatal line, with the cause that PostgreSQL logged just before."""
    fatal = _last(_POSTGRES, lines)
    cause = _last(_POSTGRES_CAUSE, lines) if fatal else None
    return f"{fatal} ({cause})" if cause else fatal


def _last(pattern: re.Pattern[str], lines: list[str]) -> str | None:
    found = [match["text"] for line in lines if (match := pattern.search(line))]
    return found[-1] if found else None


def next_step(service: Service, line: str, settings: Settings, log: Path, port: int | None) -> str:
    """Return what to do about a process that does not start.

    Args:
        service: the service of the process.
        line: its error line.
        settings: those of the site.
        log: the path of its log.
        port: its port.
    """
    advice = _own_advice(service, line, settings, port) or machine_advice(line, settings.partsearch_home)
    return f"{advice} Its log is {log}." if advice else f"See its log, {log}."


def _own_advice(service: Service, line: str, settings: Settings, port: int | None) -> str | None:
    if _PORT_TAKEN.search(line) and port and service in SETTINGS:
        return f"Stop the program that has port {port}{holder(port)}, or choose another port with {SETTINGS[service]}."
    if service is Service.NGINX:
        return _nginx_advice(line, settings)
    if service is Service.POSTGRES:
        return _postgres_advice(line, settings)
    if "Wrong setting" in line:
        return "Correct the setting in the environment or in .env."
    return "Install the packages of partsearch again." if _NOT_INSTALLED.search(line) else None


def _nginx_advice(line: str, settings: Settings) -> str | None:
    if _LOW_PORT.search(line):
        return "Choose a port from 1024 on with PARTSEARCH_PORT: the site's account may not have a lower one."
    if _NO_NJS.search(line):
        return "PARTSEARCH_NGINX names an nginx without njs: leave it out to use the one that comes with partsearch."
    is_foreign = settings.partsearch_nginx is not None and not machine_advice(line, settings.partsearch_home)
    return "Leave out PARTSEARCH_NGINX to use the nginx that comes with partsearch." if is_foreign else None


def _postgres_advice(line: str, settings: Settings) -> str | None:
    folder = settings.partsearch_home / "postgres"
    if _POSTGRES_SETTINGS.search(line):
        return f"Correct {folder / 'postgresql.conf'}."
    if _OTHER_POSTGRES.search(line):
        return f"Stop the other PostgreSQL that works in {folder}."
    return None
