"""A session of the admin on the running site, as a browser has it: cookies, and Django's token against forgery."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.site import RunningSite

_TOKEN = secrets.token_hex(16)


def session_key() -> str:
    """The key of a new session of the superuser ``staff``; Django has to be set up on the site's database."""
    from django.contrib.auth.models import User
    from django.test import Client

    staff, _ = User.objects.get_or_create(username="staff", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(staff)
    return client.cookies["sessionid"].value


@dataclass
class AdminSession:
    """Asks the Django service as somebody who is logged in."""

    site: RunningSite
    key: str = field(default_factory=session_key)

    def ask(self, method: str, path: str, data: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        """The answer to a request; no redirect is followed."""
        own = {"Cookie": f"sessionid={self.key}; csrftoken={_TOKEN}", "X-CSRFToken": _TOKEN}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.site.client.request(method, self.site.django_url + path, data=data, headers={**own, **given})
