"""400, 413 and 415: both services reject an unreadable request with the same problem."""

import gzip
import socket
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx
import pytest

from tests.contract.service_client import SEARCH, Service, names, problem, same_problem, search_result
from tests.contract.test_filters import SENSOR
from tests.support.catalog_data import Catalog
from tests.support.oracle import answer_of

Both = tuple[Service, Service]

NOT_JSON = [
    b"",
    b"   ",
    b"{",
    b"}",
    b'{"page": 1',
    b'{"page": 1}}',
    b'{"page": 1} {"page": 2}',
    b'{"page": 1,}',
    b'{"mark_list": [1,]}',
    b"{'page': 1}",
    b"{page: 1}",
    b'{"page": 01}',
    b'{"page": +1}',
    b'{"page": .5}',
    b'{"page": 1.}',
    b'{"page": 0x1}',
    b'{"page": 1e}',
    b'{"page": True}',
    b'{"page": undefined}',
    b'{"page": 1} // comment',
    b'{"part_name": "a\nb"}',
    b'{"part_name": "a\x01b"}',
    b'{"part_name": "\\x41"}',
    b'{"part_name": "\\u12"}',
    b'{"part_name": "open}',
    b"part_name=bumper",
    b"<search/>",
    b'\xef\xbb\xbf{"page": 1}',
]
NOT_AN_OBJECT = [b"[]", b'[{"page": 1}]', b'"text"', b"1", b"-0.5", b"null", b"true", b"false"]
NOT_A_NUMBER = [
    b'{"page": NaN}',
    b'{"price_gte": Infinity}',
    b'{"price_lte": -Infinity}',
    b'{"params": {"x": NaN}}',
    b'{"mark_list": [1, NaN]}',
    b'{"unknown": {"deep": [[Infinity]]}}',
    b"NaN",
]
DUPLICATE_KEY = [
    b'{"page": 1, "page": 1}',
    b'{"page": 1, "part_name": "a", "page": null}',
    b'{"page": 1, "p\\u0061ge": 2}',
    b'{"params": {"color": "a", "color": "b"}}',
    b'{"params": {"color": "a", "colo\\u0072": "b"}}',
    b'{"params": {"x": {"y": [{"z": 1, "z": 2}]}}}',
    b'{"params": {"": 1, "": 2}}',
    b'{"unknown": [[[{"a": 1, "a": 1}]]]}',
]
NOT_UTF8 = [
    b'{"part_name": "\xff"}',
    b'{"part_name": "\xc3"}',
    b'{"part_name": "\xc0\x80"}',
    b'{"part_name": "\xed\xa0\x80"}',
    b'{"part_name": "\xf5\x80\x80\x80"}',
    b'{"\xe1": 1}',
    b"\xff\xfe{\x00}\x00",
    '{"part_name": "бампер"}'.encode("cp1251"),
    '{"page": 1}'.encode("utf-16"),
    b"\x1f\x8b\x08\x00\x00",
]
NOT_STORABLE = [
    b'{"part_name": "\\u0000"}',
    b'{"part_name": "a\\u0000b"}',
    b'{"part_name": "a\x00b"}',
    b'\x00{"page": 1}',
    b'{"page": 1}\x00',
    b'{"params": {"color": "\\u0000"}}',
    b'{"params": {"\\u0000": 1}}',
    b'{"\\u0000": 1}',
    b'{"unknown": [["\\u0000"]]}',
    b'{"part_name": "\\ud800"}',
    b'{"part_name": "\\udc00"}',
    b'{"part_name": "\\ude00\\ud83d"}',
    b'{"part_name": "\\ud83d \\ude00"}',
    b'{"params": {"color": "\\uDFFF"}}',
    b'{"params": {"\\ud800": null}}',
    b'{"mark_list": ["\\ud800"]}',
    b'{"\\udfff": 1}',
]
TOO_DEEP = [
    b"[" * 65536,
    b"[" * 20000 + b"]" * 20000,
    b'{"a":' * 13000,
    b'{"params": {"x": ' + b"[" * 30000 + b"]" * 30000 + b"}}",
    b'{"params": {"\\u0041": ' + b"[" * 900 + b"]" * 900 + b"}}",
    b'{"unknown": ' + b"[" * 100 + b"]" * 100 + b"}",
]


UNREADABLE = NOT_JSON + NOT_AN_OBJECT + NOT_A_NUMBER + DUPLICATE_KEY + NOT_UTF8 + NOT_STORABLE + TOO_DEEP


@pytest.mark.parametrize("body", UNREADABLE, ids=lambda body: body[:40])
def test_a_body_that_is_not_a_json_object_is_400(services: Both, body: bytes) -> None:
    reported = same_problem(services, lambda service: service.post(body), HTTPStatus.BAD_REQUEST)
    assert "errors" not in reported


@pytest.mark.parametrize(
    "query",
    [
        "part_name=%ff",
        "part_name=%d0",
        "part_name=%c0%80",
        "part_name=%ed%a0%80",
        "part_name=%CA%F0%E0%F1%ED%FB%E9",
        "%ff=1",
        "params.%ff=1",
        "part_name=%00",
        "part_name=a%00b",
        "%00=1",
        "params.%00=1",
        "params.color=%00",
        "params.color=%22%5Cu0000%22",
        "params.color=%22%5Cud800%22",
        "mark_list=%ff",
        "unknown=%ff",
    ],
)
def test_an_unreadable_query_string_is_400(services: Both, query: str) -> None:
    reported = same_problem(services, lambda service: service.get(query), HTTPStatus.BAD_REQUEST)
    assert "errors" not in reported


@pytest.mark.parametrize(
    "body",
    [
        b'{"part_name": "\\ud83d\\ude00"}',
        '{"part_name": "😀"}'.encode(),
        b'\r\n\t {"part_name"\n:\t"\\uD83D\\uDE00"} \r\n',
        b'{"part_name": "\\ud83d\\ude00", "params": {"color": "\\u0431\\u0435\\u043b\\u044b\\u0439"}}',
    ],
)
def test_unusual_but_valid_json_is_read(service: Service, known_catalog: Catalog, body: bytes) -> None:
    assert names(service.post(body)) == [SENSOR]


def test_brackets_inside_a_string_do_not_count_as_nesting(service: Service, known_catalog: Catalog) -> None:
    brackets = b"[{" * 80 + b'\\"[' + b"{" * 30
    assert names(service.post(b'{"part_name": "' + brackets + b'"}')) == []


def in_pieces(body: bytes) -> Iterator[bytes]:
    """Yield the body in pieces, which HTTP sends in chunks, without Content-Length."""
    yield from (body[first : first + 4096] for first in range(0, len(body), 4096))


def padded(length: int) -> bytes:
    """Return a search of ``length`` bytes."""
    return b'{"page": 1' + b" " * (length - 11) + b"}"


LIMIT = 65536


def test_a_body_of_64_kib_is_read(service: Service, known_catalog: Catalog) -> None:
    expected = answer_of(known_catalog, {})
    assert search_result(service.post(padded(LIMIT))) == expected
    chunked = service.ask("POST", SEARCH, in_pieces(padded(LIMIT)), Content_Type="application/json")
    assert search_result(chunked) == expected


@pytest.mark.parametrize("length", [LIMIT + 1, 200_000, 5_000_000])
def test_a_larger_body_is_413(services: Both, length: int) -> None:
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    announced = same_problem(services, lambda service: service.post(padded(length)), status)
    assert announced["detail"] == "The body is over 64 KiB."


@pytest.mark.parametrize("length", [LIMIT + 1, 200_000])
def test_a_larger_chunked_body_is_413(services: Both, length: int) -> None:
    def ask_in_chunks(service: Service) -> httpx.Response:
        return service.ask("POST", SEARCH, in_pieces(padded(length)), Content_Type="application/json")

    reported = same_problem(services, ask_in_chunks, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    assert reported["detail"] == "The body is over 64 KiB."


@pytest.mark.parametrize("length", [b"Content-Length: 100", b"Transfer-Encoding: chunked"])
@pytest.mark.parametrize("path", [SEARCH, "/nothing"])
def test_a_client_that_disconnects_inside_its_body_does_no_harm(service: Service, path: str, length: bytes) -> None:
    """The service keeps answering. ``conftest.py`` checks that no traceback is logged."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n".encode()
    address = urlsplit(service.url)
    for _ in range(5):
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(head + length + b"\r\n\r\n5\r\n{")
        assert service.ask("GET", "/healthz").status_code == HTTPStatus.OK


def test_an_endless_body_is_413_before_its_end(service: Service) -> None:
    head = b"POST /search/part/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    address = urlsplit(service.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        with suppress(ConnectionError):  # the service may close before all of it is sent
            connection.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % 100_000 + b" " * 90_000)
        assert connection.recv(12) == b"HTTP/1.1 413"


def test_a_larger_body_is_413_even_if_it_is_not_json(services: Both) -> None:
    same_problem(services, lambda service: service.post(b"\xff" * (LIMIT + 1)), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


@pytest.mark.parametrize("content_type", [
    "application/json",
    "Application/JSON",
    "application/json;charset=utf-8",
    "application/json; charset=UTF-8",
    'application/json ; charset="utf-8"',
])  # fmt: skip
def test_every_content_type_of_json_is_accepted(service: Service, known_catalog: Catalog, content_type: str) -> None:
    assert search_result(service.post({"page": 1}, Content_Type=content_type)) == answer_of(known_catalog, {})


@pytest.mark.parametrize("content_type", [
    "",
    "text/plain",
    "text/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/problem+json",
    "application/jsonp",
    "application/json, text/plain",
    "application/json; charset=windows-1251",
    "application/json; charset=utf-16",
    "json",
    ";",
    "*/*",
])  # fmt: skip
def test_other_content_types_are_415(services: Both, content_type: str) -> None:
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    reported = same_problem(services, lambda service: service.post({"page": 1}, Content_Type=content_type), status)
    assert "application/json" in reported["detail"]


def test_a_missing_content_type_is_415(services: Both) -> None:
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    same_problem(services, lambda service: service.ask("POST", SEARCH, b"{}"), status)
    same_problem(services, lambda service: service.ask("POST", SEARCH), status)


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "br", "deflate", "identity, gzip", "x"])
def test_an_encoded_body_is_415(django: Service, encoding: str) -> None:
    body = gzip.compress(b"{}")
    reported = problem(django.post(body, Content_Encoding=encoding), HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    assert reported["detail"] == "Send the body as it is, without 'Content-Encoding'."


@pytest.mark.parametrize("encoding", ["", "identity", "Identity"])
def test_the_identity_encoding_is_accepted(django: Service, encoding: str) -> None:
    assert django.post({"page": 1}, Content_Encoding=encoding).status_code == HTTPStatus.OK
