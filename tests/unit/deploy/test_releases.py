"""The releases of a home, and which of them are kept."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from partsearch.deploy.build.builder import remove_old_releases
from partsearch.deploy.build.releases import release_named, releases, running_checkout
from partsearch.deploy.errors import DeployError
from partsearch.operation.home import Home
from tests.support.as_account import as_account, own


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that belongs to the account of the site."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    own(folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(folder: Path) -> Home:
    """A home with five releases, the last one the newest, and an unfinished build."""
    for number in range(1, 6):
        as_account(add, folder, f"1.0-{number}", age=100 - number)
    as_account((folder / "releases/1.0-half/venv").mkdir, parents=True)
    return Home(folder)


def add(home: Path, release_id: str, age: int) -> None:
    root = home / "releases" / release_id
    (root / "venv").mkdir(parents=True)
    (root / "release.json").write_text(json.dumps({"id": release_id, "source": "a test"}))
    os.utime(root / "release.json", (1_000_000 - age, 1_000_000 - age))
    (home / "releases" / f"{release_id}.log").write_text("")
    for path in (root / "venv", root):
        path.chmod(0o555)


def ids(home: Home) -> list[str]:
    return [release.id for release in releases(home.root)]


def test_the_newest_comes_first_and_an_unfinished_build_is_not_listed(home: Home) -> None:
    assert ids(home) == ["1.0-5", "1.0-4", "1.0-3", "1.0-2", "1.0-1"]


def test_a_release_is_found_by_its_id(home: Home) -> None:
    found = release_named(home.root, "1.0-3")
    assert found.root == home.root / "releases/1.0-3"
    assert found.python == found.root / "venv/bin/python"
    assert release_named(home.root, running_checkout().id) == running_checkout()


@pytest.mark.parametrize("release_id", ["1.0-9", "1.0-half", "../elsewhere"])
def test_an_unknown_id_raises_and_lists_the_known_ones(home: Home, release_id: str) -> None:
    with pytest.raises(DeployError) as raised:
        release_named(home.root, release_id)
    assert "1.0-5" in raised.value.next_step


def test_the_newest_and_those_in_use_are_kept(home: Home) -> None:
    assert as_account(remove_old_releases, home, keep={"1.0-1"}, kept=2) == ["1.0-3", "1.0-2"]
    assert ids(home) == ["1.0-5", "1.0-4", "1.0-1"]
    left = {path.name for path in (home.root / "releases").iterdir() if not path.name.startswith(".")}
    assert left == {name for number in (1, 4, 5) for name in (f"1.0-{number}", f"1.0-{number}.log")} | {"1.0-half"}


def test_a_home_without_releases(folder: Path) -> None:
    assert releases(folder) == []
    assert as_account(remove_old_releases, Home(folder), keep=set()) == []
