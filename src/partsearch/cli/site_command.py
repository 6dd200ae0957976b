"""Commands that work in the home: root becomes the site's account first, in this one place for all of them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand

from partsearch.operation import ports
from partsearch.operation.access.ownership import require_own
from partsearch.operation.access.privileges import drop_privileges
from partsearch.settings import settings


def enter_home(needed: Iterable[Path] = (), *, checks_owners: bool = True) -> None:
    """Become the account that the home belongs to, where root asks. The settings are read before, as the caller.

    Args:
        needed: what the account is to reach besides.
        checks_owners: whether a home with files of somebody else is refused.

    Raises:
        PartsearchError: the account cannot be had, or something in the home belongs to somebody else.
    """
    home = settings().partsearch_home
    drop_privileges(home, lambda line: typer.echo(line, err=True), needed)
    if checks_owners:
        require_own(home)


class SiteCommand(TyperCommand):
    """A command that works in the home. Its arguments are read by the caller, and all else is done as the account."""

    def invoke(self, ctx: Any) -> Any:
        """Return what the command returns."""
        self.enter(ctx)
        return super().invoke(ctx)

    def enter(self, _ctx: Any) -> None:
        """Become the account."""
        enter_home()


class UpCommand(SiteCommand):
    """A command that may have to say who has a port."""

    def enter(self, ctx: Any) -> None:
        """Become the account, after a look that only root has."""
        ports.note_listeners()
        super().enter(ctx)


class DoctorCommand(SiteCommand):
    """A command that says what is wrong with ports and the home, and is not stopped by it."""

    def enter(self, _ctx: Any) -> None:
        """Become the account, whatever the home holds."""
        ports.note_listeners()
        enter_home(checks_owners=False)


class DeployCommand(SiteCommand):
    """A command with a SOURCE, a folder or a file of the caller's, that the account has to read."""

    def enter(self, ctx: Any) -> None:
        """Become the account, which may pass to the source from now on."""
        source = Path(ctx.params["source"] or ".").expanduser()
        enter_home([source] if ctx.params["source"] and source.exists() else [])
