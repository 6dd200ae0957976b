"""The versions of everything that takes part, as the programs say them themselves."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from partsearch.operation.errors import OperationError
from partsearch.operation.nginx.configuration import nginx_binary
from partsearch.settings import Settings

_SECONDS = 20
_PACKAGES = (
    "Django", "FastAPI", "psycopg", "asyncpg", "granian", "uvicorn", "uvloop", "httptools", "pydantic", "orjson",
)  # fmt: skip
_ASKED = f"""
import json, platform
from importlib.metadata import PackageNotFoundError, version
found = {{"Python": platform.python_version()}}
for name in {_PACKAGES!r}:
    try:
        found[name] = version(name)
    except PackageNotFoundError:
        pass
print(json.dumps(found))
"""
_NUMBER = re.compile(r"\d+(\.\d+)+")


def package_versions(python: Path | None = None) -> dict[str, str]:
    """The versions of a Python and of the packages that serve the searches, as that Python has them.

    Args:
        python: that of the release that runs; ``None`` for this one.
    """
    said = _output([str(python or sys.executable), "-I", "-c", _ASKED])
    try:
        found = json.loads(said)
    except ValueError:
        return {}
    return {str(name): str(version) for name, version in found.items()}


def program_versions(settings: Settings) -> dict[str, str]:
    """The versions of Nginx and of the load generators, of those that are there."""
    commands = {"wrk": ["wrk", "-v"], "siege": ["siege", "--version"]}
    with suppress(OperationError):
        commands["Nginx"] = [nginx_binary(settings), "-v"]
    said = {name: _output(command) for name, command in commands.items() if shutil.which(command[0])}
    return {name: match[0] for name, text in said.items() if (match := _NUMBER.search(text))}


def _output(command: Sequence[str]) -> str:
    """What a program says, wherever it says it: wrk prints its version and exits with 1."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout + done.stderr
