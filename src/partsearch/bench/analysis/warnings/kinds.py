"""The kinds of warnings, each with its advice."""

from enum import Enum

from partsearch.bench.record import RunWarning

LEAST_ROUNDS = 5

_QUIET = "Stop other programs (htop shows them), wait a minute and measure again."
_MORE = "Measure longer or more rounds ('--duration 30 --rounds 9'), on a machine without other load."
_LONGER = "Measure longer: '--duration 30'."
_SECOND_COMPUTER = "Run the generator on a second computer: 'partsearch bench --url NAME=ADDRESS'."


class WarningKind(Enum):
    """A kind of warning; its value is the name of the kind and what to try next."""

    RUN_STOPPED = (
        "run stopped",
        "Let it finish; fewer scenarios, or a shorter --duration, take less time.",
    )
    REQUESTS_FAILED = (
        "requests failed",
        "The rate does not count failed requests, but fast failures leave more of the machine to the rest: see "
        "'partsearch logs', and measure with fewer --connections.",
    )
    NOTHING_FOUND = "nothing found", "Fill the catalog: 'partsearch generate 10000'."
    MACHINE_BUSY = "machine busy", _QUIET
    CPU_TIME_STOLEN = (
        "CPU time stolen",
        "Measure at another hour or on a machine of your own, and trust ratios of interleaved rounds, not rates.",
    )
    OTHER_PROGRAMS = "other programs", _QUIET
    DIFFERENT_WORKERS = (
        "different workers",
        "Restart the site, so that both services have PARTSEARCH_WORKERS: 'partsearch down', 'partsearch up'.",
    )
    GENERATOR_LOAD = "generator load", _SECOND_COMPUTER
    FEW_ROUNDS = "few rounds", f"Measure at least {LEAST_ROUNDS}: '--rounds {LEAST_ROUNDS}'."
    SHORT_ROUNDS = "short rounds", _LONGER
    NOISE = "noise", _MORE
    ROUNDS_VARY = "rounds vary", _MORE
    SLOW_FIRST_ROUND = (
        "slow first round",
        "Fill the caches first: send some load to the site before the run, or measure longer.",
    )
    GENERATOR_STARVED = (
        "generator starved",
        "The generator had too little CPU time. The rate is what it could send, and the latencies are too low: run it "
        "on a second computer ('--url').",
    )
    FIGURES_INCONSISTENT = (
        "figures inconsistent",
        "Is the round long enough for every connection to get many answers? Try '--duration 30'.",
    )
    RATE_NOT_REACHED = (
        "rate not reached",
        "The target can handle less than its closed-loop rate: look at the lower rates.",
    )
    GENERATOR_LATE = "generator late", _SECOND_COMPUTER
    FEW_ANSWERS = "few answers", _LONGER
    CLOCK_GOVERNED = (
        "clock governed",
        "Set it for the time of the run: 'cpupower frequency-set -g performance'.",
    )
    TURBO = "turbo", "Turn it off for the time of the run, or measure more rounds: '--rounds 11'."
    RESTRICTED_CORES = (
        "restricted cores",
        "Run the command without taskset or a cpuset, unless the restriction is intended.",
    )
    UNCOMMITTED_CHANGES = "uncommitted changes", "Commit them before a run that you want to keep."

    @property
    def advice(self) -> str:
        """Return what to try next."""
        return self.value[1]

    def warning(self, what: str) -> RunWarning:
        """Return a warning of this kind.

        Args:
            what: what may be wrong in this run.
        """
        return RunWarning(what, self.advice)
