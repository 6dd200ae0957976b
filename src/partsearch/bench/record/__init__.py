"""The record of a run: measuring writes it, and every report reads it alone."""

from partsearch.bench.record.environment import (
    Budget,
    Busyness,
    Machine,
    Parity,
    RunWarning,
    Statement,
    StatementCount,
)
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

__all__ = [
    "FORMAT",
    "Budget",
    "Busyness",
    "Generator",
    "Histogram",
    "Machine",
    "Noise",
    "OpenLoopRound",
    "Parity",
    "Request",
    "Round",
    "Run",
    "RunSettings",
    "RunWarning",
    "Scenario",
    "SizeStep",
    "Statement",
    "StatementCount",
    "Sweep",
    "Target",
    "read_run",
]
