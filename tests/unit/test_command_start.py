"""A command imports what it needs and no other command, so that each one starts soon."""

import subprocess
import sys

import pytest

from partsearch.cli.commands import MODULES


def imported(*words: str) -> set[str]:
    """Return the modules that ``partsearch`` has imported at the end of a command."""
    script = "import sys; from partsearch.cli import app\ntry: app()\nfinally: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("name", ["url", "import", "export"])
def test_a_command_imports_no_other(name: str) -> None:
    found = imported(name, "--help")
    modules = {f"partsearch.cli.{module}" for module in MODULES.values()}
    assert found & modules == {f"partsearch.cli.{MODULES[name]}"}
    assert not [module for module in found if module.startswith(("partsearch.bench", "partsearch.deploy"))]


def test_the_help_names_every_command() -> None:
    done = subprocess.run([sys.executable, "-m", "partsearch", "--help"], capture_output=True, text=True, timeout=60)
    listed = [line.split()[0] for line in done.stdout.partition("Commands:")[2].splitlines() if line.strip()]
    assert listed == list(MODULES)
