"""Processes that run tests at the same time listen on different ports."""

import subprocess
import sys
from contextlib import ExitStack

from tests.support.documents import ROOT
from tests.support.site import free_ports

_PORTS = "import tests.support.site, sys; print(*tests.support.site.free_ports(5), flush=True); sys.stdin.read()"


def test_two_processes_never_get_the_same_ports() -> None:
    given = free_ports(5)
    with ExitStack() as stack:
        for _ in range(2):
            command = [sys.executable, "-c", _PORTS]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            process = stack.enter_context(subprocess.Popen(command, cwd=ROOT, text=True, **pipes))  # type: ignore[call-overload]
            given += map(int, process.stdout.readline().split())
    assert len(set(given)) == 15
    assert max(given) < 32768, "the kernel gives it to clients"
