"""``partsearch bench``."""

import shlex
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from partsearch.bench.analysis.run_comparison import THRESHOLD
from partsearch.bench.load.scenarios import SCENARIOS
from partsearch.bench.options import Options, PlainService, Route
from partsearch.bench.record import Generator
from partsearch.cli.commands import new_command
from partsearch.cli.output import output
from partsearch.cli.site_command import enter_home
from partsearch.operation.names import RELEASE_SERVICES, Service
from partsearch.operation.site import Site

_DEFAULT = Options("")
_ALL = "all"
_SERVICE_HELP = "django, fastapi, or their idiomatic variants django-plain, fastapi-plain; may be repeated."

command = new_command()


def parse_urls(texts: list[str]) -> dict[str, str]:
    """Return addresses by name from texts ``NAME=ADDRESS``."""
    return dict(map(_parse_url, texts))


def _parse_url(text: str) -> tuple[str, str]:
    name, _, address = text.partition("=")
    parts = urlsplit(address)
    if not name.replace("-", "").isalnum() or parts.scheme not in ("http", "https") or not parts.hostname:
        raise typer.BadParameter("Write NAME=ADDRESS, as in other=http://192.168.0.7:9000.")
    if parts.username or parts.query or parts.fragment:
        raise typer.BadParameter("The address has the scheme, the host, the port and at most a path: no password.")
    return name, address.rstrip("/").removesuffix("/search/part")


def parse_services(texts: list[str], urls: list[str]) -> tuple[tuple[Service, ...], tuple[PlainService, ...]]:
    """Return the tuned and the plain services asked for; by default both tuned ones, none beside other addresses."""
    wanted = set(texts) or (set() if urls else set(RELEASE_SERVICES))
    known = (*RELEASE_SERVICES, *PlainService)
    if unknown := wanted - set(known):
        raise typer.BadParameter(f"There is no service '{unknown.pop()}'; there are {', '.join(known)}.")
    tuned = tuple(service for service in RELEASE_SERVICES if service in wanted)
    return tuned, tuple(service for service in PlainService if service in wanted)


def parse_scenarios(texts: list[str]) -> tuple[str, ...]:
    """Return the scenarios asked for, each once, in their order."""
    wanted = list(SCENARIOS) if _ALL in texts else list(dict.fromkeys(texts)) or list(_DEFAULT.scenarios)
    if unknown := [name for name in wanted if name not in SCENARIOS]:
        raise typer.BadParameter(f"There is no scenario '{unknown[0]}'; there are {', '.join(SCENARIOS)}, {_ALL}.")
    return tuple(wanted)


def parse_sizes(text: str) -> tuple[int, ...]:
    """Return the numbers of a comma-separated list."""
    try:
        sizes = tuple(sorted({int(piece) for piece in text.split(",") if piece}))
    except ValueError:
        raise typer.BadParameter("Write numbers of parts separated by commas: 10000,100000.") from None
    if sizes and sizes[0] < 1:
        raise typer.BadParameter("A catalog has at least one part.")
    return sizes


@command.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    connections: Annotated[int, typer.Option(min=1, help="Number of open connections.")] = _DEFAULT.connections,
    threads: Annotated[int, typer.Option(min=1, help="Threads of wrk.")] = _DEFAULT.threads,
    duration: Annotated[int, typer.Option(min=1, help="Seconds of a round.")] = _DEFAULT.duration,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of each target and scenario.")] = _DEFAULT.rounds,
    timeout: Annotated[int, typer.Option(min=1, help="Seconds after which a request fails.")] = _DEFAULT.timeout,
    generator: Annotated[Generator, typer.Option(help="The program that generates the load.")] = _DEFAULT.generator,
    scenario: Annotated[list[str], typer.Option(help=f"A kind of search, or {_ALL}; may be repeated.")] = [],  # noqa: B006
    service: Annotated[list[str], typer.Option(help=_SERVICE_HELP)] = [],  # noqa: B006
    door: Annotated[list[Route], typer.Option(help="The route: direct or nginx; may be repeated.")] = list(Route),  # noqa: B006
    url: Annotated[list[str], typer.Option(help="NAME=ADDRESS: another address; may be repeated.")] = [],  # noqa: B006
    no_open_loop: Annotated[bool, typer.Option("--no-open-loop", help="Leave out the fixed rates.")] = False,  # noqa: FBT002
    sweep: Annotated[bool, typer.Option("--sweep", help="Measure with 1 to 1,000 connections too.")] = False,  # noqa: FBT002
    sizes: Annotated[str, typer.Option(help="Measure catalogs of these sizes too: 10000,100000.")] = "",
) -> None:
    """Measure both searches: which is faster, by how much, how certain that is, and their time budget."""
    if context.invoked_subcommand:
        return
    output.need_not_arrive()
    services, plain_services = parse_services(service, url)
    urls = parse_urls(url)
    names = {*(f"{each}{end}" for each in services for end in ("", "-nginx")), *plain_services}
    if taken := set(urls) & names:
        raise typer.BadParameter(f"'{taken.pop()}' is the name of a target of the site; choose another for --url.")
    if sizes and not services:
        raise typer.BadParameter("--sizes makes catalogs for the services of this site; name one with --service.")
    options = Options(
        command=shlex.join(["partsearch", *sys.argv[1:]]),
        generator=generator,
        connections=connections,
        threads=threads,
        duration=duration,
        rounds=rounds,
        timeout=timeout,
        scenarios=parse_scenarios(scenario),
        services=services,
        plain_services=plain_services,
        routes=tuple(route for route in Route if route in door),
        urls=urls,
        has_open_loop=not no_open_loop,
        has_sweep=sweep,
        sizes=parse_sizes(sizes),
    )
    enter_home()
    from partsearch.bench.command import bench

    bench(Site(), options)


@command.command()
def report(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A record: a .json file.")],
    markdown: Annotated[
        Path | None, typer.Option(help="Write it as a page of Markdown too, with its charts beside it.")
    ] = None,
) -> None:
    """Show the tables of a run again, and write its report beside it again."""

    from partsearch.bench.command import show_report

    show_report(file, markdown)


@command.command()
def compare(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The record of the run before.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The record of the run after.")],
    threshold: Annotated[float, typer.Option(min=0, help="Percent; a smaller loss passes.")] = 100 * THRESHOLD,
) -> None:
    """Show what became faster or slower between two runs; exit with 1 if anything is worse."""

    from partsearch.bench.command import show_compared

    show_compared(old, new, threshold / 100)
