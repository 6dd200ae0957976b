"""The CPU time of process groups, also of processes that have ended."""

import subprocess
import sys

import psutil

from partsearch.bench.environment.process_groups import cpu_seconds, members, process_groups

BURN = "import time\nwhile time.process_time() < 0.3: pass"


def test_a_program_that_has_ended_is_counted() -> None:
    def used() -> float:
        return cpu_seconds(members(process_groups(None))["generator"].values())

    before = used()
    subprocess.run([sys.executable, "-I", "-c", BURN], check=True, timeout=30)
    assert used() - before >= 0.25


def test_a_child_with_a_group_of_its_own_is_not_part_of_the_generator() -> None:
    with subprocess.Popen([sys.executable, "-I", "-c", "input()"], stdin=subprocess.PIPE) as child:
        alone = members(process_groups(None))
        both = members(process_groups(None, {"django-plain": psutil.Process(child.pid)}))
    assert child.pid in alone["generator"]
    assert [*both["django-plain"]] == [child.pid]
    assert {*alone["generator"]} - {*both["generator"]} == {child.pid}


def test_a_process_that_has_ended_uses_nothing() -> None:
    gone = psutil.Popen([sys.executable, "-I", "-c", ""])
    gone.wait(30)
    assert cpu_seconds([gone]) == 0.0
    assert members({"gone": (gone,)}) == {"gone": {}}
