"""The form of the admin's login, which counts each login before it checks the password."""

from functools import cache
from typing import Any

from django.conf import settings as django_settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from partsearch.contract.client_networks import network_of
from partsearch.django_service.pages.login.throttle import LoginThrottle
from partsearch.settings import settings

_THIS_MACHINE = "this machine"


class ThrottledLoginForm(AdminAuthenticationForm):
    """Django's form with the throttle. Failed logins count in the same way whether the account exists or not."""

    def clean(self) -> dict[str, Any]:
        """Return the fields of a login that succeeds.

        Raises:
            ValidationError: name and password are not those of a staff account.
            TooManyLoginsError: too many logins have failed; the password is not checked.
        """
        account, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not account or not password or self.request is None:
            return super().clean()
        throttle = login_throttle()
        login = throttle.begin(account, client_network(self.request))
        try:
            fields = super().clean()
        except ValidationError:
            raise
        except BaseException:
            throttle.withdraw(login)  # The password was not checked: the database is out of reach.
            raise
        throttle.succeed(login)
        return fields


@cache
def login_throttle() -> LoginThrottle:
    """Return the throttle of this home, shared by the worker processes of both slots."""
    return LoginThrottle(settings().partsearch_home / "run" / "logins.sqlite3", django_settings.SECRET_KEY)


def client_network(request: HttpRequest) -> str:
    """Return the network of the client.

    Nginx sets ``X-Real-IP`` and overwrites a client's own. A request that bypasses Nginx comes from this machine.
    """
    address = request.META.get("HTTP_X_REAL_IP") or request.META.get("REMOTE_ADDR", "")
    return network_of(address.strip()) or _THIS_MACHINE
