"""A run made by hand: two targets, one scenario, round numbers."""

from dataclasses import replace

from partsearch.bench.record import (
    Budget,
    Busyness,
    Generator,
    Machine,
    Noise,
    OpenLoopRound,
    Parity,
    Request,
    Round,
    Run,
    RunSettings,
    RunWarning,
    Scenario,
    SizeStep,
    Statement,
    StatementCount,
    Sweep,
    Target,
)

MOMENT = "2026-11-23T08:00:00+00:00"
DJANGO = Target("django", "http://127.0.0.1:8000", "django")
FASTAPI = Target("fastapi", "http://127.0.0.1:9000", "fastapi")
MIX = Scenario("mix", "Searches of many kinds in turn.", (Request("POST", "/search/part/", '{"part_name": "фара"}'),))


def made_round(target: str = "fastapi", rate: float = 1000, number: int = 1, scenario: str = "mix") -> Round:
    """Return a round of ten seconds at this rate with 100 connections; half of the answers take 80 ms, half 120 ms."""
    requests = int(rate * 10)
    return Round(
        target=target,
        scenario=scenario,
        generator=Generator.WRK,
        connections=100,
        threads=4,
        number=number,
        command=f"wrk -t4 -c100 -d10s http://127.0.0.1/{target}",
        began=MOMENT,
        seconds=10.0,
        requests=requests,
        non_2xx=0,
        timed_out=0,
        socket_errors={"connect": 0, "read": 0, "write": 0},
        bytes=requests * 2000,
        latency_as_given=((80_000, requests // 2), (120_000, requests - requests // 2)),
        latency=((80_000, requests // 2), (120_000, requests - requests // 2)),
    )


def made_machine() -> Machine:
    """Return a machine with two cores."""
    return Machine(
        cpu="Intel Xeon",
        cores=2,
        affinity=(0, 1),
        governor=None,
        is_turbo=None,
        memory_bytes=4 * 2**30,
        kernel="Linux 6.1",
        versions={"Python": "3.11.7", "wrk": "4.1.0"},
        database="embedded",
        database_settings={"jit": "off"},
        rows={"mark": 10, "model": 60, "part": 10_000},
        workers={"django": 2, "fastapi": 2},
        pool={"django": 6, "fastapi": 6},
        release="0.1.0",
        commit="0" * 40,
        is_tree_clean=True,
        before=Busyness(MOMENT, (0.1, 0.2, 0.3), 10.0, 0.0, 1000.0),
        after=Busyness(MOMENT, (2.0, 1.0, 0.5), 200.0, 1.0, 1300.0),
    )


def made_budget(target: str = "fastapi", number: int = 1) -> Budget:
    """Return the budget of a round of :func:`made_round`."""
    return Budget(
        target=target,
        scenario="mix",
        connections=100,
        number=number,
        seconds=10.0,
        requests=10_000,
        cpu_seconds={"postgres": 8.0, target: 8.0, "generator": 1.0, "other": 1.0, "idle": 2.0, "steal": 0.0},
        memory_bytes={"postgres": 200 * 2**20, target: 150 * 2**20},
        network_bytes=30_000_000,
        statements=(Statement("SELECT $1", 10_000, 6.0, 10_000),),
    )


def made_run(django: float = 500, fastapi: float = 1000, rounds: int = 5) -> Run:
    """Return a complete run in which the targets have these rates, with a small spread."""
    rates = {"django": django, "fastapi": fastapi}
    numbers = range(1, rounds + 1)
    all_rounds = tuple(
        made_round(name, rate * (1 + 0.01 * (number - 3)), number) for number in numbers for name, rate in rates.items()
    )
    return Run(
        machine=made_machine(),
        settings=RunSettings("partsearch bench", Generator.WRK, 100, 4, 10.0, rounds, 3.0, 10.0),
        scenarios=(MIX,),
        targets=(DJANGO, FASTAPI),
        parity=Parity(2, {"mix": (12,)}, (StatementCount("django", "mix", 1.0), StatementCount("fastapi", "mix", 1.0))),
        rounds=all_rounds,
        noise=(Noise("django", "mix", *_same_twice(django, rounds)),),
        open_loop=tuple(_open_loop(name, share, django) for share in (0.5, 0.7, 0.9) for name in rates),
        sweep=Sweep(
            tuple(
                replace(made_round(name, rate), connections=connections)
                for connections in (1, 10, 50, 100, 500, 1000)
                for name, rate in rates.items()
            ),
            tuple(
                SizeStep(parts, tuple(made_round(name, rate / factor) for name, rate in rates.items()))
                for parts, factor in ((10_000, 1), (100_000, 2), (1_000_000, 4))
            ),
        ),
        budget=tuple(made_budget(name, number) for number in numbers for name in rates),
        warnings=(RunWarning("The machine was busy before the run.", "End other programs and measure again."),),
        began=MOMENT,
        ended=MOMENT,
        is_complete=True,
    )


def _same_twice(rate: float, rounds: int) -> tuple[tuple[Round, ...], tuple[Round, ...]]:
    first = tuple(made_round("django", rate * (1 + 0.01 * number), number) for number in range(1, rounds + 1))
    second = tuple(made_round("django", rate * (1 - 0.01 * number), number) for number in range(1, rounds + 1))
    return first, second


def _open_loop(target: str, share: float, slower: float) -> OpenLoopRound:
    rate = share * slower
    return OpenLoopRound(
        target=target,
        scenario="mix",
        share=share,
        rate_wanted=rate,
        rate_reached=rate,
        connections=100,
        command="",
        began=MOMENT,
        seconds=10.0,
        requests=int(rate * 10),
        non_2xx=0,
        failed={},
        latency=((5_000, int(rate * 9)), (40_000, int(rate))),
    )
