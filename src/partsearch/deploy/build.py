"""Building a release: a folder under PARTSEARCH_HOME/releases, complete and read-only, or nothing at all."""

import fcntl
import json
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from partsearch.database.account import refuse_root
from partsearch.deploy.command_log import CommandLog
from partsearch.deploy.environment import make_environment, packages_digest
from partsearch.deploy.errors import BuildError
from partsearch.deploy.release import MANIFEST, manifest, release_folder, releases
from partsearch.deploy.source import Source, take_source
from partsearch.deploy.static_files import collect_static_files
from partsearch.operation.home import Home
from partsearch.operation.release import Release, installed_release

_MEBIBYTE = 1024 * 1024
_NEEDED_MEBIBYTES = 500
_NEEDED_MEBIBYTES_WITH_TWIN = 50
_DRAFT = ".draft"
_GROUP_FILE = ".build.group"
_EVERYBODY_READS = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH
_EVERYBODY_PASSES = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH

Say = Callable[[str], None]


def build_release(source: str | None, home: Home, say: Say) -> Release:
    """Builds a release, unless it is there already.

    Args:
        source: a folder, a git ref of this repository or a wheel; ``None`` for this checkout.
        home: where its releases lie.
        say: takes a line for each step.

    Raises:
        BuildError: it cannot be built; nothing of it is left.
    """
    folder = release_folder(home.root)
    with _alone_in(folder):
        _remove_unfinished(folder)
        draft = folder / _DRAFT
        draft.mkdir()
        try:
            taken = take_source(source, draft)
            found = installed_release(home.root, taken.release_id)
            if found:
                say(f"Release {found.id} is built already.")
                return found
            return _build(taken, home, say)
        except OSError as error:
            raise BuildError(
                f"The release cannot be written: {error}.", f"Is there room on the disk of {folder}?"
            ) from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def remove_old_releases(home: Home, keep: set[str], kept: int = 3) -> list[str]:
    """Removes releases but for the newest ``kept`` and those named in ``keep``; returns the ids of the removed.

    Raises:
        BuildError: another command is building a release.
    """
    folder = release_folder(home.root)
    with _alone_in(folder):
        old = [release.id for release in releases(home.root)[kept:] if release.id not in keep]
        for release_id in old:
            _remove(folder / release_id)
        return old


def _build(source: Source, home: Home, say: Say) -> Release:
    root = release_folder(home.root) / source.release_id
    digest = packages_digest(source.lock) if source.lock else None
    twin = _twin(home.root, digest)
    _require_space(root.parent, _NEEDED_MEBIBYTES_WITH_TWIN if twin else _NEEDED_MEBIBYTES)
    say(f"Building release {source.release_id} from {source.description}.")
    began = time.monotonic()
    try:
        root.mkdir()
        _fill(root, source, twin, home)
        _make_read_only(root)
        # The manifest makes a release of the folder: it must not reach the disk before what it speaks of.
        os.sync()
        own_packages = None if source.is_wheel else digest
        noted = {"id": source.release_id, "source": source.description, "packages": own_packages}
        _write_manifest(root, {**noted, "build_seconds": round(time.monotonic() - began, 1)})
    except BaseException:
        _remove(root, with_log=False)
        raise
    found = installed_release(home.root, source.release_id)
    if found is None:
        raise BuildError(f"The release in {root} cannot be read.", "Remove that folder and deploy again.")
    return found


def _fill(root: Path, source: Source, twin: Release | None, home: Home) -> None:
    log = _log(root)
    log.unlink(missing_ok=True)
    environment = {
        "DJANGO_SETTINGS_MODULE": "partsearch.django_service.serving",
        "PARTSEARCH_HOME": str(home.root),
        "SECRET_KEY": "signs nothing: static files are collected without it",
        "DATABASE_URL": "",
        "DIRECT_DATABASE_URL": "",
        "DATABASE_REPLICA_URL": "",
    }
    commands = CommandLog(log, root.parent / _GROUP_FILE, environment)
    make_environment(root / "venv", source, twin.root / "venv" if twin and twin.root else None, commands)
    before = [release.root / "static" for release in releases(home.root) if release.root]
    collect_static_files(root / "venv" / "bin" / "python", root / "static", [*before, home.static], commands)


def _twin(home: Path, digest: str | None) -> Release | None:
    """A release whose packages are the same."""
    same = (release for release in releases(home) if digest and manifest(release).get("packages") == digest)
    return next(same, None)


def _require_space(folder: Path, mebibytes: int) -> None:
    free = shutil.disk_usage(folder).free // _MEBIBYTE
    if free < mebibytes:
        raise BuildError(
            f"Only {free} MiB are free on the disk of {folder}; a release needs {mebibytes}.",
            "Make room, then deploy again.",
        )


def _make_read_only(root: Path) -> None:
    for folder, _, files in os.walk(root):
        for name in files:
            path = Path(folder) / name
            if not path.is_symlink():
                runs = path.stat().st_mode & stat.S_IXUSR
                path.chmod(_EVERYBODY_READS | (_EVERYBODY_PASSES if runs else 0))
        Path(folder).chmod(_EVERYBODY_READS | _EVERYBODY_PASSES)


def _write_manifest(root: Path, noted: dict[str, object]) -> None:
    """Written whole or not at all; the folder is opened for it alone."""
    draft = root.parent / _DRAFT / MANIFEST
    with draft.open("w") as file:
        json.dump(noted, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(_EVERYBODY_READS)
    root.chmod(root.stat().st_mode | stat.S_IWUSR)
    draft.rename(root / MANIFEST)
    root.chmod(_EVERYBODY_READS | _EVERYBODY_PASSES)


def _remove(root: Path, *, with_log: bool = True) -> None:
    """Removes a release; from the first moment on it is none."""
    if not root.exists():
        return
    root.chmod(stat.S_IRWXU)
    (root / MANIFEST).unlink(missing_ok=True)
    for folder, _, _ in os.walk(root):
        Path(folder).chmod(stat.S_IRWXU)
    shutil.rmtree(root)
    if with_log:
        _log(root).unlink(missing_ok=True)


def _remove_unfinished(folder: Path) -> None:
    """Ends and removes what a killed build left."""
    CommandLog(folder / "leftovers", folder / _GROUP_FILE, {}).end_leftovers()
    for root in folder.iterdir():
        if root.is_dir() and not (root / MANIFEST).exists():
            _remove(root)
    for log in folder.glob("*.log"):
        if not log.with_suffix("").exists():
            log.unlink()


def _log(root: Path) -> Path:
    return root.with_name(f"{root.name}.log")


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Held while a release is built or removed."""
    refuse_root()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(stat.S_IRWXU | _EVERYBODY_READS | _EVERYBODY_PASSES)
        descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise BuildError(
            f"{folder} cannot be used: {error.strerror}.", "Run this as the user who started the site."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BuildError(f"Another command is building a release in {folder}.", "Wait for it to end.") from None
    finally:
        os.close(descriptor)
