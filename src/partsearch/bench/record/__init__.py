"""The record of a run: what the stages of measuring write, and all that drawing reads."""

from partsearch.bench.record.load import (
    Generator,
    Histogram,
    Noise,
    OpenLoopRound,
    Request,
    Round,
    Scenario,
    SizeStep,
    Sweep,
    Target,
)
from partsearch.bench.record.run import FORMAT, Run, RunSettings, read_run
from partsearch.bench.record.surroundings import (
    Budget,
    Busyness,
    Caveat,
    Machine,
    Statement,
    StatementCount,
    Truth,
)

__all__ = [
    "FORMAT",
    "Budget",
    "Busyness",
    "Caveat",
    "Generator",
    "Histogram",
    "Machine",
    "Noise",
    "OpenLoopRound",
    "Request",
    "Round",
    "Run",
    "RunSettings",
    "Scenario",
    "SizeStep",
    "Statement",
    "StatementCount",
    "Sweep",
    "Target",
    "Truth",
    "read_run",
]
