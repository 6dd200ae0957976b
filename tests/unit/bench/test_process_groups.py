"""Who used the processors: also those who have ended since."""

import subprocess
import sys

import psutil

from partsearch.bench.environment.process_groups import cpu_seconds, process_groups, resident_bytes

BURN = "import time\nwhile time.process_time() < 0.3: pass"


def test_a_program_that_has_ended_is_counted() -> None:
    heads = process_groups(None)["generator"]
    before = cpu_seconds(heads)
    subprocess.run([sys.executable, "-I", "-c", BURN], check=True, timeout=30)
    assert cpu_seconds(heads) - before >= 0.25


def test_a_family_has_its_children_once() -> None:
    with subprocess.Popen([sys.executable, "-I", "-c", "input()"], stdin=subprocess.PIPE) as child:
        own = psutil.Process()
        once, twice = resident_bytes([own]), resident_bytes([own, psutil.Process(child.pid)])
        alone = resident_bytes([psutil.Process(child.pid)])
        assert alone > 2**20
        assert abs(twice - once) < alone / 2


def test_whoever_is_gone_uses_nothing() -> None:
    gone = psutil.Popen([sys.executable, "-I", "-c", ""])
    gone.wait(30)
    assert (cpu_seconds([gone]), resident_bytes([gone])) == (0.0, 0)
