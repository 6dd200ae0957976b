"""``import FILE`` beside ``import undo`` and ``import list``: what each of them gets from the command line."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from partsearch import price_list
from partsearch.cli import app

Calls = list[tuple[Any, ...]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Calls:
    """Return what is called, in order, in a folder with the files ``list.csv``, ``undo`` and ``list``."""
    called: Calls = []
    monkeypatch.setattr("partsearch.cli.site_command.enter_home", lambda *_, **__: called.append(("enter_home",)))
    monkeypatch.setattr("partsearch.cli.site_command.lower_own", lambda: None)
    for name in ("run", "undo", "list_imports", "explain"):
        monkeypatch.setattr(
            price_list, name, lambda *given, _name=name, **options: called.append((_name, given, options))
        )
    monkeypatch.chdir(tmp_path)
    for name in ("list.csv", "undo", "list"):
        Path(name).write_text("Наименование;Цена\nФара;1\n")
    return called


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["import", *arguments])


def test_a_file_is_imported_with_its_options(calls: Calls) -> None:
    done = run("--yes", "list.csv", "--source", "npn", "--dry-run", "--encoding", "cp866", "--partial", "--json")
    assert done.exit_code == 0, done.output
    [entered, (name, given, options)] = calls
    assert (entered, name, given) == (("enter_home",), "run", (Path("list.csv"),))
    assert {key: value for key, value in options.items() if key not in ("file", "profile")} == {
        "dry_run": True,
        "encoding": "cp866",
        "source": "npn",
        "is_confirmed": True,
        "is_partial": True,
        "is_json": True,
    }


def test_the_file_is_opened_before_root_becomes_the_account(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_noted(path: Path) -> None:
        calls.append(("open", path))

    monkeypatch.setattr("partsearch.cli.import_price_list.open_file", open_noted)
    assert run("list.csv").exit_code == 0
    assert [call[0] for call in calls] == ["open", "enter_home", "run"]


def test_undo_and_list_are_commands(calls: Calls) -> None:
    assert run("undo", "--source", "npn", "--json").exit_code == 0
    assert run("undo").exit_code == 0
    assert run("list", "--json").exit_code == 0
    assert [call for call in calls if call[0] != "enter_home"] == [
        ("undo", ("npn",), {"is_json": True}),
        ("undo", (None,), {"is_json": False}),
        ("list_imports", (), {"is_json": True}),
    ]
    assert calls[0] == ("enter_home",)


@pytest.mark.parametrize("name", ["undo", "list"])
def test_a_file_with_the_name_of_a_command_is_reached_by_its_path(name: str, calls: Calls) -> None:
    assert run(f"./{name}").exit_code == 0
    assert calls[-1][:2] == ("run", (Path(name),))


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("list.csv", "other.csv"),
        ("undo", "list.csv"),
        ("list", "--source", "npn"),
        ("list.csv", "--unknown"),
        ("list.csv", "--explain", "--json"),
    ],
)
def test_a_wrong_command_line_is_refused_with_exit_code_2(arguments: tuple[str, ...], calls: Calls) -> None:
    assert run(*arguments).exit_code == 2
    assert [call for call in calls if call[0] != "enter_home"] == []


def test_the_help_names_the_options_and_the_commands(calls: Calls) -> None:
    text = run("--help").output
    assert text.startswith("Usage: ")
    assert "| undo | list\n" in text
    for word in ("--dry-run", "--source", "undo", "Take the last import back"):
        assert word in text
    assert "--source" in run("undo", "--help").output
    assert calls == []
