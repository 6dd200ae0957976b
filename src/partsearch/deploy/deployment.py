"""A deployment from start to end: build, check, migrate, start, verify, roll out, drain, stop; or roll back."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property

from partsearch.deploy.build.builder import remove_old_releases
from partsearch.deploy.canary.exit_monitor import ExitMonitor
from partsearch.deploy.canary.prober import Prober
from partsearch.deploy.canary.readiness_gate import ReadinessGate
from partsearch.deploy.canary.rollout import Rollout
from partsearch.deploy.canary.sample import ReleaseRole
from partsearch.deploy.canary.service_client import Search
from partsearch.deploy.canary.thresholds import Thresholds
from partsearch.deploy.canary.traffic_monitor import TrafficMonitor
from partsearch.deploy.console import Terminal
from partsearch.deploy.drain import drain, keep_sockets
from partsearch.deploy.errors import (
    AlreadyServingError,
    BuildError,
    InterruptedDeployError,
    MigrationError,
    RolledBackError,
)
from partsearch.deploy.migrations.release_migrations import apply_migrations, migration_violations, unapplied_migrations
from partsearch.deploy.state.journal import Journal
from partsearch.deploy.state.record import State
from partsearch.deploy.traffic_switch import TrafficSwitch
from partsearch.errors import PartsearchError
from partsearch.operation.names import Service, Slot
from partsearch.operation.nginx.traffic import TrafficError
from partsearch.operation.release import Release
from partsearch.operation.site import Site
from partsearch.system.signals import signals_ignored, termination_signals_interrupt

_IRREVERSIBLE = (State.STOPPING, State.DONE)
"""The old release stops or has stopped. After a failure here the next command completes the deployment."""


class Deployment:
    """One deployment of a site; the record of its journal holds its state.

    Args:
        site: the site, which is up.
        journal: its record names the old release and the two slots.
        terminal: shows each step.
    """

    def __init__(self, site: Site, journal: Journal, terminal: Terminal) -> None:
        self._site = site
        self._journal = journal
        self._record = journal.record
        self._terminal = terminal
        self._thresholds = Thresholds.from_json(self._record.thresholds)
        self._switch = TrafficSwitch(site.home)

    def run(self, obtain: Callable[[], Release]) -> None:
        """Replace the old release by the one that ``obtain`` returns, or leave everything as it was.

        Raises:
            PartsearchError: the deployment failed, and the old release still serves; says why.
        """
        try:
            with termination_signals_interrupt():
                release = self._build(obtain)
                if self._needs_migrations(release):
                    self._migrate(release)
                else:
                    self._update_shipped_rows(release)
                self._start(release)
                searches = self._verify()
                self._roll_out(searches)
                self.complete()
        except BaseException as error:
            if self._record.state in _IRREVERSIBLE:
                raise
            with signals_ignored():
                self.roll_back(_reason(error))
            raise self._reported(error) from error

    def complete(self) -> None:
        """Give the new release all traffic, and drain and stop the old one."""
        self._journal.enter(
            State.DRAINING, "The new release has all traffic. Waiting for the old one's requests and sockets to end."
        )
        self._switch.send_all_to(self._journal.new_slot)
        self._drain(ReleaseRole.BASELINE)
        with signals_ignored():
            self._journal.enter(State.STOPPING, f"Stopping {self._record.old_release}.")
            self._site.stop_slot(self._journal.old_slot)
            self._switch.remove_other(self._journal.new_slot, self._record.new_release)
            self._journal.close(State.DONE)
        self._remove_old_releases()

    def roll_back(self, reason: str) -> None:
        """Give the old release all traffic at once, and drain and stop the new one."""
        if self._record.new_slot is None:
            self._journal.close(State.FAILED, reason)
            return
        decided = time.monotonic()
        self._send_all_back()
        self._keep_sockets_of_the_old_release()
        self._record.rollback_seconds = round(time.monotonic() - decided, 3)
        self._record.weight = 0
        self._record.reason = reason
        self._journal.enter(State.ROLLING_BACK, f"{reason} {self._record.old_release} has all traffic again.")
        self._kill_unhealthy_services()
        self._drain(ReleaseRole.CANARY)
        self._site.stop_slot(self._journal.new_slot)
        self._switch.remove_other(self._journal.old_slot, self._record.old_release)
        self._journal.close(State.ROLLED_BACK, reason)

    def _build(self, obtain: Callable[[], Release]) -> Release:
        self._journal.enter(State.BUILDING, f"The release is {self._record.source}.")
        release = obtain()
        self._record.new_release = release.id
        if release.id == self._record.old_release:
            raise AlreadyServingError(f"{release.id} serves already.")
        return release

    def _needs_migrations(self, release: Release) -> bool:
        """Return whether migrations are missing, all of them compatible with the old release.

        Raises:
            MigrationError: the old release cannot serve after one of them.
        """
        self._journal.enter(State.CHECKING, "Checking that the old release can serve after the migrations.")
        missing = unapplied_migrations(release, self._site.settings)
        if not missing:
            self._journal.note("no migration is missing")
            return False
        violations = migration_violations(release, self._site.settings, self._site.release_that_runs())
        if violations:
            raise MigrationError(
                f"The old release cannot serve after {violations[0]}.",
                "Split it over two releases: see docs/how-to/write-migrations.md.",
            )
        self._journal.note(f"{', '.join(missing)}: compatible with the old release")
        return True

    def _migrate(self, release: Release) -> None:
        self._journal.enter(State.MIGRATING, "Applying the migrations of the new release.")
        apply_migrations(release, self._site.settings, self._thresholds.lock_seconds, report=self._terminal.say)

    def _update_shipped_rows(self, release: Release) -> None:
        """Bring the rows that the release ships into the database: without migrations to apply, that is all it does."""
        apply_migrations(release, self._site.settings, self._thresholds.lock_seconds, report=self._terminal.say)
        self._journal.note("the rows that the release ships are up to date")

    def _start(self, release: Release) -> None:
        self._record.new_slot = self._journal.old_slot.other
        self._journal.enter(State.STARTING, f"Starting {release.id} as {self._record.new_slot}.")
        seconds = self._thresholds.start_seconds
        self._site.start_slot(self._journal.new_slot, release, lambda _: None, seconds, is_gentle=True)

    def _verify(self) -> Sequence[Search]:
        self._journal.enter(State.VERIFYING, "Verifying the new release on its own ports.")
        gate = ReadinessGate(
            self._site.settings,
            self._journal.old_slot,
            self._journal.new_slot,
            answers_may_differ=self._thresholds.answers_may_differ,
        )
        return gate.require_ready(self._thresholds.start_seconds, self._terminal.say)

    def _roll_out(self, searches: Sequence[Search]) -> None:
        slots = {ReleaseRole.BASELINE: self._journal.old_slot, ReleaseRole.CANARY: self._journal.new_slot}
        self._site.raise_priority(self._journal.new_slot)
        self._switch.add_canary(self._journal.new_slot, self._record.new_release)
        with Prober(self._site.settings, slots, searches).running() as prober, self._terminal.live():
            prober.warm_up()
            exit_monitor = ExitMonitor(self._pids(self._journal.new_slot).values())
            rollout = Rollout(self._thresholds, self._switch, self._monitor, prober, exit_monitor)
            for weight in self._thresholds.steps:
                self._journal.enter(State.ROLLING_OUT, f"The new release gets {weight} % of the traffic.", weight)
                self._journal.note(rollout.run_step(weight))

    def _drain(self, role: ReleaseRole) -> None:
        slot = self._journal.old_slot if role is ReleaseRole.BASELINE else self._journal.new_slot
        with self._terminal.live():
            service = self._pids(slot).get(Service.FASTAPI)
            sockets_seconds = self._site.settings.partsearch_drain_seconds
            drain(self._monitor, self._record, role, service, self._thresholds.drain_seconds, sockets_seconds)

    @cached_property
    def _monitor(self) -> TrafficMonitor:
        """One monitor for the whole deployment, so that the drain continues where the rollout stopped reading."""
        return TrafficMonitor(self._site.home, self._record, self._terminal)

    def _pids(self, slot: Slot) -> dict[Service, int]:
        """Return the pids of the supervised processes of a slot that are running."""
        status = self._site.slots().get(slot)
        return {service: pid for service, pid in status.pids.items() if pid} if status else {}

    def _send_all_back(self) -> None:
        """Give the old release all traffic. If that fails, the new one stops anyway: then Nginx uses the old one."""
        try:
            self._switch.send_all_to(self._journal.old_slot)
        except TrafficError as error:
            self._terminal.warn(str(error))

    def _kill_unhealthy_services(self) -> None:
        """Kill the services that do not answer: the old release then answers the requests that wait for them."""
        for service in self._monitor.unhealthy_services(ReleaseRole.CANARY):
            self._site.kill_service(self._journal.new_slot, service)

    def _keep_sockets_of_the_old_release(self) -> None:
        """Stop the closing of the old release's sockets that a drain may have begun."""
        service = self._pids(self._journal.old_slot).get(Service.FASTAPI)
        if service:
            keep_sockets(service)

    def _remove_old_releases(self) -> None:
        with suppress(BuildError):
            remove_old_releases(self._site.home, {self._record.old_release, self._record.new_release})

    def _reported(self, error: BaseException) -> BaseException:
        """Return the error that the user gets."""
        if not isinstance(error, PartsearchError | KeyboardInterrupt):
            return error
        if self._record.state is State.FAILED and isinstance(error, PartsearchError):
            return error
        report = f"See {self._journal.report_path}."
        if isinstance(error, KeyboardInterrupt):
            return InterruptedDeployError(f"Interrupted. {self._record.old_release} still serves.", report)
        return RolledBackError(f"Rolled back: {error}", error.next_step or report)


def _reason(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "The user ended the deployment."
    return str(error) if isinstance(error, PartsearchError) else f"{type(error).__name__}: {error}"
