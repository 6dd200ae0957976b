"""The benchmark of what people type runs to its end with a small catalog."""

from pathlib import Path

import pytest

from tests.benchmarks.totals.record import read_record
from tests.benchmarks.typed.command import main

_STEPS = ("dictionary", "one client", "facets")


def test_each_step_keeps_its_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--parts", "2000", "--shape", "used", "--rounds", "1", "--only", ",".join(_STEPS)]
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--folder", str(tmp_path)])
    assert ended.value.code == 0, capsys.readouterr().err
    assert {entry.step for entry in read_record(tmp_path / "typed.json")} == set(_STEPS)
    assert "Added time of q, one client" in (tmp_path / "typed.md").read_text(encoding="utf-8")
