"""The facts of the machine: from files like those of the kernel, and from a real checkout."""

import subprocess
from pathlib import Path

import pytest

from partsearch.bench.environment.busyness import busyness
from partsearch.bench.environment.checkout import checkout
from partsearch.bench.environment.processor import cpu_model, governor, is_turbo
from partsearch.bench.environment.versions import package_versions


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n")


@pytest.mark.parametrize(
    ("governors", "expected"),
    [((), None), (("powersave", "powersave"), "powersave"), (("schedutil", "performance"), "performance, schedutil")],
)
def test_the_governor_of_all_cores(tmp_path: Path, governors: tuple[str, ...], expected: str | None) -> None:
    for number, name in enumerate(governors):
        write(tmp_path / f"cpu{number}/cpufreq/scaling_governor", name)
    assert governor(tmp_path) == expected


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("intel_pstate/no_turbo", "0", True),
        ("intel_pstate/no_turbo", "1", False),
        ("cpufreq/boost", "1", True),
        ("cpufreq/boost", "0", False),
        ("online", "0-1", None),
    ],
)
def test_turbo(tmp_path: Path, file: str, text: str, expected: bool | None) -> None:
    write(tmp_path / file, text)
    assert is_turbo(tmp_path) is expected


def test_the_processor_has_a_name() -> None:
    assert cpu_model()


def test_the_commit_and_whether_it_has_all_changes(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        command = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout.strip()

    assert checkout(tmp_path) == (None, None)
    git("init", "--quiet")
    assert checkout(tmp_path) == (None, True)
    git("commit", "--quiet", "--allow-empty", "-m", "first")
    commit = git("rev-parse", "HEAD")
    assert checkout(tmp_path) == (commit, True)
    write(tmp_path / "new", "")
    assert checkout(tmp_path) == (commit, False)


def test_the_packages_are_those_of_the_given_python(tmp_path: Path) -> None:
    assert {"Python", "Django", "FastAPI", "psycopg", "asyncpg"} <= set(package_versions())
    assert package_versions(tmp_path / "no-python") == {}


def test_busy_time_is_part_of_all_time() -> None:
    before, after = busyness(), busyness()
    assert 0 < before.busy_seconds + before.steal_seconds < before.total_seconds <= after.total_seconds
    assert before.busy_seconds <= after.busy_seconds
