"""``partsearch rollback``."""

from typing import Annotated

import typer

from partsearch.cli.deploy import check_steps, parse_steps
from partsearch.deploy import update
from partsearch.deploy.thresholds import Thresholds
from partsearch.operation.site import Site

_DEFAULT = Thresholds()


def rollback(
    steps: Annotated[str, typer.Option(callback=check_steps, help="The shares of traffic, in percent.")] = "100",
    step_samples: Annotated[int, typer.Option(min=1, help="Answers that a step needs.")] = _DEFAULT.step_samples,
    watch_seconds: Annotated[float, typer.Option(min=0, help="How long 100 % is watched.")] = 0,
    drain_seconds: Annotated[float, typer.Option(min=0, help="The longest drain.")] = _DEFAULT.drain_seconds,
) -> None:
    """Go back to the release before: at once while an update runs, else by the same procedure."""
    thresholds = Thresholds(
        steps=parse_steps(steps),
        step_samples=step_samples,
        watch_seconds=watch_seconds,
        drain_seconds=drain_seconds,
        answers_may_differ=True,
    )
    update.roll_back(Site(), thresholds)
