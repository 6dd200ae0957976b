"""``partsearch bench``."""

import shlex
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from partsearch.bench.analysis.run_comparison import THRESHOLD
from partsearch.bench.load.scenarios import SCENARIOS
from partsearch.bench.options import Options, Route
from partsearch.bench.record import Generator
from partsearch.cli.output import output
from partsearch.cli.site_command import enter_home
from partsearch.operation.names import RELEASE_SERVICES, Service
from partsearch.operation.site import Site

_DEFAULT = Options("")
_ALL = "all"

bench = typer.Typer(add_completion=False, rich_markup_mode=None)


def parse_urls(texts: list[str]) -> dict[str, str]:
    """Addresses by name, of ``NAME=ADDRESS``."""
    return dict(map(_parse_url, texts))


def _parse_url(text: str) -> tuple[str, str]:
    name, _, address = text.partition("=")
    parts = urlsplit(address)
    if not name.replace("-", "").isalnum() or parts.scheme not in ("http", "https") or not parts.hostname:
        raise typer.BadParameter("Write NAME=ADDRESS, as in other=http://192.168.0.7:9000.")
    if parts.username or parts.query or parts.fragment:
        raise typer.BadParameter("The address has the scheme, the host, the port and at most a path: no password.")
    return name, address.rstrip("/").removesuffix("/search/part")


def parse_services(texts: list[str], urls: list[str]) -> tuple[Service, ...]:
    """The services asked for; both where nothing is asked for, none where other addresses are."""
    wanted = set(texts) or (set() if urls else set(RELEASE_SERVICES))
    if unknown := wanted - set(RELEASE_SERVICES):
        raise typer.BadParameter(f"There is no service '{unknown.pop()}'; there are {' and '.join(RELEASE_SERVICES)}.")
    return tuple(service for service in RELEASE_SERVICES if service in wanted)


def parse_scenarios(texts: list[str]) -> tuple[str, ...]:
    """The scenarios asked for, each once, in the order of asking."""
    wanted = list(SCENARIOS) if _ALL in texts else list(dict.fromkeys(texts)) or list(_DEFAULT.scenarios)
    if unknown := [name for name in wanted if name not in SCENARIOS]:
        raise typer.BadParameter(f"There is no scenario '{unknown[0]}'; there are {', '.join(SCENARIOS)}, {_ALL}.")
    return tuple(wanted)


def parse_sizes(text: str) -> tuple[int, ...]:
    """Numbers with commas between them."""
    try:
        sizes = tuple(sorted({int(piece) for piece in text.split(",") if piece}))
    except ValueError:
        raise typer.BadParameter("Write numbers of parts with commas between them: 10000,100000.") from None
    if sizes and sizes[0] < 1:
        raise typer.BadParameter("A catalog has at least one part.")
    return sizes


@bench.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    connections: Annotated[int, typer.Option(min=1, help="Open at a time.")] = _DEFAULT.connections,
    threads: Annotated[int, typer.Option(min=1, help="Of wrk.")] = _DEFAULT.threads,
    duration: Annotated[int, typer.Option(min=1, help="Seconds of a round.")] = _DEFAULT.duration,
    rounds: Annotated[int, typer.Option(min=1, help="Of each target and scenario.")] = _DEFAULT.rounds,
    timeout: Annotated[int, typer.Option(min=1, help="Seconds that an answer is waited for.")] = _DEFAULT.timeout,
    generator: Annotated[Generator, typer.Option(help="The program that makes the load.")] = _DEFAULT.generator,
    scenario: Annotated[list[str], typer.Option(help=f"What is searched for; may be repeated; or {_ALL}.")] = [],  # noqa: B006
    service: Annotated[list[str], typer.Option(help="django or fastapi; may be repeated.")] = [],  # noqa: B006
    route: Annotated[list[Route], typer.Option("--door", help="Own ports, or through Nginx; may be repeated.")] = list(
        Route
    ),
    url: Annotated[list[str], typer.Option(help="NAME=ADDRESS: another address; may be repeated.")] = [],  # noqa: B006
    no_open_loop: Annotated[bool, typer.Option("--no-open-loop", help="Leave out the fixed rates.")] = False,  # noqa: FBT002
    sweep: Annotated[bool, typer.Option("--sweep", help="Measure with 1 to 1,000 connections too.")] = False,  # noqa: FBT002
    sizes: Annotated[str, typer.Option(help="Measure catalogs of so many parts too: 10000,100000.")] = "",
) -> None:
    """Measure both searches: which is faster, by how much, how sure that is, and where the time goes."""
    if context.invoked_subcommand:
        return
    output.need_not_arrive()
    services, urls = parse_services(service, url), parse_urls(url)
    if taken := set(urls) & {service + end for service in services for end in ("", "-nginx")}:
        raise typer.BadParameter(
            f"'{taken.pop()}' is the name of one of the site's own targets; take another for --url."
        )
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
        routes=tuple(one for one in Route if one in route),
        urls=urls,
        has_open_loop=not no_open_loop,
        has_sweep=sweep,
        sizes=parse_sizes(sizes),
    )
    enter_home()

    from partsearch.bench import command

    command.bench(Site(), options)


@bench.command()
def report(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A record: a .json file.")],
    markdown: Annotated[
        Path | None, typer.Option(help="Write it as a page of Markdown too, with its charts beside that.")
    ] = None,
) -> None:
    """Show the table of a run again, and draw its report anew beside it."""

    from partsearch.bench import command

    command.show_report(file, markdown)


@bench.command()
def compare(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The record of the run before.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The record of the run after.")],
    threshold: Annotated[float, typer.Option(min=0, help="Percent; losing less is let pass.")] = 100 * THRESHOLD,
) -> None:
    """Say what has become faster or slower between two runs; exit code 1 where anything is worse."""

    from partsearch.bench import command

    command.show_compared(old, new, threshold / 100)
