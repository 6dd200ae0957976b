"""A whole run: truth first, then noise, then the rounds; what is done so far is kept, however it ends."""

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from partsearch.bench.analysis.parity import check_parity
from partsearch.bench.analysis.time_budget import BudgetWatch
from partsearch.bench.analysis.warnings import warnings_of
from partsearch.bench.environment.catalogs import require_databases_of_their_own, site_of_size
from partsearch.bench.environment.machine import describe_machine
from partsearch.bench.environment.process_groups import process_groups
from partsearch.bench.environment.statements import StatementLog
from partsearch.bench.load.idle import wait_until_idle
from partsearch.bench.load.open_loop.measurement import OpenLoop
from partsearch.bench.load.scenarios import scenarios
from partsearch.bench.load.targets import targets
from partsearch.bench.options import Options, Route
from partsearch.bench.plan import plan, size_plan, warm_up_seconds
from partsearch.bench.progress import Shown
from partsearch.bench.record import Run, RunSettings
from partsearch.bench.results import Results
from partsearch.bench.step_runner import StepRunner, load_program
from partsearch.errors import PartsearchError
from partsearch.operation.site import Site
from partsearch.system.signals import termination_signals_interrupt

_MINUTES_FROM = 150


@dataclass(frozen=True)
class Measured:
    """A run, and what ended it before its time, if anything did."""

    run: Run
    fault: KeyboardInterrupt | PartsearchError | None


def measure(site: Site, options: Options, folder: Path, console: Console) -> Measured:
    """Measures what the options name.

    Args:
        site: of these settings; has to be up where its services are measured.
        options: what, and how.
        folder: for what the generators are given; the catalogs of other sizes are beside it.
        console: where progress is shown.

    Raises:
        ProgramMissingError, NothingToMeasureError, AnswersDifferError: there is nothing to begin with.
        PartsearchError, KeyboardInterrupt: it ended before a single round was done.
    """
    program = load_program(options, folder)
    ours = site if options.services else None
    if options.sizes:
        require_databases_of_their_own(site.settings)
    with closing(StatementLog.of_site(site.settings if ours else None)) as statements:
        findings = _begin(ours, options, statements, console)
        open_loop = OpenLoop(options.connections, options.duration, options.timeout, folder)
        watch = BudgetWatch(process_groups(ours), statements)
        steps = plan(options, findings.targets, findings.scenarios)
        seconds = sum(step.seconds for step in steps)
        console.print(f"[dim]{len(steps)} steps, {_duration(seconds)} of load. Ctrl-C keeps what is done.[/dim]")
        with Shown(console, seconds) as shown:
            measuring = StepRunner(program, open_loop, watch, findings, shown.doing)
            fault: KeyboardInterrupt | PartsearchError | None = None
            try:
                with termination_signals_interrupt():
                    measuring.do(steps)
                    for parts in options.sizes:
                        _measure_size(site, options, folder.parent, parts, measuring, shown)
            except (KeyboardInterrupt, PartsearchError) as error:
                fault = error
                if not findings.rounds:
                    raise
    run = findings.run(is_complete=fault is None)
    return Measured(replace(run, warnings=warnings_of(run)), fault)


def _begin(site: Site | None, options: Options, statements: StatementLog, console: Console) -> Results:
    """Finds out whether there is anything to measure, and whether it is worth it."""
    found = targets(site, options)
    wait_until_idle(process_groups(site))
    drawn = scenarios(found[0], options.scenarios)
    console.print("[dim]Comparing the answers.[/dim]")
    return Results(
        machine=describe_machine(site),
        settings=_settings(options),
        scenarios=drawn,
        targets=found,
        truth=check_parity(found, drawn, statements, options.timeout),
    )


def _settings(options: Options) -> RunSettings:
    return RunSettings(
        command=options.command,
        generator=options.generator,
        connections=options.connections,
        threads=options.threads,
        duration=options.duration,
        rounds=options.rounds,
        warm_up=warm_up_seconds(options),
        timeout=options.timeout,
    )


def _duration(seconds: int) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= _MINUTES_FROM else f"{seconds} seconds"


def _measure_size(site: Site, options: Options, homes: Path, parts: int, measuring: StepRunner, shown: Shown) -> None:
    """The rounds on a catalog of so many parts, in a site of its own."""
    with site_of_size(homes, parts, site.settings, shown.say) as sized:
        found = targets(sized, replace(options, routes=(Route.DIRECT,), urls={}))
        drawn = scenarios(found[0], options.scenarios[:1])
        check_parity(found, drawn, StatementLog.of_site(None), options.timeout)
        measuring.do_size(parts, process_groups(sized), size_plan(options, found, drawn[0]))
