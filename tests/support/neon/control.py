"""The process of the front, and its commands."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import trustme

_PROJECT = Path(__file__).parents[3]
_ORDER_SECONDS = 60
_STOP_SECONDS = 10


class FrontProcess:
    """The process of the front. Any thread may send commands."""

    def __init__(self, folder: Path) -> None:
        self._control = folder / "control"
        self.authority = folder / "authority.pem"
        self._certificate = folder / "certificate.pem"
        self.port = 0

    @contextmanager
    def running(self, domain: str, user: str, password: str, port: int) -> Iterator["FrontProcess"]:
        """Run it for the block."""
        settings = {**self._certify(domain), "domain": domain, "user": user, "password": password, "port": port}
        # Without coverage, which would slow it down: none of our code runs there.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
        with subprocess.Popen(
            [sys.executable, "-m", "tests.support.neon.front"],
            cwd=_PROJECT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin and process.stdout
            process.stdin.write(json.dumps({**settings, "control": str(self._control)}) + "\n")
            process.stdin.flush()
            try:
                self.port = int(process.stdout.readline())
                yield self
            finally:
                process.stdin.close()
                try:
                    process.wait(_STOP_SECONDS)
                finally:
                    process.kill()
        assert process.returncode == 0, "The front failed. Its messages are in the standard error."

    def _certify(self, domain: str) -> dict[str, str]:
        """Create a certificate for every name of the domain, and its authority for clients that verify it."""
        authority = trustme.CA()
        certificate = authority.issue_cert(f"*.{domain}")
        authority.cert_pem.write_to_path(str(self.authority))
        certificate.private_key_and_cert_chain_pem.write_to_path(str(self._certificate))
        return {
            "certificate": str(self._certificate),
            "certificate_alone": certificate.cert_chain_pems[0].bytes().decode(),
        }

    def send_command(self, command: str, **arguments: Any) -> Any:
        """Send a command and return its result."""
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(_ORDER_SECONDS)
            control.connect(str(self._control))
            control.sendall(json.dumps({"command": command, **arguments}).encode() + b"\n")
            with control.makefile() as answers:
                answer = json.loads(answers.readline())
        assert "error" not in answer, answer["error"]
        return answer["result"]
