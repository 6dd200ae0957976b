"""FastAPI's own document of the interface, held against both services by requests that Schemathesis makes up from it.

Valid and invalid ones, at the edges and at random; every check it has is on.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.service_client import Service

SECONDS = 60


@pytest.mark.usefixtures("known_catalog")
def test_both_services_conform_to_the_openapi_document(
    service: Service, fastapi: Service, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    # What it makes up is about HTTP for the most part, and that is the same on every database.
    examples = "150" if pytestconfig.getoption("database") == "embedded" else "30"
    command = [
        *(str(Path(sys.executable).parent / "schemathesis"), "--no-color", "run", f"{fastapi.url}/openapi.json"),
        *("--url", service.url, "--checks", "all", "--mode", "all", "--continue-on-failure"),
        # A search that is made up anew every time would fail at times only, and for somebody else.
        *("--max-examples", examples, "--seed", "1", "--generation-database", "none"),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 selected / 4 total" in done.stdout, done.stdout
    assert "Tested: 4" in done.stdout, done.stdout
