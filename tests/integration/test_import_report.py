"""What an import leaves in the home and on the terminal."""

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from partsearch import price_list
from partsearch.cli import app
from partsearch.database.django_setup import LoadInterruptedError
from partsearch.price_list.progress import NoProgress
from tests.integration.price_lists import SmallList, parts, tables
from tests.support.own_home import own_home

pytestmark = pytest.mark.usefixtures("empty_catalog")

ROWS = ("BMW;5 E34;Фара;70;1", "BMW;5 E34;Капот;дорого;1", "BMW;5 E34;Фара;70;1", "", "Итого;;;140;")


@pytest.fixture
def small(tmp_path: Path) -> SmallList:
    return SmallList(tmp_path)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home of the test's own."""
    monkeypatch.setattr("partsearch.cli.import_group.enter_home_in_background", lambda: None)
    return own_home(monkeypatch, tmp_path)


def test_the_rows_of_the_report_add_up(small: SmallList) -> None:
    report = price_list.run(small(*ROWS))
    assert report.rows.read == 5
    assert sum(report.outcomes.values()) == 5
    again = price_list.run(small(*ROWS, "BMW;X5;Дверь;1;1"))
    assert sum(again.outcomes.values()) == again.rows.read == 6


def test_the_report_is_kept_as_text_and_json_beside_the_rejected_rows(small: SmallList, home: Path) -> None:
    report = price_list.run(small(*ROWS))
    rejected, json_file, text = sorted((home / "imports").iterdir(), key=lambda path: path.suffix)
    assert report.rejected_file == rejected
    assert rejected.read_text("utf-8-sig").splitlines()[1:] == [
        "BMW;5 E34;Капот;дорого;1;3;unreadable price",
        "BMW;5 E34;Фара;70;1;4;repeats an earlier row",
    ]
    assert rejected.name.removesuffix("-rejected.csv") == json_file.stem == text.stem
    assert str(rejected) in text.read_text()
    assert json.loads(json_file.read_text())["rejected"]["file"] == str(rejected)


def test_a_dry_run_keeps_only_the_rejected_rows(small: SmallList, home: Path) -> None:
    report = price_list.run(small(*ROWS), dry_run=True)
    assert list((home / "imports").iterdir()) == [report.rejected_file]


def test_the_command_of_the_report_imports_the_corrected_rows(
    small: SmallList, capsys: pytest.CaptureFixture[str]
) -> None:
    report = price_list.run(small(*ROWS))
    [command] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  partsearch import")]
    assert report.rejected_file is not None
    path = report.rejected_file
    path.write_text(path.read_text("utf-8-sig").replace("дорого", "300"), "utf-8-sig")
    done = CliRunner().invoke(app, shlex.split(command)[1:])
    assert done.exit_code == 0, done.output
    assert sorted((part["name"], str(part["price"]), part["is_visible"]) for part in parts()) == [
        ("Капот", "300.00", True),
        ("Фара", "70.00", True),
    ]


def test_stdout_has_one_json_object_and_nothing_else(small: SmallList) -> None:
    done = CliRunner().invoke(app, ["import", str(small(*ROWS)), "--json"])
    assert done.exit_code == 0, done.stderr
    shown = json.loads(done.stdout)
    rows = shown["rows"]
    assert rows.pop("read") == sum(rows.values()) - rows["usable"] == 5
    assert shown["changes"]["new_marks"] == ["BMW"]


@pytest.mark.parametrize("stage", ["understanding", "comparing"])
def test_an_interrupted_import_changes_nothing(
    stage: str, small: SmallList, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    class Interrupting(NoProgress):
        def stage(self, name: str, total: int | None = None) -> None:
            if name == stage:
                raise KeyboardInterrupt

    @contextmanager
    def interrupting() -> Iterator[Interrupting]:
        yield Interrupting()

    before = tables()
    monkeypatch.setattr("partsearch.price_list.progress.show_progress", interrupting)
    with pytest.raises(LoadInterruptedError, match="nothing was changed"):
        price_list.run(small(*ROWS))
    assert tables() == before
    assert [path for path in (home / "imports").glob("*") if path.stat().st_size] == []


@pytest.mark.parametrize("step", ["files.save_report", "text.show"])
def test_an_import_that_is_interrupted_after_its_end_stays(
    step: str, small: SmallList, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"partsearch.price_list.reporting.{step}", interrupt)
    price_list.run(small("BMW;5 E34;Фара;70;1"))
    assert [part["name"] for part in parts()] == ["Фара"]
    assert "Interrupted after the" in capsys.readouterr().err
