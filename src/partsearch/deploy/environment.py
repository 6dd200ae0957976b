"""The environment of a release: a virtual environment that nothing else shares, made where it stays.

A virtual environment cannot be moved, because its scripts hold its path; so it is made at its last place.

Installing the packages takes most of a build. Where another release has the same ones, their files are linked, not
copied: a release is never written to, so two can share a file, and it takes no time and no room.
"""

import hashlib
import os
import re
import shutil
import stat
import sys
import sysconfig
from pathlib import Path

from partsearch.deploy.command_log import CommandLog
from partsearch.deploy.source import Source

_VENV_SECONDS = 120
_PIP_SECONDS = 900
_COMPILE_SECONDS = 300
_PIP = ["-m", "pip", "--disable-pip-version-check", "--no-input", "--require-virtualenv"]
_OURS = ("partsearch", "partsearch-")
_BUILDER = re.compile(r"^hatchling==", re.MULTILINE)
_PINNED = re.compile(r"^[A-Za-z0-9][^\s\\]*==[^\n\\]*", re.MULTILINE)


def packages_digest(lock: Path) -> str:
    """What decides which files the packages of a lock are: the lock, this Python and this machine."""
    facts = f"{sys.version}\0{sysconfig.get_platform()}\0".encode()
    return hashlib.sha256(facts + lock.read_bytes()).hexdigest()


def make_environment(venv: Path, source: Source, twin: Path | None, commands: CommandLog) -> None:
    """Makes the virtual environment ``venv`` with the packages and the source in it, all of it compiled.

    Args:
        venv: where; not there yet.
        source: what to install.
        twin: the virtual environment of a release with the same packages.
        commands: runs what has to be run.

    Raises:
        BuildError: a command fails.
    """
    python = str(venv / "bin" / "python")
    new = [sys.executable, "-m", "venv", *(["--without-pip"] if twin else []), str(venv)]
    commands.run("Making the environment", new, _VENV_SECONDS)
    if twin:
        _link_packages(twin, venv)
    elif source.lock:
        _install(commands, python, "Installing the packages", *lock_arguments(source.lock))
    _install(commands, python, "Installing the source", *_own_arguments(source))
    commands.run("Checking the packages", [python, *_PIP, "check"], _COMPILE_SECONDS)
    packages = _packages(venv)
    ours = str(packages / "partsearch")
    # Packages bring templates and old code that no Python compiles; nothing in ours may fail.
    if not twin:
        commands.run("Compiling the packages", [python, "-c", _COMPILE_ALL, str(packages)], _COMPILE_SECONDS)
    commands.run("Compiling the source", [python, "-m", "compileall", "-q", ours], _COMPILE_SECONDS)


_COMPILE_ALL = "import compileall, sys; compileall.compile_dir(sys.argv[1], quiet=2, workers=0)"


def _install(commands: CommandLog, python: str, what: str, *arguments: str) -> None:
    commands.run(what, [python, *_PIP, "install", "--no-compile", *arguments], _PIP_SECONDS)


def lock_arguments(lock: Path) -> list[str]:
    """Return pip's arguments to install a lock: by the hashes of its files, which that of an older release has not."""
    return [*(["--require-hashes"] if "--hash=" in lock.read_text() else []), "-r", str(lock)]


def _own_arguments(source: Source) -> list[str]:
    """A wheel may need packages that the lock of this checkout does not have; its own lock it does not carry.

    What builds a source is in its lock, but for an older release, which fetches it.
    """
    if source.is_wheel:
        return [*(["-c", str(_constraints(source.lock, source.path.parent))] if source.lock else []), str(source.path)]
    has_builder = source.lock is not None and _BUILDER.search(source.lock.read_text()) is not None
    return ["--no-deps", *(["--no-build-isolation"] if has_builder else []), str(source.path)]


def _constraints(lock: Path, folder: Path) -> Path:
    """The versions of a lock alone: with hashes, pip would want one of the wheel itself."""
    path = folder / "constraints.txt"
    path.write_text("\n".join(_PINNED.findall(lock.read_text())))
    return path


def _packages(venv: Path) -> Path:
    return Path(sysconfig.get_path("purelib", "venv", vars={"base": str(venv)}))


def _link_packages(twin: Path, venv: Path) -> None:
    origin, target = _packages(twin), _packages(venv)
    for folder, subfolders, files in os.walk(origin):
        if Path(folder) == origin:
            subfolders[:] = [name for name in subfolders if not name.startswith(_OURS)]
        copy = target / Path(folder).relative_to(origin)
        copy.mkdir(exist_ok=True)
        for name in files:
            _link(Path(folder) / name, copy / name)
    for script in (twin / "bin").iterdir():
        if script.is_file() and not script.is_symlink():
            _copy_script(script, venv / "bin" / script.name, str(twin), str(venv))


def _link(origin: Path, copy: Path) -> None:
    try:
        copy.hardlink_to(origin)
    except OSError:
        shutil.copy2(origin, copy)


def _copy_script(origin: Path, copy: Path, old: str, new: str) -> None:
    copy.write_bytes(origin.read_bytes().replace(old.encode(), new.encode()))
    copy.chmod(origin.stat().st_mode | stat.S_IWUSR)
