"""``partsearch bench compare`` and ``bench report`` as a release pipeline calls them: by exit code and last line."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from partsearch.bench.record import Run
from tests.unit.bench.runs import made_run


def _bench(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "partsearch"), "bench", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, "NO_COLOR": "1"})


def _file(folder: Path, name: str, run: Run) -> Path:
    file = folder / f"{name}.json"
    file.write_bytes(run.to_json())
    return file


def test_a_slower_release_fails_and_a_higher_threshold_lets_it_pass(tmp_path: Path) -> None:
    old, new = _file(tmp_path, "old", made_run()), _file(tmp_path, "new", made_run(fastapi=700))
    found = _bench("compare", old, new)
    assert found.returncode == 1, found.stderr
    assert "REGRESSION: 30 % fewer" in found.stdout
    assert "worse" in found.stdout.splitlines()[-1]
    assert _bench("compare", "--threshold", 40, old, new).returncode == 0
    assert _bench("compare", new, old).returncode == 0


def test_runs_of_different_machines_are_rejected(tmp_path: Path) -> None:
    run = made_run()
    new = replace(run, machine=replace(run.machine, cores=64))
    found = _bench("compare", _file(tmp_path, "old", run), _file(tmp_path, "new", new))
    assert found.returncode == 1
    assert "cannot be compared: cores 2, then 64." in found.stderr


def test_a_report_is_written_again_from_its_record(tmp_path: Path) -> None:
    found = _bench("report", _file(tmp_path, "run", made_run()))
    assert found.returncode == 0, found.stderr
    assert "FastAPI 2.0 times faster" in found.stdout
    assert (tmp_path / "run.html").is_file()
    assert (tmp_path / "run-charts/rounds.png").is_file()
