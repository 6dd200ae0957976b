"""What a run was measured on and with: searches, machine, commands."""

from collections.abc import Iterator, Mapping
from html import escape

from partsearch.bench.formatting import counted, rounded
from partsearch.bench.record import Busyness, Machine, Run

_GIBIBYTE = 1024**3


def scenarios(run: Run) -> str:
    """What each scenario searches for, how many requests it has and how much they find."""
    return _facts(scenario_facts(run))


def scenario_facts(run: Run) -> Iterator[tuple[str, str]]:
    """What each scenario is, by name, as text."""
    for scenario in run.scenarios:
        requests = counted(len(scenario.requests), "request")
        matches = run.truth.matches.get(scenario.name, ())
        found = f", {_range(matches)} found" if matches else ""
        yield scenario.name, f"{scenario.description} {requests}{found}."
    yield "truth", f"{counted(run.truth.answers, 'answer')} compared: all services gave the same."
    if run.truth.statements_unknown:
        yield "SQL statements", run.truth.statements_unknown


def _range(counts: tuple[int, ...]) -> str:
    low, high = min(counts), max(counts)
    return counted(low, "part") if low == high else f"{low:,} to {high:,} parts"


def machine(run: Run) -> str:
    """The machine, the programs, the database and how busy it was."""
    return _facts(machine_facts(run.machine))


def machine_facts(machine: Machine) -> Iterator[tuple[str, str]]:
    """What is known of the machine, by name, as text."""
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
        yield "stolen by the host", f"{100 * stolen / passed if passed > 0 else 0:.1f} % of the CPU time meanwhile"


def _commit(machine: Machine) -> str:
    if machine.commit is None:
        return "no checkout"
    clean = {True: "clean", False: "with changes that are not committed", None: "unknown whether clean"}
    return f"commit {machine.commit}, {clean[machine.is_tree_clean]}"


def _load(busyness: Busyness) -> str:
    return ", ".join(f"{load:.2f}" for load in busyness.load) + " over 1, 5 and 15 minutes"


def _pairs(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items()) or "unknown"


def commands(run: Run) -> str:
    """What was typed, and what was run in the first round of each target and scenario."""
    firsts = [one.command for one in run.rounds if one.number == 1]
    at_rate = [one.command for one in run.open_loop]
    lines = "\n".join(escape(command) for command in dict.fromkeys((*firsts, *at_rate)))
    return (
        f"<p><code>{escape(run.settings.command)}</code></p>"
        f"<details><summary>What it ran</summary><pre tabindex='0'>{lines}</pre></details>"
    )


def _facts(pairs: Iterator[tuple[str, str]]) -> str:
    rows = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in pairs)
    return f'<table class="facts"><tbody>{rows}</tbody></table>'
