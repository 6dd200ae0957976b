"""``partsearch doctor`` on connections that fail: the error and the next step, and several routes to the database."""

import re
from collections.abc import Callable, Iterator

import pytest

from tests.support.doctor import check_results, failures, result_of
from tests.support.postgres import PostgresCluster
from tests.support.site import free_ports


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresCluster]:
    """A server with a role for each kind of rejection."""
    with PostgresCluster.started() as cluster:
        cluster.run(
            f"CREATE ROLE sleeper NOLOGIN PASSWORD '{cluster.password}'",
            f"CREATE ROLE full_up LOGIN CONNECTION LIMIT 0 PASSWORD '{cluster.password}'",
            f"CREATE ROLE stranger LOGIN PASSWORD '{cluster.password}'",
            "CREATE DATABASE closed",
            "REVOKE CONNECT ON DATABASE closed FROM PUBLIC",
        )
        yield cluster


Address = Callable[[PostgresCluster], str]

_CONNECTION_ERRORS: dict[str, tuple[Address, str, str]] = {
    "a closed port": (
        lambda cluster: f"postgresql://user:geheim@127.0.0.1:{free_ports(1)[0]}/parts",
        "Connection refused",
        "Start that server, or correct host and port in DATABASE_URL.",
    ),
    "a closed port by IPv6": (
        lambda cluster: f"postgresql://user:geheim@[::1]:{free_ports(1)[0]}/parts",
        "parts at ::1 cannot be reached",
        "",
    ),
    "no such socket": (
        lambda cluster: "postgresql://user:geheim@/parts?host=/nowhere",
        "No such file or directory",
        "Start that server",
    ),
    "an invalid host name": (
        lambda cluster: f"postgresql://user:geheim@{'a' * 64}/parts",
        "cannot be reached",
        "Correct the host name in DATABASE_URL.",
    ),
    "a wrong password": (
        lambda cluster: cluster.url().replace(cluster.password, "geheim"),
        'password authentication failed for user "postgres"',
        "Correct the user or the password in DATABASE_URL",
    ),
    "no such role": (
        lambda cluster: cluster.url(user="nobody"),
        'password authentication failed for user "nobody"',
        "Correct the user or the password in DATABASE_URL",
    ),
    "no password": (
        lambda cluster: cluster.url().replace(f":{cluster.password}", ""),
        "no password supplied",
        "Write the password into DATABASE_URL",
    ),
    "no such database": (
        lambda cluster: cluster.url("nowhere"),
        'database "nowhere" does not exist',
        "Create it: CREATE DATABASE nowhere LOCALE 'C.UTF-8' TEMPLATE template0;",
    ),
    "a database without the right to connect": (
        lambda cluster: cluster.url("closed", "stranger"),
        'permission denied for database "closed"',
        "GRANT CONNECT ON DATABASE closed TO stranger",
    ),
    "a role that may not log in": (
        lambda cluster: cluster.url(user="sleeper"),
        "not permitted to log in",
        "ALTER ROLE sleeper LOGIN",
    ),
    "too many connections": (
        lambda cluster: cluster.url(user="full_up"),
        "too many connections",
        "ALTER ROLE full_up CONNECTION LIMIT",
    ),
    "a server without TLS": (
        lambda cluster: f"{cluster.url()}?sslmode=require",
        "server does not support SSL",
        "Turn TLS on at the server",
    ),
    "an invalid address": (
        lambda cluster: "nonsense:geheim",
        "DATABASE_URL cannot be understood",
        "postgresql://user:password@host:5432/database",
    ),
}


@pytest.mark.parametrize(("address", "text", "step"), _CONNECTION_ERRORS.values(), ids=_CONNECTION_ERRORS)
def test_a_failed_connection_is_reported(cluster: PostgresCluster, address: Address, text: str, step: str) -> None:
    (result,) = check_results(address(cluster))
    assert result.is_failure
    assert text in result.text
    assert step in result.next_step
    assert not re.search(f"geheim|{cluster.password}", result.text + result.next_step)


def test_a_socket_needs_no_tls(cluster: PostgresCluster) -> None:
    url = f"postgresql://postgres:{cluster.password}@/postgres?host={cluster.folder}&port={cluster.port}"
    assert result_of(check_results(url), "TLS").text == "no TLS, and none needed on this machine"


def test_two_routes_lead_to_one_database(cluster: PostgresCluster) -> None:
    pooled, direct = cluster.url(), f"{cluster.url()}?application_name=direct"
    both = check_results(pooled, direct)
    assert {"pooled", "direct", "pooled round trip", "direct round trip", "pooler"} <= {
        result.subject for result in both
    }
    assert "identity" not in failures(both)
    assert "commands and live search: up to" in result_of(both, "connections").text
    assert "see its max_client_conn" in result_of(both, "pooler").text
    apart = check_results(pooled, cluster.url("template1"))
    assert "identity" in failures(apart)
    assert "Correct DIRECT_DATABASE_URL" in result_of(apart, "identity").next_step


def test_a_closed_route_is_a_failure_and_the_open_one_is_still_checked(cluster: PostgresCluster) -> None:
    half = check_results(cluster.url(), cluster.url("nowhere"))
    assert "direct" in failures(half)
    assert "correct the name in DIRECT_DATABASE_URL" in result_of(half, "direct").next_step
    assert result_of(half, "server").text.startswith("PostgreSQL 15")
