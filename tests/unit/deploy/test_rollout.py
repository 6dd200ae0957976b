"""When a step of the rollout ends, and what ends the rollout."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from partsearch.deploy.canary import rollout as rollout_module
from partsearch.deploy.canary.prober import MAXIMUM_RATE, MINIMUM_RATE
from partsearch.deploy.canary.rollout import Rollout
from partsearch.deploy.canary.sample import Origin, ReleaseRole, Sample
from partsearch.deploy.canary.thresholds import Thresholds
from partsearch.deploy.errors import CanaryFailedError
from partsearch.operation.names import Service

_POLL_SECONDS = 0.1


class FakeRelease:
    """A canary with a fixed number of samples per poll, on a clock that only the polls advance."""

    def __init__(self, users: int = 0, probes: int = 0, errors: int = 0) -> None:
        self.now = 0.0
        self.users, self.probes, self.errors = users, probes, errors
        self.weights: list[int] = []
        self.unhealthy: list[Service] = []
        self.is_exited = False
        self.prober = SimpleNamespace(rate=0.0, read_new=lambda: self._samples(Origin.PROBE, self.probes))

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def poll(self, *_: Any) -> list[Sample]:
        return self._samples(Origin.USER, self.users)

    def check(self) -> None:
        if self.is_exited:
            raise CanaryFailedError("A process of the new release exited (pid 7).")

    def _samples(self, origin: Origin, number: int) -> list[Sample]:
        return [Sample(ReleaseRole.CANARY, origin, 0.01, index < self.errors) for index in range(number)]


NewRollout = Callable[..., tuple[FakeRelease, Rollout]]


@pytest.fixture
def new_rollout(monkeypatch: pytest.MonkeyPatch) -> NewRollout:
    """Return a function that makes a canary and its rollout."""

    def make(thresholds: Thresholds, **samples: int) -> tuple[FakeRelease, Rollout]:
        fake = FakeRelease(**samples)
        clock = SimpleNamespace(monotonic=lambda: fake.now, sleep=fake.sleep)
        monkeypatch.setattr(rollout_module, "time", clock)
        switch = SimpleNamespace(set_weight=fake.weights.append)
        monitor = SimpleNamespace(poll=fake.poll, unhealthy_services=lambda _: fake.unhealthy)
        exit_monitor = SimpleNamespace(check=fake.check)
        return fake, Rollout(thresholds, switch, monitor, fake.prober, exit_monitor)  # type: ignore[arg-type]

    return make


def test_a_step_sets_the_weight_and_ends_on_samples_but_not_before_two_windows(new_rollout: NewRollout) -> None:
    fake, rollout = new_rollout(Thresholds(step_samples=100), users=10)
    summary = rollout.run_step(25)
    assert fake.weights == [25]
    assert fake.now == pytest.approx(rollout_module.MINIMUM_STEP_SECONDS)
    assert summary == "400 responses, 400 of them to users, 0 errors"


def test_a_step_with_few_samples_lasts_longer(new_rollout: NewRollout) -> None:
    fake, rollout = new_rollout(Thresholds(step_samples=300), probes=1)
    assert rollout.run_step(5) == "300 responses, 0 of them to users, 0 errors"
    assert fake.now == pytest.approx(300 * _POLL_SECONDS)


def test_the_last_step_lasts_as_long_as_the_canary_is_to_be_analysed(new_rollout: NewRollout) -> None:
    fake, rollout = new_rollout(Thresholds(step_samples=1, watch_seconds=60), users=1)
    rollout.run_step(100)
    assert fake.now == pytest.approx(60, abs=2 * _POLL_SECONDS)


def test_too_few_samples_within_the_time_limit(new_rollout: NewRollout) -> None:
    _, rollout = new_rollout(Thresholds(step_samples=300, step_seconds=10))
    with pytest.raises(CanaryFailedError, match="only 0 responses in 10 s; 300 are needed"):
        rollout.run_step(5)


def test_an_exit_of_a_process(new_rollout: NewRollout) -> None:
    fake, rollout = new_rollout(Thresholds(), users=10)
    fake.is_exited = True
    with pytest.raises(CanaryFailedError, match="exited"):
        rollout.run_step(5)
    assert fake.now == 0


def test_an_unhealthy_service(new_rollout: NewRollout) -> None:
    fake, rollout = new_rollout(Thresholds(), users=10)
    fake.unhealthy = [Service.DJANGO]
    with pytest.raises(CanaryFailedError, match="unhealthy"):
        rollout.run_step(5)


def test_a_canary_that_is_worse(new_rollout: NewRollout) -> None:
    _, rollout = new_rollout(Thresholds(), users=10, errors=3)
    with pytest.raises(CanaryFailedError, match="3 of 10 responses"):
        rollout.run_step(5)


@pytest.mark.parametrize(("users", "rate"), [(0, MAXIMUM_RATE), (2, MAXIMUM_RATE - 20), (50, MINIMUM_RATE)])
def test_probes_add_the_samples_that_users_do_not_send(new_rollout: NewRollout, users: int, rate: float) -> None:
    fake, rollout = new_rollout(Thresholds(step_samples=200), users=users, probes=3)
    rollout.run_step(5)
    assert fake.prober.rate == pytest.approx(rate, abs=1)
