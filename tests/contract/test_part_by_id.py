"""``/part/{id}/``: one shown part, with the times of its row."""

import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import psycopg
import pytest

from tests.contract.service_client import Service, problem, same_problem
from tests.support.catalog_data import LARGEST_ID, Catalog
from tests.support.oracle import Written, by_value, is_shown, joined, read_json, shown

Both = tuple[Service, Service]

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z")


def test_every_shown_part_is_the_one_of_a_search(services: Both, known_catalog: Catalog) -> None:
    for row in joined(known_catalog):
        answers = [service.ask("GET", f"/part/{row.part.id}/") for service in services]
        assert len({answer.content for answer in answers}) == 1
        if not is_shown(row):
            problem(answers[0], HTTPStatus.NOT_FOUND)
            continue
        assert answers[0].headers["Content-Type"] == answers[1].headers["Content-Type"] == "application/json"
        part = read_json(answers[0].text, Written)
        assert list(part)[-3:] == ["price", "created_at", "updated_at"]
        times = part.pop("created_at"), part.pop("updated_at")
        assert all(_TIME.fullmatch(time) for time in times), times
        part["json_data"] = by_value(part["json_data"])
        assert part == shown(row)


def test_the_bytes_are_those_of_a_search(services: Both, known_catalog: Catalog) -> None:
    for service in services:
        found = service.post({"mark_list": [1], "params": {"color": "красный"}}).text
        one = service.ask("GET", "/part/100/").text
        assert found.startswith('{"response":[' + one.partition(',"created_at"')[0] + "}]")


@pytest.mark.parametrize(
    "path",
    [
        *("/part/0/", "/part/1/", "/part/-1/", f"/part/{2**63}/", f"/part/{'9' * 400}/", "/part/abc/", "/part/1.0/"),
        *("/part/100.0/", "/part/1e2/", "/part/%D9%A1%D9%A0%D9%A0/", "/part//", "/part/", "/part/100", "/part/+100/"),
        *("/part/%20100/", "/part/100/100/", "/part/0x64/", "/part/1_00/"),
    ],
    ids=lambda path: path[:30],
)
def test_what_is_no_shown_part_is_404(services: Both, known_catalog: Catalog, path: str) -> None:
    same_problem(services, lambda service: service.ask("GET", path), HTTPStatus.NOT_FOUND)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods_are_405(services: Both, known_catalog: Catalog, method: str) -> None:
    for service in services:
        answer = service.ask(method, "/part/100/", b"{}", Content_Type="application/json")
        problem(answer, HTTPStatus.METHOD_NOT_ALLOWED)
        assert {name.strip() for name in answer.headers["Allow"].split(",")} == {"GET", "HEAD"}


def test_head_answers_as_get(services: Both, known_catalog: Catalog) -> None:
    for service in services:
        get, head = (service.ask(method, f"/part/{LARGEST_ID}/") for method in ("GET", "HEAD"))
        assert (head.status_code, head.content) == (get.status_code, b"")
        assert head.headers["Content-Length"] == get.headers["Content-Length"]


def test_the_database_keeps_the_times(services: Both, empty_catalog: str) -> None:
    """A change by plain SQL moves ``updated_at`` alone; ``created_at`` stays, and is the time of the insertion."""
    with psycopg.connect(empty_catalog, autocommit=True) as connection:
        connection.execute("INSERT INTO mark (id, name) VALUES (1, 'Audi')")
        connection.execute("INSERT INTO model (id, name, mark_id) VALUES (1, '80', 1)")
        connection.execute("INSERT INTO part (id, name, mark_id, model_id, price) VALUES (5, 'Дверь', 1, 1, 7)")
        before = _times(services)
        assert before[0] == before[1]
        assert abs(before[0] - datetime.now(UTC)) < timedelta(minutes=1)
        connection.execute("UPDATE part SET price = 8 WHERE id = 5")
        after = _times(services)
    assert after[0] == before[0]
    assert after[1] > before[1]


def _times(services: Both) -> tuple[datetime, datetime]:
    first, second = (service.ask("GET", "/part/5/").json() for service in services)
    assert first == second
    return datetime.fromisoformat(first["created_at"]), datetime.fromisoformat(first["updated_at"])
