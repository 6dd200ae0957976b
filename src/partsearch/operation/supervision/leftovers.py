"""What a killed site has left running."""

import os
import signal
from contextlib import suppress

from partsearch.database.account import refuse_root
from partsearch.operation import launch
from partsearch.operation.home import Home
from partsearch.operation.names import Service
from partsearch.operation.supervision.processes import group_file

_GENTLE = {Service.POSTGRES: (signal.SIGINT, 60), Service.NGINX: (signal.SIGQUIT, 5)}
_GENTLE_OTHERS = (signal.SIGTERM, 20)


def end_leftovers(home: Home) -> bool:
    """Ends every process of the home that is left without a supervisor, those that started last first.

    Returns whether there were any.
    """
    services = {path.stem: Service(path.stem.partition("-")[0]) for path in home.run.glob("*.group")}
    last_first = sorted(services, key=lambda name: list(Service).index(services[name]), reverse=True)
    ended = [end_group(home, name, services[name]) for name in last_first]
    return any(ended)


def group_pids(home: Home) -> dict[str, list[int]]:
    """Return the processes of the home that live, the first of each group first, by the name that it was started by."""
    groups = {path.stem: sorted(launch.group_members(path)) for path in home.run.glob("*.group")}
    return {name: pids for name, pids in groups.items() if pids}


def end_group(home: Home, name: str, service: Service) -> bool:
    """Ends what is left of the process of this name; whether there was anything."""
    refuse_root()
    return launch.end_group(group_file(home, name), *_GENTLE.get(service, _GENTLE_OTHERS))


def kill_group(home: Home, name: str) -> None:
    """Ends the process of this name, with its workers, by force."""
    refuse_root()
    for pid in launch.group_members(group_file(home, name)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
