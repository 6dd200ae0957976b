"""What root does before it becomes the account, and which users may use a home."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from partsearch.cli import app
from partsearch.cli.import_group import ImportGroup
from partsearch.cli.site_command import SiteCommand
from partsearch.database.account import (
    RootRefusedError,
    caller,
    controls_path,
    grant_traversal,
    is_root,
    refuse_root,
    site_account,
)
from partsearch.operation.access import privileges
from partsearch.operation.errors import OperationError
from tests.support.as_account import as_account, give_to_account

_AS_THE_CALLER = {"report", "compare"}
"""Commands for records, which a user may keep anywhere: they become the account only for files in the home."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that only the current user may access."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    yield folder
    shutil.rmtree(folder)


def test_only_root_names_another_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user may set the variable; of root, sudo has set it."""
    monkeypatch.setenv("SUDO_USER", "seller")
    assert as_account(_found_caller).rstrip() == site_account().name
    caller.cache_clear()
    assert caller() == "seller"
    monkeypatch.delenv("SUDO_USER")
    assert caller() == "seller"
    caller.cache_clear()


def _found_caller() -> str:
    caller.cache_clear()
    return caller()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_every_command_becomes_the_account() -> None:
    group = typer.main.get_command(app)
    commands = dict(group.commands)  # type: ignore[attr-defined]
    bench = commands.pop("bench")
    commands.update(commands.pop("totals").commands)
    imports = commands.pop("import")
    assert isinstance(imports, ImportGroup)
    commands.update(imports.commands)
    assert [name for name, command in commands.items() if not isinstance(command, SiteCommand)] == []
    assert set(bench.commands) == _AS_THE_CALLER


def test_bench_becomes_the_account_before_it_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a group, which has a callback instead of a command."""
    entered = list[str]()
    monkeypatch.setattr("partsearch.cli.site_command.drop_privileges", lambda *_: entered.append("home"))
    monkeypatch.setattr("partsearch.bench.command.bench", lambda *_: entered.append("measured"))
    app(["bench"], standalone_mode=False)
    assert entered == ["home", "measured"]


def test_code_that_still_runs_as_root_is_rejected() -> None:
    as_account(refuse_root)
    if is_root():
        with pytest.raises(RootRefusedError):
            refuse_root()


def test_the_account_cannot_become_root_again() -> None:
    def ids() -> tuple[tuple[int, ...], tuple[int, ...], list[int], int]:
        return os.getresuid(), os.getresgid(), os.getgroups(), os.umask(0)

    account = site_account()
    if is_root():
        uids, gids, groups, umask = as_account(ids)
        assert (set(uids), set(gids), groups, umask) == ({account.uid}, {account.gid}, [], 0o022)


def test_access_is_granted_only_on_folders_that_the_account_does_not_control(folder: Path) -> None:
    (folder / "root/closed").mkdir(parents=True, mode=0o700)
    (folder / "account/inside").mkdir(parents=True)
    for path in (folder / "root/closed", folder / "account", folder / "account/inside"):
        path.chmod(0o700)
    give_to_account(folder / "account")
    (folder / "account/link").symlink_to(folder / "root/closed")
    (folder / "link").symlink_to(folder / "root")
    account = site_account()
    grant_traversal(account, folder / "account/link", folder / "account/inside")
    assert mode(folder / "root/closed") == mode(folder / "account/inside") == 0o700
    if is_root():
        assert controls_path(account, folder / "account/link/x")
        assert not controls_path(account, folder / "link/closed")
        assert grant_traversal(account, folder / "link/closed") == [folder / "root/closed"]
        assert mode(folder) == mode(folder / "root/closed") == 0o701


def test_a_program_with_a_strict_umask_is_made_readable_except_secrets_and_the_home(folder: Path) -> None:
    program, home = folder / "program", folder / "program/home"
    home.mkdir(parents=True)
    files = {"code.py": 0o600, "tool": 0o700, ".env": 0o600, "home/secret": 0o600}
    for name, bits in files.items():
        (program / name).touch()
        (program / name).chmod(bits)
    (folder / "outside").touch(0o600)
    (program / "link").symlink_to(folder / "outside")
    for path in (program, home):
        path.chmod(0o700)
    if is_root():
        assert privileges._open_tree(program, home)
        assert [mode(program / name) for name in files] == [0o604, 0o705, 0o600, 0o600]
        assert (mode(program), mode(home), mode(folder / "outside")) == (0o705, 0o700, 0o600)
        assert not privileges._open_tree(program, home)


def test_a_home_is_created_and_given_to_the_account_once(folder: Path) -> None:
    account = site_account()
    if is_root():
        privileges._give_home(folder / "new/home", account)
        assert ((folder / "new/home").stat().st_uid, mode(folder / "new/home")) == (account.uid, 0o750)
        assert (folder / "new").stat().st_uid == 0
        (folder / "full/inside").mkdir(parents=True)
        privileges._give_home(folder / "full", account)
        assert (folder / "full").stat().st_uid == 0
        (folder / "link").symlink_to(folder / "full")
        with pytest.raises(OperationError, match="cannot be used"):
            privileges._give_home(folder / "link", account)
