"""The admin site, whose login is throttled."""

import logging
import sqlite3
from http import HTTPStatus
from math import ceil
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from partsearch.contract.errors import ProblemError
from partsearch.django_service.pages.errors import problem_answer
from partsearch.django_service.pages.login.form import ThrottledLoginForm
from partsearch.django_service.pages.login.throttle import TooManyLoginsError

logger = logging.getLogger(__name__)


class ThrottledAdminSite(admin.AdminSite):
    """Django's admin site, whose login answers 429 after too many failed logins."""

    login_form = ThrottledLoginForm

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Return the login page, or a redirect after a login; 429 with Retry-After if too many have failed."""
        try:
            return super().login(request, extra_context)
        except TooManyLoginsError as error:
            return problem_answer(request, _too_many_logins(error.seconds))
        except sqlite3.Error:
            logger.exception("login not counted: no password is checked")
            return problem_answer(request, _not_counted())


def _too_many_logins(seconds: float) -> ProblemError:
    return ProblemError(
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too many logins have failed. The password has not been checked.",
        headers={"Retry-After": str(ceil(seconds))},
    )


def _not_counted() -> ProblemError:
    return ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE, "Logins are not possible at the moment.", headers={"Retry-After": "60"}
    )
