"""Warnings of a run: why its figures may be wrong, and what to try next."""

from partsearch.bench.analysis.warnings import environment, load
from partsearch.bench.record import Run, RunWarning

_CHECKS = (
    environment.run_stopped,
    load.requests_failed,
    load.nothing_found,
    environment.machine_busy,
    environment.cpu_time_stolen,
    environment.other_programs,
    environment.different_workers,
    load.generator_load,
    load.few_rounds,
    load.short_rounds,
    load.noise,
    load.rounds_vary,
    load.slow_first_round,
    load.littles_law,
    load.rate_not_reached,
    load.generator_late,
    load.few_answers,
    environment.variable_clock,
    environment.restricted_cores,
    environment.uncommitted_changes,
)


def warnings_of(run: Run) -> tuple[RunWarning, ...]:
    """Return the warnings of a run by the rules of this release, the most serious first."""
    return tuple(warning for check in _CHECKS for warning in check(run))


def warnings_by_advice(run: Run) -> dict[str, list[str]]:
    """Return the texts of the recorded warnings by their advice, in the order of the record."""
    texts: dict[str, list[str]] = {}
    for warning in run.warnings:
        texts.setdefault(warning.advice, []).append(warning.what)
    return texts
