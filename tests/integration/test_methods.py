"""The methods of every Django address; every other method is a 405 that lists them."""

import json

import pytest

from tests.support.admin_session import AdminSession
from tests.support.site import RunningSite

SEARCH = ("GET", "POST", "HEAD")
READ = ("GET", "HEAD")
FORMS = ("GET", "HEAD", "POST")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO")

ADDRESSES = {
    "/": READ,
    "/en/": READ,
    "/search/part/": SEARCH,
    "/mark/": READ,
    "/model/": READ,
    "/healthz": READ,
    "/readyz": READ,
    "/admin/": FORMS,
    "/admin/login/": FORMS,
    "/admin/logout/": ("POST",),
    "/admin/password_change/": FORMS,
    "/admin/autocomplete/": READ,
    "/admin/jsi18n/": READ,
    "/admin/catalog/": FORMS,
    "/admin/catalog/part/": FORMS,
    "/admin/catalog/part/add/": FORMS,
    "/admin/auth/user/": FORMS,
    "/static/web/logo.svg": READ,
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_lists_its_methods(live_site: RunningSite, migrated_database: str, address: str) -> None:
    for method in METHODS:
        session = AdminSession(live_site)  # A new session each time, because one of the addresses ends it.
        answer = session.ask(method, address)
        if method in ADDRESSES[address]:
            assert answer.status_code != 405, method
            continue
        assert answer.status_code == 405, method
        assert sorted(answer.headers["Allow"].split(", ")) == sorted(ADDRESSES[address])
        if method != "HEAD":
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert json.loads(answer.content)["status"] == 405


@pytest.mark.parametrize("address", ["/", "/en/", "/admin/", "/admin/logout/", "/static/web/logo.svg"])
def test_without_a_session_405_is_a_page(live_site: RunningSite, address: str) -> None:
    method = "GET" if "logout" in address else "PUT"
    answer = live_site.client.request(method, live_site.django_url + address, headers={"Accept": "text/html"})
    assert answer.status_code == 405
    assert answer.headers["Allow"]
    assert "405" in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
