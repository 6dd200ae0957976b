"""The front's process, and the orders that it takes."""

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
    """The front, run and ordered from outside. Orders may come from any thread."""

    def __init__(self, folder: Path) -> None:
        self._control = folder / "control"
        self.authority = folder / "authority.pem"
        self._certificate = folder / "certificate.pem"
        self.port = 0

    @contextmanager
    def running(self, domain: str, user: str, password: str, port: int) -> Iterator["FrontProcess"]:
        """Runs it for the block."""
        settings = {**self._certify(domain), "domain": domain, "user": user, "password": password, "port": port}
        # Coverage would only slow it down: nothing of ours runs there.
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
        assert process.returncode == 0, "The front failed; what it said is in the standard error."

    def _certify(self, domain: str) -> dict[str, str]:
        """A certificate for every name of the domain, and the authority that clients may verify it by."""
        authority = trustme.CA()
        certificate = authority.issue_cert(f"*.{domain}")
        authority.cert_pem.write_to_path(str(self.authority))
        certificate.private_key_and_cert_chain_pem.write_to_path(str(self._certificate))
        return {
            "certificate": str(self._certificate),
            "certificate_alone": certificate.cert_chain_pems[0].bytes().decode(),
        }

    def order(self, order: str, **arguments: Any) -> Any:
        """Gives an order and returns its result."""
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(_ORDER_SECONDS)
            control.connect(str(self._control))
            control.sendall(json.dumps({"order": order, **arguments}).encode() + b"\n")
            with control.makefile() as answers:
                answer = json.loads(answers.readline())
        assert "error" not in answer, answer["error"]
        return answer["result"]
