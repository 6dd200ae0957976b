"""The login of the admin: its redirect, and its limits on failed attempts."""

import time
from collections.abc import Iterator
from http import HTTPStatus
from ipaddress import IPv4Address
from itertools import count
from typing import Any

import httpx
import pytest

from tests.support.site import RunningSite

PASSWORD = "a right password"
TOKEN = "a" * 32
_numbers = count(int(time.time()) % 2**24 * 16)


def new_network() -> str:
    """Return an address that no other test uses."""
    return str(IPv4Address(int(IPv4Address("10.0.0.0")) + next(_numbers) % 2**24))


@pytest.fixture(autouse=True)
def delete_accounts(migrated_database: str) -> Iterator[None]:
    from django.contrib.auth.models import User

    yield
    User.objects.filter(username__startswith="account").delete()


def new_account() -> str:
    """Create a staff account; return its name."""
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User

    name = f"account{next(_numbers)}"
    User.objects.create(username=name, is_staff=True, password=make_password(PASSWORD))
    return name


def log_in(site: RunningSite, account: str, password: str, network: str, **more: Any) -> httpx.Response:
    """Return the answer to a login as Nginx forwards it."""
    data = {"username": account, "password": password, "csrfmiddlewaretoken": TOKEN, **more}
    headers = {"Cookie": f"csrftoken={TOKEN}", "X-Real-IP": network, "Accept": "text/html"}
    return site.client.post(f"{site.django_url}/admin/login/", data=data, headers=headers)


def assert_rejected(answer: httpx.Response) -> None:
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    minutes = -(-int(answer.headers["Retry-After"]) // 60)
    assert f"через {minutes} мин" in answer.text
    assert f"in {minutes} min" in answer.text


@pytest.mark.parametrize("next_page", ["https://example.com/", "//example.com", "javascript:alert(1)"])
def test_an_external_next_leads_to_the_admin(live_site: RunningSite, migrated_database: str, next_page: str) -> None:
    answer = log_in(live_site, new_account(), PASSWORD, new_network(), next=next_page)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")


def count_failures(account: str, network: str, times: int) -> None:
    """Count failed logins in the file of the site, as the site does."""
    from partsearch.django_service.pages.login.form import login_throttle

    for _ in range(times):
        login_throttle().begin(account, network)


def test_five_failures_block_an_account_on_a_network(live_site: RunningSite, migrated_database: str) -> None:
    account, network = new_account(), new_network()
    for _ in range(5):
        assert log_in(live_site, account, "wrong", network).status_code == 200
    assert_rejected(log_in(live_site, account, PASSWORD, network))
    assert_rejected(log_in(live_site, f" {account.upper()}", "wrong", network))
    assert log_in(live_site, account, PASSWORD, new_network()).status_code == 302


def test_failures_of_an_unknown_account_count_alike(live_site: RunningSite, migrated_database: str) -> None:
    account, network = f"nobody{next(_numbers)}", new_network()
    count_failures(account, network, 4)
    assert log_in(live_site, account, "wrong", network).status_code == 200
    assert_rejected(log_in(live_site, account, "wrong", network))


def test_twenty_failures_block_a_network(live_site: RunningSite, migrated_database: str) -> None:
    network = new_network()
    for number in range(20):
        count_failures(f"{network} {number}", network, 1)
    assert_rejected(log_in(live_site, new_account(), PASSWORD, network))


def test_fifty_failures_slow_an_account_down(live_site: RunningSite, migrated_database: str) -> None:
    account, home = new_account(), new_network()
    assert log_in(live_site, account, PASSWORD, home).status_code == 302
    for _ in range(50):
        count_failures(account, new_network(), 1)
    rejected = log_in(live_site, account, PASSWORD, new_network())
    assert_rejected(rejected)
    assert int(rejected.headers["Retry-After"]) <= 10
    assert log_in(live_site, account, PASSWORD, home).status_code == 302


def test_through_nginx_a_client_cannot_choose_its_network(live_site: RunningSite, migrated_database: str) -> None:
    from partsearch.django_service.pages.login.form import login_throttle

    account = new_account()
    logins = [login_throttle().begin(account, "this machine") for _ in range(5)]
    data = {"username": account, "password": PASSWORD, "csrfmiddlewaretoken": TOKEN}
    headers = {"Cookie": f"csrftoken={TOKEN}", "X-Real-IP": new_network(), "X-Forwarded-For": new_network()}
    answer = live_site.client.post(f"{live_site.url}/admin/login/", data=data, headers=headers)
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    for login in logins:
        login_throttle().withdraw(login)


def test_a_rejected_login_hashes_no_password(migrated_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.hashers import PBKDF2PasswordHasher
    from django.test import Client

    hashed: list[str] = []
    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", lambda _self, password, *_: hashed.append(password) or "")
    client = Client(SERVER_NAME="localhost", HTTP_X_REAL_IP=new_network())
    data = {"username": f"nobody{next(_numbers)}", "password": "wrong"}
    statuses = [client.post("/admin/login/", data).status_code for _ in range(8)]
    assert statuses == [200] * 5 + [429] * 3
    assert len(hashed) == 5


def test_a_success_resets_the_account_on_the_network(live_site: RunningSite, migrated_database: str) -> None:
    account, network = new_account(), new_network()
    for _ in range(2):
        count_failures(account, network, 4)
        assert log_in(live_site, account, PASSWORD, network).status_code == 302


def test_a_form_without_a_password_is_not_counted(live_site: RunningSite, migrated_database: str) -> None:
    account, network = new_account(), new_network()
    for _ in range(6):
        assert log_in(live_site, account, "", network).status_code == 200
    assert log_in(live_site, account, PASSWORD, network).status_code == 302


def test_a_client_that_does_not_accept_html_gets_a_problem(live_site: RunningSite, migrated_database: str) -> None:
    network = new_network()
    count_failures("nobody", network, 5)
    data = {"username": "nobody", "password": "wrong", "csrfmiddlewaretoken": TOKEN}
    headers = {"Cookie": f"csrftoken={TOKEN}", "X-Real-IP": network}
    answers = [
        live_site.client.post(f"{live_site.django_url}/admin/login/", data=data, headers=headers) for _ in range(6)
    ]
    assert answers[-1].json()["status"] == HTTPStatus.TOO_MANY_REQUESTS
    assert answers[-1].headers["Content-Type"] == "application/problem+json"
