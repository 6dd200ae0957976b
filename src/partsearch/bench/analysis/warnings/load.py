"""Warnings about the load: failures, too few measurements, too much variation, figures that contradict each other."""

import statistics
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from partsearch.bench.analysis.comparison import noise_of
from partsearch.bench.analysis.histogram import answers, little_ratio, percentile
from partsearch.bench.analysis.warnings.kinds import LEAST_ROUNDS, WarningKind
from partsearch.bench.environment.process_groups import GENERATOR
from partsearch.bench.formatting import counted, milliseconds, percent, target_name
from partsearch.bench.record import OpenLoopRound, Round, Run, RunWarning

LEAST_SECONDS = 5.0
NOISE_SHARE = 0.1
APART_SHARE = 0.15
COLD_SHARE = 0.1
GENERATOR_SHARE = 0.3
LITTLE_SHARE = 0.1
BEHIND_SHARE = 0.02
LATE_PERCENT = 95
LATE_SECONDS = 0.005
LEAST_ANSWERS = 1000


def _rounds_by_load(run: Run) -> Iterator[tuple[Round, str]]:
    """Yield every round with the description of its load: ``100 connections and 1,000,000 parts``."""
    noise = [round_ for both in run.noise for round_ in (*both.first, *both.second)]
    for round_ in (*run.rounds, *noise, *run.sweep.connections):
        yield round_, counted(round_.connections, "connection")
    for step in run.sweep.sizes:
        for round_ in step.rounds:
            yield round_, f"{counted(round_.connections, 'connection')} and {counted(step.parts, 'part')}"


def _shown(run: Run, name: str) -> str:
    """Return the name of a target as reports show it."""
    return next((target_name(target) for target in run.targets if target.name == name), name)


def _series(run: Run) -> Iterator[tuple[str, list[Round]]]:
    """Yield the main rounds of each target and scenario with their name."""
    key = attrgetter("target", "scenario")
    for (target, scenario), rounds in groupby(sorted(run.rounds, key=key), key=key):
        yield f"{_shown(run, target)}, {scenario}", sorted(rounds, key=attrgetter("number"))


def requests_failed(run: Run) -> Iterator[RunWarning]:
    """Warn of failed requests. No rate counts them, but they leave more of the machine to the others."""
    for (target, load), failures in _failures(run).items():
        yield WarningKind.REQUESTS_FAILED.warning(f"{_shown(run, target)}: {failures} with {load}.")


def _failures(run: Run) -> dict[tuple[str, str], str]:
    """Return the descriptions of the failures by target and load, where there are any."""
    totals: dict[tuple[str, str], dict[str, int]] = {}
    open_loop = [(round_, counted(round_.connections, "connection")) for round_ in run.open_loop]
    rounds: list[tuple[Round | OpenLoopRound, str]] = [*_rounds_by_load(run), *open_loop]
    for round_, load in rounds:
        kinds = totals.setdefault((round_.target, load), {})
        for kind, number in _failure_kinds(round_).items():
            kinds[kind] = kinds.get(kind, 0) + number
    texts = {
        key: ", ".join(f"{number:,} {kind}" for kind, number in kinds.items() if number)
        for key, kinds in totals.items()
    }
    return {key: text for key, text in texts.items() if text}


def _failure_kinds(round_: Round | OpenLoopRound) -> dict[str, int]:
    if isinstance(round_, OpenLoopRound):
        return {"non-2xx answers": round_.non_2xx, **{f"failed ({kind})": n for kind, n in round_.failed.items()}}
    sockets = {f"failed ({kind})": number for kind, number in round_.socket_errors.items()}
    return {"non-2xx answers": round_.non_2xx, "timed out": round_.timed_out, **sockets}


def nothing_found(run: Run) -> Iterator[RunWarning]:
    """Warn of a scenario whose searches match nothing: they are fast, and show little."""
    names = [name for name, matches in run.parity.matches.items() if matches and not any(matches)]
    if names:
        yield WarningKind.NOTHING_FOUND.warning(
            f"No part matches any search of {', '.join(names)}: such searches are fast, and show little."
        )


def generator_load(run: Run) -> Iterator[RunWarning]:
    """Warn of a generator that takes much of the CPU time from the services."""
    shares: dict[str, float] = {}
    for budget in run.budget:
        total = sum(seconds for name, seconds in budget.cpu_seconds.items() if name != "idle")
        if total:
            share = budget.cpu_seconds.get(GENERATOR, 0.0) / total
            shares[budget.target] = max(share, shares.get(budget.target, 0.0))
    if shares and max(shares.values()) > GENERATOR_SHARE:
        target = max(shares, key=lambda name: shares[name])
        yield WarningKind.GENERATOR_LOAD.warning(
            f"The load generator used {percent(shares[target])} of the processors' busy time "
            f"against {_shown(run, target)}: the faster a service is, the more the measurement slows it down."
        )


def few_rounds(run: Run) -> Iterator[RunWarning]:
    """Warn of too few rounds to know how much rounds vary."""
    fewest = min((len(rounds) for _, rounds in _series(run)), default=0)
    if fewest < LEAST_ROUNDS:
        yield WarningKind.FEW_ROUNDS.warning(
            f"Only {counted(fewest, 'round')} of a target: ranges and intervals are wide or meaningless."
        )


def short_rounds(run: Run) -> Iterator[RunWarning]:
    """Warn of rounds too short for rare events such as a checkpoint."""
    if run.settings.duration < LEAST_SECONDS:
        yield WarningKind.SHORT_ROUNDS.warning(
            f"Rounds of {run.settings.duration:g} s: a rare event is in one round and not in another."
        )


def noise(run: Run) -> Iterator[RunWarning]:
    """Warn of a target that differs from itself when it is measured twice."""
    share = noise_of(run)
    if share is not None and share > NOISE_SHARE:
        yield WarningKind.NOISE.warning(
            f"The same target, measured twice, differs from itself by up to {percent(share)}: "
            "smaller differences are noise."
        )


def rounds_vary(run: Run) -> Iterator[RunWarning]:
    """Warn of rounds with very different rates."""
    for name, rounds in _series(run):
        rates = [round_.rate for round_ in rounds]
        middle = statistics.median(rates)
        apart = (max(rates) - min(rates)) / middle if middle else 0.0
        if apart > APART_SHARE:
            yield WarningKind.ROUNDS_VARY.warning(
                f"{name}: the rounds vary by {percent(apart)}, from {min(rates):,.0f} to {max(rates):,.0f} per second."
            )


def slow_first_round(run: Run) -> Iterator[RunWarning]:
    """Warn of a first round that was by far the slowest: caches were still filling."""
    for name, rounds in _series(run):
        first, *others = [round_.rate for round_ in rounds]
        if len(others) > 1 and first < min(others) and first < (1 - COLD_SHARE) * statistics.median(others):
            yield WarningKind.SLOW_FIRST_ROUND.warning(
                f"{name}: the first round was the slowest, {percent(first / statistics.median(others))} of the others."
            )


def littles_law(run: Run) -> Iterator[RunWarning]:
    """Warn where rate times mean latency is not the number of connections; once for each cause."""
    kinds = set()
    for round_, load in _rounds_by_load(run):
        ratio = little_ratio(round_)
        # Failed requests used their connections too, and are in no latency.
        if ratio is None or round_.failed or abs(ratio - 1) <= LITTLE_SHARE:
            continue
        kind, reason = _cause(ratio, round_.requests / round_.connections)
        if kind not in kinds:
            kinds.add(kind)
            in_use = f"by Little's law {percent(ratio)} of the connections were in use, {reason}."
            yield kind.warning(f"{_shown(run, round_.target)}, {round_.scenario}, {load}: {in_use}")


def _cause(ratio: float, answers_per_connection: float) -> tuple[WarningKind, str]:
    """Return the kind of warning and its reason.

    The end of a round cuts off the last answer of each connection, which matters where there are few answers.
    """
    if ratio < 1 and answers_per_connection > 1 / LITTLE_SHARE:
        return WarningKind.GENERATOR_STARVED, "the others waited in the generator, and their wait is in no latency"
    return WarningKind.FIGURES_INCONSISTENT, "so its latencies and its rate contradict each other"


def rate_not_reached(run: Run) -> Iterator[RunWarning]:
    """Warn of fewer sent requests than intended: the target or the generator was saturated."""
    for round_ in run.open_loop:
        if round_.rate_reached < (1 - BEHIND_SHARE) * round_.rate_wanted:
            yield WarningKind.RATE_NOT_REACHED.warning(
                f"{_shown(run, round_.target)} at a fixed rate: {round_.rate_reached:,.0f} of "
                f"{round_.rate_wanted:,.0f} requests per second were sent; the others waited for a connection, which "
                "is in their latency."
            )


def generator_late(run: Run) -> Iterator[RunWarning]:
    """Warn of an open-loop generator that got CPU time too late, which increases the latencies."""
    late = max((percentile(round_.lateness, LATE_PERCENT) or 0.0 for round_ in run.open_loop), default=0.0)
    if late > LATE_SECONDS:
        yield WarningKind.GENERATOR_LATE.warning(
            f"At a fixed rate the generator itself sent {100 - LATE_PERCENT} % of the requests {milliseconds(late)} ms "
            "late or later, which is in the latencies."
        )


def few_answers(run: Run) -> Iterator[RunWarning]:
    """Warn of too few answers for a 99th percentile."""
    for name, rounds in _series(run):
        number = sum(answers(round_.latency) or round_.requests for round_ in rounds)
        if 0 < number < LEAST_ANSWERS:
            yield WarningKind.FEW_ANSWERS.warning(f"{name}: {number:,} answers in all are too few for p99.")
