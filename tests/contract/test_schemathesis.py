"""Both services conform to the OpenAPI document: Schemathesis generates requests from it.

They are valid and invalid, boundary values and random ones. All checks of Schemathesis are on.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.service_client import Service

SECONDS = 60


@pytest.mark.usefixtures("known_catalog")
def test_both_services_conform_to_the_openapi_document(service: Service, fastapi: Service, tmp_path: Path) -> None:
    command = [
        *(str(Path(sys.executable).parent / "schemathesis"), "--no-color", "run", f"{fastapi.url}/openapi.json"),
        *("--url", service.url, "--checks", "all", "--mode", "all", "--continue-on-failure"),
        # With a random seed a failure would come and go.
        *("--max-examples", "150", "--seed", "1", "--generation-database", "none"),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "7 selected / 7 total" in done.stdout, done.stdout
    assert "Tested: 7" in done.stdout, done.stdout
