"""``partsearch doctor`` on the way to the database: what does not let it in, and what to do about that."""

import re
from collections.abc import Callable, Iterator

import pytest

from tests.support.doctor import faults, findings, found
from tests.support.postgres import PostgresCluster
from tests.support.site import free_ports


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresCluster]:
    """A server with a role for each kind of refusal."""
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

_REFUSALS: dict[str, tuple[Address, str, str]] = {
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
    "a host that cannot be": (
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
        "Make it: CREATE DATABASE nowhere LOCALE 'C.UTF-8' TEMPLATE template0;",
    ),
    "a database that is closed to the role": (
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
    "an address that is none": (
        lambda cluster: "nonsense:geheim",
        "DATABASE_URL cannot be understood",
        "postgresql://user:password@host:5432/database",
    ),
}


@pytest.mark.parametrize(("address", "said", "to_do"), _REFUSALS.values(), ids=_REFUSALS)
def test_whatever_does_not_let_in_is_told(cluster: PostgresCluster, address: Address, said: str, to_do: str) -> None:
    (refusal,) = findings(address(cluster))
    assert refusal.is_fault
    assert said in refusal.text
    assert to_do in refusal.next_step
    assert not re.search(f"geheim|{cluster.password}", refusal.text + refusal.next_step)


def test_a_socket_needs_no_tls(cluster: PostgresCluster) -> None:
    url = f"postgresql://postgres:{cluster.password}@/postgres?host={cluster.folder}&port={cluster.port}"
    assert found(findings(url), "TLS").text == "no TLS, and none needed on this machine"


def test_two_ways_lead_to_one_database(cluster: PostgresCluster) -> None:
    pooled, direct = cluster.url(), f"{cluster.url()}?application_name=direct"
    both = findings(pooled, direct)
    assert {"pooled", "direct", "pooled round trip", "direct round trip", "pooler"} <= {one.subject for one in both}
    assert "identity" not in faults(both)
    assert "commands and live search: up to" in found(both, "connections").text
    assert "see its max_client_conn" in found(both, "pooler").text
    apart = findings(pooled, cluster.url("template1"))
    assert "identity" in faults(apart)
    assert "Correct DIRECT_DATABASE_URL" in found(apart, "identity").next_step


def test_one_way_that_is_closed_is_a_fault_and_the_other_is_still_looked_at(cluster: PostgresCluster) -> None:
    half = findings(cluster.url(), cluster.url("nowhere"))
    assert "direct" in faults(half)
    assert "correct the name in DIRECT_DATABASE_URL" in found(half, "direct").next_step
    assert found(half, "server").text.startswith("PostgreSQL 15")
