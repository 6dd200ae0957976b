"""Schemathesis generates requests from FastAPI's OpenAPI document and checks both services against it.

The requests are valid and invalid, at the limits and random; all checks are on.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.asking import Service

SECONDS = 60


@pytest.mark.usefixtures("known_catalog")
def test_the_document_is_right(service: Service, fastapi: Service, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    # Most of the requests test HTTP, which is the same on every database.
    examples = "150" if pytestconfig.getoption("database") == "embedded" else "30"
    command = [
        *(str(Path(sys.executable).parent / "schemathesis"), "--no-color", "run", f"{fastapi.url}/openapi.json"),
        *("--url", service.url, "--checks", "all", "--mode", "all", "--continue-on-failure"),
        # With a new seed every time, a failure could not be repeated.
        *("--max-examples", examples, "--seed", "1", "--generation-database", "none"),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 selected / 4 total" in done.stdout, done.stdout
    assert "Tested: 4" in done.stdout, done.stdout
