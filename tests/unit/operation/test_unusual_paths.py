"""Homes with unusual characters in their path: each program reads the right path from its configuration."""

import os
import re
import shlex
from pathlib import Path

import psycopg
import pytest
from supervisor.options import ServerOptions

from partsearch.database import embedded
from partsearch.database.address.configured import embedded_address, socket_folder
from partsearch.operation import supervisord
from partsearch.operation.home import Home
from partsearch.operation.nginx.configuration import write_configuration
from partsearch.operation.supervision.processes import shared_processes
from partsearch.operation.supervision.supervisor import Supervisor
from partsearch.settings import Settings
from tests.support.nginx_text import Directive, parse
from tests.support.site import SPECIAL_CHARACTERS


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / SPECIAL_CHARACTERS)
    for folder in (home.run, home.logs, embedded.data_folder(home.root)):
        folder.mkdir(parents=True)
    return home


@pytest.fixture
def settings(home: Home) -> Settings:
    return Settings(_env_file=None, partsearch_home=home.root)


def test_nginx_reads_its_paths(home: Home, settings: Settings) -> None:
    configuration = parse(write_configuration(settings, home).read_text())
    http = next(directive for directive in configuration.block if directive.words[0] == "http")
    dollar = http.all("geo")[0]
    assert (dollar.words, [one.words for one in dollar.block]) == (("geo", "$dollar"), [("default", "$")])
    assert ("js_var", "$traffic_file", str(home.root / "traffic.json")) in [
        tuple(unescaped(word).replace("${dollar}", "$") for word in one.words) for one in http.all("js_var")
    ]
    assert f"unix:{home.sockets}/nginx.sock" in [listen_of(server) for server in http.all("server")]


def listen_of(server: Directive) -> str:
    return unescaped(server.all("listen")[0].words[1])


def unescaped(word: str) -> str:
    """Return a quoted word as Nginx reads it."""
    return re.sub(r"\\([\"\\])", r"\1", word)


def test_supervisord_reads_its_paths(home: Home, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    processes = shared_processes(settings, home)
    supervisor = Supervisor(home)
    supervisor._write_configuration(processes)
    monkeypatch.setattr("supervisor.options.UnhosedConfigParser", supervisord.Parser)
    options = ServerOptions()
    options.realize(["-c", str(home.run / "supervisord.conf")])
    assert (options.logfile, options.pidfile) == (f"{home.logs}/supervisord.log", f"{home.run}/supervisord.pid")
    read = {group.process_configs[0].name: group.process_configs[0] for group in options.process_group_configs}
    for process in processes:
        assert shlex.split(read[process.name].command) == process.launch_command(home)
        assert read[process.name].stdout_logfile == str(supervisor.log(process.name))


def test_postgresql_reads_its_socket_folder(home: Home, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "refuse_root", lambda: None)
    (embedded.data_folder(home.root) / "postgresql.conf").touch()
    embedded.configure(settings)
    written = (embedded.data_folder(home.root) / "partsearch.conf").read_text()
    assert f"""unix_socket_directories = '"{home.sockets}"'\n""" in written


@pytest.mark.parametrize(
    ("folder", "written"),
    [("/a b", """'"/a b"'"""), ("/a'b", """'"/a''b"'"""), ('/a"b', """'"/a""b"'"""), ("/a\\b", """'"/a\\\\b"'""")],
)
def test_a_folder_is_quoted_twice_for_postgresql(folder: str, written: str) -> None:
    assert embedded._quoted_value(embedded._quoted_folder(Path(folder))) == written


@pytest.mark.parametrize("name", ["a b", "дом", "a;b", "a$b", 'a"b', "a'b", "a%b", "a\\b"])
def test_clients_find_the_socket_of_an_unusual_home(name: str) -> None:
    home = Path("/srv") / name
    assert socket_folder(home) == home / "run"
    assert psycopg.conninfo.conninfo_to_dict(embedded_address(home).conninfo())["host"] == f"/srv/{name}/run"


@pytest.mark.parametrize("name", ["a,b", "д" * 41])
def test_sockets_are_in_another_folder_if_clients_would_not_find_them(name: str) -> None:
    """For PostgreSQL's clients a comma separates hosts; the limit of a path counts bytes."""
    folder = socket_folder(Path("/srv") / name)
    assert "srv" not in folder.parts
    assert len(os.fsencode(folder)) < 80
