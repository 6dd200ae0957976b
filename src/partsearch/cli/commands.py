"""The commands by name. The module of a command is imported when that command runs, so that each one starts sooner."""

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

MODULES = {
    "up": "up",
    "down": "down",
    "status": "status",
    "logs": "logs",
    "deploy": "deploy",
    "rollback": "rollback",
    "doctor": "doctor",
    "url": "url",
    "copy-database": "copy_database",
    "generate": "generate",
    "export": "export",
    "manage": "manage",
    "import": "import_price_list",
    "totals": "totals",
    "bench": "bench",
}
"""The module of each command in this package, in the order of the help."""


def new_command(**options: Any) -> typer.Typer:
    """Return the Typer that a module of a command has as ``command``.

    Args:
        options: of a group: its class, its help and the like.
    """
    return typer.Typer(add_completion=False, rich_markup_mode=None, **options)


class _Commands(MutableMapping[str, Any]):
    """The commands by name. Only what is looked up is imported."""

    def __init__(self) -> None:
        self._found: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._found:
            module = import_module(f"{__package__}.{MODULES[name]}")
            self._found[name] = typer.main.get_command(module.command)
        return self._found[name]

    def __contains__(self, name: object) -> bool:
        return name in MODULES

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)

    def __setitem__(self, name: str, command: Any) -> None:
        raise TypeError(f"{name} has no module: name it in MODULES.")

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"{name} stays: the commands are those of MODULES.")


class CommandGroup(TyperGroup):
    """The group of all commands."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _Commands()
