"""The facts of a run as names and texts: its searches, its machine, its commands."""

from collections.abc import Iterator, Mapping

from partsearch.bench.formatting import counted, rounded
from partsearch.bench.record import Busyness, Machine, Run

_GIBIBYTE = 1024**3


def scenario_facts(run: Run) -> Iterator[tuple[str, str]]:
    """Yield the description, the requests and the matches of each scenario by its name, and the parity check."""
    for scenario in run.scenarios:
        requests = counted(len(scenario.requests), "request")
        matches = run.parity.matches.get(scenario.name, ())
        matching = f", {_range(matches)} each" if matches else ""
        yield scenario.name, f"{scenario.description} {requests}{matching}."
    yield "parity check", f"{counted(run.parity.answers, 'answer')} compared: all services gave the same."
    if run.parity.statements_unknown:
        yield "SQL statements", run.parity.statements_unknown


def _range(counts: tuple[int, ...]) -> str:
    low, high = min(counts), max(counts)
    return counted(low, "part") if low == high else f"{low:,} to {high:,} parts"


def machine_facts(machine: Machine) -> Iterator[tuple[str, str]]:
    """Yield the facts of the machine, the programs and the database by name."""
    turbo = {True: ", turbo on", False: ", turbo off", None: ""}[machine.is_turbo]
    affinity = f" ({', '.join(map(str, machine.affinity))} in use)" if len(machine.affinity) < machine.cores else ""
    yield "processor", f"{machine.cpu}, {counted(machine.cores, 'core')}{affinity}{turbo}"
    yield "governor", machine.governor or "unknown"
    yield "memory", f"{rounded(machine.memory_bytes / _GIBIBYTE)} GiB"
    yield "kernel", machine.kernel
    yield "versions", _pairs(machine.versions)
    yield "release", f"{machine.release or 'unknown'}, {_commit(machine)}"
    yield "catalog", ", ".join(f"{count:,} in {name}" for name, count in machine.rows.items())
    yield "workers", _pairs(machine.workers)
    yield "connections to the database", _pairs(machine.pool)
    yield "database", f"{machine.database or 'unknown'}; {_pairs(machine.database_settings)}"
    yield "load before", _load(machine.before)
    if machine.after:
        yield "load after", _load(machine.after)
        stolen = machine.after.steal_seconds - machine.before.steal_seconds
        passed = machine.after.total_seconds - machine.before.total_seconds
        yield "stolen by the host", f"{100 * stolen / passed if passed > 0 else 0:.1f} % of the CPU time of the run"


def first_commands(run: Run) -> tuple[str, ...]:
    """Return the generator's command of the first round of each target and scenario, and of each fixed rate."""
    closed_loop = [round_.command for round_ in run.rounds if round_.number == 1]
    open_loop = [round_.command for round_ in run.open_loop]
    return tuple(dict.fromkeys((*closed_loop, *open_loop)))


def _commit(machine: Machine) -> str:
    if machine.commit is None:
        return "no checkout"
    clean = {True: "clean", False: "with changes that are not committed", None: "unknown whether clean"}
    return f"commit {machine.commit}, {clean[machine.is_tree_clean]}"


def _load(busyness: Busyness) -> str:
    return ", ".join(f"{load:.2f}" for load in busyness.load) + " over 1, 5 and 15 minutes"


def _pairs(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items()) or "unknown"
