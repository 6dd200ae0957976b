"""From DATABASE_URL to what each driver wants, and back."""

from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from partsearch.database.address import DatabaseKind, embedded_address, parse_database_url, socket_folder
from partsearch.database.errors import DatabaseAddressError


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://seller:p%40ss%2Fw%3Ard@db.example:5433/parts",
        "postgresql://seller@[::1]:5433/parts",
        "postgresql:///parts?host=/var/run/postgresql&user=seller",
        "postgresql://seller:geheim@db.example/parts?sslmode=require",
        "host=db.example dbname=parts user=seller password='with space'",
    ],
)
def test_url_names_the_same_database_again(url: str) -> None:
    address = parse_database_url(url)
    assert conninfo_to_dict(address.url()) == conninfo_to_dict(url)
    assert address.kind is DatabaseKind.LOCAL


def test_each_driver_gets_the_decoded_password() -> None:
    address = parse_database_url("postgresql://seller:p%40ss@db.example:5433/parts?sslmode=require")
    assert address.asyncpg_arguments() == {
        "host": "db.example",
        "port": 5433,
        "user": "seller",
        "password": "p@ss",
        "database": "parts",
        "ssl": "require",
    }
    entry = address.django_settings()
    assert (entry["HOST"], entry["PORT"], entry["PASSWORD"]) == ("db.example", "5433", "p@ss")
    assert entry["OPTIONS"]["sslmode"] == "require"


def test_neon_is_known_by_its_host() -> None:
    url = "postgresql://user:pw@ep-name-123456-pooler.eu-central-1.aws.neon.tech/parts?sslmode=require"
    assert parse_database_url(url).kind is DatabaseKind.NEON


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://a:geheim@b/c", "postgresql://seller:geheim@db.example:port/parts"]
)
def test_what_cannot_be_understood_is_said_without_the_password(url: str) -> None:
    with pytest.raises(DatabaseAddressError) as caught:
        parse_database_url(url)
    assert "geheim" not in str(caught.value) + caught.value.next_step


def test_a_missing_database_name_is_not_guessed() -> None:
    with pytest.raises(DatabaseAddressError, match="names no database"):
        parse_database_url("postgresql://seller@db.example")


def test_the_password_is_never_shown() -> None:
    address = parse_database_url("postgresql://seller:geheim@db.example/parts")
    assert "geheim" not in f"{address} {address!r} {address.shown()}"


def test_sockets_of_a_long_home_are_in_a_short_folder_of_their_own() -> None:
    first, second = (Path("/") / (name * 150) for name in "ab")
    assert socket_folder(Path("/srv/home")) == Path("/srv/home/run")
    assert len(str(socket_folder(first))) < 60
    assert socket_folder(first) != socket_folder(second)
    assert embedded_address(first, 5433).parameters["port"] == "5433"
