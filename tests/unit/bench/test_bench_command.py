"""How ``partsearch bench`` reads its options. Invalid ones are wrong usage: exit code 2."""

import pytest
import typer
from typer.testing import CliRunner

from partsearch.bench.load.scenarios import SCENARIOS
from partsearch.cli import app
from partsearch.cli.bench import parse_scenarios, parse_services, parse_sizes, parse_urls


def test_both_services_are_measured_by_default_and_only_the_address_if_one_is_given() -> None:
    assert parse_services([], []) == (("django", "fastapi"), ())
    assert parse_services([], ["x=http://x"]) == ((), ())
    assert parse_services(["fastapi"], ["x=http://x"]) == (("fastapi",), ())


def test_a_plain_service_is_measured_when_it_is_named() -> None:
    named = ["fastapi-plain", "django", "django-plain"]
    assert parse_services(named, []) == (("django",), ("django-plain", "fastapi-plain"))


def test_each_scenario_is_measured_once_in_the_given_order() -> None:
    assert parse_scenarios([]) == ("mix",)
    assert parse_scenarios(["rare", "mix", "rare"]) == ("rare", "mix")
    assert parse_scenarios(["mix", "all"]) == SCENARIOS


def test_addresses_lose_the_path_of_the_requests() -> None:
    assert parse_urls(["a=http://x:9000/", "b=https://y/fastapi/search/part/"]) == {
        "a": "http://x:9000",
        "b": "https://y/fastapi",
    }


def test_sizes_are_sorted() -> None:
    assert parse_sizes("100,10,100") == (10, 100)
    assert parse_sizes("") == ()
    with pytest.raises(typer.BadParameter):
        parse_sizes("0")


@pytest.mark.parametrize(
    "words",
    [
        ["--url", "http://x"],
        ["--url", "a=ftp://x"],
        ["--url", "a=http://me:secret@x"],
        ["--url", "fastapi=http://x", "--service", "fastapi"],
        ["--url", "django-plain=http://x", "--service", "django-plain"],
        ["--sizes", "10", "--service", "django-plain"],
        ["--service", "flask"],
        ["--scenario", "nothing"],
        ["--generator", "ab"],
        ["--door", "back"],
        ["--sizes", "many"],
        ["--sizes", "10", "--url", "a=http://x"],
        ["--connections", "0"],
        ["compare", "one.json"],
    ],
)
def test_invalid_options_are_wrong_usage(words: list[str]) -> None:
    result = CliRunner().invoke(app, ["bench", *words])
    assert result.exit_code == 2
    assert "secret" not in result.output
