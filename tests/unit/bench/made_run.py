"""A run that nobody measured: plausible numbers from a fixed seed, for the tests of what is drawn from a run."""

import random
from collections import Counter
from dataclasses import dataclass, field

from partsearch.bench.record import (
    Budget,
    Busyness,
    Caveat,
    Generator,
    Histogram,
    Machine,
    Noise,
    OpenLoopRound,
    Request,
    Round,
    Run,
    RunSettings,
    Scenario,
    SizeStep,
    Statement,
    StatementCount,
    Sweep,
    Target,
    Truth,
)

DJANGO = Target("django", "http://127.0.0.1:8000", "django")
FASTAPI = Target("fastapi", "http://127.0.0.1:9000", "fastapi")
BEHIND_NGINX = (
    Target("django nginx", "http://127.0.0.1:8080/django", "django", is_through_nginx=True),
    Target("fastapi nginx", "http://127.0.0.1:8080/fastapi", "fastapi", is_through_nginx=True),
)
SCENARIOS = {"mix": 1.0, "name-mark": 1.4, "everything": 0.6, "rare": 2.2}
SECONDS = 5.0


@dataclass
class Maker:
    """Makes rounds whose rates and latencies scatter about what it is told.

    Attributes:
        rates: answers a second of each target in the mix; the services' own, unless told otherwise.
        scatter: of the rates, as a share.
    """

    rates: dict[str, float] = field(
        default_factory=lambda: {"django": 900.0, "fastapi": 1900.0, "django nginx": 850.0, "fastapi nginx": 1700.0}
    )
    scatter: float = 0.02
    failures: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def round(self, target: str, scenario: str, number: int, connections: int = 100, part: float = 1.0) -> Round:
        """One round at ``part`` of the target's usual rate."""
        rate = self.rates[target] * SCENARIOS[scenario] * part * self.chance.lognormvariate(0, self.scatter)
        latency = self.latency(connections / rate, round(rate * SECONDS / 20), 20)
        return Round(
            target=target,
            scenario=scenario,
            generator=Generator.WRK,
            connections=connections,
            threads=2,
            number=number,
            command=f"wrk --threads 2 --connections {connections} --duration 5s --script wrk.lua {target}",
            began="2026-11-23T08:00:00+00:00",
            seconds=SECONDS,
            requests=sum(count for _, count in latency),
            non_2xx=self.failures,
            timed_out=0,
            socket_errors={"connect": 0, "read": self.failures, "write": 0},
            bytes=5_000_000,
            latency_as_given=latency,
            latency=latency,
        )

    def latency(self, mean_seconds: float, samples: int, weight: int) -> Histogram:
        """A histogram of ``samples * weight`` latencies with a long tail."""
        drawn = (round(self.chance.lognormvariate(-0.06, 0.35) * mean_seconds * 1e6) for _ in range(samples))
        return tuple((value, count * weight) for value, count in sorted(Counter(drawn).items()))

    def rounds(self, targets: tuple[Target, ...], scenario: str, number: int) -> tuple[Round, ...]:
        """So many rounds of each target, in turn."""
        return tuple(self.round(target.name, scenario, at) for at in range(1, number + 1) for target in targets)


def made_run(
    maker: Maker | None = None,
    targets: tuple[Target, ...] = (DJANGO, FASTAPI, *BEHIND_NGINX),
    rounds: int = 5,
    *,
    is_complete: bool = True,
) -> Run:
    """A whole run; one that was stopped has the rounds alone."""
    maker = maker or Maker()
    measured = tuple(one for scenario in SCENARIOS for one in maker.rounds(targets, scenario, rounds))
    first = targets[0].name
    noise = Noise(
        first,
        "mix",
        tuple(maker.round(first, "mix", number) for number in range(1, rounds + 1)),
        tuple(maker.round(first, "mix", number) for number in range(1, rounds + 1)),
    )
    return Run(
        machine=_machine(),
        settings=RunSettings("partsearch bench", Generator.WRK, 100, 2, SECONDS, rounds, 5.0, 10.0),
        scenarios=tuple(Scenario(name, f"What {name} asks.", (_REQUEST,)) for name in SCENARIOS),
        targets=targets,
        truth=Truth(
            40,
            dict.fromkeys(SCENARIOS, (17,)),
            tuple(StatementCount(one.name, name, 1.0) for one in targets for name in SCENARIOS),
        ),
        rounds=measured,
        noise=(noise,) if is_complete else (),
        open_loop=_open_loop(maker, targets) if is_complete else (),
        sweep=_sweep(maker, targets) if is_complete else Sweep(),
        budget=tuple(_budget(one) for one in measured) if is_complete else (),
        warnings=(Caveat("The load average was 1.9 before the first round.", "Stop what else runs."),),
        began="2026-11-23T08:00:00+00:00",
        ended="2026-11-23T08:14:30+00:00",
        is_complete=is_complete,
    )


_REQUEST = Request("POST", "/search/part/", '{"part_name": "бампер"}')


def _machine() -> Machine:
    return Machine(
        cpu="A Processor Of The Tests @ 2.90GHz",
        cores=2,
        affinity=(0, 1),
        governor="performance",
        is_turbo=False,
        memory_bytes=24 << 30,
        kernel="Linux 6.1",
        versions={"Python": "3.11.7", "Django": "5.2", "FastAPI": "0.165", "PostgreSQL": "18.6", "wrk": "4.1.0"},
        database="embedded",
        database_settings={"jit": "off", "shared_buffers": "256MB"},
        rows={"mark": 40, "model": 400, "part": 10_000},
        workers={"django": 2, "fastapi": 2},
        pool={"django": 6, "fastapi": 8},
        release="0.1.0-0c0bc47",
        commit="0c0bc47",
        is_tree_clean=True,
        before=Busyness("2026-11-23T08:00:00+00:00", (0.1, 0.2, 0.3), 100, 0, 1000),
        after=Busyness("2026-11-23T08:14:00+00:00", (3.1, 2.2, 1.3), 1600, 1, 2800),
    )


def _sweep(maker: Maker, targets: tuple[Target, ...]) -> Sweep:
    growth = {1: 0.4, 10: 0.9, 50: 1.0, 100: 1.0, 500: 0.97, 1000: 0.93}
    return Sweep(
        connections=tuple(
            maker.round(target.name, "mix", number, connections, part)
            for connections, part in growth.items()
            for number in (1, 2, 3)
            for target in targets
        ),
        sizes=tuple(
            SizeStep(parts, tuple(maker.round(one.name, "mix", 1, part=part) for one in targets))
            for parts, part in ((10_000, 1.0), (100_000, 0.8), (1_000_000, 0.3))
        ),
    )


def _open_loop(maker: Maker, targets: tuple[Target, ...]) -> tuple[OpenLoopRound, ...]:
    return tuple(
        OpenLoopRound(
            target=target.name,
            scenario="mix",
            share=share,
            rate_wanted=850 * share,
            rate_reached=850 * share * 0.999,
            connections=100,
            command="a generator at a fixed rate",
            began="2026-11-23T08:10:00+00:00",
            seconds=SECONDS,
            requests=round(850 * share * SECONDS),
            non_2xx=0,
            failed={},
            latency=maker.latency(1.2 / maker.rates[target.name] / (1.05 - share), 300, 10),
        )
        for share in (0.5, 0.7, 0.9)
        for target in targets
    )


def _budget(one: Round) -> Budget:
    service = one.target.split()[0]
    of_nginx = 0.12 if "nginx" in one.target else 0.0
    shares = {"postgres": 0.55, service: 0.9, "nginx": of_nginx, "generator": 0.15, "other": 0.05}
    used = {who: share * SECONDS for who, share in shares.items()}
    return Budget(
        target=one.target,
        scenario=one.scenario,
        connections=one.connections,
        number=one.number,
        seconds=SECONDS,
        requests=one.requests,
        cpu_seconds={**used, "idle": 2 * SECONDS - sum(used.values()), "steal": 0.0},
        memory_bytes={"postgres": 180 << 20, "django": 120 << 20, "fastapi": 95 << 20, "nginx": 12 << 20},
        network_bytes=9_000_000,
        statements=(
            Statement("SELECT … FROM part WHERE name LIKE $1", one.requests, 1.9, one.requests * 10),
            Statement("SELECT json_build_object($1, $2)", one.requests // 3, 0.4, one.requests),
        ),
    )
