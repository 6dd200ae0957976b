"""Building releases: complete and read-only beside the others, or not at all."""

import fcntl
import json
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import psutil
import pytest

from partsearch.database.account import grant_traversal, program_folders, site_account
from partsearch.deploy.build import builder
from partsearch.deploy.build.builder import build_release
from partsearch.deploy.build.releases import releases
from partsearch.deploy.errors import BuildError
from partsearch.operation.home import Home
from partsearch.operation.release import Release
from partsearch.settings import project_root
from tests.support.as_account import as_account, give_to_account, process_arguments
from tests.support.deadline import wait_for

_CSS = "src/partsearch/django_service/pages/static/web/base.css"
_OFFLINE = ("--no-build-isolation", "--python", sys.executable)
_BUILD = """
import sys
from pathlib import Path
from partsearch.deploy.build.builder import build_release
from partsearch.operation.home import Home
build_release(sys.argv[2], Home(Path(sys.argv[1])), print)
"""


@pytest.fixture(scope="module")
def site_home() -> Iterator[Home]:
    """The home of a site that is down."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    give_to_account(folder)
    grant_traversal(site_account(), *program_folders())
    yield Home(folder / "home")
    subprocess.run(["chmod", "-R", "u+w", folder], check=True)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def release(site_home: Home) -> Release:
    """The release of this checkout."""
    return built(site_home, None)


@pytest.fixture
def source() -> Iterator[Path]:
    """A copy of this checkout's source, which a test may change."""
    with readable_folder() as folder:
        yield copy_source(folder)


@contextmanager
def readable_folder() -> Iterator[Path]:
    """A folder that the account may read; pytest makes its own folders private at every start."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def copy_source(folder: Path) -> Path:
    for name in ("pyproject.toml", "requirements.lock", "README.md", "LICENSE"):
        shutil.copy(project_root() / name, folder)
    shutil.copytree(project_root() / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="module")
def changed_source() -> Iterator[Path]:
    """A copy with a different style sheet."""
    with readable_folder() as folder:
        copy_source(folder)
        (folder / _CSS).write_text((folder / _CSS).read_text() + "/* new */")
        yield folder


@pytest.fixture(scope="module")
def changed_release(site_home: Home, release: Release, changed_source: Path) -> Release:
    """The release of that copy, built after that of this checkout."""
    return built(site_home, changed_source)


def built(home: Home, source: Path | str | None) -> Release:
    return as_account(build_release, str(source) if source else None, home, lambda _: None)


def ids(home: Home) -> set[str]:
    """Return the ids of the releases, after a check that there is no incomplete one beside them."""
    folders = {path.name for path in (home.root / "releases").iterdir() if path.is_dir()}
    found = {release.id for release in releases(home.root)}
    assert folders == found
    return found


def run_in(release: Release, code: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the release as the account of the site, which cannot import the source of the checkout."""
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [str(release.python), "-c", code], cwd="/", capture_output=True, text=True, timeout=60,
        env={"PARTSEARCH_HOME": str(root(release).parents[1]), "SECRET_KEY": "x", "PATH": "/usr/bin:/bin"},
        **process_arguments(),
    )  # fmt: skip


def root(release: Release) -> Path:
    assert release.root
    return release.root


def static_names(release: Release) -> set[str]:
    return set(json.loads((root(release) / "static/staticfiles.json").read_text())["paths"].values())


def test_a_release_runs_without_the_checkout(release: Release) -> None:
    done = run_in(
        release,
        "import partsearch, partsearch.fastapi_service.app, partsearch.django_service.wsgi as wsgi;"
        "from django.conf import settings; print(partsearch.__file__, settings.STATIC_ROOT, sep='\\n')",
    )
    assert done.returncode == 0, done.stderr
    package, static = map(Path, done.stdout.split())
    assert package.is_relative_to(root(release) / "venv")
    assert static.samefile(root(release) / "static")
    assert all((static / name).is_file() for name in static_names(release))
    granian = subprocess.run([release.python.with_name("granian"), "--version"], capture_output=True, text=True)
    assert "granian" in granian.stdout


def test_a_release_is_compiled_and_read_only(release: Release) -> None:
    files = [path for path in root(release).rglob("*") if not path.is_symlink()]
    assert [path for path in [root(release), *files] if path.stat().st_mode & 0o222] == []
    assert [path for path in files if not path.stat().st_mode & stat.S_IROTH] == []
    sources = [path for path in files if path.suffix == ".py" and path.is_relative_to(root(release) / "venv/lib")]
    caches = {path.parent.parent / path.name.split(".")[0] for path in files if path.suffix == ".pyc"}
    assert len([path for path in sources if path.with_suffix("") not in caches]) < len(sources) * 0.01


def test_the_site_cannot_change_its_release(release: Release) -> None:
    done = run_in(release, f"open({str(root(release) / 'release.json')!r}, 'a')")
    assert "PermissionError" in done.stderr


def build_messages(source: Path, home: Home) -> tuple[list[str], Release]:
    messages = list[str]()
    return messages, build_release(str(source), home, messages.append)


def test_the_same_source_is_built_once(site_home: Home, changed_release: Release, changed_source: Path) -> None:
    messages, found = as_account(build_messages, changed_source, site_home)
    assert found == changed_release
    assert messages == [f"Release {changed_release.id} is built already."]


def test_a_git_ref_is_built(site_home: Home, release: Release) -> None:
    commit = subprocess.run(
        ["git", "-C", project_root(), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout[:7]
    made = built(site_home, "HEAD")
    assert made.id.endswith(f"-{commit}")
    assert commit in made.source
    assert run_in(made, "import partsearch.settings").returncode == 0


def test_a_release_with_the_same_packages_shares_them_and_answers_for_old_pages(
    release: Release, changed_release: Release
) -> None:
    made = changed_release
    assert made.id != release.id
    django = "venv/lib/python{}.{}/site-packages/django/__init__.py".format(*sys.version_info[:2])
    assert (root(made) / django).samefile(root(release) / django)
    assert str(root(release)) not in (root(made) / "venv/bin/granian").read_text()
    new, old = static_names(made), static_names(release)
    assert len(new - old) == 1
    assert all((root(made) / "static" / name).is_file() for name in new | old)
    assert run_in(made, "import partsearch.django_service.wsgi").returncode == 0


def test_a_wheel_is_built(site_home: Home, release: Release, source: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "uv", "build", "--quiet", "--wheel", *_OFFLINE, "--out-dir", source / "dist", source],
        check=True,
        timeout=120,
    )
    (wheel,) = (source / "dist").glob("*.whl")
    made = built(site_home, wheel)
    assert wheel.name in made.source
    assert run_in(made, "import partsearch.django_service.wsgi").returncode == 0


def break_the_code(source: Path) -> None:
    (source / "src/partsearch/broken.py").write_text("def half(:\n")


def break_the_settings(source: Path) -> None:
    (source / "src/partsearch/django_service/serving.py").write_text("raise RuntimeError('not today')\n")


def forget_a_package(source: Path) -> None:
    (source / "requirements.lock").write_text("")


def name_a_missing_package(source: Path) -> None:
    (source / "requirements.lock").write_text("/no/such/folder/nothing-1.0-py3-none-any.whl\n")


def change_a_file_behind_its_hash(source: Path) -> None:
    (source / "requirements.lock").write_text(f"whitenoise=={version('whitenoise')} --hash=sha256:{'0' * 64}\n")


@pytest.mark.parametrize(
    ("breaks", "message"),
    [
        (break_the_code, r"src/partsearch/broken\.py:1 is not Python"),
        (break_the_settings, "Collecting the static files failed: RuntimeError: not today"),
        (forget_a_package, "Checking the packages failed: partsearch .* requires"),
        (change_a_file_behind_its_hash, "Installing the packages failed: THESE PACKAGES DO NOT MATCH THE HASHES"),
        (name_a_missing_package, "Installing the packages failed: .*nothing-1.0"),
    ],
)
def test_a_failed_build_leaves_nothing(
    site_home: Home, release: Release, source: Path, breaks: Callable[[Path], None], message: str
) -> None:
    before = ids(site_home)
    breaks(source)
    with pytest.raises(BuildError, match=message) as raised:
        built(site_home, source)
    assert ids(site_home) == before
    if "failed" in message:
        assert Path(raised.value.next_step.removesuffix(".").split()[-1]).is_file()


def test_a_killed_build_leaves_no_release(site_home: Home, release: Release, source: Path) -> None:
    (source / _CSS).write_text("/* killed */")
    before = ids(site_home)
    for moment in ("venv/bin/granian", "static"):
        kill_a_build(site_home, source, moment)
        assert {found.id for found in releases(site_home.root)} == before
    made = built(site_home, source)
    assert ids(site_home) == before | {made.id}
    assert {path.stem for path in (site_home.root / "releases").glob("*.log")} == ids(site_home)
    assert leftovers(site_home) == []


def kill_a_build(home: Home, source: Path, moment: str) -> None:
    """Kill a build as soon as the folder of its release contains the file ``moment``."""
    finished = {root(found) for found in releases(home.root)}
    command = [sys.executable, "-c", _BUILD, str(home.root), str(source)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, **process_arguments()) as process:
        folders = home.root / "releases"
        try:
            wait_for(lambda: any((one / moment).exists() for one in set(folders.iterdir()) - finished), 60)
        finally:
            process.send_signal(signal.SIGKILL)


def leftovers(home: Home) -> list[psutil.Process]:
    """Return the commands of a build that are still running."""
    return [process for process in psutil.process_iter() if str(home.root / "releases") in " ".join(cmdline(process))]


def cmdline(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_a_full_disk_is_reported_before_anything_is_written(
    site_home: Home, release: Release, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "_NEEDED_MEBIBYTES_WITH_LINKS", 10**9)
    (source / _CSS).write_text("/* no room */")
    with pytest.raises(BuildError, match="MiB are free"):
        built(site_home, source)


def test_only_one_command_builds_at_a_time(site_home: Home, release: Release) -> None:
    with (site_home.root / "releases/.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BuildError, match="Another command"):
            built(site_home, None)
