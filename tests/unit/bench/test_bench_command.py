"""What ``partsearch bench`` makes of its options; wrong ones are wrong usage: exit code 2."""

import pytest
import typer
from typer.testing import CliRunner

from partsearch.bench.load.scenarios import SCENARIOS
from partsearch.cli import app
from partsearch.cli.bench import parse_scenarios, parse_services, parse_sizes, parse_urls


def test_without_options_both_services_are_measured_and_with_an_address_it_alone() -> None:
    assert parse_services([], []) == ("django", "fastapi")
    assert parse_services([], ["x=http://x"]) == ()
    assert parse_services(["fastapi"], ["x=http://x"]) == ("fastapi",)


def test_scenarios_come_once_in_the_order_of_asking() -> None:
    assert parse_scenarios([]) == ("mix",)
    assert parse_scenarios(["rare", "mix", "rare"]) == ("rare", "mix")
    assert parse_scenarios(["mix", "all"]) == SCENARIOS


def test_addresses_lose_what_every_request_brings() -> None:
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
def test_wrong_options_are_wrong_usage(words: list[str]) -> None:
    result = CliRunner().invoke(app, ["bench", *words])
    assert result.exit_code == 2
    assert "secret" not in result.output
