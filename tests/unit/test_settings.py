"""Invalid values of settings, and unknown names."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from partsearch import settings as module
from partsearch.cli.unknown_settings import unknown_settings
from partsearch.settings import Settings, SettingsError


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Clear the settings of the environment; return the folder of ``.env``."""
    for name in list(os.environ):
        if name.startswith(("PARTSEARCH_", "DATABASE_", "DIRECT_")):
            monkeypatch.delenv(name)
    monkeypatch.setattr(module, "project_root", lambda: tmp_path)
    return tmp_path


def given(monkeypatch: pytest.MonkeyPatch, values: Mapping[str, str]) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    module.settings.cache_clear()
    try:
        return module.settings()
    finally:
        module.settings.cache_clear()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("PARTSEARCH_RATE_LIMIT", value) for value in ("inf", "nan", "1e308", "0", "0.001", "-1", "10/s")),
        *(("PARTSEARCH_QUERY_SECONDS", value) for value in ("0.0001", "nan", "inf", "0", "61", "two")),
        *(("PARTSEARCH_DRAIN_SECONDS", value) for value in ("nan", "inf", "-1", "1e9")),
        *(("PARTSEARCH_LIVE_SOCKETS", value) for value in ("nan", "0", "1.5", "99999999999999999999")),
        *(("PARTSEARCH_WORKERS", value) for value in ("inf", "0", "65")),
        ("PARTSEARCH_ADDRESS_SEARCHES", "0"),
        ("PARTSEARCH_ADDRESS_CONNECTIONS", "65536"),
        ("PARTSEARCH_PORT", "65536"),
        ("PARTSEARCH_DJANGO_PORTS", "8000"),
        ("PARTSEARCH_ENGINE", "flask"),
    ],
)
def test_an_invalid_value_is_an_error_that_names_the_setting(
    name: str, value: str, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsError, match=name) as caught:
        given(monkeypatch, {name: value})
    assert caught.value.next_step


def test_a_file_that_is_not_text_is_an_error(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (environment / ".env").write_bytes("PARTSEARCH_PROT=Ж".encode("cp1251"))
    with pytest.raises(SettingsError, match="UTF-8"):
        given(monkeypatch, {})
    assert list(unknown_settings()) == []


def test_white_space_and_quotes_around_a_value_are_no_part_of_it(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {
        "PARTSEARCH_PORT": " 8081 ",
        "PARTSEARCH_DJANGO_PORTS": '"8100, 8101"',
        "PARTSEARCH_ENGINE": "'django'",
        "PARTSEARCH_RATE_LIMIT": "''",
        "ALLOWED_HOSTS": '"one.example, two.example"',
        "SECRET_KEY": "'these are its own'",
    }
    read = given(monkeypatch, values)
    assert (read.partsearch_port, read.partsearch_django_ports, read.partsearch_engine) == (
        8081,
        (8100, 8101),
        "django",
    )
    assert read.partsearch_rate_limit is None
    assert read.allowed_hosts == ("one.example", "two.example")
    assert read.secret_key == "'these are its own'"


def test_an_unknown_name_is_reported_with_the_nearest(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTSEARCH_PROT", "8081")
    monkeypatch.setenv("DATABSE_URL", "postgresql://a:geheim@b/c")
    monkeypatch.setenv("DATABASE_HOST", "of another program")
    monkeypatch.setenv("PARTSEARCH_PORT", "8081")
    (environment / ".env").write_text("PARTSEARCH_QUERY_SECOND=1\nDIRECT_DATABSE_URL='x'\nOTHER=1\nDEBUG=false\n")
    reported = list(unknown_settings())
    assert [(line.split()[0], line.rpartition("Is it ")[2].rstrip("?")) for line in reported] == [
        ("DATABSE_URL", "DATABASE_URL"),
        ("PARTSEARCH_PROT", "PARTSEARCH_PORT"),
        ("DIRECT_DATABSE_URL", "DIRECT_DATABASE_URL"),
        ("PARTSEARCH_QUERY_SECOND", "PARTSEARCH_QUERY_SECONDS"),
    ]
    assert "geheim" not in "".join(reported)
    assert str(environment / ".env") in reported[-1]
