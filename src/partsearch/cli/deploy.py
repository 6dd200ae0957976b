"""``partsearch deploy``."""

from typing import Annotated

import typer

from partsearch.deploy import update
from partsearch.deploy.thresholds import Thresholds
from partsearch.operation.site import Site

_DEFAULT = Thresholds()


def parse_steps(text: str) -> tuple[int, ...]:
    """The shares in ``text``: numbers that grow, with commas between them, the last one 100."""
    try:
        steps = tuple(int(piece) for piece in text.split(","))
    except ValueError:
        raise typer.BadParameter("Write shares in percent with commas between them: 5,25,50,100.") from None
    if list(steps) != sorted(set(steps)) or steps[0] < 1 or steps[-1] != 100:
        raise typer.BadParameter("The shares have to grow, from 1 at least to 100.")
    return steps


def check_steps(text: str) -> str:
    """Return the shares as they were given, if they can be: wrong usage is told before anything is done."""
    parse_steps(text)
    return text


def deploy(
    source: Annotated[
        str | None,
        typer.Argument(help="A folder, a git ref of this repository, a wheel, or a kept release; else this checkout."),
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Say what would be done, and do nothing.")] = False,  # noqa: FBT002
    steps: Annotated[
        str, typer.Option(callback=check_steps, help="The shares of traffic, in percent.")
    ] = "5,25,50,100",
    step_samples: Annotated[int, typer.Option(min=1, help="Answers that a step needs.")] = _DEFAULT.step_samples,
    step_seconds: Annotated[float, typer.Option(min=1, help="The longest wait for them.")] = _DEFAULT.step_seconds,
    watch_seconds: Annotated[float, typer.Option(min=0, help="How long 100 % is watched.")] = _DEFAULT.watch_seconds,
    errors: Annotated[int, typer.Option(min=1, help="Fewer errors are let pass.")] = _DEFAULT.errors,
    error_ratio: Annotated[float, typer.Option(min=0, help="Times the old one's errors.")] = _DEFAULT.error_ratio,
    p99_ratio: Annotated[float, typer.Option(min=0, help="Times the old one's p99...")] = _DEFAULT.p99_ratio,
    p99_milliseconds: Annotated[float, typer.Option(min=0, help="...and so much more.")] = _DEFAULT.p99_milliseconds,
    probes: Annotated[int, typer.Option(min=1, help="Failed probes in a row.")] = _DEFAULT.probes,
    start_seconds: Annotated[float, typer.Option(min=1, help="The longest start.")] = _DEFAULT.start_seconds,
    drain_seconds: Annotated[float, typer.Option(min=0, help="The longest drain.")] = _DEFAULT.drain_seconds,
    lock_seconds: Annotated[float, typer.Option(min=0.1, help="Longest wait for a lock.")] = _DEFAULT.lock_seconds,
    answers_may_differ: Annotated[bool, typer.Option("--answers-may-differ", help="Compare no answers.")] = False,  # noqa: FBT002
) -> None:
    """Replace the running release while people search, and go back by itself if the new one is worse."""
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
    (update.plan if plan else update.deploy)(Site(), source, thresholds)
