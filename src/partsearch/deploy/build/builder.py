"""The builder: makes a release under PARTSEARCH_HOME/releases, complete and read-only, or nothing at all."""

import json
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from partsearch.database.account import refuse_root
from partsearch.deploy.build.command_log import CommandLog
from partsearch.deploy.build.environment import make_environment, packages_digest
from partsearch.deploy.build.releases import MANIFEST, read_manifest, release_folder, releases
from partsearch.deploy.build.source import Source, take_source
from partsearch.deploy.build.static_files import collect_static_files
from partsearch.deploy.errors import BuildError
from partsearch.operation.home import Home
from partsearch.operation.release import Release, installed_release
from partsearch.system.file_lock import FileLock, FileLockedError

_MEBIBYTE = 1024 * 1024
_NEEDED_MEBIBYTES = 500
_NEEDED_MEBIBYTES_WITH_LINKS = 50
_DRAFT = ".draft"
_GROUP_FILE = ".build.group"
_READABLE_BY_ALL = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH
_EXECUTABLE_BY_ALL = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH

Report = Callable[[str], None]


def build_release(source: str | None, home: Home, report: Report) -> Release:
    """Build a release and return it; an existing release of the same source is returned as it is.

    Args:
        source: a folder, a git ref of this repository or a wheel; ``None`` for this checkout.
        home: the home that keeps the release.
        report: takes a line for each step.

    Raises:
        BuildError: the release cannot be built; nothing of it is left on disk.
    """
    folder = release_folder(home.root)
    with _exclusive(folder):
        _remove_unfinished(folder)
        draft = folder / _DRAFT
        draft.mkdir()
        try:
            taken = take_source(source, draft)
            found = installed_release(home.root, taken.release_id)
            if found:
                report(f"Release {found.id} is built already.")
                return found
            return _build(taken, home, report)
        except OSError as error:
            raise BuildError(
                f"The release cannot be written: {error}.", f"Check the free space on the disk of {folder}."
            ) from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def remove_old_releases(home: Home, keep: set[str], kept: int = 3) -> list[str]:
    """Remove all releases except the newest ``kept`` and those named in ``keep``; return the ids of the removed ones.

    Raises:
        BuildError: another command is building a release.
    """
    folder = release_folder(home.root)
    with _exclusive(folder):
        old = [release.id for release in releases(home.root)[kept:] if release.id not in keep]
        for release_id in old:
            _remove(folder / release_id)
        return old


def _build(source: Source, home: Home, report: Report) -> Release:
    root = release_folder(home.root) / source.release_id
    digest = packages_digest(source.lock) if source.lock else None
    packages_from = _release_with_packages(home.root, digest)
    _require_space(root.parent, _NEEDED_MEBIBYTES_WITH_LINKS if packages_from else _NEEDED_MEBIBYTES)
    report(f"Building release {source.release_id} from {source.description}.")
    began = time.monotonic()
    try:
        root.mkdir()
        _fill(root, source, packages_from, home)
        _make_read_only(root)
        # The manifest turns the folder into a release, so everything else must be on the disk before it.
        os.sync()
        own_packages = None if source.is_wheel else digest
        manifest = {"id": source.release_id, "source": source.description, "packages": own_packages}
        _write_manifest(root, {**manifest, "build_seconds": round(time.monotonic() - began, 1)})
    except BaseException:
        _remove(root, with_log=False)
        raise
    found = installed_release(home.root, source.release_id)
    if found is None:
        raise BuildError(f"The release in {root} cannot be read.", "Remove that folder and deploy again.")
    return found


def _fill(root: Path, source: Source, packages_from: Release | None, home: Home) -> None:
    log = _log(root)
    log.unlink(missing_ok=True)
    environment = {
        "DJANGO_SETTINGS_MODULE": "partsearch.django_service.serving",
        "PARTSEARCH_HOME": str(home.root),
        "SECRET_KEY": "unused: collectstatic signs nothing",
        "DATABASE_URL": "",
        "DIRECT_DATABASE_URL": "",
        "DATABASE_REPLICA_URL": "",
    }
    commands = CommandLog(log, root.parent / _GROUP_FILE, environment)
    linked_venv = packages_from.root / "venv" if packages_from and packages_from.root else None
    make_environment(root / "venv", source, linked_venv, commands)
    earlier = [release.root / "static" for release in releases(home.root) if release.root]
    collect_static_files(root / "venv" / "bin" / "python", root / "static", [*earlier, home.static], commands)


def _release_with_packages(home: Path, digest: str | None) -> Release | None:
    """Return a release with the same packages."""
    same = (release for release in releases(home) if digest and read_manifest(release).get("packages") == digest)
    return next(same, None)


def _require_space(folder: Path, mebibytes: int) -> None:
    free = shutil.disk_usage(folder).free // _MEBIBYTE
    if free < mebibytes:
        raise BuildError(
            f"Only {free} MiB are free on the disk of {folder}; a release needs {mebibytes}.",
            "Free space, then deploy again.",
        )


def _make_read_only(root: Path) -> None:
    for folder, _, files in os.walk(root):
        for name in files:
            path = Path(folder) / name
            if not path.is_symlink():
                is_executable = path.stat().st_mode & stat.S_IXUSR
                path.chmod(_READABLE_BY_ALL | (_EXECUTABLE_BY_ALL if is_executable else 0))
        Path(folder).chmod(_READABLE_BY_ALL | _EXECUTABLE_BY_ALL)


def _write_manifest(root: Path, manifest: dict[str, object]) -> None:
    """Write the manifest atomically; the read-only folder is made writable for the rename only."""
    draft = root.parent / _DRAFT / MANIFEST
    with draft.open("w") as file:
        json.dump(manifest, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(_READABLE_BY_ALL)
    root.chmod(root.stat().st_mode | stat.S_IWUSR)
    draft.rename(root / MANIFEST)
    root.chmod(_READABLE_BY_ALL | _EXECUTABLE_BY_ALL)


def _remove(root: Path, *, with_log: bool = True) -> None:
    """Remove a release, its manifest first, so that a killed removal leaves no incomplete release."""
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
    """End the processes and remove the files that a killed build left."""
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
def _exclusive(folder: Path) -> Iterator[None]:
    """Hold the lock of ``folder`` while a release is built or removed."""
    refuse_root()
    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(stat.S_IRWXU | _READABLE_BY_ALL | _EXECUTABLE_BY_ALL)
            stack.enter_context(FileLock(folder / ".lock").held())
        except FileLockedError:
            raise BuildError(
                f"Another command is building a release in {folder}.", "Wait until it ends, then deploy again."
            ) from None
        except OSError as error:
            raise BuildError(
                f"{folder} cannot be used: {error.strerror}.", "Run this as the user who started the site."
            ) from error
        yield
