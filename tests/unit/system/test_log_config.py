"""The log lines of all processes."""

import json
import logging
import logging.config
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from partsearch.system.log_config import LineFormatter, LogFormat, log_configuration

Log = Callable[..., str]


@pytest.fixture(params=list(LogFormat))
def log_format(request: pytest.FixtureRequest) -> LogFormat:
    return LogFormat(request.param)


def line_of(log_format: LogFormat, event: str, *arguments: object, **extra: object) -> str:
    """Return the log line of a warning."""
    logger = logging.getLogger("partsearch.test")
    exc_info = extra.pop("exc_info", None)
    record = logger.makeRecord("partsearch.test", logging.WARNING, "f", 1, event, arguments, exc_info, extra=extra)  # type: ignore[arg-type]
    return LineFormatter(log_format).format(record)


def as_json(event: str, *arguments: object, **extra: object) -> dict[str, Any]:
    line = line_of(LogFormat.JSON, event, *arguments, **extra)
    assert "\n" not in line
    return dict(json.loads(line))


def raised() -> tuple[type[BaseException], BaseException, Any]:
    try:
        raise ValueError("the cause")
    except ValueError:
        found = sys.exc_info()
    assert found[0]
    return found


def test_text_has_time_level_logger_event_and_fields_in_this_order() -> None:
    line = line_of(LogFormat.TEXT, "Database %s", "unavailable", attempt=3, reason="too slow", path="/mark/", empty="")
    pattern = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} WARNING partsearch\.test: (.*)"
    assert re.fullmatch(pattern, line)[1] == 'Database unavailable attempt=3 reason="too slow" path=/mark/ empty=""'  # type: ignore[index]


def test_json_has_the_same_fields_with_their_types() -> None:
    found = as_json("Database %s", "unavailable", attempt=3, reason="слишком долго", is_replica=True, slot=None)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d", found.pop("time"))
    assert list(found.items()) == [
        ("level", "WARNING"),
        ("logger", "partsearch.test"),
        ("event", "Database unavailable"),
        ("attempt", 3),
        ("reason", "слишком долго"),
        ("is_replica", True),
        ("slot", None),
    ]


def test_a_field_replaces_none_of_the_four_standard_ones() -> None:
    found = as_json("happened", level="low", logger="other", time=1)
    assert (found["level"], found["logger"]) == ("WARNING", "partsearch.test")
    assert found["time"] != 1


def test_an_exception_is_below_a_line_of_text_and_one_field_of_json() -> None:
    text = line_of(LogFormat.TEXT, "failed", exc_info=raised(), path="/x")
    assert re.match(r"\S+ WARNING partsearch\.test: failed path=/x\nTraceback ", text)
    assert text.endswith("\nValueError: the cause")
    found = as_json("failed", exc_info=raised())
    assert found["exception"].startswith("Traceback ")
    assert found["exception"].endswith("\nValueError: the cause")


def test_a_traceback_that_a_server_logs_as_its_message_is_an_exception(log_format: LogFormat) -> None:
    record = logging.LogRecord(
        "_granian", logging.ERROR, "f", 1, "Traceback (most recent call last):\nKeyError: 1", (), None
    )
    line = LineFormatter(log_format).format(record)
    if log_format is LogFormat.TEXT:
        assert line.endswith(" ERROR _granian: Exception\nTraceback (most recent call last):\nKeyError: 1")
    else:
        assert json.loads(line)["exception"].endswith("\nKeyError: 1")


@pytest.mark.parametrize("forged", ["a\n2026-01-01 ERROR x: y", "a\u2028b", "a\rb", "a\x1b[31m"])
def test_a_value_cannot_forge_a_line(log_format: LogFormat, forged: str) -> None:
    line = line_of(log_format, "said %s", forged, path=forged)
    assert len(line.splitlines()) == 1 or log_format is LogFormat.JSON
    assert "\n" not in line
    assert "\x1b" not in line


def test_objects_are_not_fields(log_format: LogFormat) -> None:
    line = line_of(log_format, "failed", request=object(), status_code=500)
    assert "request" not in line
    assert "500" in line


class _Marked(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = "id-1"
        return record.getMessage() != "dropped"


@pytest.fixture
def root_kept() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def test_the_configuration_has_filters_and_a_level(root_kept: None, capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(log_configuration(LogFormat.TEXT, filters={"marked": _Marked}))
    logger = logging.getLogger("other")
    logger.info("too low")
    logger.warning("dropped")
    logger.warning("kept")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("WARNING other: kept request_id=id-1")


@pytest.mark.parametrize(("variable", "is_json"), [("json", True), ("text", False), (None, False)])
def test_a_process_takes_the_format_from_its_environment(variable: str | None, is_json: bool) -> None:
    code = (
        "from partsearch.system.log_config import configure_logging; configure_logging();"
        "import logging; logging.getLogger('a').warning('b', extra={'c': 1})"
    )
    environment = {"PARTSEARCH_LOG_FORMAT": variable} if variable else {}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stderr.startswith("{") is is_json
    assert done.stderr.endswith(', "event": "b", "c": 1}\n' if is_json else " WARNING a: b c=1\n")
