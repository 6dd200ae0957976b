"""The source of a release: a folder, a commit of this repository, or a wheel, copied before the build."""

import hashlib
import os
import shutil
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

from partsearch.database.account import site_account
from partsearch.deploy.errors import BuildError
from partsearch.settings import project_root
from partsearch.system.commands import CommandFailedError, non_empty_lines, run_command

_GIT_SECONDS = 60
_DIGEST_LETTERS = 7
_LOCK = "requirements.lock"
_IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info", ".env")


@dataclass(frozen=True)
class Source:
    """A copied source.

    Attributes:
        path: what pip installs.
        lock: the list of the packages. A folder has its own; a wheel has none, and the lock of this checkout is used.
    """

    release_id: str
    description: str
    path: Path
    lock: Path | None

    @property
    def is_wheel(self) -> bool:
        return self.path.suffix == ".whl"


def take_source(named: str | None, draft: Path) -> Source:
    """Copy a source into ``draft``, so that it cannot change during the build, and return it.

    Args:
        named: a folder, a wheel or a git ref of this repository; ``None`` for this checkout.
        draft: an empty folder.

    Raises:
        BuildError: the source does not exist, or is not one of partsearch.
    """
    try:
        return _take(named, draft)
    except PermissionError as error:
        raise _unreadable(Path(error.filename or named or project_root())) from error


def _take(named: str | None, draft: Path) -> Source:
    path = Path(named).expanduser() if named else project_root()
    _require_readable(path)
    if named and path.suffix == ".whl":
        return _take_wheel(path, draft)
    if (path / "pyproject.toml").is_file():
        return _take_folder(path.resolve(), draft)
    if named is None:
        raise BuildError("partsearch does not run from a checkout.", "Name a folder or a wheel to deploy.")
    _require_readable(project_root())
    commit = _commit(project_root(), named)
    if commit:
        return _take_commit(project_root(), commit, f"git {named}", draft)
    raise BuildError(_why_unknown(named, path), "Name a folder with a pyproject.toml, a git ref or a wheel.")


def _require_readable(path: Path) -> None:
    """Raise BuildError if the account may not read a source. The errors of git and of the copy are less clear."""
    for part in (path, path / ".git", path / "src", *(path / "src").rglob("*")):
        if part.exists() and not os.access(part, os.R_OK | (os.X_OK if part.is_dir() else 0)):
            raise _unreadable(part)


def _unreadable(path: Path) -> BuildError:
    account = site_account().name
    return BuildError(
        f"The account '{account}', which builds the release, may not read {path}.",
        "Allow it with 'chmod -R o+rX' on the folder (but keep .env private), or deploy a copy that all may read.",
    )


def _why_unknown(named: str, path: Path) -> str:
    if path.is_dir():
        return f"{path} has no pyproject.toml."
    if not _has_git():
        return f"There is no folder {named}, and no git on this machine to look for a ref of that name."
    return f"{named} is neither a folder nor a git ref of {project_root()}."


def _take_wheel(path: Path, draft: Path) -> Source:
    try:
        copy = Path(shutil.copy(path, draft))
    except OSError as error:
        raise BuildError(f"The wheel {path} cannot be read: {error.strerror}.", "Correct the path.") from error
    name, version, *_ = path.stem.split("-")
    if not zipfile.is_zipfile(copy) or name != "partsearch" or not version:
        raise BuildError(f"{path} is not a wheel of partsearch.", "Build one with 'pip wheel --no-deps FOLDER'.")
    lock = project_root() / _LOCK
    digest = hashlib.sha256(copy.read_bytes()).hexdigest()
    return Source(f"{version}-{digest[:_DIGEST_LETTERS]}", f"wheel {path.name}", copy, lock if lock.is_file() else None)


def _take_folder(folder: Path, draft: Path) -> Source:
    """Copy a folder. If all its files are committed, its commit is taken instead."""
    if _is_clean_checkout(folder):
        commit = _commit(folder, "HEAD")
        if commit:
            return _take_commit(folder, commit, f"folder {folder}", draft)
    copy = draft / "source"
    copy.mkdir()
    try:
        for entry in folder.iterdir():
            if entry.is_file() and entry.name != ".env":
                shutil.copy(entry, copy)
        shutil.copytree(folder / "src", copy / "src", ignore=_IGNORED)
    except (OSError, shutil.Error) as error:
        raise BuildError(
            f"{folder} cannot be copied: {error}.", "Check that it is a folder of partsearch's source."
        ) from error
    return _source(copy, _digest(copy), f"folder {folder}")


def _take_commit(repository: Path, commit: str, description: str, draft: Path) -> Source:
    archive, copy = draft / "source.zip", draft / "source"
    _git(repository, "archive", "--format=zip", f"--output={archive}", commit)
    with zipfile.ZipFile(archive) as file:
        file.extractall(copy)
    return _source(copy, commit, f"{description}, commit {commit[:_DIGEST_LETTERS]}")


def _source(copy: Path, digest: str, description: str) -> Source:
    lock = copy / _LOCK
    if not lock.is_file():
        raise BuildError(f"The source ({description}) has no {_LOCK}.", "Make one with 'make lock'.")
    _require_python(copy)
    return Source(f"{_version(copy, description)}-{digest[:_DIGEST_LETTERS]}", description, copy, lock)


def _require_python(copy: Path) -> None:
    """Raise BuildError for a syntax error: within a second, and not after minutes of the build."""
    for path in sorted((copy / "src").rglob("*.py")):
        try:
            compile(path.read_bytes(), path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            raise BuildError(f"{path.relative_to(copy)}:{line} is not Python: {error}.", "Correct it.") from error


def _version(copy: Path, description: str) -> str:
    try:
        project = tomllib.loads((copy / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        name, version = project["name"], str(project["version"])
    except (OSError, ValueError, KeyError) as error:
        raise BuildError(f"The pyproject.toml of the source ({description}) is invalid: {error}.") from error
    if name != "partsearch":
        raise BuildError(f"The source ({description}) is {name}, not partsearch.", "Name another source.")
    return version


def _digest(folder: Path) -> str:
    """Return a digest of the names and the contents of all files."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(folder)}\0{content}\n".encode())
    return digest.hexdigest()


def _is_clean_checkout(folder: Path) -> bool:
    if not (folder / ".git").exists() or not _has_git():
        return False
    return _git(folder, "status", "--porcelain") == ""


def _commit(repository: Path, ref: str) -> str | None:
    """Return the commit that a ref names; ``None`` if there is no such ref."""
    if ref.startswith("-") or not _has_git():
        return None
    try:
        done = run_command(
            [*_git_command(repository), "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}"], _GIT_SECONDS
        )
    except CommandFailedError:
        return None
    return done.stdout.strip() or None


def _has_git() -> bool:
    return shutil.which("git") is not None


def _git_command(repository: Path) -> list[str]:
    """Return the beginning of a git command, which only reads: the repository may belong to another account."""
    return ["git", "-C", str(repository), "-c", f"safe.directory={repository.resolve()}"]


def _git(repository: Path, *arguments: str) -> str:
    try:
        return run_command([*_git_command(repository), *arguments], _GIT_SECONDS).stdout
    except CommandFailedError as error:
        # Git names the cause in the first line of its error output.
        cause = (non_empty_lines(error.stderr) or [str(error)])[0].removeprefix("fatal: ")
        raise BuildError(f"'git {arguments[0]}' failed in {repository}: {cause}.", "See 'git status' there.") from error
