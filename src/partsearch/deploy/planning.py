"""What an update would do, in words."""

from collections.abc import Iterator

from partsearch.deploy.lock import DeployLock
from partsearch.deploy.migrations import unapplied
from partsearch.deploy.record import Records
from partsearch.deploy.release import running_checkout
from partsearch.deploy.thresholds import Thresholds
from partsearch.operation.nginx.traffic import read_state
from partsearch.operation.release import Release, installed_release
from partsearch.operation.site import Site


def planned(site: Site, source: str | None, thresholds: Thresholds) -> Iterator[str]:
    """The steps of an update of ``site`` to ``source``, a line each; nothing is done."""
    state = read_state(site.home)
    yield from _in_the_way(site)
    yield f"Now: {state.releases.get(state.active, 'nothing')} serves as {state.active}."
    kept = installed_release(site.home.root, source) if source and "/" not in source else None
    yield f"1. Take {kept.id}, which is kept." if kept else f"1. Build a release from {source or 'this checkout'}."
    yield f"2. {_migrations(site, source, kept)}"
    yield f"   None may break the old release; each waits for a lock for {thresholds.lock_seconds:g} s at most."
    yield f"3. Start it as {state.active.other}, and wait {thresholds.start_seconds:g} s at most until it is ready."
    compared = "" if thresholds.answers_may_differ else " compared with the old release"
    yield f"4. Prove it on its own ports: /readyz five times in a row, searches{compared}, live search."
    shares = ", ".join(f"{share} %" for share in thresholds.steps)
    yield f"5. Give it {shares} of the traffic, each until it has answered {thresholds.step_samples:,} times."
    yield f"   Watch it with all traffic for {thresholds.watch_seconds:g} s. Go back by itself"
    yield f"   - at {thresholds.errors} errors, if their share is above {thresholds.error_ratio:g} times the old one's;"
    limit = f"{thresholds.p99_ratio:g} times the old one's + {thresholds.p99_milliseconds:g} ms"
    yield f"   - at a p99 above {limit}, twice in a row;"
    yield f"   - at {thresholds.probes} failed searches of our own in a row; when a process dies or is sick."
    yield "6. Send the sockets of the old release away; wait for the requests that it still has,"
    yield f"   {thresholds.drain_seconds:g} s at most; stop it."


def _in_the_way(site: Site) -> Iterator[str]:
    if not site.is_up():
        yield "The site is not up: 'partsearch up' comes first."
    holder = DeployLock(site.home.root).holder()
    if holder:
        yield f"{holder.what} by {holder.user} (pid {holder.pid}) runs since {holder.since}; it has to end first."
    elif unfinished := Records(site.home.root).unfinished():
        what = unfinished.new_release or unfinished.source
        yield f"An update to {what} was killed; it is finished or taken back first."


def _migrations(site: Site, source: str | None, kept: Release | None) -> str:
    release = kept or (running_checkout() if source is None else None)
    if release is None or not site.is_up():
        return "Apply its migrations, which are known when it is built."
    missing = unapplied(release, site.settings)
    return f"Apply {', '.join(missing)}." if missing else "It has no migration that is not applied."
