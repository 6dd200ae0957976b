"""Cases of the load itself: errors, too little of it, too much spread, figures that do not fit each other."""

import statistics
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from partsearch.bench.analysis.comparison import noise_of
from partsearch.bench.analysis.histogram import answers, little_ratio, percentile
from partsearch.bench.environment.process_groups import GENERATOR
from partsearch.bench.formatting import counted, milliseconds, percent, target_name
from partsearch.bench.record import OpenLoopRound, Round, Run, RunWarning

LEAST_ROUNDS = 5
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
_MORE = "Measure longer or more rounds ('--duration 30 --rounds 9'), on a machine that does nothing else."


def _all_rounds(run: Run) -> Iterator[tuple[Round, str]]:
    """Every round, with what people call its load: ``100 connections``, ``100 connections and 1,000,000 parts``."""
    noise = [one for found in run.noise for one in (*found.first, *found.second)]
    for one in (*run.rounds, *noise, *run.sweep.connections):
        yield one, counted(one.connections, "connection")
    for step in run.sweep.sizes:
        for one in step.rounds:
            yield one, f"{counted(one.connections, 'connection')} and {counted(step.parts, 'part')}"


def called(run: Run, name: str) -> str:
    """What people call the target of this name."""
    return next((target_name(target) for target in run.targets if target.name == name), name)


def _series(run: Run) -> Iterator[tuple[str, list[Round]]]:
    """The main rounds by target and scenario, each with a name for people."""
    key = attrgetter("target", "scenario")
    for (target, scenario), found in groupby(sorted(run.rounds, key=key), key=key):
        yield f"{called(run, target)}, {scenario}", sorted(found, key=attrgetter("number"))


def had_errors(run: Run) -> Iterator[RunWarning]:
    """Requests that came to nothing; they are in no rate, but they make room for the others."""
    for (target, load), found in _failed(run).items():
        yield RunWarning(
            f"{called(run, target)}: {found} with {load}.",
            "They are not in its rate, but what fails quickly leaves the machine to the rest: see 'partsearch logs', "
            "and measure with fewer --connections.",
        )


def _failed(run: Run) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], dict[str, int]] = {}
    at_rate = [(one, counted(one.connections, "connection")) for one in run.open_loop]
    rounds: list[tuple[Round | OpenLoopRound, str]] = [*_all_rounds(run), *at_rate]
    for one, load in rounds:
        kinds = found.setdefault((one.target, load), {})
        for kind, number in _kinds(one).items():
            kinds[kind] = kinds.get(kind, 0) + number
    return {key: told for key, kinds in found.items() if (told := _told(kinds))}


def _kinds(one: Round | OpenLoopRound) -> dict[str, int]:
    if isinstance(one, OpenLoopRound):
        return {"answers other than 2xx": one.non_2xx, **{f"failed ({kind})": n for kind, n in one.failed.items()}}
    sockets = {f"failed ({kind})": number for kind, number in one.socket_errors.items()}
    return {"answers other than 2xx": one.non_2xx, "timed out": one.timed_out, **sockets}


def _told(kinds: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {kind}" for kind, number in kinds.items() if number)


def found_nothing(run: Run) -> Iterator[RunWarning]:
    """A search that finds nothing is quick, and tells nothing."""
    names = [name for name, matches in run.truth.matches.items() if matches and not any(matches)]
    if names:
        yield RunWarning(
            f"Nothing in the catalog matches any search of {', '.join(names)}: that is quick, and tells little.",
            "Fill the catalog: 'partsearch generate 10000'.",
        )


def had_a_hungry_generator(run: Run) -> Iterator[RunWarning]:
    """What the generator used, the services could not."""
    shares: dict[str, float] = {}
    for budget in run.budget:
        total = sum(seconds for name, seconds in budget.cpu_seconds.items() if name != "idle")
        if total:
            share = budget.cpu_seconds.get(GENERATOR, 0.0) / total
            shares[budget.target] = max(share, shares.get(budget.target, 0.0))
    if shares and max(shares.values()) > GENERATOR_SHARE:
        target = max(shares, key=lambda name: shares[name])
        yield RunWarning(
            f"The load generator used {percent(shares[target])} of the processors' busy time "
            f"against {called(run, target)}: the faster a service is, the more it is slowed down by being measured.",
            "Run the generator on a second computer: 'partsearch bench --url NAME=ADDRESS'.",
        )


def had_few_rounds(run: Run) -> Iterator[RunWarning]:
    """Too few to know how much rounds differ."""
    fewest = min((len(found) for _, found in _series(run)), default=0)
    if fewest < LEAST_ROUNDS:
        yield RunWarning(
            f"Only {counted(fewest, 'round')} of a target: ranges and intervals are wide, or mean nothing.",
            f"Measure at least {LEAST_ROUNDS}: '--rounds {LEAST_ROUNDS}'.",
        )


def had_short_rounds(run: Run) -> Iterator[RunWarning]:
    """Too short for what happens only now and then, as a checkpoint does."""
    if run.settings.duration < LEAST_SECONDS:
        yield RunWarning(
            f"Rounds of {run.settings.duration:g} s: what happens now and then is in one and not in another.",
            "Measure longer: '--duration 30'.",
        )


def is_noisy(run: Run) -> Iterator[RunWarning]:
    """The same target, measured twice, differs from itself."""
    noise = noise_of(run)
    if noise is not None and noise > NOISE_SHARE:
        yield RunWarning(
            f"A target that is measured twice differs from itself by up to {percent(noise)}: "
            "smaller differences are noise.",
            _MORE,
        )


def has_rounds_apart(run: Run) -> Iterator[RunWarning]:
    """Rounds that were to be alike are not."""
    for name, found in _series(run):
        rates = [one.rate for one in found]
        middle = statistics.median(rates)
        apart = (max(rates) - min(rates)) / middle if middle else 0.0
        if apart > APART_SHARE:
            yield RunWarning(
                f"{name}: the rounds lie {percent(apart)} apart, from {min(rates):,.0f} to {max(rates):,.0f} a second.",
                _MORE,
            )


def warmed_up_too_little(run: Run) -> Iterator[RunWarning]:
    """The first round was the slowest by far: something was still filling."""
    for name, found in _series(run):
        first, *others = [one.rate for one in found]
        if len(others) > 1 and first < min(others) and first < (1 - COLD_SHARE) * statistics.median(others):
            yield RunWarning(
                f"{name}: the first round was the slowest, {percent(first / statistics.median(others))} of the others.",
                "Let the caches fill first: put some load on the site before the run, or measure longer.",
            )


def breaks_littles_law(run: Run) -> Iterator[RunWarning]:
    """Rate times mean latency is not the number of connections: one of the figures is wrong. One case of each cause."""
    advices = set()
    for one, load in _all_rounds(run):
        ratio = little_ratio(one)
        # Requests that failed held their connections too, and are in no latency.
        if ratio is None or one.failed or abs(ratio - 1) <= LITTLE_SHARE:
            continue
        words, advice = _why_littles_law_is_broken(ratio, one.requests / one.connections)
        if advice not in advices:
            advices.add(advice)
            in_use = f"by Little's law {percent(ratio)} of the connections were in use, {words}."
            yield RunWarning(f"{called(run, one.target)}, {one.scenario}, {load}: {in_use}", advice)


def _why_littles_law_is_broken(ratio: float, answers_of_a_connection: float) -> tuple[str, str]:
    """What it means, and what to do. A round cuts off the last answer of each connection: that matters among few."""
    if ratio < 1 and answers_of_a_connection > 1 / LITTLE_SHARE:
        return (
            "the others waited in the generator, and their wait is in no latency",
            "The generator lacked a processor. The rate is what came through, and the latencies are too low: have it "
            "run on a second computer ('--url').",
        )
    return (
        "so its latencies and its rate do not fit",
        "Is the round long enough for every connection to be answered many times? Try '--duration 30'.",
    )


def fell_behind_the_fixed_rate(run: Run) -> Iterator[RunWarning]:
    """Fewer requests went out than were meant to: the target was full, or the generator was."""
    for one in run.open_loop:
        if one.rate_reached < (1 - BEHIND_SHARE) * one.rate_wanted:
            yield RunWarning(
                f"{called(run, one.target)} at a fixed rate: {one.rate_reached:,.0f} of {one.rate_wanted:,.0f} "
                "requests a second could be sent; the rest waited for a connection, which is in their latency.",
                "It bears less than its closed loop says: look at the lower rates.",
            )


def was_late_itself(run: Run) -> Iterator[RunWarning]:
    """The program that asks at a fixed rate did not get a processor in time; targets pay for it with latency."""
    late = max((percentile(one.lateness, LATE_PERCENT) or 0.0 for one in run.open_loop), default=0.0)
    if late > LATE_SECONDS:
        yield RunWarning(
            f"At a fixed rate the generator itself sent {100 - LATE_PERCENT} % of the requests {milliseconds(late)} ms "
            "late or later, which is in the latencies.",
            "Run the generator on a second computer: 'partsearch bench --url NAME=ADDRESS'.",
        )


def sees_too_few_answers(run: Run) -> Iterator[RunWarning]:
    """The slowest of a hundred is not known from a few hundred."""
    for name, found in _series(run):
        seen = sum(answers(one.latency) or one.requests for one in found)
        if 0 < seen < LEAST_ANSWERS:
            yield RunWarning(
                f"{name}: {seen:,} answers in all are too few to tell p99.", "Measure longer: '--duration 30'."
            )
