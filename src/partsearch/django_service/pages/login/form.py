"""The form of the admin's login, which counts a login before it checks the password."""

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
    """Django's form. A login that fails, for an account that there is or for one that there is not, counts alike."""

    def clean(self) -> dict[str, Any]:
        """Return the fields of a login that succeeds.

        Raises:
            ValidationError: name and password are not those of a staff account.
            TooManyLoginsError: too many have failed; the password is not checked.
        """
        account, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not account or not password or self.request is None:
            return super().clean()
        throttle = login_throttle()
        login = throttle.begin(account, visitor_network(self.request))
        try:
            fields = super().clean()
        except ValidationError:
            raise
        except BaseException:
            throttle.withdraw(login)  # Nothing is known of the password: the database is away.
            raise
        throttle.succeed(login)
        return fields


@cache
def login_throttle() -> LoginThrottle:
    """Return the throttle of this home, which the worker processes of both slots share."""
    return LoginThrottle(settings().partsearch_home / "run" / "logins.sqlite3", django_settings.SECRET_KEY)


def visitor_network(request: HttpRequest) -> str:
    """Return the network that ``request`` comes from.

    Nginx says so in ``X-Real-IP``, whatever a client sends in it. Who asks the service itself is on this machine.
    """
    address = request.META.get("HTTP_X_REAL_IP") or request.META.get("REMOTE_ADDR", "")
    return network_of(address.strip()) or _THIS_MACHINE
