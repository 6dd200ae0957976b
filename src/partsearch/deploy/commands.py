"""The commands ``deploy`` and ``rollback``, and what ``status`` recovers."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from partsearch.deploy.build.releases import release_named
from partsearch.deploy.build.request import ReleaseRequest
from partsearch.deploy.canary.thresholds import Thresholds
from partsearch.deploy.console import Terminal
from partsearch.deploy.deployment import Deployment
from partsearch.deploy.errors import AlreadyServingError, DeployError, NoPreviousReleaseError, SiteDownError
from partsearch.deploy.plan import plan_lines
from partsearch.deploy.recovery import recover
from partsearch.deploy.state.history import previous_release
from partsearch.deploy.state.journal import Journal
from partsearch.deploy.state.lock import DeployLock, LockHolder
from partsearch.deploy.state.record import DeploymentRecords, State
from partsearch.operation.nginx.traffic import read_state
from partsearch.operation.release import Release
from partsearch.operation.site import Site

_DEPLOY, _ROLLBACK = "deploy", "rollback"
_ROLLBACK_SECONDS = 600
_POLL_SECONDS = 0.1


def deploy(site: Site, source: str | None, thresholds: Thresholds) -> None:
    """Replace the running release by that of ``source`` without losing a request.

    Args:
        site: the site, which is up.
        source: a folder, a git ref of this repository, a wheel, or the id of a kept release; ``None`` for this
            checkout.
        thresholds: of the deployment.

    Raises:
        PartsearchError: the deployment failed, and the old release still serves; says why.
    """
    terminal = Terminal()
    request = ReleaseRequest(site.home, source)
    with _exclusive(site, f"The deployment of {request.description}"):
        _require_up(site)
        recover(site, terminal)
        with suppress(AlreadyServingError):
            _run(site, _DEPLOY, request.description, lambda: request.obtain(terminal.say), thresholds, terminal)


def plan(site: Site, source: str | None, thresholds: Thresholds) -> None:
    """Print the steps of a deployment without running it."""
    Terminal().print_lines(plan_lines(site, source, thresholds))


def roll_back(site: Site, thresholds: Thresholds) -> None:
    """Return to the release before: at once while a deployment is running, otherwise by a deployment of that release.

    Raises:
        PartsearchError: there is no release before, or it fails; the current release still serves.
    """
    terminal = Terminal()
    holder = DeployLock(site.home.root).holder()
    if holder and _end_running_deployment(site, holder, terminal):
        return
    with _exclusive(site, "The rollback"):
        _require_up(site)
        recovered = recover(site, terminal, prefers_rollback=True)
        if recovered and recovered.state is State.ROLLED_BACK:
            return
        release_id = _previous_release(site)
        _run(site, _ROLLBACK, release_id, lambda: _unchanged_release(site, release_id), thresholds, terminal)


def recover_and_report(site: Site) -> None:
    """Recover a deployment that was killed, or report one that is running. All output goes to stderr."""
    terminal = Terminal(is_stderr=True)
    if DeploymentRecords(site.home.root).unfinished() is None:
        return
    holder = DeployLock(site.home.root).holder()
    if holder:
        terminal.warn(f"{holder}.")
        return
    with _exclusive(site, "The recovery"):
        recover(site, terminal)


@contextmanager
def _exclusive(site: Site, what: str) -> Iterator[None]:
    """Keep other processes from deploying, starting or stopping the site during the block."""
    with DeployLock(site.home.root).held(what), site.home.lock():
        yield


def _require_up(site: Site) -> None:
    if not site.is_up():
        raise SiteDownError("The site is not up, so there is nothing to deploy to.", "Run 'partsearch up'.")


def _run(
    site: Site, kind: str, source: str, obtain: Callable[[], Release], thresholds: Thresholds, terminal: Terminal
) -> None:
    traffic = read_state(site.home)
    old = site.release_that_runs()
    journal = Journal.begin(DeploymentRecords(site.home.root), kind, source, traffic, old, thresholds, terminal)
    Deployment(site, journal, terminal).run(obtain)


def _previous_release(site: Site) -> str:
    state = read_state(site.home)
    current = state.releases.get(state.active, "")
    oldest_first = reversed(list(DeploymentRecords(site.home.root).newest_first()))
    previous = previous_release(oldest_first, current)
    if previous is None:
        raise NoPreviousReleaseError(
            f"No deployment record names a release before {current}.",
            "Deploy the release that you want: 'partsearch deploy SOURCE'.",
        )
    return previous


def _unchanged_release(site: Site, release_id: str) -> Release:
    """Return a release as it was when it served.

    Raises:
        DeployError: the release is gone, or it is a checkout whose files have changed since.
    """
    found = release_named(site.home.root, release_id)
    records = DeploymentRecords(site.home.root).newest_first()
    digest = next((record.old_digest for record in records if record.old_release == release_id), "")
    if digest and found.root is None and found.digest != digest:
        raise DeployError(
            f"{release_id} ran from {found.source}, whose files have changed since.",
            "Deploy the commit that it ran from: 'partsearch deploy REF'.",
        )
    return found


def _end_running_deployment(site: Site, holder: LockHolder, terminal: Terminal) -> bool:
    """Interrupt the running deployment, which rolls back, and wait for its end.

    Returns whether it rolled back: it may be done already, and then it takes another deployment to go back. A running
    rollback is not ended.
    """
    records = DeploymentRecords(site.home.root)
    running = records.unfinished()
    if running is None or running.kind != _DEPLOY or running.pid != holder.pid:
        return False
    terminal.say(f"Ending {holder.what[0].lower()}{holder.what[1:]} (pid {holder.pid}).")
    _interrupt(holder)
    deadline = time.monotonic() + _ROLLBACK_SECONDS
    while DeployLock(site.home.root).holder() == holder:
        if time.monotonic() > deadline:
            raise DeployError(f"The deployment (pid {holder.pid}) does not end.", "See 'partsearch status'.")
        time.sleep(_POLL_SECONDS)
    newest = next(records.newest_first(), None)
    if newest is None or newest.name != running.name or newest.state is State.DONE:
        return False
    terminal.say(f"{newest.old_release} serves. {newest.reason}")
    return True


def _interrupt(holder: LockHolder) -> None:
    try:
        os.kill(holder.pid, signal.SIGTERM)
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise DeployError(
            f"The deployment belongs to {holder.user}.", "Run 'partsearch rollback' as that user."
        ) from error
