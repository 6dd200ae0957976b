"""The targets of a run, and what prevents measuring them."""

from pathlib import Path
from typing import Any

import pytest

from partsearch.bench.errors import NothingToMeasureError
from partsearch.bench.load.targets import targets
from partsearch.bench.options import Options, PlainService, Route
from partsearch.operation.site import Site
from partsearch.settings import Settings


class SiteThatIsUp(Site):
    def is_up(self) -> bool:
        return True


def site(home: Path, **values: Any) -> Site:
    ports = {
        "partsearch_port": 8080,
        "partsearch_django_ports": (8000, 8001),
        "partsearch_fastapi_ports": (9000, 9001),
    }
    return SiteThatIsUp(Settings(_env_file=None, partsearch_home=home, **{**ports, **values}))


def test_both_services_by_both_routes_and_other_addresses_last(tmp_path: Path) -> None:
    found = targets(site(tmp_path), Options("", urls={"other": "http://x:1"}), {})
    assert [(one.name, one.address) for one in found] == [
        ("django", "http://127.0.0.1:8000"),
        ("fastapi", "http://127.0.0.1:9000"),
        ("django-nginx", "http://127.0.0.1:8080/django"),
        ("fastapi-nginx", "http://127.0.0.1:8080/fastapi"),
        ("other", "http://x:1"),
    ]


def test_plain_services_follow_the_tuned_ones_and_have_no_route_through_nginx(tmp_path: Path) -> None:
    options = Options("", plain_services=(PlainService.DJANGO,))
    found = targets(site(tmp_path), options, {"django-plain": "http://127.0.0.1:7000"})
    assert [one.name for one in found] == ["django", "fastapi", "django-plain", "django-nginx", "fastapi-nginx"]
    assert (found[2].service, found[2].is_through_nginx) == ("django-plain", False)


def test_a_rate_limit_prevents_measuring_only_through_nginx(tmp_path: Path) -> None:
    limited = site(tmp_path, partsearch_rate_limit=10)
    with pytest.raises(NothingToMeasureError, match="PARTSEARCH_RATE_LIMIT"):
        targets(limited, Options(""), {})
    assert len(targets(limited, Options("", routes=(Route.DIRECT,)), {})) == 2
