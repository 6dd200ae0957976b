"""A session of the admin on the running site, with the cookies and the CSRF token of a browser."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.site import RunningSite

_TOKEN = secrets.token_hex(16)


def session_key() -> str:
    """Return the key of a new session of the superuser ``staff``. Django must be set up on the site's database."""
    from django.contrib.auth.models import User
    from django.test import Client

    staff, _ = User.objects.get_or_create(username="staff", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(staff)
    return client.cookies["sessionid"].value


@dataclass
class AdminSession:
    """A client of the Django service that is logged in."""

    site: RunningSite
    key: str = field(default_factory=session_key)

    def ask(self, method: str, path: str, data: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        """Return the answer to a request; redirects are not followed."""
        own = {"Cookie": f"sessionid={self.key}; csrftoken={_TOKEN}", "X-CSRFToken": _TOKEN}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.site.client.request(method, self.site.django_url + path, data=data, headers={**own, **given})
