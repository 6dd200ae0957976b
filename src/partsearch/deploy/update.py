"""The commands: deploy, rollback, and what ``status`` mends and says."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from partsearch.deploy.build import build_release
from partsearch.deploy.console import Terminal
from partsearch.deploy.errors import AlreadyServesError, DeployError, NoReleaseBeforeError, NotUpError
from partsearch.deploy.history import release_before
from partsearch.deploy.journal import Journal
from partsearch.deploy.lock import DeployLock, Holder
from partsearch.deploy.mending import mend
from partsearch.deploy.planning import planned
from partsearch.deploy.procedure import Procedure
from partsearch.deploy.record import Records, State
from partsearch.deploy.release import release_named
from partsearch.deploy.thresholds import Thresholds
from partsearch.operation.nginx.traffic import read_state
from partsearch.operation.release import Release, installed_release
from partsearch.operation.site import Site

_DEPLOY, _ROLLBACK = "deploy", "rollback"
_END_SECONDS = 600
_POLL_SECONDS = 0.1


def deploy(site: Site, source: str | None, thresholds: Thresholds) -> None:
    """Replaces the running release by that of ``source`` while people search.

    Args:
        site: the site, which is up.
        source: a folder, a git ref of this repository, a wheel, or the id of a release that is kept; ``None`` for this
            checkout.
        thresholds: what the new release is measured by.

    Raises:
        PartsearchError: the old release serves, and goes on serving; says why.
    """
    terminal = Terminal()
    with _alone(site, f"The update to {_named(source)}"):
        _require_up(site)
        mend(site, terminal)
        with suppress(AlreadyServesError):
            _replace(site, _DEPLOY, _named(source), lambda: _obtain(site, source, terminal), thresholds, terminal)


def plan(site: Site, source: str | None, thresholds: Thresholds) -> None:
    """Prints what ``deploy`` would do, and does nothing of it."""
    Terminal().print_lines(planned(site, source, thresholds))


def roll_back(site: Site, thresholds: Thresholds) -> None:
    """Goes back to the release before: at once while an update runs or its old release drains, else as an update.

    Raises:
        PartsearchError: there is no release before, or it does not do; the release that serves goes on serving.
    """
    terminal = Terminal()
    holder = DeployLock(site.home.root).holder()
    if holder and _end(site, holder, terminal):
        return
    with _alone(site, "The rollback"):
        _require_up(site)
        mended = mend(site, terminal, back=True)
        if mended and mended.state is State.ROLLED_BACK:
            return
        before = _release_before(site)
        _replace(site, _ROLLBACK, before, lambda: _kept(site, before), thresholds, terminal)


def mend_and_tell(site: Site) -> None:
    """Makes the site whole where an update was killed, and says so; says also where one runs now. All on stderr."""
    terminal = Terminal(is_quiet=True)
    if Records(site.home.root).unfinished() is None:
        return
    holder = DeployLock(site.home.root).holder()
    if holder:
        terminal.warn(f"{holder.what} by {holder.user} (pid {holder.pid}) runs since {holder.since}.")
        return
    with _alone(site, "Mending"):
        mend(site, terminal)


@contextmanager
def _alone(site: Site, what: str) -> Iterator[None]:
    """Nobody else updates the site, starts it or stops it meanwhile."""
    with DeployLock(site.home.root).held(what), site.home.lock():
        yield


def _named(source: str | None) -> str:
    return source or "this checkout"


def _require_up(site: Site) -> None:
    if not site.is_up():
        raise NotUpError("The site is not up, so that there is nothing to update.", "Run 'partsearch up'.")


def _obtain(site: Site, source: str | None, terminal: Terminal) -> Release:
    kept = installed_release(site.home.root, source) if source and "/" not in source else None
    return kept or build_release(source, site.home, terminal.say)


def _replace(
    site: Site, kind: str, source: str, obtain: Callable[[], Release], thresholds: Thresholds, terminal: Terminal
) -> None:
    state = read_state(site.home)
    old = site.release_that_runs()
    journal = Journal.begun(Records(site.home.root), kind, source, state, old, thresholds, terminal)
    Procedure(site, journal, terminal).run(obtain)


def _release_before(site: Site) -> str:
    state = read_state(site.home)
    current = state.releases.get(state.active, "")
    oldest_first = reversed(list(Records(site.home.root).newest_first()))
    before = release_before(oldest_first, current)
    if before is None:
        raise NoReleaseBeforeError(
            f"No update has brought {current} here, so that there is no release before it.",
            "Deploy the one that you want: 'partsearch deploy SOURCE'.",
        )
    return before


def _kept(site: Site, release_id: str) -> Release:
    """The release as it was when it served; a checkout has gone on to be another since, if its files were changed."""
    found = release_named(site.home.root, release_id)
    records = Records(site.home.root).newest_first()
    noted = next((record.old_digest for record in records if record.old_release == release_id), "")
    if noted and found.root is None and found.digest != noted:
        raise DeployError(
            f"{release_id} ran from {found.source}, whose files have been changed since.",
            "Deploy the commit that it ran from: 'partsearch deploy REF'.",
        )
    return found


def _end(site: Site, holder: Holder, terminal: Terminal) -> bool:
    """Tells the update that runs to go back, and waits for it.

    Returns whether it did. One that was done already has to be taken back by another; a rollback is not taken back.
    """
    running = Records(site.home.root).unfinished()
    if running is None or running.kind != _DEPLOY or running.pid != holder.pid:
        return False
    terminal.say(f"Ending {holder.what[0].lower()}{holder.what[1:]} (pid {holder.pid}).")
    _interrupt(holder)
    deadline = time.monotonic() + _END_SECONDS
    while DeployLock(site.home.root).holder() == holder:
        if time.monotonic() > deadline:
            raise DeployError(f"The update (pid {holder.pid}) does not end.", "See 'partsearch status'.")
        time.sleep(_POLL_SECONDS)
    newest = next(Records(site.home.root).newest_first(), None)
    if newest is None or newest.name != running.name or newest.state is State.DONE:
        return False
    terminal.say(f"{newest.old_release} serves. {newest.reason}")
    return True


def _interrupt(holder: Holder) -> None:
    try:
        os.kill(holder.pid, signal.SIGTERM)
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise DeployError(f"The update belongs to {holder.user}.", "Run 'partsearch rollback' as that user.") from error
