"""The parity check compares answers to the last digit, and shows the first difference."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from partsearch.bench.analysis.parity import check_parity, differences
from partsearch.bench.environment.statements import StatementLog
from partsearch.bench.errors import AnswersDifferError, NothingToMeasureError
from partsearch.bench.load.answers import read
from partsearch.bench.record import Request, Scenario, Target

ANSWER = '{"response":[{"id":1,"name":"Фара","price":2300}],"count":1,"summ":2300}'
REQUESTS = (Request("POST", "/search/part/", '{"part_name": "фара"}'), Request("GET", "/search/part/?page=2"))
SCENARIO = Scenario("two", "", REQUESTS)


@contextmanager
def service(*answers: str, status: int = 200) -> Iterator[Target]:
    """Run a service that gives these answers one after the other, and then repeats the last one."""
    left = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = (left.pop(0) if len(left) > 1 else left[0]).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815  # the name of the base class

        def log_message(self, *arguments: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield Target(f"on-{server.server_port}", f"http://127.0.0.1:{server.server_port}", None)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_same_answers_are_counted() -> None:
    in_another_order = '{"summ": 2300, "count": 1, "response": [{"price": 2300, "name": "\\u0424ара", "id": 1}]}'
    with service(ANSWER) as one, service(in_another_order) as other:
        parity = check_parity([one, other], [SCENARIO], StatementLog("not asked"), 5)
    assert parity.answers == 4
    assert parity.matches == {"two": (1, 1)}
    assert {count.statements for count in parity.statements} == {None}
    assert parity.statements_unknown == "not asked"


@pytest.mark.parametrize(
    ("answer", "difference"),
    [
        (ANSWER.replace('summ":2300', 'summ":2300.01'), "summ is 2300 from {one}, 2300.01 from {other}"),
        (
            ANSWER.replace('price":2300', 'price":2300.0'),
            r"response\[0\].price is 2300 from {one}, 2300.0 from {other}",
        ),
        (ANSWER.replace("Фара", "фара"), r"response\[0\].name is 'Фара' from {one}, 'фара' from {other}"),
        (ANSWER.replace('"count":1,', ""), "count is 1 from {one}, missing from {other}"),
        (ANSWER.replace("}]", '},{"id":2}]'), "the length of response is 1 from {one}, 2 from {other}"),
        ("[]", "the whole is an object from {one}, a list from {other}"),
    ],
)
def test_services_with_different_answers_are_rejected(answer: str, difference: str) -> None:
    with service(ANSWER) as one, service(answer) as other:
        wanted = difference.format(one=one.name, other=other.name)
        with pytest.raises(AnswersDifferError, match=f"The answers to POST /search/part/ .* differ: {wanted}"):
            check_parity([one, other], [SCENARIO], StatementLog(""), 5)


def test_a_catalog_that_changes_between_two_answers_is_no_difference() -> None:
    with service(ANSWER.replace('"id":1', '"id":2'), ANSWER) as one, service(ANSWER) as other:
        assert check_parity([one, other], [SCENARIO], StatementLog("not asked"), 5).matches == {"two": (1, 1)}


def test_an_answer_that_is_an_error_is_not_measured() -> None:
    with service("no such thing", status=404) as one, pytest.raises(NothingToMeasureError, match="404: no such thing"):
        check_parity([one], [SCENARIO], StatementLog(""), 5)


def test_an_answer_that_is_no_json_is_not_measured() -> None:
    with service("<html>") as one, pytest.raises(AnswersDifferError, match="something other than JSON"):
        check_parity([one], [SCENARIO], StatementLog(""), 5)


@pytest.mark.parametrize(("one", "other"), [("true", "1"), ('"1"', "1"), ("null", "0"), ("0", "-0"), ("{}", "[]")])
def test_values_of_another_kind_differ(one: str, other: str) -> None:
    assert list(differences(read(one.encode()), read(other.encode())))
