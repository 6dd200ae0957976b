"""The differences between two runs: those that make them incomparable, and those that may explain a change."""

from collections.abc import Callable, Iterator, Mapping

from partsearch.bench.record import Run

_GIBIBYTE_BITS = 30

# A difference in one of these makes two runs incomparable.
_MUST_AGREE: Mapping[str, Callable[[Run], object]] = {
    "CPU": lambda run: run.machine.cpu,
    "cores": lambda run: run.machine.cores,
    "affinity": lambda run: run.machine.affinity,
    "GiB of memory": lambda run: run.machine.memory_bytes >> _GIBIBYTE_BITS,
    "database": lambda run: run.machine.database,
    "parts": lambda run: run.machine.rows.get("part"),
    "generator": lambda run: run.settings.generator,
    "connections": lambda run: run.settings.connections,
    "threads": lambda run: run.settings.threads,
    "timeout": lambda run: run.settings.timeout,
}
# A difference in one of these may be the measured change, or may distort it.
_MAY_DIFFER: Mapping[str, Callable[[Run], object]] = {
    "release": lambda run: run.machine.release,
    "governor": lambda run: run.machine.governor,
    "turbo": lambda run: run.machine.is_turbo,
    "kernel": lambda run: run.machine.kernel,
    "seconds of a round": lambda run: run.settings.duration,
}
_MAPPINGS_MAY_DIFFER: Mapping[str, Callable[[Run], Mapping[str, object]]] = {
    "": lambda run: run.machine.versions,
    "setting ": lambda run: run.machine.database_settings,
    "workers of ": lambda run: run.machine.workers,
    "pool of ": lambda run: run.machine.pool,
}


def differences(old: Run, new: Run) -> Iterator[str]:
    """Yield the differences that make two runs incomparable."""
    yield from _differing(_MUST_AGREE, old, new)


def remarks(old: Run, new: Run) -> Iterator[str]:
    """Yield the other differences, such as the releases."""
    yield from _differing(_MAY_DIFFER, old, new)
    for name, facts in _MAPPINGS_MAY_DIFFER.items():
        before, after = facts(old), facts(new)
        for key in sorted({*before, *after}):
            if before.get(key) != after.get(key):
                yield _sentence(f"{name}{key}", before.get(key), after.get(key))


def _differing(facts: Mapping[str, Callable[[Run], object]], old: Run, new: Run) -> Iterator[str]:
    for name, fact in facts.items():
        if fact(old) != fact(new):
            yield _sentence(name, fact(old), fact(new))


def _sentence(name: str, old: object, new: object) -> str:
    return f"{name} {_shown(old)}, then {_shown(new)}"


def _shown(value: object) -> str:
    if value is None:
        return "unknown"
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
