"""``partsearch rollback``."""

from typing import Annotated

import typer

from partsearch.cli.commands import new_command
from partsearch.cli.deploy import check_steps, parse_steps
from partsearch.cli.output import works
from partsearch.cli.site_command import SiteCommand
from partsearch.deploy import commands
from partsearch.deploy.canary.thresholds import Thresholds
from partsearch.operation.site import Site

command = new_command()

_DEFAULT = Thresholds()


@command.command(cls=SiteCommand)
@works
def rollback(
    steps: Annotated[
        str, typer.Option(callback=check_steps, help="The weights of the release before, in percent.")
    ] = "100",
    step_samples: Annotated[int, typer.Option(min=1, help="Responses that a step needs.")] = _DEFAULT.step_samples,
    watch_seconds: Annotated[float, typer.Option(min=0, help="How long 100 % is analysed.")] = 0,
    drain_seconds: Annotated[float, typer.Option(min=0, help="The time limit of the drain.")] = _DEFAULT.drain_seconds,
) -> None:
    """Return to the release before: at once while a deployment is running, otherwise by a deployment of it."""
    thresholds = Thresholds(
        steps=parse_steps(steps),
        step_samples=step_samples,
        watch_seconds=watch_seconds,
        drain_seconds=drain_seconds,
        answers_may_differ=True,
    )
    commands.roll_back(Site(), thresholds)
