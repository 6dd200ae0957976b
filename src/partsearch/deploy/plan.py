"""The plan of a deployment: its steps as text."""

from collections.abc import Iterator

from partsearch.deploy.build.releases import running_checkout
from partsearch.deploy.build.request import ReleaseRequest
from partsearch.deploy.canary.thresholds import Thresholds
from partsearch.deploy.migrations.release_migrations import unapplied_migrations
from partsearch.deploy.state.lock import DeployLock
from partsearch.deploy.state.record import DeploymentRecords
from partsearch.operation.nginx.traffic import read_state
from partsearch.operation.site import Site


def plan_lines(site: Site, source: str | None, thresholds: Thresholds) -> Iterator[str]:
    """Yield the steps of a deployment of ``source``, line by line; nothing is changed."""
    state = read_state(site.home)
    request = ReleaseRequest(site.home, source)
    yield from _obstacles(site)
    yield f"Now: {state.releases.get(state.active, 'nothing')} serves as {state.active}."
    kept = request.kept_release()
    yield f"1. Take {kept.id}, which is kept." if kept else f"1. Build a release from {request.description}."
    yield f"2. {_migrations(site, request)}"
    yield "   The old release must be able to serve after each;"
    yield f"   each waits for a lock for at most {thresholds.lock_seconds:g} s."
    yield f"3. Start it as {state.active.other}, and wait at most {thresholds.start_seconds:g} s until it is ready."
    compared = "" if thresholds.answers_may_differ else " compared with the old release"
    yield f"4. Verify it on its own ports: /readyz five times in a row, searches{compared}, live search."
    weights = ", ".join(f"{weight} %" for weight in thresholds.steps)
    yield f"5. Give it {weights} of the traffic, each until it has given {thresholds.step_samples:,} responses."
    yield f"   Analyse it with all traffic for {thresholds.watch_seconds:g} s. Roll back automatically"
    rate = f"{thresholds.error_ratio:g} times the old one's"
    yield f"   - at {thresholds.errors} errors, if its error rate is above {rate};"
    limit = f"{thresholds.p99_ratio:g} times the old one's + {thresholds.p99_milliseconds:g} ms"
    yield f"   - at a p99 above {limit}, twice in a row;"
    yield f"   - at {thresholds.probes} failed probes in a row; when a process exits or is unhealthy."
    yield "6. Close the sockets of the old release, so that their clients reconnect to the new one;"
    yield f"   wait at most {thresholds.drain_seconds:g} s for its requests; stop it."


def _obstacles(site: Site) -> Iterator[str]:
    if not site.is_up():
        yield "The site is not up: run 'partsearch up' first."
    holder = DeployLock(site.home.root).holder()
    if holder:
        yield f"{holder}; it has to end first."
    elif unfinished := DeploymentRecords(site.home.root).unfinished():
        what = unfinished.new_release or unfinished.source
        yield f"The deployment of {what} was killed; it is completed or rolled back first."


def _migrations(site: Site, request: ReleaseRequest) -> str:
    release = request.kept_release() or (running_checkout() if request.source is None else None)
    if release is None or not site.is_up():
        return "Apply its migrations, which are known when it is built."
    missing = unapplied_migrations(release, site.settings)
    return f"Apply {', '.join(missing)}." if missing else "It has no migration to apply."
