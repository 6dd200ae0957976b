"""A site for the tests: started by the command that users type, and asked over HTTP."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import httpx

COMMAND_SECONDS = 120
SPECIAL_CHARACTERS = "дом; $x ${y} \"q\" 'a',b %n #c {d} \\e &!~`(f)"
"""The name of a folder with every special character that the path of a home may contain."""

_PORTS_AT_ONCE = 10
_first_ports = iter(range(26000, 32760 - _PORTS_AT_ONCE, _PORTS_AT_ONCE))
_leases: list[socket.socket] = []


def free_ports(number: int) -> list[int]:
    """Return ports that nothing listens on, and that no other test run gets while this process lives.

    They are below the range from which the kernel gives ports to clients: a client could take one before its server
    does. The process reserves them by a socket in Linux's abstract namespace, which ends with the process and leaves
    no file.

    Args:
        number: how many, at most ten.

    Raises:
        RuntimeError: all ports are taken.
    """
    while (first := next(_first_ports, None)) is not None:
        lease = socket.socket(socket.AF_UNIX)
        try:
            lease.bind(f"\0partsearch-test-ports-{first}")
        except OSError:
            lease.close()
            continue
        _leases.append(lease)
        ports = list(range(first, first + number))
        if all(_is_free(port) for port in ports):
            return ports
    raise RuntimeError("Every port of the tests is taken.")


def _is_free(port: int) -> bool:
    with socket.socket() as candidate:
        try:
            candidate.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_environment(home: Path) -> dict[str, str]:
    """Return the environment of a site in ``home``, with its own ports and its own embedded database."""
    ports = free_ports(5)
    return {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "PARTSEARCH_HOME": str(home),
        "PARTSEARCH_PORT": str(ports[0]),
        "PARTSEARCH_DJANGO_PORTS": f"{ports[1]},{ports[2]}",
        "PARTSEARCH_FASTAPI_PORTS": f"{ports[3]},{ports[4]}",
    }


@dataclass
class RunningSite:
    """A site, by the environment that its commands run in."""

    environment: dict[str, str]
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30))
    checkout: Path | None = None

    @classmethod
    @contextmanager
    def started(cls, environment: dict[str, str], checkout: Path | None = None) -> Iterator["RunningSite"]:
        """Run a site for the block, of another checkout if one is given."""
        site = cls(environment, checkout=checkout)
        try:
            up = site.run("up")
            assert up.returncode == 0, up.stdout + up.stderr
            yield site
        finally:
            site.client.close()
            down = site.run("down")
            assert down.returncode == 0, down.stdout + down.stderr

    def run(
        self, *arguments: str, seconds: float = COMMAND_SECONDS, stdin: IO[bytes] | None = None, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        """Run ``partsearch`` with these arguments; ``settings`` are added to the environment of the site."""
        programs = self.checkout / ".venv" / "bin" if self.checkout else Path(sys.executable).parent
        return subprocess.run(
            [str(programs / "partsearch"), *arguments],
            env={**self.environment, **settings},
            stdin=stdin,
            capture_output=True,
            text=True,
            timeout=seconds,
        )

    def status(self) -> dict[str, Any]:
        """Return what ``status --json`` prints."""
        answer = self.run("status", "--json")
        assert answer.stdout, answer.stderr
        return json.loads(answer.stdout)

    def supervised(self) -> dict[str, dict[str, Any]]:
        """Return what the supervisor reports of each process, without the second that a command takes."""
        from partsearch.operation.home import Home
        from partsearch.operation.supervision.supervisor import Supervisor

        return Supervisor(Home(self.home)).processes()

    def pid(self, service: str) -> int:
        """Return the id of the supervised process of a service."""
        from partsearch.operation.names import service_of

        processes = sorted(self.supervised().items())
        pid = next(int(process["pid"]) for name, process in processes if service_of(name) == service)
        assert pid, f"{service} does not run"
        return pid

    @property
    def home(self) -> Path:
        return Path(self.environment["PARTSEARCH_HOME"])

    @property
    def url(self) -> str:
        """The URL of Nginx."""
        return f"http://127.0.0.1:{self.environment['PARTSEARCH_PORT']}"

    @property
    def django_url(self) -> str:
        """The URL of the Django service on its own port."""
        return f"http://127.0.0.1:{self.environment['PARTSEARCH_DJANGO_PORTS'].split(',')[0]}"

    @property
    def fastapi_url(self) -> str:
        """The URL of the FastAPI service on its own port."""
        return f"http://127.0.0.1:{self.environment['PARTSEARCH_FASTAPI_PORTS'].split(',')[0]}"

    @property
    def services(self) -> Sequence[str]:
        """The URLs of both services on their own ports."""
        return self.django_url, self.fastapi_url

    @cached_property
    def conninfo(self) -> str:
        """The connection string of the site's database for psycopg, without a pooler. A site keeps its database."""
        return self.run("url", "--direct").stdout.strip()
