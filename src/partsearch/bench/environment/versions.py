"""The versions of the programs and packages of a run, as they report them."""

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
_PRINT_VERSIONS = f"""
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
    """Return the versions of a Python and of its packages that serve the searches.

    Args:
        python: the Python of the running release; ``None`` for this one.
    """
    output = _output([str(python or sys.executable), "-I", "-c", _PRINT_VERSIONS])
    try:
        versions = json.loads(output)
    except ValueError:
        return {}
    return {str(name): str(version) for name, version in versions.items()}


def program_versions(settings: Settings) -> dict[str, str]:
    """Return the versions of Nginx and of the load generators, as far as they are installed."""
    commands = {"wrk": ["wrk", "-v"], "siege": ["siege", "--version"]}
    with suppress(OperationError):
        commands["Nginx"] = [nginx_binary(settings), "-v"]
    outputs = {name: _output(command) for name, command in commands.items() if shutil.which(command[0])}
    return {name: match[0] for name, text in outputs.items() if (match := _NUMBER.search(text))}


def _output(command: Sequence[str]) -> str:
    """Return both outputs of a program, whatever its exit code: wrk prints its version and exits with 1."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout + done.stderr
