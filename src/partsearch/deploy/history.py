"""What has served before, as the records tell."""

from collections.abc import Iterable

from partsearch.deploy.record import Record, State


def release_before(oldest_first: Iterable[Record], current: str) -> str | None:
    """The id of the release that served before ``current``; ``None`` where no record knows of one.

    A rollback takes the newest release off again, so that the next one goes a step further back.
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
