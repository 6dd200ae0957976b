"""What becomes of an update that was killed: it is finished, or taken back, to a whole site."""

from dataclasses import replace

from partsearch.deploy.console import Terminal
from partsearch.deploy.journal import Journal
from partsearch.deploy.procedure import Procedure
from partsearch.deploy.record import Record, Records, State
from partsearch.operation.names import Slot
from partsearch.operation.nginx.traffic import TrafficState, write_state
from partsearch.operation.site import Site


def mend(site: Site, terminal: Terminal, *, back: bool = False) -> Record | None:
    """Finishes an update that was killed after its new release had shown itself good; takes back any other.

    The caller holds the lock, so that nobody is at it.

    Args:
        site: the site, up or not.
        terminal: is told of it.
        back: takes back also what could be finished, as long as the old release still runs.

    Returns the record of that update, ``None`` where there is nothing to mend.
    """
    records = Records(site.home.root)
    record = records.unfinished()
    if record is None:
        return None
    journal = Journal(records, record, terminal)
    was = record.state
    terminal.warn(f"An update to {record.new_release or record.source} was killed while {was}.")
    if not site.is_up():
        _settle(site, journal)
    elif _was_restarted(site, record):
        is_new = site.release_that_runs().id == record.new_release
        journal.close(State.DONE if is_new else State.ROLLED_BACK, f"Killed while {was}; then the site was restarted.")
    elif was.is_decided and not (back and _runs(site, journal.old_slot)):
        Procedure(site, journal, terminal).finish()
    else:
        Procedure(site, journal, terminal).go_back(f"The update was killed while {was}.")
    return record


def _settle(site: Site, journal: Journal) -> None:
    """Nothing runs: what is left to do is to say which release 'up' is to start."""
    record = journal.record
    if record.new_slot is None:
        journal.close(State.FAILED, f"The update was killed while {record.state}.")
        return
    is_new = record.state.is_decided
    slot, release = (record.new_slot, record.new_release) if is_new else (journal.old_slot, record.old_release)
    write_state(site.home, replace(TrafficState(), active=slot, releases={slot: release}))
    journal.close(State.DONE if is_new else State.ROLLED_BACK, "" if is_new else f"Killed while {record.state}.")


def _was_restarted(site: Site, record: Record) -> bool:
    """Whether the site was taken down since, and up again: then it has one release, in whichever place."""
    slot, release = (
        (record.new_slot, record.new_release) if record.state.is_decided else (record.old_slot, record.old_release)
    )
    status = site.slots().get(slot) if slot else None
    return status is None or status.release.id != release


def _runs(site: Site, slot: Slot) -> bool:
    status = site.slots().get(slot)
    return status is not None and status.is_running
