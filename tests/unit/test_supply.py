"""The installed packages: each has a hash and a reviewed licence."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement

from partsearch.deploy.build.environment import lock_arguments
from tests.support.documents import ROOT

_LOCKS = ("requirements.lock", "requirements-test.lock")
_BENCHMARK_LOCK = "requirements-benchmark.lock"
_OF_WHAT_RUNS = {
    *("MIT", "BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "PSF-2.0", "MPL-2.0", "LGPL-3.0-only"),
}
_OF_TOOLS = _OF_WHAT_RUNS | {"MIT-0", "Unlicense", "HPND", "Zlib"}
_OTHER_WORDS = {
    "MIT License": "MIT",
    "MIT license": "MIT",
    "BSD License": "BSD",
    "BSD 2-Clause License": "BSD-2-Clause",
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
_READ_BY_HAND = {
    "pystemmer": "says 'MIT, BSD'; its LICENSE is the text of MIT, and that of Snowball inside it BSD-3-Clause",
    "quickjs-ng": "names no licence; its file licenses/LICENSE is the text of MIT",
    "resvg-py": "names no licence; its file licenses/LICENSE is the text of MIT",
    "supervisor": "says 'BSD-derived'; its LICENSES.txt is a BSD licence that also asks to mark changed files",
}
"""Licences of the packages that do not use the usual name."""


def locked(lock: str) -> dict[str, tuple[Requirement, list[str]]]:
    """Return the requirements of a lock by name, each with its hashes."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [
        line.partition(" #")[0] for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    found = {}
    for line in lines:
        requirement = Requirement(line.partition("--hash")[0])
        found[requirement.name] = requirement, re.findall(r"--hash=(\S+)", line)
    return found


@pytest.mark.parametrize("lock", [*_LOCKS, _BENCHMARK_LOCK])
def test_every_requirement_has_one_version_and_a_hash_of_each_file(lock: str) -> None:
    assert len(locked(lock)) > 40
    for name, (requirement, hashes) in locked(lock).items():
        assert re.fullmatch(r"==[\w.]+", str(requirement.specifier)), name
        assert hashes, name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes), name
    assert not re.search(r"find-links|index-url|https?://|/opt/|/tmp/", (ROOT / lock).read_text(encoding="utf-8"))


def test_binary_packages_have_the_hashes_of_other_machines_too() -> None:
    """A package has more hashes than this machine needs: wheels of five Pythons and two processors, and a source."""
    for name in ("orjson", "psycopg-binary", "pydantic-core", "uvloop"):
        assert len(locked(_LOCKS[0])[name][1]) > 12, name


def versions(lock: str) -> dict[str, str]:
    """Return the versions of a lock by name."""
    return {name: str(requirement.specifier) for name, (requirement, _) in locked(lock).items()}


@pytest.mark.parametrize("lock", [_LOCKS[1], _BENCHMARK_LOCK])
def test_all_locks_hold_the_same_versions_and_what_builds_partsearch(lock: str) -> None:
    runs = versions(_LOCKS[0])
    assert runs.items() <= versions(lock).items()
    assert {"hatchling", "editables"} <= set(runs)


def test_only_the_benchmark_installs_the_engines_that_it_compares_with() -> None:
    engines = {"chdb", "duckdb"}
    assert engines <= set(versions(_BENCHMARK_LOCK))
    assert not engines & (set(versions(_LOCKS[0])) | set(versions(_LOCKS[1])))


def test_every_install_asks_for_hashes_and_fetches_nothing_else(tmp_path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    installs = re.findall(r"^\t\$\(PIP\) install .*$", makefile, re.MULTILINE)
    assert len(installs) == 5
    for line in installs:
        assert "--require-hashes -r" in line or ("--no-deps" in line and "--no-build-isolation" in line), line
    assert lock_arguments(ROOT / _LOCKS[0]) == ["--require-hashes", "-r", str(ROOT / _LOCKS[0])]
    old = tmp_path / "requirements.lock"
    old.write_text("orjson==3.10.0\n")
    assert lock_arguments(old) == ["-r", str(old)]


def licences(name: str) -> set[str]:
    """Return all licences that a package names, by their usual names, whether joined by "and" or by "or"."""
    metadata = distribution(name).metadata
    classifiers = [text.rpartition(" :: ")[2] for text in metadata.get_all("Classifier", []) if "License ::" in text]
    named = metadata.get("License-Expression") or (metadata.get("License") or "").partition("\n")[0]
    words = re.split(r" AND | OR |[()]", named) if named else classifiers
    return {_OTHER_WORDS.get(word.strip(), word.strip()) for word in words if word.strip()}


@pytest.mark.parametrize(("lock", "allowed"), [(_LOCKS[0], _OF_WHAT_RUNS), (_LOCKS[1], _OF_TOOLS)])
def test_every_licence_is_one_that_was_reviewed(lock: str, allowed: set[str]) -> None:
    environment = {**default_environment(), "extra": ""}
    exceptions = set()
    for name, (requirement, _) in locked(lock).items():
        if requirement.marker and not requirement.marker.evaluate(environment):  # type: ignore[arg-type]
            continue
        try:
            named = licences(name)
        except PackageNotFoundError:
            pytest.fail(f"{name} of {lock} is not installed.")
        if not named or named - allowed:
            assert name in _READ_BY_HAND, (name, named)
            exceptions.add(name)
    assert exceptions == _READ_BY_HAND.keys() & locked(lock).keys()
    assert _READ_BY_HAND.keys() <= locked(_LOCKS[1]).keys()
