"""``DATABASE_URL`` points the services and every command at another PostgreSQL, and is the only setting needed."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.site import RunningSite, free_environment, free_ports


@pytest.fixture
def address(home: Path) -> Iterator[str]:
    """The address, with its password, of a PostgreSQL on loopback that another site starts."""
    port = free_ports(1)[0]
    environment = {**free_environment(home), "PARTSEARCH_DATABASE_PORT": str(port)}
    with RunningSite.started(environment):
        password = (home / "database_password").read_text()
        yield f"postgresql://partsearch:{password}@127.0.0.1:{port}/partsearch"


def test_services_and_commands_use_it(address: str) -> None:
    with tempfile.TemporaryDirectory(prefix="partsearch-test-") as folder:
        environment = {**free_environment(Path(folder) / "home"), "DATABASE_URL": address}
        with RunningSite.started(environment) as site:
            status = site.status()
            assert status["database"] == "local"
            assert [process["service"] for process in status["processes"]] == [
                "django",
                "fastapi",
                "nginx",
                "health-checker",
            ]
            assert site.conninfo == address
            assert site.run("generate", "50").returncode == 0
            doctor = site.run("doctor")
            assert doctor.returncode == 0, doctor.stdout
            for service in site.services:
                assert httpx.get(f"{service}/search/part/", timeout=10).json()["count"] > 0
            shown = doctor.stdout + site.run("status", "--json").stdout + site.run("logs").stdout
            assert address.split(":")[2].split("@")[0] not in shown
