"""How a release starts its services, as the release itself says.

``python -m partsearch.operation.programs blue ID PYTHON`` prints it. Another release may be started otherwise than this
one: so whoever starts it asks it.
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
_TOLD = ("service", "command", "stop_signal", "stop_seconds", "port")


def release_processes(of: Settings, slot: Slot, release: Release, environment: Mapping[str, str]) -> list[Process]:
    """The processes of ``release`` in the place of ``slot``.

    Args:
        of: the settings of the site.
        slot: the place.
        release: the release, which is asked by its own Python unless that is the one that runs this.
        environment: what its Python is run with.

    Raises:
        StartError: the release cannot say.
    """
    if release.root is None:
        return slot_processes(of, slot, release)
    command = gently([str(release.python), "-P", "-m", __name__, slot, release.id, str(release.python)])
    try:
        output = run_command(command, _COMMAND_SECONDS, environment=environment).stdout
        return [_process(described, slot, release) for described in json.loads(output)]
    except (CommandFailedError, ValueError, KeyError, TypeError) as error:
        raise StartError(
            f"Release {release.id} does not say how it is started: {error}.",
            f"Is {release.python} as it was installed?",
        ) from error


def _process(told: Mapping[str, object], slot: Slot, release: Release) -> Process:
    return Process(
        service=Service(str(told["service"])),
        command=[str(word) for word in told["command"]],  # type: ignore[attr-defined]
        stop_signal=str(told["stop_signal"]),
        stop_seconds=int(str(told["stop_seconds"])),
        port=int(str(told["port"])),
        slot=slot,
        release=release.id,
    )


def main() -> None:
    """Prints how this release is started, as JSON."""
    slot, release_id, python = sys.argv[1:]
    release = Release(release_id, None, Path(python), "")
    processes = slot_processes(settings(), Slot(slot), release)
    print(json.dumps([{name: getattr(process, name) for name in _TOLD} for process in processes]))


if __name__ == "__main__":
    main()
