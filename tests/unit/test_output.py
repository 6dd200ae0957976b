"""Which commands go on without their output."""

import typer

from partsearch.cli import app

_SHOW_ONLY = {"status", "logs", "doctor", "url", "bench", "import", "manage"}
"""Of the last three it depends on what they are asked for: they say so themselves."""


def test_every_command_that_does_something_goes_on_without_its_output() -> None:
    named = {info.name or info.callback.__name__.replace("_", "-"): info.callback for info in app.registered_commands}  # type: ignore[union-attr]
    working = {name for name, callback in named.items() if hasattr(callback, "__wrapped__")}
    assert set(typer.main.get_command(app).commands) - working == _SHOW_ONLY  # type: ignore[attr-defined]
