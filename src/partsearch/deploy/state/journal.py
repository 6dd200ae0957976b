"""The journal: keeps the record of the current deployment up to date, on disk before each step."""

import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from partsearch.deploy.canary.thresholds import Thresholds
from partsearch.deploy.console import Terminal
from partsearch.deploy.errors import DeployError
from partsearch.deploy.report.report import render_report
from partsearch.deploy.state.record import DeploymentRecord, DeploymentRecords, State, Step
from partsearch.operation.names import Slot
from partsearch.operation.nginx.traffic import TrafficState
from partsearch.operation.release import Release
from partsearch.system.atomic_file import replace_file


class Journal:
    """The record of one deployment and its place on disk."""

    def __init__(self, records: DeploymentRecords, record: DeploymentRecord, terminal: Terminal) -> None:
        self.record = record
        self._records = records
        self._terminal = terminal

    @classmethod
    def begin(
        cls,
        records: DeploymentRecords,
        kind: str,
        source: str,
        traffic: TrafficState,
        old: Release,
        thresholds: Thresholds,
        terminal: Terminal,
    ) -> "Journal":
        """Return the journal of a deployment that begins now.

        Args:
            records: where the record is written.
            kind: ``deploy`` or ``rollback``.
            source: the description of the new release.
            traffic: the traffic before the deployment.
            old: the release that has the traffic.
            thresholds: of the deployment.
            terminal: shows each step.
        """
        began = datetime.now(UTC)
        record = DeploymentRecord(
            name=f"{began:%Y-%m-%d-%H%M%S-%f}"[:-3],
            kind=kind,
            source=source,
            began=began.timestamp(),
            pid=os.getpid(),
            old_release=traffic.releases.get(traffic.active, ""),
            old_digest=old.digest,
            old_slot=traffic.active,
            thresholds=thresholds.as_json(),
        )
        return cls(records, record, terminal)

    @property
    def old_slot(self) -> Slot:
        """The slot of the old release."""
        return _assigned(self.record.old_slot)

    @property
    def new_slot(self) -> Slot:
        """The slot of the new release, which has one from the state ``starting`` on."""
        return _assigned(self.record.new_slot)

    @property
    def report_path(self) -> Path:
        """The path of the report."""
        return self._records.report_path(self.record)

    def enter(self, state: State, line: str, weight: int | None = None) -> None:
        """Begin a step: write the record, then show ``line``."""
        now = time.time()
        self._end_step(now)
        self.record.state = state
        if weight is not None:
            self.record.weight = weight
        self.record.steps.append(Step(state, self.record.weight, now))
        self._write()
        self._terminal.say(line)

    def note(self, summary: str) -> None:
        """Add a summary to the current step."""
        self.record.steps[-1].note = summary
        self._terminal.say(f"  {summary}")

    def close(self, state: State, reason: str = "") -> None:
        """End the deployment: write the record and the report, and show the result."""
        now = time.time()
        self._end_step(now)
        self.record.state, self.record.ended = state, now
        self.record.reason = reason
        self._write()
        self._terminal.show_result(self.record, str(self.report_path))

    def _write(self) -> None:
        """Write the record, and at the end the report. A full disk must not stop a rollback."""
        state = self.record.state
        try:
            self._records.write(self.record)
            if state.is_final:
                replace_file(self.report_path, render_report(self.record))
        except OSError as error:
            if state.is_final or state is State.ROLLING_BACK:
                self._terminal.warn(f"{error.filename} cannot be written: {error.strerror}.")
                return
            raise DeployError(
                f"{error.filename} cannot be written: {error.strerror}.", "Free space on the disk, then deploy again."
            ) from error

    def _end_step(self, now: float) -> None:
        with suppress(IndexError):
            self.record.steps[-1].ended = self.record.steps[-1].ended or now


def _assigned(slot: Slot | None) -> Slot:
    if slot is None:
        raise ValueError("The release has no slot yet.")
    return slot
