"""Unexpected values in addresses and forms of the admin: the response is never a 5xx."""

from collections.abc import Iterator
from itertools import cycle, islice, product
from typing import Any

import pytest

from tests.integration.test_admin import add_mark, add_model, add_part, form_of, path_of
from tests.support.admin_session import AdminSession
from tests.support.site import RunningSite

UNEXPECTED = [
    *("", "abc", "0", "-1", "1.5", "9" * 21, "9" * 5000, "%00", "a%00b", "%ff", "%ED%A0%80", "[]", "%F0%9F%98%80"),
    *("1e999", "NaN"),
]
LIST_NAMES = [
    *("q", "p", "o", "e", "all", "_facets"),
    *("_popup", "_to_field", "_changelist_filters", "id__exact", "id__in", "id__range"),
    *("is_visible__exact", "name__regex", "no_such_field", "mark__id__exact", "mark__isnull", "groups__id__exact"),
    *("json_data__a", "last_login__year", "condition", "password", "%00"),
]
FORM_NAMES = [
    *("mark", "model", "price", "name", "json_data", "is_visible"),
    *("_popup", "_to_field", "groups", "last_login", "_changelist_filters"),
]
TABLES = ["catalog/mark", "catalog/model", "catalog/part", "auth/user", "auth/group"]
VIEWS = ["change", "delete", "history"]


@pytest.fixture
def session(live_site: RunningSite, empty_catalog: str) -> AdminSession:
    return AdminSession(live_site)


@pytest.fixture
def part(session: AdminSession) -> Any:
    return add_part(add_model(add_mark()))


def some_pairs(names: list[str], each: int) -> Iterator[tuple[str, str]]:
    """Return every name with ``each`` unexpected values, and every unexpected value with some names."""
    values = cycle(UNEXPECTED)
    return ((name, value) for name in names for value in islice(values, each))


def assert_no_server_error(session: AdminSession, paths: Iterator[str]) -> None:
    answers = {path[:120]: session.ask("GET", f"/admin/{path}").status_code for path in paths}
    assert {path: status for path, status in answers.items() if status >= 500} == {}


# Each of these was once a 500.
FORMER_ERRORS = [
    "catalog/part/add/?mark=abc",
    "catalog/model/add/?mark=1.5",
    "autocomplete/?app_label=catalog&model_name=part&field_name=model&term=%00",
    "catalog/part/?q=" + "9" * 5000,
    "catalog/part/?id__range=0",
    "auth/user/?id__range=" + "9" * 21,
    "catalog/mark/?name__regex=[]",
    "catalog/part/%00/change/",
    "catalog/part/?q=%00",
    "r/%00/1/",
]


@pytest.mark.parametrize("path", FORMER_ERRORS, ids=lambda path: path[:40])
def test_addresses_that_were_once_an_error(session: AdminSession, part: Any, path: str) -> None:
    assert session.ask("GET", f"/admin/{path}").status_code < 500


@pytest.mark.parametrize("table", TABLES)
def test_any_query_string(session: AdminSession, part: Any, table: str) -> None:
    assert_no_server_error(session, (f"{table}/?{name}={value}" for name, value in some_pairs(LIST_NAMES, 3)))
    assert_no_server_error(session, (f"{table}/add/?{name}={value}" for name, value in some_pairs(FORM_NAMES, 3)))


def test_any_id_of_a_row(session: AdminSession, part: Any) -> None:
    assert_no_server_error(
        session, (f"{table}/{value}/{view}/" for (table, view), value in zip(product(TABLES, VIEWS), cycle(UNEXPECTED)))
    )
    assert_no_server_error(session, (f"r/{value}/{value}/" for value in UNEXPECTED))
    assert_no_server_error(session, (f"catalog/part/{value}/change/" for value in UNEXPECTED))


def test_any_autocomplete(session: AdminSession, part: Any) -> None:
    valid = {"app_label": "catalog", "model_name": "part", "field_name": "model", "term": "a", "page": "1"}
    queries = ({**valid, name: value} for name, value in some_pairs(list(valid), len(UNEXPECTED)))
    assert_no_server_error(
        session, ("autocomplete/?" + "&".join(f"{name}={value}" for name, value in query.items()) for query in queries)
    )


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("price", ["NaN", "-Infinity", "1e999999", "1e-999999", "9" * 5000, "", "\0", "abc", "٣"]),
        ("name", ["a\0b", " ", "ﷺ" * 400, "я" * 401, "\u200b"]),
        ("mark", ["abc", "9" * 25, "9" * 5000, "-1", "1.5", "\0"]),
        ("model", ["abc", "9" * 25, "9" * 5000, "-1", "1.5", "\0"]),
        ("is_visible", ["abc", "\0"]),
    ],
)
def test_any_value_in_a_form(session: AdminSession, part: Any, field: str, values: list[str]) -> None:
    for path in (path_of(part), "/admin/catalog/part/add/"):
        answers = {value[:20]: session.ask("POST", path, form_of(part, **{field: value})) for value in values}
        assert {value: answer.status_code for value, answer in answers.items() if answer.status_code >= 500} == {}


JSON = [
    '{"a":' * 3000 + "1" + "}" * 3000,
    '{"a": 1e131072}',
    '{"a": 1e999999}',
    '{"a": 1e-16384}',
    '{"a": 1e9999999999999999999}',
    '{"a": ' + "9" * 140_000 + "}",
    '{"a": 1, "a": 2}',
    '{"\\u0000": 1}',
    '{"color": ' + "[" * 90 + "]" * 90 + "}",
    '{"a": "\ud83d"}'.encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    '{"a": "' + "x" * 3_000_000 + '"}',
]


@pytest.mark.parametrize("json_data", JSON, ids=lambda text: text[:20])
def test_any_properties(session: AdminSession, part: Any, json_data: str) -> None:
    answer = session.ask("POST", path_of(part), form_of(part, json_data=json_data))
    assert answer.status_code < 500


LIST_FORM = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "_save": "Save"}
ACTION_FORM = {"action": "delete_selected", "select_across": "0", "index": "0"}


@pytest.mark.parametrize("table", ["catalog/part", "auth/user"])
def test_any_form_of_a_list(session: AdminSession, part: Any, table: str) -> None:
    unexpected_values = ["abc", "9" * 25, "9" * 5000, "-1", "1.5", ""]
    fields = [*((LIST_FORM, name) for name in ("form-TOTAL_FORMS", "form-INITIAL_FORMS", "form-0-id"))]
    fields += [(ACTION_FORM, name) for name in ("action", "select_across", "index", "_selected_action")]
    for (form, name), value in product(fields, unexpected_values):
        data = {"form-0-id": "1", "_selected_action": "1", **form, name: value}
        assert session.ask("POST", f"/admin/{table}/", data).status_code < 500, (name, value[:20])


@pytest.mark.parametrize(
    "content_type",
    ["x; charset=hex", "x; charset=undefined", "x; a*=hex''%41", "x; " + "a=b;" * 5000, ";;;", "x; charset"],
    ids=lambda text: text[:20],
)
@pytest.mark.parametrize("path", ["/", "/admin/login/?next=a", "/search/part/?page=1", "/healthz"])
def test_any_content_type(session: AdminSession, path: str, content_type: str) -> None:
    assert session.ask("GET", path, Content_Type=content_type).status_code in (200, 302)


def test_any_body_and_cookie(session: AdminSession) -> None:
    url = f"{session.site.django_url}/admin/login/"
    many = "&".join(f"a{number}=1" for number in range(2000))
    for content_type, body in (
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name*=hex''a\r\n\r\n1\r\n--x--"),
        ("application/x-www-form-urlencoded; charset=hex", b"a=1"),
        ("application/x-www-form-urlencoded", many.encode()),
        ("application/x-www-form-urlencoded", b"username=%00&password=a"),
    ):
        answer = session.site.client.post(url, content=body, headers={"Content-Type": content_type})
        assert 400 <= answer.status_code < 500, content_type
    assert session.site.client.get(f"{url}?{many}").status_code == 400
    cookie = {"Cookie": r'sessionid="\000abcdefghijklm"'}
    assert session.site.client.get(f"{session.site.django_url}/admin/", headers=cookie).status_code == 400


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_any_query_string_of_the_page(session: AdminSession, path: str) -> None:
    names = ["part_name", "mark_list", "model_list", "price_gte", "page", "params.a", "params.is_new_part", "%00", "q"]
    queries = [f"{name}={value}" for name, value in some_pairs(names, 7)] + ["&" * 500, "=" * 500, "%", "a=1&" * 3000]
    answers = {query[:60]: session.ask("GET", f"{path}?{query}").status_code for query in queries}
    assert {query: status for query, status in answers.items() if status >= 500} == {}
