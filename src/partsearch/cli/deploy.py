"""``partsearch deploy``."""

from typing import Annotated

import typer

from partsearch.cli.commands import new_command
from partsearch.cli.output import works
from partsearch.cli.site_command import DeployCommand
from partsearch.deploy import commands
from partsearch.deploy.canary.thresholds import Thresholds
from partsearch.operation.site import Site

command = new_command()

_DEFAULT = Thresholds()


def parse_steps(text: str) -> tuple[int, ...]:
    """Return the weights in ``text``: growing numbers, separated by commas, the last one 100."""
    try:
        steps = tuple(int(piece) for piece in text.split(","))
    except ValueError:
        raise typer.BadParameter("Write weights in percent, separated by commas: 5,25,50,100.") from None
    if list(steps) != sorted(set(steps)) or steps[0] < 1 or steps[-1] != 100:
        raise typer.BadParameter("The weights must grow, from at least 1 to 100.")
    return steps


def check_steps(text: str) -> str:
    """Return ``text`` if it is a list of weights, so that wrong usage is reported before anything is done."""
    parse_steps(text)
    return text


@command.command(cls=DeployCommand)
@works
def deploy(
    source: Annotated[
        str | None,
        typer.Argument(
            help="A folder, a git ref of this repository, a wheel, or a kept release; this checkout if absent."
        ),
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Print the steps of the deployment, and do nothing.")] = False,  # noqa: FBT002
    steps: Annotated[
        str, typer.Option(callback=check_steps, help="The weights of the new release, in percent.")
    ] = "5,25,50,100",
    step_samples: Annotated[int, typer.Option(min=1, help="Responses that a step needs.")] = _DEFAULT.step_samples,
    step_seconds: Annotated[float, typer.Option(min=1, help="The time limit for them.")] = _DEFAULT.step_seconds,
    watch_seconds: Annotated[float, typer.Option(min=0, help="How long 100 % is analysed.")] = _DEFAULT.watch_seconds,
    errors: Annotated[int, typer.Option(min=1, help="Fewer errors are ignored.")] = _DEFAULT.errors,
    error_ratio: Annotated[
        float, typer.Option(min=0, help="Allowed multiple of the old error rate.")
    ] = _DEFAULT.error_ratio,
    p99_ratio: Annotated[float, typer.Option(min=0, help="Allowed multiple of the old p99...")] = _DEFAULT.p99_ratio,
    p99_milliseconds: Annotated[float, typer.Option(min=0, help="...plus this.")] = _DEFAULT.p99_milliseconds,
    probes: Annotated[int, typer.Option(min=1, help="Failed probes in a row.")] = _DEFAULT.probes,
    start_seconds: Annotated[float, typer.Option(min=1, help="The time limit of the start.")] = _DEFAULT.start_seconds,
    drain_seconds: Annotated[float, typer.Option(min=0, help="The time limit of the drain.")] = _DEFAULT.drain_seconds,
    lock_seconds: Annotated[
        float, typer.Option(min=0.1, help="How long a migration waits for a lock.")
    ] = _DEFAULT.lock_seconds,
    answers_may_differ: Annotated[bool, typer.Option("--answers-may-differ", help="Do not compare answers.")] = False,  # noqa: FBT002
) -> None:
    """Replace the running release without downtime, and roll back automatically if the new one is worse."""
    thresholds = Thresholds(
        steps=parse_steps(steps),
        step_samples=step_samples,
        step_seconds=step_seconds,
        watch_seconds=watch_seconds,
        errors=errors,
        error_ratio=error_ratio,
        p99_ratio=p99_ratio,
        p99_milliseconds=p99_milliseconds,
        probes=probes,
        start_seconds=start_seconds,
        drain_seconds=drain_seconds,
        lock_seconds=lock_seconds,
        answers_may_differ=answers_may_differ,
    )
    (commands.plan if plan else commands.deploy)(Site(), source, thresholds)
