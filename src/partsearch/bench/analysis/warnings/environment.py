"""Cases that are not the load's fault: the machine, its neighbours, the checkout."""

from collections.abc import Iterator

from partsearch.bench.formatting import percent
from partsearch.bench.record import Run, RunWarning

BUSY_SHARE = 0.25
STEAL_SHARE = 0.01
OTHER_SHARE = 0.1
_QUIET = "Stop what else runs (htop shows it), wait a minute and measure again."


def was_stopped(run: Run) -> Iterator[RunWarning]:
    """The run did not come to its end."""
    if not run.is_complete:
        yield RunWarning(
            "The run was stopped: some rounds are missing, and one target may have more of them than another.",
            "Let it come to its end; fewer scenarios, or a shorter --duration, take less time.",
        )


def was_busy_before(run: Run) -> Iterator[RunWarning]:
    """Something ran before the first round, and may have gone on."""
    machine = run.machine
    load = machine.before.load[0]
    if load > BUSY_SHARE * machine.cores:
        yield RunWarning(
            f"The machine was busy before the first round: a load of {load:.1f} on {machine.cores} cores.", _QUIET
        )


def lost_time_to_others_on_the_host(run: Run) -> Iterator[RunWarning]:
    """A virtual machine whose host had other work."""
    before, after = run.machine.before, run.machine.after
    if after is None or after.total_seconds <= before.total_seconds:
        return
    share = (after.steal_seconds - before.steal_seconds) / (after.total_seconds - before.total_seconds)
    if share > STEAL_SHARE:
        yield RunWarning(
            f"The host took {percent(share)} of the processors' time away (steal): "
            "its other guests are in these numbers.",
            "Measure at another hour or on a machine of your own, and trust ratios of interleaved rounds, not rates.",
        )


def shared_the_machine(run: Run) -> Iterator[RunWarning]:
    """Other programs used the processors during the rounds."""
    shares = []
    for budget in run.budget:
        total = sum(budget.cpu_seconds.values())
        if total:
            shares.append(budget.cpu_seconds.get("other", 0.0) / total)
    if shares and max(shares) > OTHER_SHARE:
        yield RunWarning(
            f"Other programs used up to {percent(max(shares))} of the processors' time during a round.", _QUIET
        )


def has_unlike_services(run: Run) -> Iterator[RunWarning]:
    """The services do not have the same number of processes."""
    workers = run.machine.workers
    if len(set(workers.values())) > 1:
        told = ", ".join(f"{service} {number}" for service, number in sorted(workers.items()))
        yield RunWarning(
            f"The services have different numbers of worker processes: {told}.",
            "Start the site anew, so that both have PARTSEARCH_WORKERS: 'partsearch down', 'partsearch up'.",
        )


def changes_its_clock(run: Run) -> Iterator[RunWarning]:
    """The processor's speed depends on how long it has been busy and how warm it is."""
    governor = run.machine.governor
    if governor is not None and governor != "performance":
        yield RunWarning(
            f"The processor's governor is {governor}: its clock follows the load.",
            "Set it for the time of the run: 'cpupower frequency-set -g performance'.",
        )
    elif run.machine.is_turbo:
        yield RunWarning(
            "The processor may run faster than its base frequency (turbo), as long as it is cool.",
            "Turn it off for the time of the run, or measure more rounds: '--rounds 11'.",
        )


def may_not_use_all_cores(run: Run) -> Iterator[RunWarning]:
    """This process, and so the generator, is bound to some of the cores."""
    allowed, cores = len(run.machine.affinity), run.machine.cores
    if 0 < allowed < cores:
        yield RunWarning(
            f"The load generator may use {allowed} of {cores} cores.",
            "Run the command without taskset or a cpuset, unless you mean it so.",
        )


def has_uncommitted_changes(run: Run) -> Iterator[RunWarning]:
    """Nobody can check out what was measured."""
    if run.machine.is_tree_clean is False:
        yield RunWarning(
            "The checkout has changes that are not committed: this run cannot be repeated from its commit alone.",
            "Commit them before a run that is to be kept.",
        )
