"""Cookies of the admin go over HTTPS alone where it came by HTTPS; a shop without it can still log in."""

import pytest
from django.test import Client


@pytest.mark.parametrize("secure", [True, False])
def test_cookies_are_as_secure_as_the_way_they_came(migrated_database: str, secure: bool) -> None:
    response = Client(SERVER_NAME="localhost").get("/admin/login/", secure=secure)
    assert response.status_code == 200
    assert bool(response.cookies["csrftoken"]["secure"]) is secure
