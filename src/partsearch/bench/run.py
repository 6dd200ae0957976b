"""A run: check parity, measure the noise, measure the rounds. Its results so far are kept however it ends."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from partsearch.bench.analysis.parity import check_parity
from partsearch.bench.analysis.time_budget import BudgetObserver
from partsearch.bench.analysis.warnings import warnings_of
from partsearch.bench.environment.catalogs import require_own_databases, site_of_size
from partsearch.bench.environment.machine import describe_machine
from partsearch.bench.environment.plain_services import RunningPlainService, plain_services
from partsearch.bench.environment.process_groups import ProcessGroups, process_groups
from partsearch.bench.environment.statements import StatementLog
from partsearch.bench.load.idle import wait_until_idle
from partsearch.bench.load.open_loop.measurement import OpenLoop
from partsearch.bench.load.scenarios import scenarios
from partsearch.bench.load.targets import require_site_up, targets
from partsearch.bench.options import Options, Route
from partsearch.bench.plan import plan, size_plan, warm_up_seconds
from partsearch.bench.progress import RunProgress
from partsearch.bench.record import Run, RunSettings
from partsearch.bench.results import Results
from partsearch.bench.steps import StepRunner, load_program
from partsearch.errors import PartsearchError
from partsearch.operation.site import Site
from partsearch.system.signals import termination_signals_interrupt

_MINUTES_FROM = 150


@dataclass(frozen=True)
class Measured:
    """A run, and the error that stopped it, if any."""

    run: Run
    error: KeyboardInterrupt | PartsearchError | None


def measure(site: Site, options: Options, folder: Path, console: Console) -> Measured:
    """Measure what the options name.

    Args:
        site: the site of these settings; it must be up if its services are measured.
        options: what to measure, and how.
        folder: the folder for the files of the generators; catalogs of other sizes are beside it.
        console: the console for progress.

    Raises:
        ProgramMissingError, NothingToMeasureError, AnswersDifferError: the run cannot begin.
        PartsearchError, KeyboardInterrupt: the run was stopped before its first round was done.
    """
    program = load_program(options, folder)
    if options.sizes:
        require_own_databases(site.settings)
    measured_site = site if options.measures_site else None
    if measured_site:
        require_site_up(measured_site)
    with (
        termination_signals_interrupt(),
        closing(StatementLog.of_site(measured_site.settings if measured_site else None)) as statements,
        _plain(measured_site, options, console) as plain,
    ):
        groups = process_groups(measured_site, {name: service.process for name, service in plain.items()})
        results = _begin(measured_site, options, plain, groups, statements, console)
        open_loop = OpenLoop(options.connections, options.duration, options.timeout, folder)
        steps = plan(options, results.targets, results.scenarios)
        seconds = sum(step.seconds for step in steps)
        console.print(f"[dim]{len(steps)} steps, {_duration(seconds)} of load. Ctrl-C keeps the results so far.[/dim]")
        with RunProgress(console, seconds) as progress:
            observer = BudgetObserver(groups, statements)
            runner = StepRunner(program, open_loop, observer, results, progress.show_step)
            error: KeyboardInterrupt | PartsearchError | None = None
            try:
                runner.run(steps)
                for parts in options.sizes:
                    _measure_size(site, options, folder.parent, parts, runner, progress)
            except (KeyboardInterrupt, PartsearchError) as stopped_by:
                error = stopped_by
                if not results.rounds:
                    raise
    run = results.to_run(is_complete=error is None)
    return Measured(replace(run, warnings=warnings_of(run)), error)


@contextmanager
def _plain(site: Site | None, options: Options, console: Console) -> Iterator[Mapping[str, RunningPlainService]]:
    """Run the plain services that the options name for the block."""
    if site is None or not options.plain_services:
        yield {}
        return
    console.print(f"[dim]Starting {' and '.join(options.plain_services)}.[/dim]")
    with plain_services(site, options.plain_services) as running:
        yield running


def _begin(
    site: Site | None,
    options: Options,
    plain: Mapping[str, RunningPlainService],
    groups: ProcessGroups,
    statements: StatementLog,
    console: Console,
) -> Results:
    """Check that there are targets and that they give the same answers; return the results without a round."""
    measured = targets(site, options, {name: service.address for name, service in plain.items()})
    wait_until_idle(groups)
    drawn = scenarios(measured[0], options.scenarios)
    console.print("[dim]Comparing the answers.[/dim]")
    return Results(
        machine=describe_machine(site, {name: service.workers for name, service in plain.items()}),
        settings=_settings(options),
        scenarios=drawn,
        targets=measured,
        parity=check_parity(measured, drawn, statements, options.timeout),
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


def _measure_size(
    site: Site, options: Options, homes: Path, parts: int, runner: StepRunner, progress: RunProgress
) -> None:
    """Run the rounds on a catalog of ``parts`` parts, in a site of its own and without the plain services."""
    with site_of_size(homes, parts, site.settings, progress.print_line) as sized:
        direct = replace(options, routes=(Route.DIRECT,), urls={}, plain_services=())
        measured = targets(sized, direct, {})
        drawn = scenarios(measured[0], options.scenarios[:1])
        check_parity(measured, drawn, StatementLog.of_site(None), options.timeout)
        runner.run_on_catalog(parts, process_groups(sized), size_plan(options, measured, drawn[0]))
