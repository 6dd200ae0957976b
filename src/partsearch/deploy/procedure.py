"""An update from end to end. It reads as it goes: build, check, migrate, start, prove, shift, drain, stop."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from partsearch.deploy.build import remove_old_releases
from partsearch.deploy.console import Terminal
from partsearch.deploy.deaths import Deaths
from partsearch.deploy.drain import drain, let_sockets_stay
from partsearch.deploy.errors import (
    AlreadyServesError,
    BuildError,
    InterruptedDeployError,
    MigrationError,
    RolledBackError,
)
from partsearch.deploy.health_gate import HealthGate
from partsearch.deploy.journal import Journal
from partsearch.deploy.migrations import breaking_lines, migrate, unapplied
from partsearch.deploy.observer import Observer
from partsearch.deploy.prober import Prober
from partsearch.deploy.record import State
from partsearch.deploy.searches import Search
from partsearch.deploy.shift import Shift
from partsearch.deploy.switch import Switch
from partsearch.deploy.thresholds import Thresholds
from partsearch.deploy.watch import Side
from partsearch.errors import PartsearchError
from partsearch.operation.names import Service, Slot
from partsearch.operation.nginx.traffic import TrafficError
from partsearch.operation.release import Release
from partsearch.operation.site import Site
from partsearch.system.signals import signals_ignored, termination_signals_interrupt

_NO_WAY_BACK = (State.STOPPING, State.DONE)
"""The old release is gone, or going. What fails now is finished by the next command."""


class Procedure:
    """One update of a site, of which the journal's record tells how far it is.

    Args:
        site: the site, which is up.
        journal: its record names the old release and the two slots.
        terminal: is told of each step.
    """

    def __init__(self, site: Site, journal: Journal, terminal: Terminal) -> None:
        self._site = site
        self._journal = journal
        self._record = journal.record
        self._terminal = terminal
        self._thresholds = Thresholds.from_json(self._record.thresholds)
        self._switch = Switch(site.home)

    def run(self, obtain: Callable[[], Release]) -> None:
        """Puts the release that ``obtain`` gives into the place of the old one, or leaves everything as it was.

        Raises:
            PartsearchError: the old release serves, and goes on serving; says why.
        """
        try:
            with termination_signals_interrupt():
                release = self._build(obtain)
                if self._lacks_migrations(release):
                    self._migrate(release)
                self._start(release)
                searches = self._prove()
                self._shift(searches)
                self.finish()
        except BaseException as error:
            if self._record.state in _NO_WAY_BACK:
                raise
            with signals_ignored():
                self.go_back(_reason(error))
            raise self._told(error) from error

    def finish(self) -> None:
        """The new release has shown that it is good: it gets everything, and the old one may end."""
        self._journal.enter(
            State.DRAINING, "All traffic is with the new release. Waiting for what the old one has left."
        )
        self._switch.give_all_to(self._journal.new_slot)
        self._drain(Side.OLD)
        with signals_ignored():
            self._journal.enter(State.STOPPING, f"Stopping {self._record.old_release}.")
            self._site.stop_slot(self._journal.old_slot)
            self._switch.end(self._journal.new_slot, self._record.new_release)
            self._journal.close(State.DONE)
        self._remove_old_releases()

    def go_back(self, reason: str) -> None:
        """Gives all traffic back to the old release, at once, and ends the new one."""
        if self._record.new_slot is None:
            self._journal.close(State.FAILED, reason)
            return
        decided = time.monotonic()
        self._give_all_back()
        self._let_sockets_stay()
        self._record.returned_seconds = round(time.monotonic() - decided, 3)
        self._record.share = 0
        self._record.reason = reason
        self._journal.enter(State.ROLLING_BACK, f"{reason} All traffic is back with {self._record.old_release}.")
        self._kill_what_hangs()
        self._drain(Side.NEW)
        self._site.stop_slot(self._journal.new_slot)
        self._switch.end(self._journal.old_slot, self._record.old_release)
        self._journal.close(State.ROLLED_BACK, reason)

    def _build(self, obtain: Callable[[], Release]) -> Release:
        self._journal.enter(State.BUILDING, f"The release is {self._record.source}.")
        release = obtain()
        self._record.new_release = release.id
        if release.id == self._record.old_release:
            raise AlreadyServesError(f"{release.id} serves already.")
        return release

    def _lacks_migrations(self, release: Release) -> bool:
        """Whether the database lacks migrations of the new release, which the old one can live with all of them."""
        self._journal.enter(State.CHECKING, "Looking for migrations that the old release cannot live with.")
        missing = unapplied(release, self._site.settings)
        if not missing:
            self._journal.note("no migration is missing")
            return False
        breaking = breaking_lines(release, self._site.settings, self._site.release_that_runs())
        if breaking:
            raise MigrationError(
                f"The release that runs cannot live with {breaking[0]}.",
                "Split it over two releases: see docs/how-to/write-migrations.md.",
            )
        self._journal.note(f"{', '.join(missing)}: the old release can live with it")
        return True

    def _migrate(self, release: Release) -> None:
        self._journal.enter(State.MIGRATING, "Applying the migrations of the new release.")
        migrate(release, self._site.settings, self._thresholds.lock_seconds, say=self._terminal.say)

    def _start(self, release: Release) -> None:
        self._record.new_slot = self._journal.old_slot.other
        self._journal.enter(State.STARTING, f"Starting {release.id} as {self._record.new_slot}.")
        seconds = self._thresholds.start_seconds
        self._site.start_slot(self._journal.new_slot, release, lambda _: None, seconds, is_gentle=True)

    def _prove(self) -> Sequence[Search]:
        self._journal.enter(State.PROVING, "Proving the new release on its own ports.")
        may_differ = self._thresholds.answers_may_differ
        gate = HealthGate(
            self._site.settings, self._journal.old_slot, self._journal.new_slot, answers_may_differ=may_differ
        )
        return gate.pass_through(self._thresholds.start_seconds, self._terminal.say)

    def _shift(self, searches: Sequence[Search]) -> None:
        slots = {Side.OLD: self._journal.old_slot, Side.NEW: self._journal.new_slot}
        self._site.hurry_slot(self._journal.new_slot)
        self._switch.begin(self._journal.new_slot, self._record.new_release)
        with Prober(self._site.settings, slots, searches).running() as prober, self._terminal.moving():
            prober.settle()
            observer = self._observer()
            shift = Shift(self._thresholds, self._switch, observer, prober, self._deaths())
            for share in self._thresholds.steps:
                self._journal.enter(State.SHIFTING, f"{share} % of the traffic goes to the new release.", share)
                self._journal.note(shift.step(share))

    def _drain(self, side: Side) -> None:
        slot = self._journal.old_slot if side is Side.OLD else self._journal.new_slot
        with self._terminal.moving():
            service = self._pids(slot).get(Service.FASTAPI)
            sockets_seconds = self._site.settings.partsearch_drain_seconds
            drain(self._observer(), self._record, side, service, self._thresholds.drain_seconds, sockets_seconds)

    def _observer(self) -> Observer:
        return self._journal.observer(self._site.home, self._terminal)

    def _deaths(self) -> Deaths:
        return Deaths(self._pids(self._journal.new_slot).values())

    def _pids(self, slot: Slot) -> dict[Service, int]:
        """The supervised processes of a slot, as far as they run."""
        status = self._site.slots().get(slot)
        return {service: pid for service, pid in status.pids.items() if pid} if status else {}

    def _give_all_back(self) -> None:
        """What fails here must not keep the new release alive: with it gone, the guard leads all to the old one."""
        try:
            self._switch.give_all_to(self._journal.old_slot)
        except TrafficError as error:
            self._terminal.warn(str(error))

    def _kill_what_hangs(self) -> None:
        """Who waits for a service that does not answer is answered by the old release as soon as that one is gone."""
        for service in self._observer().sick_services(Side.NEW):
            self._site.kill_service(self._journal.new_slot, service)

    def _let_sockets_stay(self) -> None:
        """The sockets that a drain was about to send away from the old release are where they belong again."""
        service = self._pids(self._journal.old_slot).get(Service.FASTAPI)
        if service:
            let_sockets_stay(service)

    def _remove_old_releases(self) -> None:
        with suppress(BuildError):
            remove_old_releases(self._site.home, {self._record.old_release, self._record.new_release})

    def _told(self, error: BaseException) -> BaseException:
        """The error as the user is told of it."""
        if not isinstance(error, PartsearchError | KeyboardInterrupt):
            return error
        if self._record.state is State.FAILED and isinstance(error, PartsearchError):
            return error
        report = f"See {self._journal.report_path}."
        if isinstance(error, KeyboardInterrupt):
            return InterruptedDeployError(f"Ended by you. {self._record.old_release} serves, as before.", report)
        return RolledBackError(f"Rolled back: {error}", error.next_step or report)


def _reason(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "It was ended by its user."
    return str(error) if isinstance(error, PartsearchError) else f"{type(error).__name__}: {error}"
