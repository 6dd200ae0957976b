"""The options of ``partsearch export`` are the fields of an export over HTTP."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import typer
from typer.testing import CliRunner

from partsearch.cli.export import export as command
from partsearch.contract.request.export import ExportRequest, export_from_query
from partsearch.contract.request.search import FIELDS, OF_ONE_PAGE

_VALUES = {
    "q": ["бапмер хонда"],
    "mark_name": ["honda"], "mark_list": ["1", "3"], "model_name": ["accord"], "model_list": ["2"],
    "part_name": ["бамп"], "producer_country_name": ["япония"], "params": ["color=белый", "oem=600947999"],
    "price_gte": ["2000"], "price_lte": ["5000.50"], "format": ["jsonl"],
}  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[ExportRequest, Path | None]]:
    """Return the exports that the command asks for, instead of running them."""
    found: list[tuple[ExportRequest, Path | None]] = []
    monkeypatch.setattr(sys.modules[command.__module__], "export_list", lambda *asked: found.append(asked))
    return found


def run(*arguments: str) -> Any:
    app = typer.Typer()
    app.command()(command)
    return CliRunner().invoke(app, arguments)


def test_every_field_is_an_option() -> None:
    assert set(_VALUES) == {*FIELDS, "format"} - set(OF_ONE_PAGE)


@pytest.mark.parametrize("field", _VALUES)
def test_an_option_means_what_its_field_means(asked: list[tuple[ExportRequest, Path | None]], field: str) -> None:
    values = _VALUES[field]
    option = f"--{field.replace('_', '-')}"
    assert run(*[word for value in values for word in (option, value)]).exit_code == 0
    pairs = [tuple(f"params.{value}".split("=")) if field == "params" else (field, value) for value in values]
    assert asked == [(export_from_query(urlencode(pairs).encode()), None)]


def test_the_file_is_named_as_the_user_names_it(asked: list[tuple[ExportRequest, Path | None]]) -> None:
    assert run("--output", "list.csv").exit_code == 0
    assert asked[0][1] == Path.cwd() / "list.csv"


@pytest.mark.parametrize(
    "arguments", [["--price-gte", "much"], ["--params", "color"], ["--format", "ods"], ["--part-name", "\udcff"]]
)
def test_a_wrong_option_is_wrong_usage(asked: list[tuple[ExportRequest, Path | None]], arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2
    assert asked == []
