"""``partsearch export``."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import typer

from partsearch.cli.commands import new_command
from partsearch.cli.site_command import BackgroundCommand
from partsearch.contract.errors import ProblemError
from partsearch.contract.exported_list.formats import ExportFormat
from partsearch.contract.request.export import FORMAT, ExportRequest, export_from_query
from partsearch.price_list.exporting import export_list

command = new_command()


@command.command(cls=BackgroundCommand)
def export(  # one option for each filter
    *,
    format_: Annotated[ExportFormat, typer.Option("--format", help="The format of the list.")] = ExportFormat.CSV,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="The file; absent, standard output.")
    ] = None,
    q: Annotated[str | None, typer.Option("--q", help="What a person would type into the one box.")] = None,
    mark_name: Annotated[str | None, typer.Option("--mark-name", help="Part of the mark's name.")] = None,
    mark_list: Annotated[list[int] | None, typer.Option("--mark-list", help="The id of a mark; repeatable.")] = None,
    model_name: Annotated[str | None, typer.Option("--model-name", help="Part of the model's name.")] = None,
    model_list: Annotated[list[int] | None, typer.Option("--model-list", help="The id of a model; repeatable.")] = None,
    part_name: Annotated[str | None, typer.Option("--part-name", help="Part of the part's name.")] = None,
    producer_country_name: Annotated[
        str | None, typer.Option("--producer-country-name", help="The whole name of the country of the mark.")
    ] = None,
    params: Annotated[
        list[str] | None, typer.Option("--params", metavar="KEY=VALUE", help="A key of json_data; repeatable.")
    ] = None,
    price_gte: Annotated[str | None, typer.Option("--price-gte", help="The lowest price.")] = None,
    price_lte: Annotated[str | None, typer.Option("--price-lte", help="The highest price.")] = None,
) -> None:
    """Write all parts that a search finds as a list. Without filters these are all visible parts.

    The import reads the list back exactly.
    """
    filters = {
        FORMAT: format_.value,
        "q": q,
        "mark_name": mark_name,
        "mark_list": mark_list,
        "model_name": model_name,
        "model_list": model_list,
        "part_name": part_name,
        "producer_country_name": producer_country_name,
        "price_gte": price_gte,
        "price_lte": price_lte,
    }
    request = _request(filters, params or [])
    if output is None and request.format is ExportFormat.XLSX and sys.stdout.isatty():
        raise typer.BadParameter("a workbook is not written to a terminal: give --output FILE", param_hint="--format")
    export_list(request, output.absolute() if output else None)


def _request(filters: Mapping[str, object], params: list[str]) -> ExportRequest:
    pairs = {name: value for name, value in filters.items() if value not in (None, [])}
    for text in params:
        key, equals, value = text.partition("=")
        if not equals:
            raise typer.BadParameter(f"{text} is not KEY=VALUE", param_hint="--params")
        pairs[f"params.{key}"] = value
    try:
        # Bytes of a word that are no text are sent as they are, and rejected as those of a request are.
        return export_from_query(urlencode(pairs, doseq=True, errors="surrogateescape").encode())
    except ProblemError as problem:
        details = "; ".join(f"{error.field} {error.message}" for error in problem.errors)
        raise typer.BadParameter(details or problem.detail) from None
