"""``up``, ``down``, ``status``, ``doctor``, ``logs`` and ``url`` as a user types them, in a home of their own."""

import json
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from tests.support.as_account import as_account, give_to_account
from tests.support.deadline import wait_for
from tests.support.site import RunningSite, free_environment, free_ports

_IDLE_MEBIBYTES = 600


@pytest.fixture
def site(home: Path) -> Iterator[RunningSite]:
    """A site that is not up yet, and is down at the end."""
    site = RunningSite(free_environment(home))
    yield site
    site.run("down")
    assert processes_of(site) == []


@pytest.fixture(scope="module")
def lasting_site() -> Iterator[RunningSite]:
    """A site for several tests, with its own secret key and its database on a port."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    settings = {"SECRET_KEY": "", "PARTSEARCH_DATABASE_PORT": str(free_ports(1)[0])}
    with RunningSite.started({**free_environment(folder / "home"), **settings}) as site:
        yield site
    shutil.rmtree(folder)


@pytest.fixture
def running_site(lasting_site: RunningSite) -> RunningSite:
    """The same site, up again if a test took it down."""
    up = lasting_site.run("up")
    assert up.returncode == 0, up.stderr
    return lasting_site


def processes_of(site: RunningSite) -> list[psutil.Process]:
    """Return every process of a home, by the environment of all processes."""
    home = str(site.home)
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get("PARTSEARCH_HOME") == home:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return [process for process in found if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def insert_part(site: RunningSite) -> None:
    with psycopg.connect(site.conninfo) as connection:
        connection.execute("INSERT INTO mark (name) VALUES ('Honda')")
        connection.execute("INSERT INTO model (name, mark_id) SELECT 'Accord', id FROM mark")
        connection.execute(
            "INSERT INTO part (name, mark_id, model_id, price) SELECT 'Капот', mark_id, id, 100.50 FROM model"
        )


def found(site: RunningSite) -> object:
    return httpx.get(f"{site.url}/search/part/?part_name=капот", timeout=10).json()["summ"]


def test_up_answers_and_down_leaves_nothing_but_the_data(site: RunningSite) -> None:
    up = site.run("up")
    assert up.returncode == 0, up.stderr
    assert site.url in up.stdout
    insert_part(site)
    assert found(site) == 100.5
    assert site.run("down").returncode == 0
    assert processes_of(site) == []
    assert site.run("up").returncode == 0
    assert found(site) == 100.5


def test_up_again_changes_nothing(running_site: RunningSite) -> None:
    before = {process["service"]: process["pid"] for process in running_site.status()["processes"]}
    assert running_site.run("up").returncode == 0
    assert {process["service"]: process["pid"] for process in running_site.status()["processes"]} == before


def test_data_survives_a_kill_of_every_process(running_site: RunningSite) -> None:
    insert_part(running_site)
    for process in processes_of(running_site):
        process.kill()
    assert running_site.run("up").returncode == 0
    assert found(running_site) == 100.5
    assert "fsync = off" not in (running_site.home / "postgres" / "partsearch.conf").read_text()


def test_up_after_a_kill_of_the_supervisor_replaces_its_orphans(running_site: RunningSite) -> None:
    supervisor = int((running_site.home / "run" / "supervisord.pid").read_text())
    orphans = [process for process in processes_of(running_site) if process.pid != supervisor]
    os.kill(supervisor, signal.SIGKILL)
    wait_for(lambda: not psutil.pid_exists(supervisor))
    assert_is_without_supervisor(running_site)
    up = running_site.run("up")
    assert up.returncode == 0, up.stderr
    assert not any(process.is_running() for process in orphans)
    assert {process["state"] for process in running_site.status()["processes"]} == {"running"}


def assert_is_without_supervisor(site: RunningSite) -> None:
    """Require that the site answers, and that ``status`` and ``doctor`` report the missing supervisor."""
    assert httpx.get(f"{site.url}/search/part/", timeout=10).status_code == 200
    status = site.status()
    assert status["up"] is False
    assert {process["state"] for process in status["processes"]} == {"unsupervised"}
    assert all(psutil.pid_exists(process["pid"]) for process in status["processes"])
    assert "without its supervisor" in site.run("status").stdout
    doctor = site.run("doctor")
    assert doctor.returncode == 1
    assert (
        "its supervisor does not run; django-blue, fastapi-blue, health-checker, nginx, postgres still run"
        in doctor.stdout
    )
    assert "is taken" not in doctor.stdout


def test_a_stale_pid_file_is_no_obstacle(running_site: RunningSite) -> None:
    """Its pid may meanwhile belong to any other process."""
    assert running_site.run("down").returncode == 0
    pid_file = running_site.home / "run" / "supervisord.pid"
    as_account(pid_file.write_text, str(os.getpid()))
    as_account(
        (running_site.home / "postgres" / "postmaster.pid").write_text,
        f"{os.getpid()}\n{running_site.home}/postgres\n0\n5432\n\n\n\n\n",
    )
    assert running_site.run("down").stdout == "partsearch was not running.\n"
    up = running_site.run("up")
    assert up.returncode == 0, up.stderr


@pytest.mark.parametrize(
    ("setting", "service"),
    [
        ("PARTSEARCH_PORT", "nginx"),
        ("PARTSEARCH_DJANGO_PORTS", "django"),
        ("PARTSEARCH_FASTAPI_PORTS", "fastapi"),
    ],
)
def test_a_taken_port_is_named_and_nothing_is_started(site: RunningSite, setting: str, service: str) -> None:
    port = int(site.environment[setting].split(",")[0])
    with socket.create_server(("127.0.0.1", port)):
        up = site.run("up")
    assert up.returncode == 1
    assert f"Port {port}, which {service} needs, is taken" in up.stderr
    assert f"(pid {os.getpid()})" in up.stderr
    assert setting in up.stderr
    assert processes_of(site) == []


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "DATABASE_URL cannot be understood"),
        ("postgresql://user:geheim@127.0.0.1:1/parts", "cannot be reached"),
        ("postgresql://user:geheim@127.0.0.1:1/", "names no database"),
    ],
)
def test_an_invalid_database_url_is_reported_without_its_password(site: RunningSite, url: str, message: str) -> None:
    for command in ("up", "doctor"):
        run = site.run(command, DATABASE_URL=url)
        assert run.returncode == 1
        assert message in run.stdout + run.stderr
        assert "geheim" not in run.stdout + run.stderr
        assert "Traceback" not in run.stderr
    assert processes_of(site) == []


@pytest.mark.parametrize("command", ["up", "status", "doctor"])
def test_two_services_on_one_port_are_an_error(site: RunningSite, command: str) -> None:
    up = site.run(command, PARTSEARCH_PORT=site.environment["PARTSEARCH_DJANGO_PORTS"].split(",")[1])
    assert up.returncode == 1
    assert "PARTSEARCH_PORT and PARTSEARCH_DJANGO_PORTS have the same port" in up.stderr


def test_a_home_that_cannot_be_written_is_reported(site: RunningSite) -> None:
    up = site.run("up", PARTSEARCH_HOME="/proc/nowhere")
    assert up.returncode == 1
    assert "PARTSEARCH_HOME /proc/nowhere cannot be used" in up.stderr
    assert "Traceback" not in up.stderr


def test_a_full_disk_is_reported_before_anything_is_written(site: RunningSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test cannot fill the disk here, so it replaces the one call that returns the free space."""
    import shutil

    from partsearch.operation.errors import NoSpaceError
    from partsearch.operation.home import Home

    give_to_account(site.home.parent)
    usage = shutil.disk_usage("/")
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage._replace(free=1024))
    with pytest.raises(NoSpaceError, match="MiB are free"):
        as_account(Home(site.home).prepare)


def test_invalid_settings_and_wrong_usage_are_reported(site: RunningSite) -> None:
    invalid = site.run("status", PARTSEARCH_PORT="eighty")
    assert invalid.returncode == 1
    assert "PARTSEARCH_PORT" in invalid.stderr
    assert site.run("no-such-command").returncode == 2
    assert site.run("generate", "0").returncode == 2


def test_status_doctor_logs_and_url_describe_a_site(site: RunningSite) -> None:
    assert site.run("status").returncode == 0
    assert site.status()["up"] is False
    assert site.run("up").returncode == 0
    status = site.status()
    assert status["database"] == "embedded"
    services = [process["service"] for process in status["processes"]]
    assert services == ["postgres", "django", "fastapi", "nginx", "health-checker"]
    for process in status["processes"]:
        assert process["state"] == "running"
        assert process["release"] == status["release"]
        assert psutil.pid_exists(process["pid"])
    assert {process["colour"] for process in status["processes"] if process["service"] in ("django", "fastapi")} == {
        "blue"
    }
    doctor = site.run("doctor")
    assert doctor.returncode == 0, doctor.stdout
    assert "indexes know Cyrillic letters" in doctor.stdout
    assert "PostgreSQL" in site.run("logs", "postgres").stdout
    with psycopg.connect(site.conninfo) as connection:
        assert connection.execute("SELECT show_trgm('бампер') <> '{}'").fetchone() == (True,)


def test_only_the_owner_can_read_secrets(running_site: RunningSite) -> None:
    for name in ("secret_key", "run/supervisord.conf"):
        assert (running_site.home / name).stat().st_mode & 0o077 == 0, name
    key = (running_site.home / "secret_key").read_text()
    logs = "".join(path.read_text(errors="replace") for path in (running_site.home / "logs").iterdir())
    assert key not in logs + running_site.run("status", "--json").stdout


def test_the_embedded_database_listens_on_loopback_if_asked(running_site: RunningSite) -> None:
    port = running_site.environment["PARTSEARCH_DATABASE_PORT"]
    password = (running_site.home / "database_password").read_text()
    address = f"postgresql://partsearch:{password}@127.0.0.1:{port}/partsearch"
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT count(*) >= 0 FROM part").fetchone() == (True,)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address.replace(password, "wrong"))
    search = httpx.get(f"{running_site.url}/search/part/", timeout=10)
    assert search.status_code == 200


def test_services_do_not_run_as_root(running_site: RunningSite) -> None:
    assert all(process.uids().effective != 0 for process in processes_of(running_site))


def test_an_idle_site_is_small(running_site: RunningSite) -> None:
    """Memory that processes share, such as PostgreSQL's buffers and the code of Python, counts once."""
    for service in (*running_site.services, running_site.url):
        assert httpx.get(f"{service}/search/part/", timeout=10).status_code == 200
    resident = sum(process.memory_full_info().pss for process in processes_of(running_site)) / 2**20
    assert resident <= _IDLE_MEBIBYTES, json.dumps(running_site.status())


def test_a_site_with_a_very_long_home_starts(home: Path) -> None:
    site = RunningSite(free_environment(home / ("long" * 30)))
    try:
        up = site.run("up")
        assert up.returncode == 0, up.stderr
    finally:
        site.run("down")
