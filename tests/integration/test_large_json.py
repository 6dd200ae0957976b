"""A part whose json_data Python cannot represent, stored by SQL: it is shown and kept exactly."""

import html
import re
from typing import Any

import psycopg
import pytest

from tests.integration.test_admin import add_mark, add_model, add_part, form_of, path_of
from tests.support.admin_session import AdminSession
from tests.support.live import LiveClient
from tests.support.site import RunningSite

NUMBERS = {
    "a huge number": '{"a": 1e131000}',
    "a huge fraction": '{"a": 1e-16000}',
    "more digits than a float has": '{"a": 0.10000000000000000555, "b": 12345678901234567890123, "c": 1.10}',
    "nesting": '{"a": ' + "[" * 3000 + "]" * 3000 + "}",
}


@pytest.fixture(params=NUMBERS.values(), ids=NUMBERS.keys())
def part(request: pytest.FixtureRequest, empty_catalog: str) -> Any:
    part = add_part(add_model(add_mark()))
    with psycopg.connect(empty_catalog, autocommit=True) as connection:
        connection.execute("UPDATE part SET json_data = %s::text::jsonb", (request.param,))
    return part


def stored(conninfo: str) -> str:
    with psycopg.connect(conninfo) as connection:
        row = connection.execute("SELECT json_data::text FROM part").fetchone()
    assert row is not None
    return str(row[0])


def shown_text(page: str) -> str:
    found = re.search(r'<textarea name="json_data"[^>]*>\s?(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def test_the_admin_shows_it_and_saves_it_unchanged(live_site: RunningSite, empty_catalog: str, part: Any) -> None:
    session = AdminSession(live_site)
    before = stored(empty_catalog)
    list_form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": part.pk, "_save": "Save"}
    assert "Бампер передний" in session.ask("GET", "/admin/catalog/part/").text
    assert session.ask("POST", "/admin/catalog/part/", list_form | {"form-0-is_visible": "on"}).status_code == 302
    text = shown_text(session.ask("GET", path_of(part)).text)
    assert re.sub(r"\s", "", text) == re.sub(r"\s", "", before)
    form = form_of(part, name="Бампер задний", json_data=text.replace("\n", "\r\n"))
    assert session.ask("POST", path_of(part), form).status_code == 302
    assert stored(empty_catalog) == before
    assert "Бампер задний" in session.ask("GET", f"/admin/catalog/part/{part.pk}/history/").text
    assert session.ask("POST", f"/admin/catalog/part/{part.pk}/delete/", {"post": "yes"}).status_code == 302


def test_a_change_of_another_key_keeps_it_exact(live_site: RunningSite, empty_catalog: str, part: Any) -> None:
    before = stored(empty_catalog)
    changed = before.removesuffix("}") + ', "color": "белый"}'
    answer = AdminSession(live_site).ask("POST", path_of(part), form_of(part, json_data=changed))
    if "[[" in before:
        assert "Это не JSON" in answer.text  # A form accepts less nesting.
        return
    assert answer.status_code == 302
    with psycopg.connect(empty_catalog) as connection:
        row = connection.execute("SELECT json_data = %s::text::jsonb FROM part", (changed,)).fetchone()
    assert row == (True,)


def test_searches_return_it_exactly(live_site: RunningSite, empty_catalog: str, part: Any) -> None:
    before = stored(empty_catalog).encode()
    answers = [live_site.client.get(f"{service}/search/part/") for service in live_site.services]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert re.sub(rb"\s", b"", before) in re.sub(rb"\s", b"", answers[0].content)
    assert live_site.client.get(f"{live_site.django_url}/").status_code == 200
    with LiveClient.connected(live_site.fastapi_url) as live:
        live.send({})
        received = re.sub(r"\s", "", live.text()).encode()
    assert re.sub(rb"\s", b"", before) in received
