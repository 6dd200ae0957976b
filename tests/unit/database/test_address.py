"""DATABASE_URL parsed, and the address in the form of each driver."""

import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
from psycopg.conninfo import conninfo_to_dict

from partsearch.database.address import DatabaseAddress, DatabaseKind
from partsearch.database.address.configured import (
    database_address,
    direct_database_address,
    embedded_address,
    replica_database_address,
    socket_folder,
)
from partsearch.database.address.parsing import parse_database_url
from partsearch.database.errors import DatabaseAddressError
from partsearch.settings import Settings

_POOLER = "ep-cool-name-123456-pooler.eu-central-1.aws.neon.tech"
_COMPUTE = "ep-cool-name-123456.eu-central-1.aws.neon.tech"
_PASTED = f"postgresql://owner:p%40ss%2Fw%3Ard@{_POOLER}/neondb?sslmode=require&channel_binding=require"


def settings_with(**given: str) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[arg-type, call-arg]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://seller:p%40ss%2Fw%3Ard@db.example:5433/parts",
        "postgres://seller@db.example/p%C3%A4rts%2Fold",
        "postgresql://seller@[::1]:5433/parts",
        "postgresql:///parts?host=/var/run/postgresql&user=seller",
        "postgresql://seller@%2Fvar%2Frun%2Fpostgresql/parts",
        "postgresql://seller:geheim@db.example/parts?sslmode=require",
        "postgresql://seller:ge?heim=x@db.example/parts",
        "postgresql://seller@one.example:5432,two.example:5433/parts?target_session_attrs=read-write",
        "postgresql://seller@db.example/parts?options=-c%20search_path%3Dshop",
        "host=db.example dbname=parts user=seller password='with space'",
    ],
)
def test_the_url_of_an_address_leads_to_the_same_database(url: str) -> None:
    address = parse_database_url(url)
    assert conninfo_to_dict(address.url()) == conninfo_to_dict(url)
    assert address.kind is DatabaseKind.LOCAL
    assert not address.is_pooled


def test_each_driver_gets_the_decoded_password() -> None:
    address = parse_database_url("postgresql://seller:p%40ss@db.example:5433/parts?sslmode=prefer")
    assert address.asyncpg_arguments() == {
        "host": "db.example",
        "port": 5433,
        "user": "seller",
        "password": "p@ss",
        "database": "parts",
        "ssl": "prefer",
    }
    entry = address.django_settings()
    assert (entry["HOST"], entry["PORT"], entry["PASSWORD"]) == ("db.example", "5433", "p@ss")
    assert entry["OPTIONS"]["sslmode"] == "prefer"


@pytest.mark.parametrize(
    "written",
    [
        "psql '{}'",
        'psql "{}"',
        "'{}'",
        '"{}"',
        "  {}\n",
        "'psql {}' ",
        "psql {}",
    ],
)
def test_a_pasted_address_is_parsed(written: str) -> None:
    for url in (_PASTED, "host=db.example dbname=parts password='with space'"):
        assert parse_database_url(written.format(url)) == parse_database_url(url)


@pytest.mark.parametrize(
    "scheme", ["postgres://", "postgresql+psycopg://", "postgresql+asyncpg://", "postgresql+psycopg2://", "POSTGRES://"]
)
def test_the_schemes_of_other_programs_are_accepted(scheme: str) -> None:
    rest = "seller:p%40ss@db.example:5433/parts?sslmode=require"
    assert parse_database_url(scheme + rest) == parse_database_url("postgresql://" + rest)


def test_the_parameters_of_other_programs_are_removed() -> None:
    base = "postgresql://seller:p%40ss@db.example:5433/parts"
    query = "?schema=public&connection_limit=5&sslmode=require&pool_timeout=0"
    assert parse_database_url(base + query) == parse_database_url(f"{base}?sslmode=require")
    assert parse_database_url(f"{base}?schema=public") == parse_database_url(base)


def test_pgbouncer_marks_the_address_as_pooled() -> None:
    base = "postgresql://seller@db.example/parts"
    pooled = parse_database_url(f"{base}?pgbouncer=true&connection_limit=1")
    assert pooled.is_pooled
    assert pooled.parameters == parse_database_url(base).parameters
    assert not parse_database_url(f"{base}?pgbouncer=false").is_pooled
    assert parse_database_url(f"{_PASTED.replace(_POOLER, _COMPUTE)}&pgbouncer=true").is_pooled
    with pytest.raises(DatabaseAddressError, match="pgbouncer=true"):
        direct_database_address(settings_with(database_url=base, direct_database_url=f"{base}?pgbouncer=true"))


def test_the_address_from_the_neon_console_is_sufficient() -> None:
    pooled = database_address(settings_with(database_url=_PASTED))
    assert pooled.kind is DatabaseKind.NEON
    assert pooled.is_pooled
    assert pooled.can_sleep
    assert pooled.parameters["host"] == _POOLER
    assert pooled.parameters["password"] == "p@ss/w:rd"
    direct = direct_database_address(settings_with(database_url=_PASTED))
    assert direct.parameters == {**pooled.parameters, "host": _COMPUTE}
    assert not direct.is_pooled


def test_asyncpg_gets_no_parameter_that_it_would_send_as_a_server_setting() -> None:
    address = parse_database_url(_PASTED)
    arguments = address.asyncpg_arguments()
    assert set(arguments) == {"host", "user", "password", "database", "ssl"}
    assert isinstance(arguments["ssl"], ssl.SSLContext)
    assert set(address.asyncpg_server_settings()) == {"application_name"}


def test_psycopg_gets_the_channel_binding() -> None:
    assert conninfo_to_dict(parse_database_url(_PASTED).conninfo())["channel_binding"] == "require"


def test_a_direct_address_in_the_settings_marks_the_other_as_pooled() -> None:
    behind = settings_with(database_url="postgresql://a@pooler/b", direct_database_url="postgresql://a@server/b")
    assert database_address(behind).is_pooled
    assert not direct_database_address(behind).is_pooled
    same = settings_with(database_url="postgresql://a@server/b", direct_database_url="postgresql://a@server/b")
    assert not database_address(same).is_pooled


def test_a_pooler_as_the_direct_address_is_invalid() -> None:
    with pytest.raises(DatabaseAddressError, match="DIRECT_DATABASE_URL"):
        direct_database_address(settings_with(database_url=_PASTED, direct_database_url=_PASTED))


def test_the_address_of_the_replica() -> None:
    assert replica_database_address(settings_with(database_url=_PASTED)) is None
    replica = replica_database_address(
        settings_with(database_url=_PASTED, database_replica_url=_PASTED.replace("cool", "copy"))
    )
    assert replica is not None
    assert replica.is_pooled


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer"])
def test_neon_without_tls_is_invalid(mode: str) -> None:
    with pytest.raises(DatabaseAddressError, match="TLS") as caught:
        parse_database_url(_PASTED.replace("sslmode=require", f"sslmode={mode}"))
    assert "sslmode=require" in caught.value.next_step


def test_tls_is_the_default_for_neon() -> None:
    assert parse_database_url(f"postgresql://a:b@{_COMPUTE}/c").parameters["sslmode"] == "require"


def test_start_up_options_are_invalid_for_the_pooler() -> None:
    options = "&options=-c%20statement_timeout%3D100"
    with pytest.raises(DatabaseAddressError, match="refuses"):
        parse_database_url(_PASTED + options)
    parse_database_url(_PASTED + "&options=endpoint%3Dep-cool-name-123456")
    direct = parse_database_url(_PASTED.replace(_POOLER, _COMPUTE) + options)
    assert direct.asyncpg_server_settings()["options"] == "-c statement_timeout=100"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "cannot be understood"),
        ("mysql://a:geheim@b/c", "cannot be understood"),
        ("postgresql://seller:geheim@db.example:port/parts", "port"),
        ("postgresql://seller:geheim@db.example", "names no database"),
        ("postgresql://seller:un@geheim@db.example/parts", "percent|'@' in its password"),
        ("postgresql://seller:geheim@db.example/parts?service=x", "service"),
        ("postgresql://seller:geheim@db.example/parts?colour=red", "colour"),
        ("postgresql://seller:p@a?geheim=x@db.example/parts", "cannot be understood"),
        ("postgresql://seller:geheim@db.example/parts?schema=shop", "schema=shop"),
        ("postgresql://seller:geheim@db.example/parts?sslaccept=strict", "sslaccept"),
        ("psql -h db.example -U seller 'geheim'", "cannot be understood"),
        ("postgresql://seller:geheim@ss@db.example/parts?sslmode", "cannot be understood"),
    ],
)
def test_an_error_never_has_the_password(url: str, message: str) -> None:
    with pytest.raises(DatabaseAddressError, match=message) as caught:
        parse_database_url(url)
    assert "geheim" not in str(caught.value) + caught.value.next_step
    assert caught.value.next_step


def test_a_missing_certificate_is_an_error() -> None:
    address = parse_database_url("postgresql://a@b.example/c?sslmode=verify-full&sslrootcert=/nowhere.pem")
    with pytest.raises(DatabaseAddressError, match="TLS"):
        address.asyncpg_arguments()


def tls_of(address: DatabaseAddress) -> ssl.SSLContext:
    context: ssl.SSLContext = address.asyncpg_arguments()["ssl"]
    return context


def test_certificates_are_verified_as_by_libpq(tmp_path: Path) -> None:
    root = tmp_path / "root.pem"
    trustme.CA().cert_pem.write_to_path(str(root))
    base = "postgresql://a@b.example/c?sslmode"
    expected: dict[str, tuple[Any, bool]] = {
        "require": (ssl.CERT_NONE, False),
        f"require&sslrootcert={root}": (ssl.CERT_REQUIRED, False),
        f"verify-ca&sslrootcert={root}": (ssl.CERT_REQUIRED, False),
        f"verify-full&sslrootcert={root}": (ssl.CERT_REQUIRED, True),
        "verify-full&sslrootcert=system": (ssl.CERT_REQUIRED, True),
    }
    for mode, (verification, names) in expected.items():
        context = tls_of(parse_database_url(f"{base}={mode}"))
        assert (context.verify_mode, context.check_hostname) == (verification, names), mode


def test_asyncpg_gets_tls_versions_and_direct_negotiation() -> None:
    address = parse_database_url(
        "postgresql://a@b.example/c?sslmode=require&ssl_min_protocol_version=TLSv1.3&sslnegotiation=direct"
    )
    assert tls_of(address).minimum_version is ssl.TLSVersion.TLSv1_3
    assert address.asyncpg_arguments()["direct_tls"] is True


def test_asyncpg_gets_several_hosts() -> None:
    arguments = parse_database_url("postgresql://a@one:5432,two:5433/c").asyncpg_arguments()
    assert (arguments["host"], arguments["port"]) == (["one", "two"], [5432, 5433])


def test_the_display_name_has_no_password() -> None:
    for url in ("postgresql://seller:geheim@db.example/parts", _PASTED.replace("p%40ss%2Fw%3Ard", "geheim")):
        address = parse_database_url(url)
        assert "geheim" not in f"{address} {address!r} {address.display_name()}"


def test_the_sockets_of_a_home_with_a_long_path_are_in_a_short_folder() -> None:
    first, second = (Path("/") / (name * 150) for name in "ab")
    assert socket_folder(Path("/srv/home")) == Path("/srv/home/run")
    assert len(str(socket_folder(first))) < 60
    assert socket_folder(first) != socket_folder(second)
    assert embedded_address(first, 5433).parameters["port"] == "5433"
