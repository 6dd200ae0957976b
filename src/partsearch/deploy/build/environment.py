"""The virtual environment of a release: not shared, and built in its final place, because its scripts contain its path.

Installing the packages takes most of the time of a build. If another release has the same packages, their files are
hard links. A release is never modified, so two can share a file, which takes neither time nor space.
"""

import hashlib
import os
import re
import shutil
import stat
import sys
import sysconfig
from pathlib import Path

from partsearch.deploy.build.command_log import CommandLog
from partsearch.deploy.build.source import Source

_VENV_SECONDS = 120
_PIP_SECONDS = 900
_COMPILE_SECONDS = 300
_PIP = ["-m", "pip", "--disable-pip-version-check", "--no-input", "--require-virtualenv"]
_OUR_PACKAGES = ("partsearch", "partsearch-")
_BUILD_BACKEND = re.compile(r"^hatchling==", re.MULTILINE)
_PINNED = re.compile(r"^[A-Za-z0-9][^\s\\]*==[^\n\\]*", re.MULTILINE)
_COMPILE_ALL = "import compileall, sys; compileall.compile_dir(sys.argv[1], quiet=2, workers=0)"


def packages_digest(lock: Path) -> str:
    """Return a digest of what determines the files of the packages: the lock, this Python and this machine."""
    platform = f"{sys.version}\0{sysconfig.get_platform()}\0".encode()
    return hashlib.sha256(platform + lock.read_bytes()).hexdigest()


def make_environment(venv: Path, source: Source, linked_venv: Path | None, commands: CommandLog) -> None:
    """Make the virtual environment ``venv`` with the packages and the source, compiled.

    Args:
        venv: its path, which does not exist yet.
        source: what to install.
        linked_venv: the virtual environment of a release with the same packages.
        commands: runs the commands.

    Raises:
        BuildError: a command fails.
    """
    python = str(venv / "bin" / "python")
    make = [sys.executable, "-m", "venv", *(["--without-pip"] if linked_venv else []), str(venv)]
    commands.run("Making the environment", make, _VENV_SECONDS)
    if linked_venv:
        _link_packages(linked_venv, venv)
    elif source.lock:
        _install(commands, python, "Installing the packages", *lock_arguments(source.lock))
    _install(commands, python, "Installing the source", *_source_arguments(source))
    commands.run("Checking the packages", [python, *_PIP, "check"], _COMPILE_SECONDS)
    packages = _packages(venv)
    our_package = str(packages / "partsearch")
    # Packages contain templates and old code that Python cannot compile. partsearch itself must compile completely.
    if not linked_venv:
        commands.run("Compiling the packages", [python, "-c", _COMPILE_ALL, str(packages)], _COMPILE_SECONDS)
    commands.run("Compiling the source", [python, "-m", "compileall", "-q", our_package], _COMPILE_SECONDS)


def _install(commands: CommandLog, python: str, what: str, *arguments: str) -> None:
    commands.run(what, [python, *_PIP, "install", "--no-compile", *arguments], _PIP_SECONDS)


def lock_arguments(lock: Path) -> list[str]:
    """Return pip's arguments to install a lock, with the hashes of its files; locks of older releases have none."""
    return [*(["--require-hashes"] if "--hash=" in lock.read_text() else []), "-r", str(lock)]


def _source_arguments(source: Source) -> list[str]:
    """Return pip's arguments to install the source itself.

    A wheel does not contain its lock, and may need packages that the lock of this checkout lacks. The lock of a source
    contains the build backend, except that of an older release, for which pip downloads it.
    """
    if source.is_wheel:
        return [*(["-c", str(_constraints(source.lock, source.path.parent))] if source.lock else []), str(source.path)]
    has_backend = source.lock is not None and _BUILD_BACKEND.search(source.lock.read_text()) is not None
    return ["--no-deps", *(["--no-build-isolation"] if has_backend else []), str(source.path)]


def _constraints(lock: Path, folder: Path) -> Path:
    """Write the versions of a lock without the hashes: with them pip requires one for the wheel too."""
    path = folder / "constraints.txt"
    path.write_text("\n".join(_PINNED.findall(lock.read_text())))
    return path


def _packages(venv: Path) -> Path:
    return Path(sysconfig.get_path("purelib", "venv", vars={"base": str(venv)}))


def _link_packages(linked_venv: Path, venv: Path) -> None:
    source, target = _packages(linked_venv), _packages(venv)
    for folder, subfolders, files in os.walk(source):
        if Path(folder) == source:
            subfolders[:] = [name for name in subfolders if not name.startswith(_OUR_PACKAGES)]
        copy = target / Path(folder).relative_to(source)
        copy.mkdir(exist_ok=True)
        for name in files:
            _link(Path(folder) / name, copy / name)
    for script in (linked_venv / "bin").iterdir():
        if script.is_file() and not script.is_symlink():
            _copy_script(script, venv / "bin" / script.name, str(linked_venv), str(venv))


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copy2(source, target)


def _copy_script(source: Path, target: Path, old: str, new: str) -> None:
    target.write_bytes(source.read_bytes().replace(old.encode(), new.encode()))
    target.chmod(source.stat().st_mode | stat.S_IWUSR)
