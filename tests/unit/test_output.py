"""The commands that continue when their output is closed."""

import typer

from partsearch.cli import app
from partsearch.cli.totals import totals

_SHOW_ONLY = {"status", "logs", "doctor", "url", "export", "bench", "import", "manage"}
"""An export that cannot be written has failed. The last three decide by their arguments in their own code."""


def test_every_command_with_effects_continues_when_its_output_is_closed() -> None:
    registered = [*app.registered_commands, *totals.registered_commands]
    named = {info.name or info.callback.__name__.replace("_", "-"): info.callback for info in registered}  # type: ignore[union-attr]
    working = {name for name, callback in named.items() if hasattr(callback, "__wrapped__")}
    names = {*typer.main.get_command(app).commands, "rebuild"} - {"totals"}  # type: ignore[attr-defined]
    assert names - working == _SHOW_ONLY
