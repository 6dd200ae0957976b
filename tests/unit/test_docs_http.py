"""The reference of addresses and errors matches the services."""

from django.test import RequestFactory
from django.urls import URLPattern, get_resolver, resolve
from fastapi import FastAPI
from starlette.routing import Route

from partsearch.database.django_setup import ensure_django
from partsearch.fastapi_service.app import create_app
from partsearch.fastapi_service.routes import live
from partsearch.operation.nginx.problems import NGINX_PROBLEMS
from tests.support import documents

_PAGE = documents.sections(documents.read("docs/reference/http.md"))
_ADMIN = "/admin/"


def documented_addresses() -> dict[str, set[str]]:
    """Return the documented methods of each address."""
    return {row[0].strip("`"): set(row[1].split(", ")) for row in documents.rows(_PAGE["Addresses"])[1:]}


def addresses_of(app: FastAPI) -> dict[str, set[str]]:
    """Return the addresses of the FastAPI service and their methods."""
    found: dict[str, set[str]] = {path: set(map(str.upper, item)) for path, item in app.openapi()["paths"].items()}
    # The OpenAPI document has no WebSockets, and the application does not list the routes of their router.
    for route in [*app.routes, *live.router.routes]:
        if isinstance(route, Route) and route.path != app.swagger_ui_oauth2_redirect_url:
            found.setdefault(route.path, set()).update(route.methods or ())
    return {path: methods - {"HEAD"} for path, methods in found.items()}


def addresses_of_django() -> dict[str, set[str]]:
    """Return the addresses of the Django service and the methods in their ``Allow``."""
    ensure_django()
    paths = []
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLPattern):
            paths.append(f"/{pattern.pattern}".replace("<str:written_id>", "{part_id}"))
        elif pattern.app_name == "pages":
            paths += [f"/{pattern.pattern}{page.pattern}" for page in pattern.url_patterns]
    return {path: allowed_methods(path) for path in paths}


def allowed_methods(path: str) -> set[str]:
    """Return the methods in the ``Allow`` of the answer to an unknown method."""
    match = resolve(path)
    rejected = match.func(RequestFactory().generic("FOO", path), *match.args, **match.kwargs)
    return set(rejected.headers["Allow"].split(", ")) - {"HEAD"}


def test_every_address_is_documented_with_its_methods() -> None:
    actual = {**addresses_of(create_app()), **addresses_of_django()}
    documented = documented_addresses()
    assert {path: methods for path, methods in documented.items() if path != _ADMIN} == actual
    assert resolve(_ADMIN)


def test_both_services_allow_the_same_methods() -> None:
    fastapi, django = addresses_of(create_app()), addresses_of_django()
    shared = fastapi.keys() & django.keys()
    searches = {"/search/part/", "/search/part/export/", "/suggest/", "/part/{part_id}/"}
    assert shared == {*searches, "/healthz", "/readyz"}
    assert {path: fastapi[path] for path in shared} == {path: django[path] for path in shared}


def test_the_service_of_each_address_is_documented() -> None:
    fastapi, django = addresses_of(create_app()).keys(), addresses_of_django().keys() | {_ADMIN}
    for row in documents.rows(_PAGE["Addresses"])[1:]:
        path = row[0].strip("`")
        assert {"both": (True, True), "Django": (False, True), "FastAPI": (True, False)}[row[2]] == (
            path in fastapi,
            path in django,
        ), path


def test_every_status_is_documented() -> None:
    described = {
        int(status)
        for path in create_app().openapi()["paths"].values()
        for operation in path.values()
        for status in operation["responses"]
    }
    own = {int(problem.status) for problem in NGINX_PROBLEMS.values()}
    documented = {int(row[0]): row[2] for row in documents.rows(_PAGE["Errors"])[1:]}
    assert (described - {200}) | own <= set(documented)
    assert {status for status, source in documented.items() if "Nginx" in source} == own
