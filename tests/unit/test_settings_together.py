"""Settings that are invalid together, and the error messages."""

from pathlib import Path

import pytest

from partsearch.settings import SettingsError, settings


@pytest.fixture(autouse=True)
def default_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the settings of the tests from the environment, so that the defaults apply."""
    for name in ("PARTSEARCH_HOME", "PARTSEARCH_PORT", "PARTSEARCH_DJANGO_PORTS", "PARTSEARCH_FASTAPI_PORTS"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"PARTSEARCH_PORT": "8000"}, "PARTSEARCH_PORT and PARTSEARCH_DJANGO_PORTS have the same port, 8000"),
        ({"PARTSEARCH_PORT": "9001"}, "PARTSEARCH_PORT and PARTSEARCH_FASTAPI_PORTS have the same port, 9001"),
        (
            {"PARTSEARCH_FASTAPI_PORTS": "8001,9001"},
            "PARTSEARCH_DJANGO_PORTS and PARTSEARCH_FASTAPI_PORTS have the same port, 8001",
        ),
        ({"PARTSEARCH_DJANGO_PORTS": "8000,8000"}, "PARTSEARCH_DJANGO_PORTS has port 8000 twice"),
        (
            {"PARTSEARCH_DATABASE_PORT": "8080"},
            "PARTSEARCH_PORT and PARTSEARCH_DATABASE_PORT have the same port, 8080",
        ),
    ],
)
def test_a_duplicate_port_is_an_error(given: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert message in _error_of(given, monkeypatch)


@pytest.mark.parametrize("character", ["*", "?", "[", ":", "\n", "\t", "\x7f", "\udce9", "\u200b"])
def test_an_unusable_character_in_the_home_is_an_error(character: str, monkeypatch: pytest.MonkeyPatch) -> None:
    message = _error_of({"PARTSEARCH_HOME": f"/tmp/a{character}b"}, monkeypatch)
    assert message == f"Wrong setting: PARTSEARCH_HOME: a path with the character {character!r} in it cannot be used."


def test_a_home_may_have_any_other_character(monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/tmp/дом; $x \"q\" 'a',b %n #c {d} \\e &!~`(f)"
    monkeypatch.setenv("PARTSEARCH_HOME", path)
    assert settings.__wrapped__().partsearch_home == Path(path)


def _error_of(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        settings.__wrapped__()
    return str(error.value)
