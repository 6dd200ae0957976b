"""The commands that continue when their output is closed."""

import typer

from partsearch.cli import app

_SHOW_ONLY = {"status", "logs", "doctor", "url", "bench", "import", "manage"}
"""The last three decide by their arguments in their own code."""


def test_every_command_with_effects_continues_when_its_output_is_closed() -> None:
    named = {info.name or info.callback.__name__.replace("_", "-"): info.callback for info in app.registered_commands}  # type: ignore[union-attr]
    working = {name for name, callback in named.items() if hasattr(callback, "__wrapped__")}
    assert set(typer.main.get_command(app).commands) - working == _SHOW_ONLY  # type: ignore[attr-defined]
