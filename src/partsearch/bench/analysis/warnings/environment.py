"""Warnings about the environment: the machine, other programs on it, the checkout."""

from collections.abc import Iterator

from partsearch.bench.analysis.warnings.kinds import WarningKind
from partsearch.bench.formatting import percent
from partsearch.bench.record import Run, RunWarning

BUSY_SHARE = 0.25
STEAL_SHARE = 0.01
OTHER_SHARE = 0.1


def run_stopped(run: Run) -> Iterator[RunWarning]:
    """Warn of a run that did not finish."""
    if not run.is_complete:
        yield WarningKind.RUN_STOPPED.warning(
            "The run was stopped: some rounds are missing, and one target may have more of them than another."
        )


def machine_busy(run: Run) -> Iterator[RunWarning]:
    """Warn of load before the first round, which may have continued."""
    machine = run.machine
    load = machine.before.load[0]
    if load > BUSY_SHARE * machine.cores:
        yield WarningKind.MACHINE_BUSY.warning(
            f"The machine was busy before the first round: a load of {load:.1f} on {machine.cores} cores."
        )


def cpu_time_stolen(run: Run) -> Iterator[RunWarning]:
    """Warn of a virtual machine whose host had other work."""
    before, after = run.machine.before, run.machine.after
    if after is None or after.total_seconds <= before.total_seconds:
        return
    share = (after.steal_seconds - before.steal_seconds) / (after.total_seconds - before.total_seconds)
    if share > STEAL_SHARE:
        yield WarningKind.CPU_TIME_STOLEN.warning(
            f"The host took {percent(share)} of the processors' time away (steal): "
            "the figures include the load of other virtual machines."
        )


def other_programs(run: Run) -> Iterator[RunWarning]:
    """Warn of other programs that used the processors during the rounds."""
    shares = []
    for budget in run.budget:
        total = sum(budget.cpu_seconds.values())
        if total:
            shares.append(budget.cpu_seconds.get("other", 0.0) / total)
    if shares and max(shares) > OTHER_SHARE:
        yield WarningKind.OTHER_PROGRAMS.warning(
            f"Other programs used up to {percent(max(shares))} of the processors' time during a round."
        )


def different_workers(run: Run) -> Iterator[RunWarning]:
    """Warn of services with different numbers of processes."""
    workers = run.machine.workers
    if len(set(workers.values())) > 1:
        numbers = ", ".join(f"{service} {number}" for service, number in sorted(workers.items()))
        yield WarningKind.DIFFERENT_WORKERS.warning(
            f"The services have different numbers of worker processes: {numbers}."
        )


def variable_clock(run: Run) -> Iterator[RunWarning]:
    """Warn of a processor whose clock depends on its load or its temperature."""
    governor = run.machine.governor
    if governor is not None and governor != "performance":
        yield WarningKind.CLOCK_GOVERNED.warning(f"The processor's governor is {governor}: its clock follows the load.")
    elif run.machine.is_turbo:
        yield WarningKind.TURBO.warning(
            "The processor may run faster than its base frequency (turbo) while it is cool."
        )


def restricted_cores(run: Run) -> Iterator[RunWarning]:
    """Warn of a load generator that is restricted to some of the cores."""
    allowed, cores = len(run.machine.affinity), run.machine.cores
    if 0 < allowed < cores:
        yield WarningKind.RESTRICTED_CORES.warning(f"The load generator may use {allowed} of {cores} cores.")


def uncommitted_changes(run: Run) -> Iterator[RunWarning]:
    """Warn of a measured checkout that no commit contains."""
    if run.machine.is_tree_clean is False:
        yield WarningKind.UNCOMMITTED_CHANGES.warning(
            "The checkout has changes that are not committed: the commit alone is not enough to repeat this run."
        )
