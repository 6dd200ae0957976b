"""The values that FROM and TO accept."""

from pathlib import Path

import pytest

from partsearch.catalog_copy.endpoint import parse_endpoints
from partsearch.catalog_copy.errors import EndpointError
from partsearch.database.errors import DatabaseAddressError
from partsearch.settings import Settings

NEON = "postgresql://me:geheim@ep-cool-name-123456-pooler.eu.aws.neon.tech/parts?sslmode=require"
LOCAL = "postgresql://me@127.0.0.1:5433/parts"


def settings_of(url: str | None = None) -> Settings:
    return Settings(_env_file=None, database_url=url, partsearch_home=Path("/nowhere"))  # type: ignore[call-arg]


def test_embedded_and_configured_are_those_of_the_settings() -> None:
    embedded, configured = parse_endpoints("embedded", "configured", settings_of(NEON))
    assert embedded.is_embedded
    assert embedded.address.parameters["host"] == "/nowhere/run"
    assert not configured.is_embedded
    assert configured.address.parameters["host"] == "ep-cool-name-123456.eu.aws.neon.tech"
    assert parse_endpoints("configured", LOCAL, settings_of())[0].is_embedded


def test_an_address_may_be_in_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THERE", NEON)
    source, target = parse_endpoints("env:THERE", "host=127.0.0.1 dbname=parts user=me", settings_of())
    assert (source.role, target.role) == ("FROM", "TO")
    assert source.address.parameters["host"] == "ep-cool-name-123456.eu.aws.neon.tech"
    assert source.shown() == "neon, parts at ep-cool-name-123456.eu.aws.neon.tech"
    assert source.without_password("it is geheim") == "it is ***"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("neon", "TO is invalid"),
        ("env:", "variable '', which is not set"),
        ("env:UNSET_HERE", "variable 'UNSET_HERE', which is not set"),
    ],
)
def test_a_value_without_a_database_is_rejected(target: str, message: str) -> None:
    with pytest.raises(EndpointError, match=message):
        parse_endpoints("embedded", target, settings_of())


def test_an_invalid_address_is_reported_with_the_name_of_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRONG", "postgresql://me:geheim@host/")
    with pytest.raises(DatabaseAddressError, match="WRONG names no database"):
        parse_endpoints("embedded", "env:WRONG", settings_of())


def test_the_same_database_twice_is_rejected_before_anything_starts() -> None:
    with pytest.raises(EndpointError, match="the same database"):
        parse_endpoints("embedded", "configured", settings_of())
