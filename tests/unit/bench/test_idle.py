"""The wait until the services are idle."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from partsearch.bench.environment.process_groups import GENERATOR
from partsearch.bench.load.idle import wait_until_idle


@contextmanager
def python(code: str) -> Iterator[psutil.Process]:
    with subprocess.Popen([sys.executable, "-c", f"print(flush=True); {code}"], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        try:
            yield psutil.Process(process.pid)
        finally:
            process.kill()


def test_idle_processes_end_the_wait() -> None:
    with python("__import__('time').sleep(60)") as idle:
        assert wait_until_idle({"django": (idle,)}, seconds=20)


def test_busy_processes_prolong_the_wait_up_to_its_limit() -> None:
    with python("exec('while True: pass')") as busy:
        assert not wait_until_idle({"django": (busy,)}, seconds=1)
        assert wait_until_idle({GENERATOR: (busy,)}, seconds=1)
