"""The recovery of a deployment that was killed: it is completed or rolled back, and the site has one release again."""

from dataclasses import replace

from partsearch.deploy.console import Terminal
from partsearch.deploy.deployment import Deployment
from partsearch.deploy.state.journal import Journal
from partsearch.deploy.state.record import DeploymentRecord, DeploymentRecords, State
from partsearch.operation.names import Slot
from partsearch.operation.nginx.traffic import TrafficState, write_state
from partsearch.operation.site import Site


def recover(site: Site, terminal: Terminal, *, prefers_rollback: bool = False) -> DeploymentRecord | None:
    """Complete a deployment that was killed after its new release got all traffic; roll back any other.

    The caller holds the lock, so no other process works on the deployment.

    Args:
        site: the site, up or down.
        terminal: shows each step.
        prefers_rollback: whether to roll back also what could be completed, while the old release is still running.

    Returns the record of that deployment; ``None`` if there is nothing to recover.
    """
    records = DeploymentRecords(site.home.root)
    record = records.unfinished()
    if record is None:
        return None
    journal = Journal(records, record, terminal)
    killed = f"killed while {record.state.label}"
    terminal.warn(f"The deployment of {record.new_release or record.source} was {killed}.")
    if not site.is_up():
        _close_of_site_that_is_down(site, journal)
    elif _was_restarted(site, record):
        is_new = site.release_that_runs().id == record.new_release
        reason = f"The deployment was {killed}; then the site was restarted."
        journal.close(State.DONE if is_new else State.ROLLED_BACK, reason)
    elif record.state.is_promoted and not (prefers_rollback and _is_running(site, journal.old_slot)):
        Deployment(site, journal, terminal).complete()
    else:
        Deployment(site, journal, terminal).roll_back(f"The deployment was {killed}.")
    return record


def _close_of_site_that_is_down(site: Site, journal: Journal) -> None:
    """Close the record, and write which release 'partsearch up' starts."""
    record = journal.record
    reason = f"The deployment was killed while {record.state.label}."
    if record.new_slot is None:
        journal.close(State.FAILED, reason)
        return
    is_new = record.state.is_promoted
    slot, release = (record.new_slot, record.new_release) if is_new else (journal.old_slot, record.old_release)
    write_state(site.home, replace(TrafficState(), active=slot, releases={slot: release}))
    journal.close(State.DONE if is_new else State.ROLLED_BACK, "" if is_new else reason)


def _was_restarted(site: Site, record: DeploymentRecord) -> bool:
    """Return whether the site was stopped and started since: then it has one release, which may be in either slot."""
    slot, release = (
        (record.new_slot, record.new_release) if record.state.is_promoted else (record.old_slot, record.old_release)
    )
    status = site.slots().get(slot) if slot else None
    return status is None or status.release.id != release


def _is_running(site: Site, slot: Slot) -> bool:
    status = site.slots().get(slot)
    return status is not None and status.is_running
