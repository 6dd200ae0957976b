"""Why a process of the site does not start: the line of its log that tells, and what to do about it."""

import os
import re
from pathlib import Path

from partsearch.database import causes
from partsearch.operation.names import Service
from partsearch.operation.ports import SETTINGS, holder
from partsearch.settings import Settings
from partsearch.system.commands import exception_line, non_empty_lines

_READ_BYTES = 256 * 1024
_NGINX = re.compile(r"\[(?:emerg|alert|crit)\] (?:\d+#\d+: )?(?!still could not bind)(?P<said>.+)")
_POSTGRES = re.compile(r"(?:FATAL|PANIC|ERROR):  (?P<said>.+)")
_POSTGRES_CAUSE = re.compile(r"LOG:  (?P<said>.*(?:error|could not|invalid|unrecognized|not available).*)")
_SUPERVISOR_ADDS = "supervisor: child process was not spawned"

_PORT_TAKEN = re.compile(r"Address (?:already )?in use", re.IGNORECASE)
_LOW_PORT = re.compile(r"bind\(\) to \S+ failed \(13:")
_NO_NJS = re.compile(r'unknown directive "js_')
_POSTGRES_SETTINGS = re.compile(r"configuration file|configuration parameter|value for parameter|shared_preload", re.I)
_OTHER_POSTGRES = re.compile(r"lock file \S+ already exists")
_NOT_INSTALLED = re.compile(r"\b(?:ModuleNotFoundError|ImportError)\b|can't find command|No such file or directory")


class LogSince:
    """The log of a process from the moment on when this was made."""

    def __init__(self, path: Path) -> None:
        self.path = path
        status = path.stat() if path.exists() else None
        self._inode, self._size = (status.st_ino, status.st_size) if status else (0, 0)

    def read(self) -> str:
        """Return what has been added since, of much its end; all of the log where it has been begun anew."""
        try:
            with self.path.open("rb") as file:
                status = os.fstat(file.fileno())
                is_same = status.st_ino == self._inode and status.st_size >= self._size
                file.seek(max(self._size if is_same else 0, status.st_size - _READ_BYTES))
                return file.read().decode(errors="replace")
        except FileNotFoundError:
            return ""


def error_line(service: Service, log: str) -> str | None:
    """Return what a process said of its end, ``None`` where its log is empty.

    Args:
        service: whose log it is.
        log: what the process has logged since it was started.
    """
    lines = [line for line in non_empty_lines(log) if line.strip() != _SUPERVISOR_ADDS]
    read = {Service.NGINX: _nginx_line, Service.POSTGRES: _postgres_line}.get(service)
    found = read(lines) if read else exception_line(log)
    return found or (lines[-1].strip() if lines else None)


def _nginx_line(lines: list[str]) -> str | None:
    return _last(_NGINX, lines)


def _postgres_line(lines: list[str]) -> str | None:
    """The fatal line, and what PostgreSQL logged as its cause just before."""
    fatal = _last(_POSTGRES, lines)
    cause = _last(_POSTGRES_CAUSE, lines) if fatal else None
    return f"{fatal} ({cause})" if cause else fatal


def _last(pattern: re.Pattern[str], lines: list[str]) -> str | None:
    found = [match["said"] for line in lines if (match := pattern.search(line))]
    return found[-1] if found else None


def next_step(service: Service, said: str, settings: Settings, log: Path, port: int | None) -> str:
    """Return what to do about the line of a process that does not start.

    Args:
        service: which process it is.
        said: its line.
        settings: those of the site.
        log: where all that it said stands.
        port: the port that it is to have.
    """
    advice = _own_advice(service, said, settings, port) or causes.advice(said, settings.partsearch_home)
    return f"{advice} Its log is {log}." if advice else f"See its log, {log}."


def _own_advice(service: Service, said: str, settings: Settings, port: int | None) -> str | None:
    if _PORT_TAKEN.search(said) and port and service in SETTINGS:
        return f"Stop the program that has port {port}{holder(port)}, or choose another port with {SETTINGS[service]}."
    if service is Service.NGINX:
        return _nginx_advice(said, settings)
    if service is Service.POSTGRES:
        return _postgres_advice(said, settings)
    if "Wrong setting" in said:
        return "Correct the setting in the environment or in .env."
    return "Install the packages of partsearch again." if _NOT_INSTALLED.search(said) else None


def _nginx_advice(said: str, settings: Settings) -> str | None:
    if _LOW_PORT.search(said):
        return "Choose a port from 1024 on with PARTSEARCH_PORT: the site's account may not have a lower one."
    if _NO_NJS.search(said):
        return "PARTSEARCH_NGINX names an nginx without njs: leave it out to use the one that comes with partsearch."
    is_foreign = settings.partsearch_nginx is not None and not causes.advice(said, settings.partsearch_home)
    return "Leave out PARTSEARCH_NGINX to use the nginx that comes with partsearch." if is_foreign else None


def _postgres_advice(said: str, settings: Settings) -> str | None:
    folder = settings.partsearch_home / "postgres"
    if _POSTGRES_SETTINGS.search(said):
        return f"Correct {folder / 'postgresql.conf'}."
    if _OTHER_POSTGRES.search(said):
        return f"End the other PostgreSQL that works in {folder}."
    return None
