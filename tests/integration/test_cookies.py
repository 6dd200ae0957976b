"""The cookies of the admin are secure after a request over HTTPS. Without HTTPS a login still works."""

import pytest
from django.test import Client


@pytest.mark.parametrize("secure", [True, False])
def test_cookies_are_secure_only_over_https(migrated_database: str, secure: bool) -> None:
    response = Client(SERVER_NAME="localhost").get("/admin/login/", secure=secure)
    assert response.status_code == 200
    assert bool(response.cookies["csrftoken"]["secure"]) is secure
