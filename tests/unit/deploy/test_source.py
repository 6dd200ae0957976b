"""What a release can be built from, and the errors for everything else."""

import subprocess
import zipfile
from pathlib import Path

import pytest

from partsearch.deploy.build import source
from partsearch.deploy.build.source import take_source
from partsearch.deploy.errors import BuildError

_PROJECT = '[project]\nname = "partsearch"\nversion = "2.0"\n'
_FILES = {"pyproject.toml": _PROJECT, "requirements.lock": "", "src/partsearch/__init__.py": "ANSWER = 42\n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that can be deployed."""
    folder = tmp_path / "folder"
    for path, text in _FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    folder = tmp_path / "draft"
    folder.mkdir()
    return folder


@pytest.fixture
def repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder as a git repository with one commit, and as the checkout that the command runs from."""
    git(folder, "init", "--quiet")
    commit(folder)
    monkeypatch.setattr(source, "project_root", lambda: folder)
    return folder


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "x")


def error_for(named: str | None, draft: Path) -> str:
    with pytest.raises(BuildError) as raised:
        take_source(named, draft)
    return str(raised.value)


def test_a_folder_is_copied_and_named_by_its_content(folder: Path, draft: Path, tmp_path: Path) -> None:
    (folder / ".env").write_text("SECRET_KEY=x")
    taken = take_source(str(folder), draft)
    assert taken.release_id.startswith("2.0-")
    assert taken.path.is_relative_to(draft)
    assert sorted(path.name for path in taken.path.rglob("*")) == sorted(
        ["pyproject.toml", "requirements.lock", "src", "partsearch", "__init__.py"]
    )
    (folder / "src/partsearch/__init__.py").write_text("ANSWER = 43\n")
    second = tmp_path / "second"
    second.mkdir()
    assert take_source(str(folder), second).release_id != taken.release_id


def test_a_clean_checkout_is_taken_as_its_commit(repository: Path, draft: Path) -> None:
    (repository / "left.pyc").write_text("")
    (repository / ".git/info/exclude").write_text("*.pyc")
    taken = take_source(None, draft)
    assert taken.release_id == f"2.0-{git(repository, 'rev-parse', 'HEAD')[:7]}"
    assert not (taken.path / "left.pyc").exists()


def test_a_changed_checkout_is_not_taken_as_its_commit(repository: Path, draft: Path) -> None:
    (repository / "src/partsearch/new.py").write_text("")
    taken = take_source(None, draft)
    assert git(repository, "rev-parse", "HEAD")[:7] not in taken.release_id
    assert (taken.path / "src/partsearch/new.py").exists()


def test_a_ref_is_taken_without_the_changes_of_the_checkout(repository: Path, draft: Path) -> None:
    git(repository, "tag", "v2")
    (repository / "src/partsearch/__init__.py").write_text("ANSWER = 43\n")
    commit(repository)
    taken = take_source("v2", draft)
    assert (taken.path / "src/partsearch/__init__.py").read_text() == "ANSWER = 42\n"
    assert "v2" in taken.description


def test_a_ref_that_does_not_exist(repository: Path, draft: Path) -> None:
    assert "neither a folder nor a git ref" in error_for("v3", draft)
    assert "neither a folder nor a git ref" in error_for("--output=/tmp/x", draft)


def test_a_ref_without_git(repository: Path, draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(draft))
    assert "no git on this machine" in error_for("v2", draft)


def test_a_folder_without_git(repository: Path, draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(draft))
    assert take_source(None, draft).release_id.startswith("2.0-")


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("pyproject.toml", None, "has no pyproject.toml"),
        ("requirements.lock", None, "has no requirements.lock"),
        ("pyproject.toml", "[project", "pyproject.toml of the source .* is invalid"),
        ("pyproject.toml", _PROJECT.replace("partsearch", "another"), "is another, not partsearch"),
        ("src/partsearch/__init__.py", "a = 1\n(", r"src/partsearch/__init__\.py:2 is not Python"),
    ],
)
def test_a_folder_that_is_not_a_source(folder: Path, draft: Path, path: str, text: str | None, message: str) -> None:
    if text is None:
        (folder / path).unlink()
    else:
        (folder / path).write_text(text)
    with pytest.raises(BuildError, match=message):
        take_source(str(folder), draft)


def test_there_is_no_checkout_to_take(tmp_path: Path, draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "project_root", lambda: tmp_path)
    assert "does not run from a checkout" in error_for(None, draft)


def test_a_wheel(tmp_path: Path, draft: Path) -> None:
    wheel = tmp_path / "partsearch-3.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("partsearch/__init__.py", "")
    taken = take_source(str(wheel), draft)
    assert taken.release_id.startswith("3.0-")
    assert taken.is_wheel


def test_a_file_that_is_not_a_wheel(tmp_path: Path, draft: Path) -> None:
    text = tmp_path / "partsearch-3.0-py3-none-any.whl"
    text.write_text("not a wheel")
    assert "is not a wheel" in error_for(str(text), draft)
    assert "cannot be read" in error_for(str(tmp_path / "missing.whl"), draft)
