"""Each warning appears where it applies and nowhere else, and says what to do."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from partsearch.bench.analysis.warnings import warnings_of
from partsearch.bench.analysis.warnings.kinds import WarningKind
from partsearch.bench.record import Budget, Machine, Noise, Round, Run, SizeStep
from tests.unit.bench.runs import made_round, made_run

SLOW = ((250_000, 4_900),)
QUICK = ((160_000, 5_000),)


def good_run() -> Run:
    """A run without a warning: by Little's law its latencies fit 100 connections."""
    run = made_run(django=500, fastapi=1000)
    return replace(
        run,
        rounds=tuple(fitting(one) for one in run.rounds),
        noise=(),
        sweep=replace(run.sweep, connections=(), sizes=()),
        machine=replace(run.machine, governor="performance", is_turbo=None),
        warnings=(),
    )


def fitting(one: Round) -> Round:
    microseconds = round(one.connections / one.rate * 1e6)
    return replace(one, latency=((microseconds, one.requests),))


def with_machine(**changes: object) -> Callable[[Run], Run]:
    return lambda run: replace(run, machine=replace(run.machine, **changes))  # type: ignore[arg-type]


def with_budget(**seconds: float) -> Callable[[Run], Run]:
    def changed(budget: Budget) -> Budget:
        return replace(budget, cpu_seconds={**budget.cpu_seconds, **seconds})

    return lambda run: replace(run, budget=tuple(changed(one) for one in run.budget))


def with_first_round(**changes: object) -> Callable[[Run], Run]:
    return lambda run: replace(run, rounds=(replace(run.rounds[0], **changes), *run.rounds[1:]))  # type: ignore[arg-type]


def with_size(**changes: object) -> Callable[[Run], Run]:
    one = replace(fitting(made_round("fastapi", 500)), **changes)  # type: ignore[arg-type]
    return lambda run: replace(run, sweep=replace(run.sweep, sizes=(SizeStep(1_000_000, (one,)),)))


def with_rates(*rates: float) -> Callable[[Run], Run]:
    rounds = tuple(fitting(made_round("fastapi", rate, number)) for number, rate in enumerate(rates, start=1))
    return lambda run: replace(run, rounds=rounds)


def noise_of(*rates: tuple[float, float]) -> tuple[Noise, ...]:
    first, second = (tuple(fitting(made_round("django", one)) for one in side) for side in zip(*rates, strict=True))
    return (Noise("django", "mix", first, second),)


def busy_before(machine: Machine) -> Machine:
    return replace(machine, before=replace(machine.before, load=(1.7, 0.2, 0.1)))


def with_stolen_time(machine: Machine) -> Machine:
    assert machine.after
    return replace(machine, after=replace(machine.after, steal_seconds=20.0))


def test_a_good_run_has_no_warning() -> None:
    assert warnings_of(good_run()) == ()


CASES: list[tuple[Callable[[Run], Run], str]] = [
    (lambda run: replace(run, is_complete=False), "The run was stopped"),
    (lambda run: replace(run, machine=busy_before(run.machine)), "a load of 1.7 on 2 cores"),
    (lambda run: replace(run, machine=with_stolen_time(run.machine)), "The host took 6.7 % of the processors' time"),
    (with_budget(other=4.0), "Other programs used up to 17 % of"),
    (with_machine(workers={"django": 2, "fastapi": 4}), "different numbers of worker processes: django 2, fastapi 4"),
    (with_machine(governor="powersave"), "governor is powersave"),
    (with_machine(is_turbo=True), "turbo"),
    (with_machine(affinity=(1,)), "may use 1 of 2 cores"),
    (with_machine(is_tree_clean=False), "not committed"),
    (with_first_round(non_2xx=7, timed_out=2), "Django: 7 non-2xx answers, 2 timed out with 100 connections"),
    (with_first_round(socket_errors={"read": 3}), "Django: 3 failed (read) with 100 connections"),
    (
        lambda run: replace(run, open_loop=(replace(run.open_loop[0], failed={"timeout": 4}),)),
        "Django: 4 failed (timeout) with 100 connections",
    ),
    (
        lambda run: replace(run, open_loop=(replace(run.open_loop[0], lateness=((90, 90), (8_000, 10))),)),
        "sent 5 % of the requests 8.00 ms late or later",
    ),
    (
        lambda run: replace(run, open_loop=(replace(run.open_loop[0], rate_reached=200.0),)),
        "Django at a fixed rate: 200 of 250 requests per second",
    ),
    (lambda run: replace(run, parity=replace(run.parity, matches={"rare": (0, 0), "mix": (0, 1)})), "search of rare"),
    (with_budget(generator=12.0), "The load generator used 41 % of the processors' busy time against"),
    (with_rates(1000, 1010, 990), "Only 3 rounds of"),
    (with_rates(1000), "Only 1 round of"),
    (lambda run: replace(run, settings=replace(run.settings, duration=2.0)), "Rounds of 2 s"),
    (lambda run: replace(run, noise=noise_of((500, 400), (510, 420))), "differs from itself by up to 25 %: smaller"),
    (with_rates(1000, 1010, 990, 1000, 1200), "FastAPI, mix: the rounds vary by 21 %, from 990 to 1,200 per second"),
    (with_rates(880, 1010, 990, 1000, 1000), "the first round was the slowest, 88 % of the others"),
    (with_first_round(latency=SLOW), "Django, mix, 100 connections: by Little's law"),
    (with_size(non_2xx=5), "FastAPI: 5 non-2xx answers with 100 connections and 1,000,000 parts."),
    (with_size(latency=SLOW), "FastAPI, mix, 100 connections and 1,000,000 parts: by Little's law"),
    (
        with_first_round(latency=QUICK),
        "by Little's law 78 % of the connections were in use, the others waited in the gen",
    ),
    (with_size(latency=QUICK, requests=900, seconds=1.8), "80 % of the connections were in use, so its latencies and"),
    (with_rates(10, 10, 10, 10, 10), "500 answers in all are too few for p99"),
]


@pytest.mark.parametrize(("change", "text"), CASES, ids=[text for _, text in CASES])
def test_each_check_warns(change: Callable[[Run], Run], text: str) -> None:
    found = warnings_of(change(good_run()))
    assert [text in warning.what for warning in found] == [True], found
    assert found[0].advice.endswith(".")


def test_every_kind_of_warning_has_a_case_here_and_its_own_name() -> None:
    advices = {warnings_of(change(good_run()))[0].advice for change, _ in CASES}
    assert {kind.advice for kind in WarningKind} == advices
    assert len({kind.value[0] for kind in WarningKind}) == len(WarningKind)
