"""Root's commands in a home that belongs to the account of the site: root accesses any content of the home only as the
account. For any other user the commands run as that user from the beginning.

The account prepares each attack, and the real command meets it as root.
"""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest

from partsearch.bench.record import Run as BenchRun
from partsearch.database.account import site_account
from partsearch.operation.names import Slot
from partsearch.operation.nginx.traffic import TrafficState, write_state
from tests.support.as_account import as_account
from tests.support.site import COMMAND_SECONDS, RunningSite, free_environment
from tests.unit.bench.runs import made_run

_SECRET = "only root may read this"
_NOBODY = 65534
_FIRST_SECONDS = 300


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that belongs to root, for files of root."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@dataclass(frozen=True)
class Run:
    """The results of a site that root started with umask 077 and stopped again."""

    site: RunningSite
    commands: list[subprocess.CompletedProcess[str]]
    uids: set[int]
    gids: set[int]


@pytest.fixture(scope="module")
def first_run(folder: Path) -> Iterator[Run]:
    """The stopped site that most of the tests use; its secret key is in its home."""
    site = RunningSite({**free_environment(folder / "home"), "SECRET_KEY": ""})
    program = Path(sys.executable).parent / "partsearch"
    up = subprocess.run(
        ["sh", "-c", f"umask 077; exec {program} up"],
        env=site.environment, capture_output=True, text=True, timeout=_FIRST_SECONDS,
    )  # fmt: skip
    commands = list[subprocess.CompletedProcess[str]]()
    try:
        processes = processes_of(site)
        uids = {uid for process in processes for uid in process.uids()}
        gids = {gid for process in processes for gid in process.gids()}
        commands = [site.run(*words.split()) for words in ("generate 5", "manage check", "url", "doctor")]
    finally:
        commands = [up, *commands, site.run("down")]
    yield Run(site, commands, uids, gids)


@pytest.fixture
def site(first_run: Run) -> RunningSite:
    return first_run.site


@pytest.fixture
def root_file(folder: Path) -> Iterator[Path]:
    """A file of root that no other user may read; fail if it changes."""
    path = folder / "root_file"
    path.write_text(_SECRET)
    path.chmod(0o600)
    before = path.stat()
    yield path
    after = path.stat()
    assert (path.read_text(), after.st_uid, after.st_mode) == (_SECRET, 0, before.st_mode)
    assert after.st_mtime_ns == before.st_mtime_ns
    path.unlink()


def paths_of_others(home: Path) -> list[str]:
    """Return the paths in a home that do not belong to the account."""
    uid = site_account().uid
    return [str(path) for path in (home, *home.rglob("*")) if path.lstat().st_uid != uid]


def processes_of(site: RunningSite) -> list[psutil.Process]:
    """Return the supervisor of a site and all its descendants."""
    supervisor = psutil.Process(int((site.home / "run/supervisord.pid").read_text()))
    return [supervisor, *supervisor.children(recursive=True)]


def replace_by_link(path: Path, target: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def test_with_umask_077_the_account_owns_the_home_and_nothing_runs_as_root(first_run: Run) -> None:
    assert [done.stderr for done in first_run.commands if done.returncode] == []
    assert (first_run.uids, first_run.gids) == ({site_account().uid}, {site_account().gid})
    doctor = first_run.commands[-2].stdout
    assert f"home:              {first_run.site.home} belongs to 'partsearch'" in doctor
    assert paths_of_others(first_run.site.home) == []


@pytest.mark.parametrize(
    "relative_path",
    [
        "run/nginx",
        "run/nginx.conf",
        "run/traffic.js",
        "run/supervisord.conf",
        "run/supervisord.pid",
        "logs/supervisord.out",
        "secret_key",
        "lock",
        "traffic.json",
        "postgres/partsearch.conf",
    ],
)
def test_root_follows_no_link_of_the_account(site: RunningSite, root_file: Path, relative_path: str) -> None:
    path = site.home / relative_path
    kept = site.home / "kept"
    as_account(lambda: path.rename(kept) if path.exists() else None)
    as_account(replace_by_link, path, root_file)
    try:
        up = site.run("up")
        assert _SECRET not in up.stdout + up.stderr
        assert "Traceback" not in up.stderr
        if site.run("status", "--json").returncode == 0 and site.status()["up"]:
            assert all(_SECRET not in str(process.environ()) for process in processes_of(site))
    finally:
        site.run("down")
        as_account(_put_back, kept, path)


def _put_back(kept: Path, path: Path) -> None:
    if kept.exists():
        with suppress(FileNotFoundError):
            path.unlink()
        kept.rename(path)
    elif path.is_symlink():
        path.unlink()


def test_a_release_that_the_account_planted_does_not_run_as_root(site: RunningSite) -> None:
    ran = site.home / "ran"
    before = (site.home / "traffic.json").read_bytes()
    as_account(_plant_release, site.home, ran)
    try:
        assert site.run("up").returncode == 1
        assert site.run("status").returncode == 0
        assert set(ran.read_text().split()) == {str(site_account().uid)}
    finally:
        site.run("down")
        as_account((site.home / "traffic.json").write_bytes, before)
        as_account(shutil.rmtree, site.home / "planted")


def _plant_release(home: Path, ran: Path) -> None:
    python = home / "planted/venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\nid -u >> {ran}\nexit 1\n")
    python.chmod(0o755)
    (home / "planted/release.json").write_text('{"source": "planted"}')
    write_state(_Folders(home), replace(TrafficState(), releases={Slot.BLUE: str(home / "planted")}))


class _Folders:
    def __init__(self, root: Path) -> None:
        self.root, self.sockets = root, root / "run"


def test_a_process_of_another_user_is_not_ended(site: RunningSite) -> None:
    with subprocess.Popen(["sleep", "600"], process_group=0) as sleeper:
        try:
            started = Path(f"/proc/{sleeper.pid}/stat").read_text().rpartition(")")[2].split()[19]
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
            note = site.home / "run/health-checker.group"
            as_account(note.write_text, f"{sleeper.pid} {started} {boot}")
            down = site.run("down")
            assert down.returncode == 0, down.stderr
            assert sleeper.poll() is None
        finally:
            sleeper.kill()


def test_files_of_root_in_the_home_are_reported_with_the_command_that_changes_their_owner(site: RunningSite) -> None:
    (site.home / "lock").unlink(missing_ok=True)
    (site.home / "lock").touch(0o600)
    (site.home / "deploys").mkdir(exist_ok=True)
    os.chown(site.home / "deploys", 0, 0)
    command = f"chown -R -h partsearch:partsearch {site.home}"
    for arguments in (("status",), ("up",), ("deploy", "HEAD"), ("down",)):
        done = site.run(*arguments)
        assert done.returncode == 1
        assert f"{site.home}/lock and 1 more in PARTSEARCH_HOME belongs to root" in done.stderr
        assert command in done.stderr
        assert "Traceback" not in done.stderr
    doctor = site.run("doctor")
    assert doctor.returncode == 1
    assert f"✗ home:              2 not as partsearch made it: {site.home}/lock belongs to root" in doctor.stdout
    assert command in doctor.stdout
    subprocess.run(command.split(), check=True)
    assert site.run("status").returncode == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda home: (home / "secret_key").chmod(0o644), "secret_key can be read by others"),
        (lambda home: (home / "run/supervisord.conf").chmod(0o640), "supervisord.conf can be read by others"),
        (lambda home: (home / "logs").chmod(0o777), "logs can be written by others"),
        (lambda home: (home / "logs/link").symlink_to("/etc/passwd"), "logs/link is a link"),
    ],
)
def test_doctor_names_unexpected_permissions_and_links(
    site: RunningSite, change: Callable[[Path], None], message: str
) -> None:
    as_account(change, site.home)
    try:
        doctor = site.run("doctor")
        assert f"1 not as partsearch made it: {site.home}/" in doctor.stdout
        assert message in doctor.stdout
    finally:
        as_account(_restore_permissions, site.home)


def _restore_permissions(home: Path) -> None:
    (home / "secret_key").chmod(0o600)
    (home / "run/supervisord.conf").chmod(0o600)
    (home / "logs").chmod(0o750)
    (home / "logs/link").unlink(missing_ok=True)


def test_root_reads_its_own_files_and_the_account_those_in_the_home(
    site: RunningSite, root_file: Path, folder: Path
) -> None:
    own = folder / "own"
    own.mkdir(mode=0o700)
    (own / "run.json").write_bytes(made_run().to_json())
    done = site.run("bench", "report", str(own / "run.json"), "--markdown", str(own / "page.md"))
    assert done.returncode == 0, done.stderr
    assert (own / "page.md").stat().st_uid == (own / "run.html").stat().st_uid == 0
    as_account(_keep_run, site.home / "kept.json", made_run())
    as_account(replace_by_link, site.home / "kept.html", root_file)
    done = site.run("bench", "report", str(site.home / "kept.json"))
    assert done.returncode == 0, done.stderr
    report = (site.home / "kept.html").lstat()
    assert stat.S_ISREG(report.st_mode)
    assert report.st_uid == site_account().uid
    assert site.run("bench", "compare", str(own / "run.json"), str(site.home / "kept.json")).returncode in (0, 1)
    as_account(replace_by_link, site.home / "list.csv", root_file)
    done = site.run("import", str(site.home / "list.csv"))
    assert "list.csv cannot be read: Permission denied" in done.stderr


def _keep_run(path: Path, run: BenchRun) -> None:
    path.write_bytes(run.to_json())


def test_output_can_be_redirected_to_a_file_of_root(site: RunningSite, root_file: Path, folder: Path) -> None:
    output = folder / "output"
    output.touch(0o600)
    with output.open("w") as file:
        program = Path(sys.executable).parent / "partsearch"
        subprocess.run([program, "status"], env=site.environment, stdout=file, timeout=COMMAND_SECONDS, check=True)
    assert "partsearch" in output.read_text()


def test_a_source_that_the_account_may_not_read_is_reported(folder: Path) -> None:
    from partsearch.deploy.build.source import take_source
    from partsearch.deploy.errors import BuildError

    source = folder / "source"
    (source / "src").mkdir(parents=True)
    (source / "pyproject.toml").touch(0o600)
    (source / "src/closed.py").touch(0o600)
    with pytest.raises(BuildError, match=r"'partsearch', which builds the release, may not read .*closed\.py") as error:
        as_account(take_source, str(source), folder)
    assert "chmod -R o+rX" in str(error.value.__dict__)


def test_a_home_of_another_user_is_rejected(site: RunningSite, folder: Path) -> None:
    other = folder / "of-nobody"
    other.mkdir()
    os.chown(other, _NOBODY, _NOBODY)
    done = site.run("status", PARTSEARCH_HOME=str(other))
    assert done.returncode == 1
    assert "belongs to another account (uid 65534)" in done.stderr
    assert list(other.iterdir()) == []


def test_help_needs_no_account_and_touches_nothing(site: RunningSite, folder: Path) -> None:
    done = site.run("up", "--help", PARTSEARCH_HOME=str(folder / "never"))
    assert done.returncode == 0
    assert not (folder / "never").exists()


def test_the_site_of_an_ordinary_user_belongs_to_that_user(folder: Path) -> None:
    home = folder / "ordinary"
    home.mkdir()
    os.chown(home, _NOBODY, _NOBODY)
    environment = {**free_environment(home / "site"), "HOME": str(home), "SECRET_KEY": ""}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).parent / "partsearch"), *arguments]
        return subprocess.run(
            command, env=environment, user=_NOBODY, group=_NOBODY, extra_groups=[], cwd=home,
            capture_output=True, text=True, timeout=COMMAND_SECONDS,
        )  # fmt: skip

    try:
        up = run("up")
        assert up.returncode == 0, up.stderr
        assert {path.lstat().st_uid for path in home.rglob("*")} == {_NOBODY}
        assert stat.S_IMODE((home / "site").stat().st_mode) == 0o750
        assert run("status").returncode == 0
        assert "belongs to 'nobody'" in run("doctor").stdout
    finally:
        down = run("down")
    assert down.returncode == 0, down.stderr
