"""Root's commands in a home that belongs to the site's account: whatever that account has put there, root does nothing
with it but as the account. As any other user the commands run as that user from the beginning.

Each trap is laid as the account, and sprung by the real command as root.
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

_SECRET = "what root alone may read"
_NOBODY = 65534
_FIRST_SECONDS = 300


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder of root's, for what belongs to it."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@dataclass(frozen=True)
class Run:
    """What came of a site that root has started with umask 077, and taken down again."""

    site: RunningSite
    commands: list[subprocess.CompletedProcess[str]]
    uids: set[int]
    gids: set[int]


@pytest.fixture(scope="module")
def first_run(folder: Path) -> Iterator[Run]:
    """The site, with its key in its home, for most of the tests; down."""
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
def precious(folder: Path) -> Iterator[Path]:
    """A file of root's that nobody else may read; it must be the same at the end."""
    path = folder / "precious"
    path.write_text(_SECRET)
    path.chmod(0o600)
    before = path.stat()
    yield path
    after = path.stat()
    assert (path.read_text(), after.st_uid, after.st_mode) == (_SECRET, 0, before.st_mode)
    assert after.st_mtime_ns == before.st_mtime_ns
    path.unlink()


def foreign(home: Path) -> list[str]:
    """What in a home does not belong to the account."""
    uid = site_account().uid
    return [str(path) for path in (home, *home.rglob("*")) if path.lstat().st_uid != uid]


def processes_of(site: RunningSite) -> list[psutil.Process]:
    """The supervisor of a site, and all that it has started."""
    supervisor = psutil.Process(int((site.home / "run/supervisord.pid").read_text()))
    return [supervisor, *supervisor.children(recursive=True)]


def replaced_by_link(path: Path, target: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def test_with_umask_077_all_in_the_home_is_the_account_s_and_nothing_runs_as_root(first_run: Run) -> None:
    assert [done.stderr for done in first_run.commands if done.returncode] == []
    assert (first_run.uids, first_run.gids) == ({site_account().uid}, {site_account().gid})
    doctor = first_run.commands[-2].stdout
    assert f"home:              {first_run.site.home} belongs to 'partsearch'" in doctor
    assert foreign(first_run.site.home) == []


@pytest.mark.parametrize(
    "place",
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
def test_a_link_leads_root_nowhere(site: RunningSite, precious: Path, place: str) -> None:
    path = site.home / place
    kept = site.home / "kept"
    as_account(lambda: path.rename(kept) if path.exists() else None)
    as_account(replaced_by_link, path, precious)
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


def test_a_release_of_the_account_s_making_is_not_run_as_root(site: RunningSite) -> None:
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


def test_a_process_of_another_s_is_not_ended(site: RunningSite) -> None:
    with subprocess.Popen(["sleep", "600"], process_group=0) as sleeper:
        try:
            started = Path(f"/proc/{sleeper.pid}/stat").read_text().rpartition(")")[2].split()[19]
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
            note = site.home / "run/guard.group"
            as_account(note.write_text, f"{sleeper.pid} {started} {boot}")
            down = site.run("down")
            assert down.returncode == 0, down.stderr
            assert sleeper.poll() is None
        finally:
            sleeper.kill()


def test_a_home_of_the_release_before_is_told_and_given_away_by_the_command_that_is_named(site: RunningSite) -> None:
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
    ("change", "said"),
    [
        (lambda home: (home / "secret_key").chmod(0o644), "secret_key can be read by others"),
        (lambda home: (home / "run/supervisord.conf").chmod(0o640), "supervisord.conf can be read by others"),
        (lambda home: (home / "logs").chmod(0o777), "logs can be written by others"),
        (lambda home: (home / "logs/link").symlink_to("/etc/passwd"), "logs/link is a link"),
    ],
)
def test_doctor_names_what_is_not_as_made(site: RunningSite, change: Callable[[Path], None], said: str) -> None:
    as_account(change, site.home)
    try:
        doctor = site.run("doctor")
        assert f"1 not as partsearch made it: {site.home}/" in doctor.stdout
        assert said in doctor.stdout
    finally:
        as_account(_as_made, site.home)


def _as_made(home: Path) -> None:
    (home / "secret_key").chmod(0o600)
    (home / "run/supervisord.conf").chmod(0o600)
    (home / "logs").chmod(0o750)
    (home / "logs/link").unlink(missing_ok=True)


def test_what_root_names_is_read_by_root_and_what_is_in_the_home_by_the_account(
    site: RunningSite, precious: Path, folder: Path
) -> None:
    own = folder / "own"
    own.mkdir(mode=0o700)
    (own / "run.json").write_bytes(made_run().to_json())
    done = site.run("bench", "report", str(own / "run.json"), "--markdown", str(own / "page.md"))
    assert done.returncode == 0, done.stderr
    assert (own / "page.md").stat().st_uid == (own / "run.html").stat().st_uid == 0
    as_account(_keep_run, site.home / "kept.json", made_run())
    as_account(replaced_by_link, site.home / "kept.html", precious)
    done = site.run("bench", "report", str(site.home / "kept.json"))
    assert done.returncode == 1
    assert "kept.html" in done.stderr
    assert site.run("bench", "compare", str(own / "run.json"), str(site.home / "kept.json")).returncode in (0, 1)
    as_account(replaced_by_link, site.home / "list.csv", precious)
    done = site.run("import", str(site.home / "list.csv"))
    assert "list.csv cannot be read: Permission denied" in done.stderr


def _keep_run(path: Path, run: BenchRun) -> None:
    path.write_bytes(run.to_json())


def test_output_goes_to_a_file_of_root_s(site: RunningSite, precious: Path, folder: Path) -> None:
    output = folder / "output"
    output.touch(0o600)
    with output.open("w") as file:
        program = Path(sys.executable).parent / "partsearch"
        subprocess.run([program, "status"], env=site.environment, stdout=file, timeout=COMMAND_SECONDS, check=True)
    assert "partsearch" in output.read_text()


def test_a_source_that_the_account_may_not_read_is_told(folder: Path) -> None:
    from partsearch.deploy.build.source import take_source
    from partsearch.deploy.errors import BuildError

    source = folder / "source"
    (source / "src").mkdir(parents=True)
    (source / "pyproject.toml").touch(0o600)
    (source / "src/closed.py").touch(0o600)
    with pytest.raises(BuildError, match=r"'partsearch', which builds the release, may not read .*closed\.py") as told:
        as_account(take_source, str(source), folder)
    assert "chmod -R o+rX" in str(told.value.__dict__)


def test_a_home_of_another_user_is_refused(site: RunningSite, folder: Path) -> None:
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


def test_an_ordinary_user_s_site_is_the_user_s(folder: Path) -> None:
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
