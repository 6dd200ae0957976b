"""The log lines of all processes: text, or JSON where ``PARTSEARCH_LOG_FORMAT`` says so. Standard library only.

A line has the time, the level, the logger, the event and, as ``key=value``, what was logged with ``extra={...}``.
"""

import json
import logging
import logging.config
import os
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

_VARIABLE = "PARTSEARCH_LOG_FORMAT"
_OF_EVERY_RECORD = {*vars(logging.makeLogRecord({})), "message", "asctime", "color_message", "taskName"}
_SERVERS = ("_granian", "uvicorn.error")
_TRACEBACK = "Traceback (most recent call last):"
_NONE: Mapping[str, Any] = {}

Field = str | int | float | bool | None


class LogFormat(StrEnum):
    """How a log line is written."""

    TEXT = "text"
    JSON = "json"


def configured_format() -> LogFormat:
    """Return the format that the environment names; partsearch gives its processes the setting there."""
    return LogFormat.JSON if os.environ.get(_VARIABLE) == LogFormat.JSON else LogFormat.TEXT


def log_configuration(
    log_format: LogFormat | None = None,
    *,
    level: int = logging.WARNING,
    filters: Mapping[str, type[logging.Filter]] = _NONE,
    loggers: Mapping[str, Any] = _NONE,
) -> dict[str, Any]:
    """Return the ``dictConfig`` of a process: everything from ``level`` on goes to stderr, a line each.

    Args:
        log_format: how lines are written; absent, as the environment says.
        level: what is logged at least.
        filters: by name, what each record goes through before it is written.
        loggers: the settings of single loggers, as ``dictConfig`` has them.
    """
    handler = {"class": "logging.StreamHandler", "formatter": "line", "filters": list(filters), "level": level}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {name: {"()": kind} for name, kind in filters.items()},
        "formatters": {"line": {"()": LineFormatter, "log_format": log_format}},
        "handlers": {"stderr": handler},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": dict(loggers),
    }


def configure_logging(*, level: int = logging.WARNING) -> None:
    """Write the log lines of this process as the environment says."""
    logging.config.dictConfig(log_configuration(level=level))


class LineFormatter(logging.Formatter):
    """Writes a record as a line of text with its traceback below, or as one JSON object.

    Args:
        log_format: how; absent, as the environment says.
    """

    def __init__(self, log_format: LogFormat | None = None) -> None:
        super().__init__()
        self._log_format = log_format or configured_format()

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of ``record``."""
        event, logged_traceback = _event_of(record)
        exception = "\n".join(filter(None, [logged_traceback, self._exception(record), record.stack_info]))
        fields = {name: value for name, value in vars(record).items() if _is_field(name, value)}
        return format_line(self._log_format, record.levelname, record.name, event, fields, exception, record.created)

    def _exception(self, record: logging.LogRecord) -> str:
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        return record.exc_text or ""


def format_line(
    log_format: LogFormat,
    level: str,
    logger: str,
    event: str,
    fields: Mapping[str, Field],
    exception: str = "",
    created: float | None = None,
) -> str:
    """Return a log line.

    Args:
        log_format: how it is written.
        level: the name of its level.
        logger: who logs.
        event: what happened.
        fields: what is known of it.
        exception: the traceback.
        created: the time; absent, now.
    """
    time = (datetime.now() if created is None else datetime.fromtimestamp(created)).astimezone()
    if log_format is LogFormat.JSON:
        line = {"time": time.isoformat(timespec="milliseconds"), "level": level, "logger": logger, "event": event}
        line |= {"exception": exception} if exception else {}
        return json.dumps({**line, **fields, **line}, ensure_ascii=False)
    words = [f"{time:%Y-%m-%dT%H:%M:%S%z} {level} {logger}: {_on_one_line(event)}"]
    words += [f"{name}={_text(value)}" for name, value in fields.items()]
    return "\n".join([" ".join(words), *([exception] if exception else [])])


def _event_of(record: logging.LogRecord) -> tuple[str, str]:
    """Return the event and the traceback of a record: the servers log a traceback as their message."""
    message = record.getMessage()
    if record.name not in _SERVERS:
        return message, ""
    event, mark, rest = message.partition(_TRACEBACK)
    return event.strip() or "Exception", (mark + rest).rstrip()


def _is_field(name: str, value: object) -> bool:
    """Return whether an attribute of a record was logged as ``extra``. Objects, such as requests, are left out."""
    return name not in _OF_EVERY_RECORD and (value is None or isinstance(value, str | int | float))


def _text(value: Field) -> str:
    """Return a value as it stands, or in quotation marks where its end would not be seen."""
    text = str(value)
    is_plain = text and text.isprintable() and not any(character in text for character in ' "=')
    return text if is_plain else json.dumps(text, ensure_ascii=not text.isprintable())


def _on_one_line(text: str) -> str:
    """Return a text in which line breaks and control characters are escaped: nobody can forge a line."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )
