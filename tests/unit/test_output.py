"""The commands that continue when their output is closed."""

from importlib import import_module

from partsearch.cli.commands import MODULES

_SHOW_ONLY = {"status", "logs", "doctor", "url", "export", "bench", "import", "manage"}
"""An export that cannot be written has failed. The last three decide by their arguments in their own code."""
_GROUPS = {"bench", "import"}


def test_every_command_with_effects_continues_when_its_output_is_closed() -> None:
    typers = {name: import_module(f"partsearch.cli.{module}").command for name, module in MODULES.items()}
    registered = [info for name in typers.keys() - _GROUPS for info in typers[name].registered_commands]
    named = {info.name or info.callback.__name__.replace("_", "-"): info.callback for info in registered}
    working = {name for name, callback in named.items() if hasattr(callback, "__wrapped__")}
    assert {*MODULES, "rebuild"} - {"totals"} - working == _SHOW_ONLY
