"""The states of a deployment: which one follows on which event, and which release serves afterwards."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from partsearch.deploy import commands
from partsearch.deploy.build import releases
from partsearch.deploy.canary.thresholds import Thresholds
from partsearch.deploy.errors import (
    AlreadyServingError,
    CanaryFailedError,
    DeployError,
    InterruptedDeployError,
    MigrationError,
    NoPreviousReleaseError,
    RolledBackError,
    SiteDownError,
)
from partsearch.deploy.state.record import DeploymentRecords, State
from partsearch.operation.names import Service, Slot
from partsearch.operation.nginx.traffic import TrafficError, read_state
from tests.unit.deploy.fake_site import VIOLATION, FakeError, FakeSite, fake_site, release

_TO_CHECKING = [State.BUILDING, State.CHECKING]
_TO_MIGRATING = [*_TO_CHECKING, State.MIGRATING]
_TO_STARTING = [*_TO_CHECKING, State.STARTING]
_TO_VERIFYING = [*_TO_STARTING, State.VERIFYING]
_TO_ROLLING_OUT = [*_TO_VERIFYING, State.ROLLING_OUT, State.ROLLING_OUT]
_TO_DONE = [*_TO_ROLLING_OUT, State.DRAINING, State.STOPPING, State.DONE]
_ROLLED_BACK = [State.ROLLING_BACK, State.ROLLED_BACK]
_MIGRATION = "catalog.0009_x"
_BEFORE_START = (State.BUILDING, State.CHECKING, State.MIGRATING)
_CURRENT = [state for state in State if not state.is_final]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSite:
    return fake_site(tmp_path, monkeypatch)


def at(state: State, action: Callable[[], None]) -> Callable[[State], None]:
    """Return a callback that acts when a deployment enters ``state``."""
    return lambda entered: action() if entered is state else None


def prepare(site: FakeSite, state: State) -> None:
    """Make a deployment reach a state."""
    site.missing = [_MIGRATION] if state is State.MIGRATING else []
    if state is State.ROLLING_BACK:
        site.errors["roll out"] = CanaryFailedError("It is slow.")


def kill_at(site: FakeSite, state: State, release_id: str = "b") -> None:
    """Run a deployment in a process of its own that is killed as soon as the deployment enters ``state``."""
    prepare(site, state)
    pid = os.fork()
    if pid == 0:
        site.on_state = at(state, lambda: os.kill(os.getpid(), signal.SIGKILL))
        try:
            site.deploy(release_id)
        finally:
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status), "the deployment did not come to that state"
    assert site.records()[-1].state is state
    site.errors.clear()


def test_a_deployment_without_events(site: FakeSite) -> None:
    site.deploy("b")
    assert site.states() == _TO_DONE
    assert [(state.active, state.new, state.weight) for state in site.nginx.received] == [
        (Slot.BLUE, Slot.GREEN, 0),
        (Slot.BLUE, Slot.GREEN, 25),
        (Slot.BLUE, Slot.GREEN, 100),
        (Slot.GREEN, None, 0),
        (Slot.GREEN, None, 0),
    ]
    assert [step.weight for step in site.records()[-1].steps] == [0, 0, 0, 0, 25, 100, 100, 100]
    site.require_single_release("b")


def test_migrations_that_the_lint_accepts_are_applied(site: FakeSite) -> None:
    site.missing = [_MIGRATION]
    site.deploy("b")
    assert site.states() == [*_TO_MIGRATING, *_TO_DONE[len(_TO_CHECKING) :]]
    site.require_single_release("b")


@pytest.mark.parametrize(
    ("step", "states", "raised"),
    [
        ("build", [State.BUILDING, State.FAILED], FakeError),
        ("check", [*_TO_CHECKING, State.FAILED], FakeError),
        ("migrate", [*_TO_MIGRATING, State.FAILED], FakeError),
        ("start", [*_TO_STARTING, *_ROLLED_BACK], RolledBackError),
        ("verify", [*_TO_VERIFYING, *_ROLLED_BACK], RolledBackError),
        ("roll out", [*_TO_ROLLING_OUT, *_ROLLED_BACK], RolledBackError),
    ],
)
def test_a_step_fails(site: FakeSite, step: str, states: list[State], raised: type[Exception]) -> None:
    site.missing = [_MIGRATION] if step == "migrate" else []
    site.errors[step] = FakeError("It fails.", "Do this.")
    with pytest.raises(raised, match=r"It fails\.") as error:
        site.deploy("b")
    assert error.value.next_step == "Do this."  # type: ignore[attr-defined]
    assert site.states() == states
    assert site.records()[-1].reason == "It fails."
    site.require_single_release("a")


def test_the_rows_that_a_release_ships_are_brought_in_without_a_migration_too(site: FakeSite) -> None:
    site.missing = []
    site.errors["migrate"] = FakeError("It fails.", "Do this.")
    with pytest.raises(FakeError):
        site.deploy("b")
    assert site.states() == [*_TO_CHECKING, State.FAILED]
    site.require_single_release("a")


def test_an_unexpected_error_rolls_back_and_is_not_hidden(site: FakeSite) -> None:
    site.errors["roll out"] = ZeroDivisionError("by zero")
    with pytest.raises(ZeroDivisionError):
        site.deploy("b")
    assert site.states() == [*_TO_ROLLING_OUT, *_ROLLED_BACK]
    assert site.records()[-1].reason == "ZeroDivisionError: by zero"
    site.require_single_release("a")


def test_a_violation_of_the_migration_lint(site: FakeSite) -> None:
    site.missing, site.violations = [_MIGRATION], [VIOLATION]
    with pytest.raises(MigrationError, match=r"The old release cannot serve after catalog\.0009_x: 0009_x\.py:5"):
        site.deploy("b")
    assert site.states() == [*_TO_CHECKING, State.FAILED]
    site.require_single_release("a")


def test_the_release_that_serves_is_not_deployed_again(site: FakeSite) -> None:
    with pytest.raises(AlreadyServingError):
        site.deploy("a")
    assert site.states() == [State.BUILDING, State.FAILED]
    site.require_single_release("a")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("state", _CURRENT)
def test_a_signal_in_each_state(site: FakeSite, state: State, number: signal.Signals) -> None:
    prepare(site, state)
    site.on_state = at(state, lambda: os.kill(os.getpid(), number))
    if state is State.STOPPING:
        site.deploy("b")
        assert site.states() == _TO_DONE
        site.require_single_release("b")
        return
    with pytest.raises(RolledBackError if state is State.ROLLING_BACK else InterruptedDeployError):
        site.deploy("b")
    assert site.states()[-1] is (State.FAILED if state in _BEFORE_START else State.ROLLED_BACK)
    site.require_single_release("a")


@pytest.mark.parametrize("state", _CURRENT)
def test_killed_in_each_state_and_recovered(site: FakeSite, state: State) -> None:
    kill_at(site, state)
    site.recover()
    if state in (State.DRAINING, State.STOPPING):
        assert site.states()[-1] is State.DONE
        site.require_single_release("b")
    elif state in _BEFORE_START:
        assert site.states()[-1] is State.FAILED
        site.require_single_release("a")
    else:
        assert site.states()[-2:] == _ROLLED_BACK
        site.require_single_release("a")
    assert site.recover() is None


@pytest.mark.parametrize("state", _CURRENT)
def test_killed_in_each_state_and_recovered_by_rollback(site: FakeSite, state: State) -> None:
    """A rollback also reverts a deployment that could be completed, while the old release is still running."""
    kill_at(site, state)
    site.recover(prefers_rollback=True)
    assert site.states()[-1] is (State.FAILED if state in _BEFORE_START else State.ROLLED_BACK)
    site.require_single_release("a")


def test_killed_after_the_old_release_has_stopped(site: FakeSite) -> None:
    """Then even a rollback completes the deployment first."""
    kill_at(site, State.STOPPING)
    site.stop_slot(Slot.BLUE)
    site.recover(prefers_rollback=True)
    assert site.states()[-1] is State.DONE
    site.require_single_release("b")


@pytest.mark.parametrize("state", _CURRENT)
def test_killed_in_each_state_and_the_site_is_down(site: FakeSite, state: State) -> None:
    kill_at(site, state)
    site.set_down()
    site.recover()
    serves = "b" if state.is_promoted else "a"
    final = State.DONE if state.is_promoted else State.FAILED if state in _BEFORE_START else State.ROLLED_BACK
    assert site.states()[-1] is final
    traffic = read_state(site.home)
    assert traffic.releases == {traffic.active: serves}


@pytest.mark.parametrize(
    ("state", "restarted", "final"),
    [
        (State.ROLLING_OUT, "b", State.DONE),
        (State.ROLLING_OUT, "c", State.ROLLED_BACK),
        (State.DRAINING, "a", State.ROLLED_BACK),
    ],
)
def test_killed_and_the_site_was_restarted(site: FakeSite, state: State, restarted: str, final: State) -> None:
    """The record is closed, and the release that serves does not change."""
    kill_at(site, state)
    site.set_up(restarted)
    site.recover()
    assert site.states()[-1] is final
    assert "restarted" in site.records()[-1].reason
    site.require_single_release(restarted)


def test_killed_twice(site: FakeSite) -> None:
    kill_at(site, State.ROLLING_OUT)
    pid = os.fork()
    if pid == 0:
        site.on_state = at(State.ROLLING_BACK, lambda: os.kill(os.getpid(), signal.SIGKILL))
        try:
            site.recover()
        finally:
            os._exit(1)
    assert os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    assert site.records()[-1].state is State.ROLLING_BACK
    site.recover()
    assert site.states()[-1] is State.ROLLED_BACK
    site.require_single_release("a")


def test_an_error_after_the_point_of_no_return_is_completed_by_the_next_command(site: FakeSite) -> None:
    site.errors["stop"] = FakeError("It does not stop.")
    with pytest.raises(FakeError):
        site.deploy("b")
    assert site.states()[-1] is State.STOPPING
    site.errors.clear()
    site.recover()
    assert site.states()[-1] is State.DONE
    site.require_single_release("b")


def test_without_nginx_the_new_release_is_still_stopped(site: FakeSite, capsys: pytest.CaptureFixture[str]) -> None:
    def make_nginx_unavailable() -> None:
        site.nginx.is_away = True
        raise CanaryFailedError("It is slow.")

    site.on_state = at(State.VERIFYING, make_nginx_unavailable)
    with pytest.raises(TrafficError, match="Nginx does not answer"):
        site.deploy("b")
    assert site.states()[-1] is State.ROLLING_BACK
    assert read_state(site.home).releases == {Slot.BLUE: "a"}
    assert "Nginx does not answer" in capsys.readouterr().out
    site.nginx.is_away = False
    site.recover()
    assert site.states()[-1] is State.ROLLED_BACK
    site.require_single_release("a")


def test_unhealthy_services_are_killed_so_that_no_request_waits_for_them(site: FakeSite) -> None:
    site.nginx.health = {Slot.GREEN: {Service.FASTAPI: False, Service.DJANGO: True}}
    site.errors["roll out"] = CanaryFailedError("The health checker reports the new release as unhealthy.")
    with pytest.raises(RolledBackError):
        site.deploy("b")
    assert site.killed_services == [(Slot.GREEN, Service.FASTAPI)]
    site.require_single_release("a")


def test_requests_in_flight_at_the_end_of_the_drain_are_counted_as_cut(site: FakeSite) -> None:
    site.nginx.in_flight = 3
    site.deploy("b", Thresholds(steps=(100,), drain_seconds=0))
    assert site.records()[-1].cut == 3
    site.require_single_release("b")


@pytest.mark.parametrize(("state", "raised"), [(State.BUILDING, DeployError), (State.VERIFYING, RolledBackError)])
def test_a_full_disk_ends_the_deployment_but_not_its_rollback(
    site: FakeSite, monkeypatch: pytest.MonkeyPatch, state: State, raised: type[Exception]
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device", "record")

    with monkeypatch.context() as full_disk:
        site.on_state = at(state, lambda: full_disk.setattr(DeploymentRecords, "write", fail))
        with pytest.raises(raised, match=r"record cannot be written: No space left") as error:
            site.deploy("b")
        assert "Free space" in error.value.next_step  # type: ignore[attr-defined]
        site.require_single_release("a")
    assert site.records()[-1].state is state
    site.recover()
    assert site.states()[-1] is (State.FAILED if state is State.BUILDING else State.ROLLED_BACK)
    site.require_single_release("a")


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Find every release that a rollback requests."""
    monkeypatch.setattr(commands, "release_named", lambda _, release_id: release(release_id))
    monkeypatch.setattr(releases, "running_checkout", lambda: release("checkout"))


@pytest.mark.usefixtures("kept")
def test_each_rollback_deploys_the_release_before(site: FakeSite) -> None:
    for release_id in ("b", "c"):
        site.deploy(release_id)
    for release_id in ("b", "a"):
        commands.roll_back(site, Thresholds(steps=(100,)))
        site.require_single_release(release_id)
    assert [record.kind for record in site.records()] == ["deploy", "deploy", "rollback", "rollback"]
    with pytest.raises(NoPreviousReleaseError, match="before a"):
        commands.roll_back(site, Thresholds(steps=(100,)))
    site.require_single_release("a")


@pytest.mark.usefixtures("kept")
def test_a_rollback_that_fails_is_rolled_back_itself(site: FakeSite) -> None:
    site.deploy("b")
    site.errors["verify"] = CanaryFailedError("It is not ready.")
    with pytest.raises(RolledBackError, match="It is not ready"):
        commands.roll_back(site, Thresholds(steps=(100,)))
    assert [(record.kind, record.state) for record in site.records()] == [
        ("deploy", State.DONE),
        ("rollback", State.ROLLED_BACK),
    ]
    site.require_single_release("b")
    site.errors.clear()
    commands.roll_back(site, Thresholds(steps=(100,)))
    site.require_single_release("a")


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("state", "kinds"),
    [
        (State.ROLLING_OUT, ["deploy", "deploy"]),
        (State.DRAINING, ["deploy", "deploy"]),
        (State.BUILDING, ["deploy", "deploy", "rollback"]),
    ],
)
def test_a_rollback_after_a_kill_reverts_the_killed_deployment(site: FakeSite, state: State, kinds: list[str]) -> None:
    """A deployment killed before the start of its release changed nothing: the rollback goes to the release before."""
    site.deploy("b")
    kill_at(site, state, "c")
    commands.roll_back(site, Thresholds(steps=(100,)))
    assert [record.kind for record in site.records()] == kinds
    site.require_single_release("a" if state is State.BUILDING else "b")


def test_a_rollback_of_a_site_that_is_down(site: FakeSite) -> None:
    site.set_down()
    with pytest.raises(SiteDownError):
        commands.roll_back(site, Thresholds())
