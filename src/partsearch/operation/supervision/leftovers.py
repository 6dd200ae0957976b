"""The processes that a killed site has left."""

import os
import signal
from contextlib import suppress

from partsearch.database.account import refuse_root
from partsearch.operation import launch
from partsearch.operation.home import Home
from partsearch.operation.names import Service, current_name, service_of
from partsearch.operation.supervision.processes import group_file

_STOP = {Service.POSTGRES: (signal.SIGINT, 60), Service.NGINX: (signal.SIGQUIT, 5)}
_STOP_OTHERS = (signal.SIGTERM, 20)


def end_leftovers(home: Home) -> bool:
    """End every process of the home that has no supervisor, in the reverse order of starting.

    Returns:
        Whether there were any.
    """
    services = {path.stem: service_of(path.stem) for path in home.run.glob("*.group")}
    last_first = sorted(services, key=lambda name: list(Service).index(services[name]), reverse=True)
    ended = [end_group(home, name, services[name]) for name in last_first]
    return any(ended)


def group_pids(home: Home) -> dict[str, list[int]]:
    """Return the running processes of the home by the name of their group, the lowest pid first."""
    groups: dict[str, list[int]] = {}
    for path in home.run.glob("*.group"):
        groups.setdefault(current_name(path.stem), []).extend(launch.group_members(path))
    return {name: sorted(pids) for name, pids in groups.items() if pids}


def end_group(home: Home, name: str, service: Service) -> bool:
    """End what is left of the group of this name; return whether there was any process."""
    refuse_root()
    return launch.end_group(group_file(home, name), *_STOP.get(service, _STOP_OTHERS))


def kill_group(home: Home, name: str) -> None:
    """Kill the processes of the group of this name."""
    refuse_root()
    for pid in launch.group_members(group_file(home, name)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
