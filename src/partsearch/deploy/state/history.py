"""The history of a site: which release served before another, according to the records."""

from collections.abc import Iterable

from partsearch.deploy.state.record import DeploymentRecord, State


def previous_release(oldest_first: Iterable[DeploymentRecord], current: str) -> str | None:
    """Return the id of the release that served before ``current``; ``None`` if no record names one.

    A rollback removes the newest release from the history, so the next rollback goes one release further back.
    """
    served: list[str] = []
    for record in oldest_first:
        if record.state is not State.DONE:
            continue
        if record.kind == "rollback" and record.new_release in served:
            del served[_last_index(served, record.new_release) + 1 :]
        else:
            served += [record.old_release] if served[-1:] != [record.old_release] else []
            served.append(record.new_release)
    if current not in served:
        return None
    index = _last_index(served, current)
    return served[index - 1] if index else None


def _last_index(served: list[str], release: str) -> int:
    return len(served) - 1 - served[::-1].index(release)
