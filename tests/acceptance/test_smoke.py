"""Every address of the site answers."""

from tests.support.site import RunningSite


def test_everything_answers(live_site: RunningSite) -> None:
    for service in live_site.services:
        assert live_site.client.get(f"{service}/readyz").json() == {"status": "ok"}
    assert live_site.client.get(f"{live_site.url}/search/part/").headers["X-Engine"] == "fastapi"
