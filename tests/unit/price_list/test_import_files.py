"""The files of imports in the home."""

from pathlib import Path

import pytest
from tests.support.own_home import own_home
from tests.support.reports import HEADER, report_of

from partsearch.price_list.reporting import files
from partsearch.price_list.reporting.files import imports_folder, new_name, remove_old_files, save_report, write_new

REPORT = report_of(f"{HEADER}BMW;X5;Фара;70;1\n")


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    return own_home(monkeypatch, tmp_path)


def test_a_report_is_kept_as_text_and_as_json_under_one_name(home: Path) -> None:
    path = save_report(REPORT, home, new_name("мой/список 1", home))
    assert path.name.endswith("Z-мой_список_1.txt")
    assert "Rows read" in path.read_text()
    assert '"source": "npn"' in path.with_suffix(".json").read_text()
    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o640}


def test_the_files_of_two_imports_in_one_second_have_different_names(home: Path) -> None:
    names = {save_report(REPORT, home, new_name("npn", home)).stem for _ in range(5)}
    assert len(names) == 5
    assert len(list((home / "imports").iterdir())) == 10


def test_a_report_does_not_take_the_name_of_the_rejected_rows_of_another_import(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_name", lambda source: f"time-{source}")
    write_new(imports_folder(home), "time-npn", "-rejected.csv", [b"x"])
    assert new_name("npn", home) == "time-npn-1"


def test_the_files_of_old_imports_are_removed_together(home: Path) -> None:
    folder = home / "imports"
    folder.mkdir(parents=True)
    for number in range(203):
        for ending in (".txt", ".json", "-rejected.csv"):
            write_new(folder, f"2026-{number:03}-npn", ending, [b"x"])
    write_new(folder, "2025-npn", ".toml", [b"x"])
    remove_old_files(home)
    left = sorted(path.name for path in folder.iterdir())
    assert left[:4] == ["2025-npn.toml", "2026-003-npn-rejected.csv", "2026-003-npn.json", "2026-003-npn.txt"]
    assert len(left) == 601


def test_nothing_is_left_of_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    def content() -> object:
        yield b"x"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_new(tmp_path, "npn", ".txt", content())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
