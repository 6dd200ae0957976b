"""What Django logs: every unexpected error with its traceback, and a limited number of lines that clients cause."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.admin_session import AdminSession
from tests.support.deadline import wait_for
from tests.support.site import RunningSite


@pytest.fixture
def log(live_site: RunningSite) -> Callable[[], str]:
    """Return a function that returns what was logged since the test began."""
    path: Path = live_site.home / "logs" / "django-blue.log"
    begin = path.stat().st_size
    return lambda: path.read_bytes()[begin:].decode()


@pytest.fixture
def broken_table(migrated_database: str) -> Iterator[None]:
    """Rename a table of the admin, so that a page of it is an unexpected error."""
    with psycopg.connect(migrated_database, autocommit=True) as connection:
        connection.execute("ALTER TABLE auth_group RENAME TO auth_group_away")
        yield
        connection.execute("ALTER TABLE auth_group_away RENAME TO auth_group")


def test_a_500_is_logged_with_its_request_and_traceback(
    live_site: RunningSite, log: Callable[[], str], broken_table: None
) -> None:
    answer = AdminSession(live_site).ask("GET", "/admin/auth/group/?q=secret&o=1", X_Request_Id="fault-17")
    assert answer.status_code == 500
    assert "has been logged" in answer.json()["detail"]
    assert answer.headers["X-Request-Id"] == "fault-17"
    said = wait_for(lambda: "Traceback" in log() and log())
    line = next(line for line in said.splitlines() if "fault-17" in line)
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000 ERROR django\.request: Internal Server Error", line)
    assert line.endswith("request_id=fault-17 method=GET path=/admin/auth/group/ query=q,o")
    assert "auth_group" in said
    assert "secret" not in line


def test_rejected_hosts_are_logged_with_a_limit(live_site: RunningSite, log: Callable[[], str]) -> None:
    for number in range(120):
        headers = {"Host": f"host{number}.example", "X-Request-Id": f"refused-{number}"}
        assert live_site.client.get(f"{live_site.django_url}/mark/", headers=headers).status_code == 400
    lines = [line for line in log().splitlines() if "DisallowedHost" in line]
    workers = 10
    assert 1 <= len(lines) <= 10 * workers < 120
    assert all(" WARNING " in line and "request_id=refused-" in line for line in lines)
    assert "Traceback" not in log()


def test_client_errors_are_not_logged(live_site: RunningSite, log: Callable[[], str]) -> None:
    for path in ("/nothing", "/admin/%00/", "/search/part/?page=x"):
        assert live_site.client.get(live_site.django_url + path).status_code < 500
    assert log() == ""
