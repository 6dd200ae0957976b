"""The emulated Neon connects, rejects and pools as Neon does, so that tests on it are valid for Neon."""

import asyncio
import ssl
from typing import Any

import asyncpg
import psutil
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.support.deadline import wait_for
from tests.support.neon.emulation import DATABASE, DISABLED, DOMAIN, ENDPOINT, OVER_QUOTA, OWNER, PASSWORD, EmulatedNeon
from tests.support.neon.impostor import Impostor

_SECONDS = 10


def connect(url: str, **changes: Any) -> psycopg.Connection[Any]:
    return psycopg.connect(make_conninfo(url, connect_timeout=_SECONDS, **changes), autocommit=True)


def connection_error(url: str, **changes: Any) -> psycopg.OperationalError:
    """Return the error of a connection, which must fail."""
    with pytest.raises(psycopg.OperationalError) as caught:
        connect(url, **changes)
    return caught.value


class ContextForHost(ssl.SSLContext):
    """A TLS context for a host name other than the address: asyncpg has no ``hostaddr``."""

    host = ""

    def wrap_bio(self, *arguments: Any, **options: Any) -> ssl.SSLObject:
        return super().wrap_bio(*arguments, **{**options, "server_hostname": self.host})


async def connect_asyncpg(url: str, **settings: str) -> None:
    """Connect by asyncpg, which sends each of ``settings`` as a start-up parameter."""
    parameters = conninfo_to_dict(url)
    context = ContextForHost(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.host = parameters["host"]
    connection = await asyncpg.connect(
        host="127.0.0.1",
        port=int(parameters["port"]),
        user=OWNER,
        password=PASSWORD,
        database=DATABASE,
        ssl=context,
        statement_cache_size=0,
        server_settings=settings,
        timeout=_SECONDS,
    )
    try:
        assert await connection.fetchval("SELECT 1") == 1
    finally:
        await connection.close()


def test_the_addresses_are_those_of_the_console(neon: EmulatedNeon) -> None:
    for url, host in ((neon.pooled_url, f"{ENDPOINT}-pooler.{DOMAIN}"), (neon.direct_url, f"{ENDPOINT}.{DOMAIN}")):
        end = f"@{host}:{neon.port}/neondb?sslmode=require&channel_binding=require&hostaddr=127.0.0.1"
        assert url == f"postgresql://partsearch_owner:p%40ss%2Fw%3Ard%25{end}"
        assert conninfo_to_dict(url)["password"] == PASSWORD


def test_the_database_is_empty_and_owned_by_an_ordinary_role(url: str) -> None:
    with connect(url) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        found = connection.execute(
            "SELECT current_database(), rolsuper, datlocprovider, datctype, show_trgm('бампер') <> '{}',"
            " (SELECT count(*) FROM pg_tables WHERE schemaname = 'public')"
            " FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()"
        ).fetchone()
    assert found == (DATABASE, False, "c", "C.UTF-8", True, 0)


def test_a_connection_without_tls_is_rejected(url: str) -> None:
    said = str(connection_error(url, sslmode="disable", channel_binding="disable"))
    assert "connection is insecure (try using `sslmode=require`)" in said


@pytest.mark.parametrize("host", [f"ep-other-name-654321.{DOMAIN}", f"{ENDPOINT}.example.org", "localhost"])
def test_an_unknown_host_is_no_endpoint(neon: EmulatedNeon, host: str) -> None:
    assert "The requested endpoint could not be found" in str(connection_error(neon.url(host=host)))


def test_without_a_host_the_endpoint_must_be_an_option(url: str) -> None:
    assert "Endpoint ID is not specified." in str(connection_error(url, sslsni=0))
    name = conninfo_to_dict(url)["host"].partition(".")[0]
    with connect(url, sslsni=0, options=f"endpoint={name}") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"user": "stranger"}])
@pytest.mark.parametrize("binding", ["require", "disable"])
def test_a_wrong_password_is_rejected(url: str, changes: dict[str, str], binding: str) -> None:
    user = changes.get("user", OWNER)
    said = str(connection_error(url, channel_binding=binding, **changes))
    assert f"ERROR:  password authentication failed for user '{user}'" in said


def test_the_certificate_fits_the_name(url: str, neon: EmulatedNeon) -> None:
    connect(url, sslmode="verify-full", sslrootcert=neon.certificate_authority, sslnegotiation="direct").close()


def test_channel_binding_notices_an_impostor(url: str, neon: EmulatedNeon) -> None:
    with Impostor.before(neon.port, conninfo_to_dict(url)["host"]) as impostor:
        connect(url, port=impostor.port, channel_binding="disable").close()
        assert "authentication failed" in str(connection_error(url, port=impostor.port))


@pytest.mark.parametrize(
    "setting", [{"search_path": "public"}, {"statement_timeout": "5s"}, {"default_transaction_read_only": "on"}]
)
def test_only_the_pooler_rejects_start_up_parameters(neon: EmulatedNeon, setting: dict[str, str]) -> None:
    asyncio.run(connect_asyncpg(neon.direct_url, **setting))
    with pytest.raises(asyncpg.ProtocolViolationError, match=f"unsupported startup parameter: {next(iter(setting))}"):
        asyncio.run(connect_asyncpg(neon.pooled_url, **setting))


def test_the_pooler_accepts_the_usual_start_up_parameters(neon: EmulatedNeon) -> None:
    usual = {"application_name": "a", "client_encoding": "UTF8", "DateStyle": "ISO", "TimeZone": "UTC"}
    asyncio.run(connect_asyncpg(neon.pooled_url, standard_conforming_strings="on", **usual))
    assert "unsupported startup parameter: options" in str(
        connection_error(neon.pooled_url, options="-c statement_timeout=5s")
    )


def test_session_settings_leak_to_the_next_client_of_the_pooler(neon: EmulatedNeon) -> None:
    """Advisory locks leak too. Code that uses either through the pooler must fail on the emulation."""
    neon.restart_pooler(default_pool_size=1, query_wait_timeout=2)
    with connect(neon.pooled_url) as first, connect(neon.pooled_url) as other:
        first.execute("SET statement_timeout = '7s'")
        first.execute("SELECT pg_advisory_lock(1)")
        assert other.execute("SHOW statement_timeout").fetchone() == ("7s",)
        assert other.execute("SELECT pg_advisory_unlock(1)").fetchone() == (True,)
    neon.restart_pooler()


def test_a_restart_of_the_pooler_disconnects_only_its_clients(neon: EmulatedNeon) -> None:
    for kill in (False, True):
        with connect(neon.pooled_url) as pooled, connect(neon.direct_url) as direct:
            neon.stop_pooler(kill=kill)
            with pytest.raises(psycopg.OperationalError):
                pooled.execute("SELECT 1")
            assert direct.execute("SELECT 1").fetchone() == (1,)
        assert "Couldn't connect to compute node" in str(connection_error(neon.pooled_url))
        neon.start_pooler()
        connect(neon.pooled_url).close()


def test_a_full_pooler_rejects_clients(neon: EmulatedNeon) -> None:
    neon.restart_pooler(max_client_conn=2)
    with connect(neon.pooled_url), connect(neon.pooled_url):
        assert "no more connections allowed" in str(connection_error(neon.pooled_url))
    neon.restart_pooler(default_pool_size=1, query_wait_timeout=1)
    with connect(neon.pooled_url) as first, connect(neon.pooled_url) as other, first.transaction():
        first.execute("SELECT 1")
        with pytest.raises(psycopg.OperationalError, match="query_wait_timeout"):
            other.execute("SELECT 1")
    neon.restart_pooler()


@pytest.mark.parametrize("text", [DISABLED, OVER_QUOTA])
def test_rejections_can_be_switched_on_and_off(neon: EmulatedNeon, url: str, text: str) -> None:
    neon.reject(text)
    assert text in str(connection_error(url))
    neon.reject(None)
    connect(url).close()


def test_a_query_can_be_cancelled(neon: EmulatedNeon, url: str) -> None:
    async def cancel() -> None:
        connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
        async with connection:
            query = asyncio.create_task(connection.execute("SELECT pg_sleep(60)"))
            await asyncio.to_thread(wait_for, lambda: neon.counts().queries > before, _SECONDS, "the query")
            await connection.cancel_safe(timeout=_SECONDS)
            with pytest.raises(psycopg.errors.QueryCanceled):
                await asyncio.wait_for(query, _SECONDS)

    before = neon.counts().queries
    asyncio.run(cancel())


def test_a_second_endpoint_is_counted_and_rejected_separately(neon: EmulatedNeon) -> None:
    name = "ep-still-lake-654321"
    neon.add_endpoint(name, neon.database.folder)
    neon.reject(DISABLED, name)
    assert DISABLED in str(connection_error(neon.url(name)))
    connect(neon.direct_url).close()
    neon.reject(None, name)
    with connect(neon.url(name)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert neon.counts(name).connected == neon.counts(name).open == 1


def test_nothing_is_left_behind() -> None:
    with EmulatedNeon.started() as neon:
        folder = neon.database.folder.parent
        processes = psutil.Process().children(recursive=True)
        names = {process.name() for process in processes}
        assert folder.is_dir()
        assert {"postgres", "pgbouncer"} <= names
    assert not folder.exists()
    wait_for(
        lambda: not [process for process in processes if str(folder) in " ".join(command(process))], what="their end"
    )


def command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []
