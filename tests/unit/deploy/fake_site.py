"""A site without processes: its slots, its traffic and its records are the real files of a home, the rest is faked.

A deployment that is killed leaves these files behind, and its recovery begins from them, as with a real site.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from partsearch.deploy import commands, deployment, drain, traffic_switch
from partsearch.deploy.canary import traffic_monitor
from partsearch.deploy.canary.thresholds import Thresholds
from partsearch.deploy.console import Terminal
from partsearch.deploy.migrations.violations import MigrationViolation
from partsearch.deploy.recovery import recover
from partsearch.deploy.state.journal import Journal
from partsearch.deploy.state.record import DeploymentRecord, DeploymentRecords, State
from partsearch.errors import PartsearchError
from partsearch.operation.home import Home
from partsearch.operation.names import RELEASE_SERVICES, Service, Slot
from partsearch.operation.nginx.traffic import (
    Health,
    NginxTraffic,
    TrafficError,
    TrafficState,
    read_state,
    write_state,
)
from partsearch.operation.release import Release
from partsearch.operation.site import Site
from partsearch.operation.slots import SlotStatus, assign_release, assigned_releases, clear_release

THRESHOLDS = Thresholds(steps=(25, 100), drain_seconds=0.2)
VIOLATION = MigrationViolation("catalog.0009_x", "0009_x.py:5: DROP TABLE mark", "the running release may use it")


def release(release_id: str) -> Release:
    return Release(release_id, Path("/releases", release_id), Path("/python"), "a test")


class FakeHome(Home):
    """A home that root may also lock."""

    @contextmanager
    def lock(self) -> Iterator[None]:
        yield


@dataclass
class FakeNginx:
    """The states that Nginx received, and what it reports."""

    home: Home
    received: list[TrafficState] = field(default_factory=list)
    health: dict[Slot, dict[Service, bool]] = field(default_factory=dict)
    in_flight: int = 0
    is_away: bool = False

    def put(self, state: TrafficState, health: Health | None = None) -> bool:
        if self.is_away:
            raise TrafficError("Nginx does not answer.")
        self.received.append(state)
        return True

    def get(self) -> NginxTraffic:
        if self.is_away:
            raise TrafficError("Nginx does not answer.")
        counts = {slot: dict.fromkeys(RELEASE_SERVICES, 0) | {Service.FASTAPI: self.in_flight} for slot in Slot}
        return NginxTraffic(read_state(self.home), self.health, counts)


class FakeSite(Site):
    """A site that is up, with the release ``a`` in blue.

    Attributes:
        errors: raised by the step of that name: build, check, migrate, start, verify, roll out, stop.
        missing: the migrations that the database lacks.
        violations: what the lint finds in them.
        on_state: is called when a deployment has entered a state.
        killed_services: the services that were killed.
    """

    def __init__(self, root: Path) -> None:
        self.home = FakeHome(root)
        for folder in (root, self.home.run, root / "deploys"):
            folder.mkdir(exist_ok=True)
        self.settings = SimpleNamespace(partsearch_drain_seconds=0)  # type: ignore[assignment]
        self.nginx = FakeNginx(self.home)
        self.errors: dict[str, BaseException] = {}
        self.missing: list[str] = []
        self.violations: list[MigrationViolation] = []
        self.on_state: Callable[[State], None] = lambda _: None
        self.killed_services: list[tuple[Slot, Service]] = []
        self.set_up("a")

    def set_up(self, release_id: str, slot: Slot = Slot.BLUE) -> None:
        """Start the site with one release."""
        for other in Slot:
            clear_release(self.home, other)
        assign_release(self.home, slot, release(release_id))
        write_state(self.home, TrafficState(active=slot, releases={slot: release_id}))
        (self.home.run / "up").touch()

    def set_down(self) -> None:
        """Stop the site."""
        (self.home.run / "up").unlink()

    def fail(self, step: str) -> None:
        """Raise the error of a step, if it has one."""
        if step in self.errors:
            raise self.errors[step]

    def is_up(self) -> bool:
        return (self.home.run / "up").exists()

    def slots(self) -> dict[Slot, SlotStatus]:
        running = dict.fromkeys(RELEASE_SERVICES, "RUNNING")
        found = assigned_releases(self.home).items() if self.is_up() else ()
        return {slot: SlotStatus(one, dict.fromkeys(RELEASE_SERVICES), running) for slot, one in found}

    def release_that_runs(self) -> Release:
        return assigned_releases(self.home)[read_state(self.home).active]

    def start_slot(
        self,
        slot: Slot,
        release: Release,
        say: Callable[[str], None],
        seconds: float = 0,
        *,
        is_gentle: bool = False,
    ) -> None:
        self.stop_slot(slot)
        self.fail("start")
        assign_release(self.home, slot, release)
        state = read_state(self.home)
        write_state(self.home, replace(state, releases={**state.releases, slot: release.id}))

    def stop_slot(self, slot: Slot) -> None:
        state = read_state(self.home)
        assert slot is not state.active, "the slot has the traffic"
        assert slot is not state.new or not state.weight, "the slot has part of the traffic"
        if slot in assigned_releases(self.home):
            self.fail("stop")
        write_state(self.home, replace(state, releases={k: v for k, v in state.releases.items() if k is not slot}))
        clear_release(self.home, slot)

    def raise_priority(self, slot: Slot) -> None:
        pass

    def kill_service(self, slot: Slot, service: Service) -> None:
        self.killed_services.append((slot, service))

    def deploy(self, release_id: str, thresholds: Thresholds = THRESHOLDS) -> None:
        """Run a deployment, as the command does once it holds the lock."""

        def obtain() -> Release:
            self.fail("build")
            return release(release_id)

        commands._run(self, "deploy", release_id, obtain, thresholds, Terminal())

    def recover(self, *, prefers_rollback: bool = False) -> DeploymentRecord | None:
        """Recover a deployment that was killed."""
        return recover(self, Terminal(), prefers_rollback=prefers_rollback)

    def records(self) -> list[DeploymentRecord]:
        """Return the records, the oldest first."""
        return list(DeploymentRecords(self.home.root).newest_first())[::-1]

    def states(self) -> list[State]:
        """Return the states that the newest deployment has been in, with its final one."""
        record = self.records()[-1]
        return [*(step.state for step in record.steps), *([record.state] if record.state.is_final else [])]

    def require_single_release(self, release_id: str) -> None:
        """Fail if the site has anything but one release with all traffic, on disk and in Nginx."""
        state = read_state(self.home)
        assert state == TrafficState(active=state.active, releases={state.active: release_id})
        assert {slot: one.id for slot, one in assigned_releases(self.home).items()} == state.releases
        assert not self.nginx.received or self.nginx.received[-1] == state


class _FakeSteps:
    """The steps of a deployment that other tests cover: each does nothing, or raises the error of the site."""

    def __init__(self, site: FakeSite) -> None:
        self._site = site

    def unapplied_migrations(self, *_: Any) -> Sequence[str]:
        self._site.fail("check")
        return self._site.missing

    def migration_violations(self, *_: Any) -> Sequence[MigrationViolation]:
        return self._site.violations

    def apply_migrations(self, *_: Any, **__: Any) -> None:
        self._site.fail("migrate")

    def readiness_gate(self, *_: Any, **__: Any) -> Any:
        def require_ready(*_: Any) -> list[Any]:
            self._site.fail("verify")
            return [{}]

        return SimpleNamespace(require_ready=require_ready)

    def prober(self, *_: Any) -> Any:
        @contextmanager
        def running() -> Iterator[Any]:
            yield SimpleNamespace(warm_up=lambda: None)

        return SimpleNamespace(running=running)

    def rollout(self, thresholds: Thresholds, switch: Any, monitor: Any, *_: Any) -> Any:
        def run_step(weight: int) -> str:
            switch.set_weight(weight)
            monitor.poll()
            if weight == thresholds.steps[-1]:
                self._site.fail("roll out")
            return "300 responses"

        return SimpleNamespace(run_step=run_step)


def fake_site(root: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSite:
    """Return a fake site; deployments use its fake steps and its fake Nginx until the end of the test."""
    site = FakeSite(root)
    steps = _FakeSteps(site)
    for name in ("unapplied_migrations", "migration_violations", "apply_migrations"):
        monkeypatch.setattr(deployment, name, getattr(steps, name))
    monkeypatch.setattr(deployment, "ReadinessGate", steps.readiness_gate)
    monkeypatch.setattr(deployment, "Prober", steps.prober)
    monkeypatch.setattr(deployment, "Rollout", steps.rollout)
    monkeypatch.setattr(deployment, "remove_old_releases", lambda *_: [])
    monkeypatch.setattr(drain, "_LOG_DELAY_SECONDS", 0)
    monkeypatch.setattr(traffic_switch, "_NGINX_SECONDS", 0)
    for module in (traffic_switch, traffic_monitor):
        monkeypatch.setattr(module, "NginxControl", lambda _: site.nginx)
    enter = Journal.enter

    def enter_and_notify(self: Journal, state: State, *arguments: Any) -> None:
        enter(self, state, *arguments)
        site.on_state(state)

    monkeypatch.setattr(Journal, "enter", enter_and_notify)
    # A sync waits for the disk, and would slow the tests down.
    monkeypatch.setattr(os, "fsync", lambda _: None)
    return site


class FakeError(PartsearchError):
    """The error of a step."""
