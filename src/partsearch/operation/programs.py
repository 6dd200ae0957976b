"""The commands that start a release's services, as that release itself describes them.

``python -m partsearch.operation.programs blue ID PYTHON`` prints them as JSON. Another release may start differently,
so its own module describes it. Releases run each other's module: its name, arguments and output do not change.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from partsearch.operation.errors import StartError
from partsearch.operation.release import Release
from partsearch.operation.supervision.processes import Process, Service, Slot, slot_processes
from partsearch.settings import Settings, settings
from partsearch.system.commands import CommandFailedError, run_command
from partsearch.system.priority import gently

_COMMAND_SECONDS = 30
_FIELDS = ("service", "command", "stop_signal", "stop_seconds", "port")


def release_processes(
    site_settings: Settings, slot: Slot, release: Release, environment: Mapping[str, str]
) -> list[Process]:
    """Return the processes of ``release`` in ``slot``.

    Args:
        site_settings: the settings of the site.
        slot: the slot.
        release: the release; unless it is this checkout, its own Python is asked.
        environment: the environment variables of its Python.

    Raises:
        StartError: the release does not describe them.
    """
    if release.root is None:
        return slot_processes(site_settings, slot, release)
    command = gently([str(release.python), "-P", "-m", __name__, slot, release.id, str(release.python)])
    try:
        output = run_command(command, _COMMAND_SECONDS, environment=environment).stdout
        return [_process(described, slot, release) for described in json.loads(output)]
    except (CommandFailedError, ValueError, KeyError, TypeError) as error:
        raise StartError(
            f"Release {release.id} does not say how it is started: {error}.",
            f"Is {release.python} as it was installed?",
        ) from error


def _process(described: Mapping[str, object], slot: Slot, release: Release) -> Process:
    return Process(
        service=Service(str(described["service"])),
        command=[str(word) for word in described["command"]],  # type: ignore[attr-defined]
        stop_signal=str(described["stop_signal"]),
        stop_seconds=int(str(described["stop_seconds"])),
        port=int(str(described["port"])),
        slot=slot,
        release=release.id,
    )


def main() -> None:
    """Print the processes of this release as JSON."""
    slot, release_id, python = sys.argv[1:]
    release = Release(release_id, None, Path(python), "")
    processes = slot_processes(settings(), Slot(slot), release)
    print(json.dumps([{name: getattr(process, name) for name in _FIELDS} for process in processes]))


if __name__ == "__main__":
    main()
