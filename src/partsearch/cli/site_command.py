"""The base classes of commands that work in the home: root becomes the site's account first."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand

from partsearch.operation.access.ownership import require_own
from partsearch.operation.access.privileges import drop_privileges
from partsearch.settings import settings
from partsearch.system.priority import lower_own


def enter_home(needed: Iterable[Path] = (), *, checks_owners: bool = True) -> None:
    """Become the site's account if root runs this. The settings are read before, as the user.

    Args:
        needed: other paths that the account has to reach.
        checks_owners: whether a home with files of another account is refused.

    Raises:
        PartsearchError: the account cannot be made or become, or another account owns something in the home.
    """
    home = settings().partsearch_home
    drop_privileges(home, lambda line: typer.echo(line, err=True), needed)
    if checks_owners:
        require_own(home)


def _note_listeners() -> None:
    from partsearch.operation import ports  # most commands need no ports, and start sooner without the module

    ports.note_listeners()


class SiteCommand(TyperCommand):
    """A command that works in the home. Its arguments are read as the user, and it runs as the site's account."""

    def invoke(self, ctx: Any) -> Any:
        """Return what the command returns."""
        self.enter(ctx)
        return super().invoke(ctx)

    def enter(self, _ctx: Any) -> None:
        """Become the account."""
        enter_home()


def enter_home_in_background() -> None:
    """Become the site's account, with a low priority: searches must stay fast meanwhile."""
    enter_home()
    lower_own()


class BackgroundCommand(SiteCommand):
    """A command that reads or changes many parts while the site answers searches."""

    def enter(self, _ctx: Any) -> None:
        """Become the account, with a low priority."""
        enter_home_in_background()


class UpCommand(SiteCommand):
    """A command that may have to name the program that has a port."""

    def enter(self, ctx: Any) -> None:
        """Become the account, after reading the listeners that only root sees."""
        _note_listeners()
        super().enter(ctx)


class DoctorCommand(SiteCommand):
    """A command that reports what is wrong with ports and the home."""

    def enter(self, _ctx: Any) -> None:
        """Become the account, even if the home has files of another account."""
        _note_listeners()
        enter_home(checks_owners=False)


class DeployCommand(SiteCommand):
    """A command with a SOURCE, a folder or a file of the user that the account has to read."""

    def enter(self, ctx: Any) -> None:
        """Become the account, which can reach the source from now on."""
        source = Path(ctx.params["source"] or ".").expanduser()
        enter_home([source] if ctx.params["source"] and source.exists() else [])
