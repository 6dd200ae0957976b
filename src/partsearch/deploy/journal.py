"""The record of the update that runs, kept up to date: each step on disk before it is done."""

import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from partsearch.deploy.console import Terminal
from partsearch.deploy.errors import DeployError
from partsearch.deploy.observer import Observer
from partsearch.deploy.record import Record, Records, State, Step, write_whole
from partsearch.deploy.report import report
from partsearch.deploy.thresholds import Thresholds
from partsearch.operation.home import Home
from partsearch.operation.names import Slot
from partsearch.operation.nginx.traffic import TrafficState
from partsearch.operation.release import Release


class Journal:
    """The record of one update, and where it is kept."""

    def __init__(self, records: Records, record: Record, terminal: Terminal) -> None:
        self.record = record
        self._records = records
        self._terminal = terminal
        self._observer: Observer | None = None

    @classmethod
    def begun(
        cls,
        records: Records,
        kind: str,
        source: str,
        state: TrafficState,
        old: Release,
        thresholds: Thresholds,
        terminal: Terminal,
    ) -> "Journal":
        """The journal of an update that begins now.

        Args:
            records: where it is kept.
            kind: ``deploy`` or ``rollback``.
            source: what the new release is, in words.
            state: the traffic before it.
            old: the release that has the traffic.
            thresholds: what the new release is measured by.
            terminal: is told of each step.
        """
        began = datetime.now(UTC)
        record = Record(
            name=f"{began:%Y-%m-%d-%H%M%S-%f}"[:-3],
            kind=kind,
            source=source,
            began=began.timestamp(),
            pid=os.getpid(),
            old_release=state.releases.get(state.active, ""),
            old_digest=old.digest,
            old_slot=state.active,
            thresholds=thresholds.as_json(),
        )
        return cls(records, record, terminal)

    @property
    def old_slot(self) -> Slot:
        """The slot of the old release."""
        return _known(self.record.old_slot)

    @property
    def new_slot(self) -> Slot:
        """The slot of the new release, which has one when it is to be started."""
        return _known(self.record.new_slot)

    @property
    def report_path(self) -> Path:
        """Where the report is."""
        return self._records.report_path(self.record)

    def enter(self, state: State, line: str, share: int | None = None) -> None:
        """Notes that a step begins, on disk first."""
        now = time.time()
        self._end_step(now)
        self.record.state = state
        if share is not None:
            self.record.share = share
        self.record.steps.append(Step(state, self.record.share, now))
        self._write()
        self._terminal.say(line)

    def note(self, found: str) -> None:
        """Notes what a step has found."""
        self.record.steps[-1].note = found
        self._terminal.say(f"  {found}")

    def close(self, state: State, reason: str = "") -> None:
        """Notes the end, and writes the report."""
        now = time.time()
        self._end_step(now)
        self.record.state, self.record.ended = state, now
        self.record.reason = reason
        self._write()
        self._terminal.end(self.record, str(self.report_path))

    def observer(self, home: Home, terminal: Terminal) -> Observer:
        """The one pair of eyes of this update: who looks again goes on where it looked last."""
        if self._observer is None:
            self._observer = Observer(home, self.record, terminal)
        return self._observer

    def _write(self) -> None:
        """Writes the record, and at the end the report. On the way back a full disk is no reason to stop there."""
        state = self.record.state
        try:
            self._records.write(self.record)
            if state.is_final:
                write_whole(self.report_path, report(self.record))
        except OSError as error:
            if state.is_final or state is State.ROLLING_BACK:
                self._terminal.warn(f"{error.filename} cannot be written: {error.strerror}.")
                return
            raise DeployError(
                f"{error.filename} cannot be written: {error.strerror}.", "Is there room on the disk?"
            ) from error

    def _end_step(self, now: float) -> None:
        with suppress(IndexError):
            self.record.steps[-1].ended = self.record.steps[-1].ended or now


def _known(slot: Slot | None) -> Slot:
    if slot is None:
        raise ValueError("The update has no slot yet.")
    return slot
