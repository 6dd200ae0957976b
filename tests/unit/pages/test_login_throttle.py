"""How long a login waits after failed logins."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from partsearch.django_service.pages.login.throttle import LoginThrottle, TooManyLoginsError


class Clock:
    """A clock that tests set."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def throttle(tmp_path: Path, clock: Clock) -> LoginThrottle:
    return LoginThrottle(tmp_path / "run" / "logins.sqlite3", "secret", clock)


def seconds_to_wait(throttle: LoginThrottle, account: str, network: str) -> float:
    try:
        throttle.withdraw(throttle.begin(account, network))
    except TooManyLoginsError as error:
        return error.seconds
    return 0


def test_a_pair_waits_until_its_window_ends(throttle: LoginThrottle, clock: Clock) -> None:
    for _ in range(5):
        assert seconds_to_wait(throttle, "a", "n") == 0
        throttle.begin("a", "n")
        clock.now += 60
    assert seconds_to_wait(throttle, "a", "n") == 600
    assert seconds_to_wait(throttle, " A", "n") == 600
    assert seconds_to_wait(throttle, "a", "other") == 0
    assert seconds_to_wait(throttle, "b", "n") == 0
    clock.now += 600
    assert seconds_to_wait(throttle, "a", "n") == 0
    throttle.begin("a", "n")
    assert seconds_to_wait(throttle, "a", "n") == 60


def test_a_rejected_login_does_not_count(throttle: LoginThrottle, clock: Clock) -> None:
    for _ in range(50):
        seconds_to_wait(throttle, "a", "n")
    for _ in range(5):
        throttle.begin("a", "n")
    for _ in range(50):
        clock.now += 1
        assert seconds_to_wait(throttle, "a", "n") > 0
    clock.now += 850
    assert seconds_to_wait(throttle, "a", "n") == 0


def test_a_network_waits_for_any_account(throttle: LoginThrottle, clock: Clock) -> None:
    for number in range(20):
        assert seconds_to_wait(throttle, f"a{number}", "n") == 0
        throttle.begin(f"a{number}", "n")
    assert seconds_to_wait(throttle, "another", "n") == 900
    assert seconds_to_wait(throttle, "another", "other") == 0


def test_an_account_is_delayed_and_never_locked(throttle: LoginThrottle, clock: Clock) -> None:
    for number in range(50):
        throttle.begin("a", f"n{number}")
    assert seconds_to_wait(throttle, "a", "fresh") == 10
    assert seconds_to_wait(throttle, "b", "fresh") == 0
    clock.now += 10
    throttle.begin("a", "fresh")
    assert seconds_to_wait(throttle, "a", "another") == 10


def test_a_known_network_of_the_account_is_not_delayed(throttle: LoginThrottle, clock: Clock) -> None:
    throttle.succeed(throttle.begin("a", "home"))
    clock.now += 29 * 24 * 3600
    for number in range(60):
        throttle.begin("a", f"n{number}") if number < 50 else seconds_to_wait(throttle, "a", f"n{number}")
    assert seconds_to_wait(throttle, "a", "home") == 0
    assert seconds_to_wait(throttle, "a", "elsewhere") == 10
    for _ in range(5):
        throttle.begin("a", "home")
    assert seconds_to_wait(throttle, "a", "home") == 900


def test_success_clears_only_the_pair(throttle: LoginThrottle) -> None:
    for _ in range(4):
        throttle.begin("a", "n")
        throttle.begin("b", "n")
    throttle.succeed(throttle.begin("a", "n"))
    assert [seconds_to_wait(throttle, "a", "n") for _ in range(2)] == [0, 0]
    throttle.begin("b", "n")
    assert seconds_to_wait(throttle, "b", "n") == 900


def test_a_clock_that_is_set_back_locks_no_user_out(throttle: LoginThrottle, clock: Clock) -> None:
    for _ in range(5):
        throttle.begin("a", "n")
    clock.now -= 30 * 24 * 3600
    assert seconds_to_wait(throttle, "a", "n") == 900
    assert seconds_to_wait(throttle, "a", "other") == 0
    assert seconds_to_wait(throttle, "a", "n") == 0


def test_processes_share_the_count(tmp_path: Path) -> None:
    path = tmp_path / "logins.sqlite3"
    code = (
        "import sys; from pathlib import Path; from partsearch.django_service.pages.login.throttle import *\n"
        "t = LoginThrottle(Path(sys.argv[1]), 's')\n"
        "n = 0\n"
        "for _ in range(5):\n"
        "    try: t.begin('a', 'n'); n += 1\n"
        "    except TooManyLoginsError: pass\n"
        "print(n)"
    )
    runs = [subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) for _ in range(3)]
    assert sum(int(run.communicate(timeout=60)[0]) for run in runs) == 5


def test_no_name_is_stored(tmp_path: Path, throttle: LoginThrottle) -> None:
    throttle.succeed(throttle.begin("somebody", "203.0.113.7"))
    throttle.begin("somebody", "203.0.113.7")
    stored = (tmp_path / "run" / "logins.sqlite3").read_bytes()
    assert b"somebody" not in stored
    assert b"203.0.113.7" not in stored


def test_a_file_that_cannot_be_written_rejects_logins(tmp_path: Path) -> None:
    (tmp_path / "logins.sqlite3").write_bytes(b"no database" * 100)
    with pytest.raises(sqlite3.Error):
        LoginThrottle(tmp_path / "logins.sqlite3", "s").begin("a", "n")
