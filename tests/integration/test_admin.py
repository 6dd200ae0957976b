"""The catalog in Django's admin."""

import json
from decimal import Decimal
from typing import Any

import pytest

TABLES = ("mark", "model", "part")


@pytest.fixture
def client(admin_client: Any) -> Any:
    return admin_client


def add_mark(name: str = "Honda", **fields: Any) -> Any:
    from partsearch.catalog.models import Mark

    return Mark.objects.create(name=name, producer_country_name="Япония", **fields)


def add_model(mark: Any, name: str = "Accord") -> Any:
    from partsearch.catalog.models import Model

    return Model.objects.create(name=name, mark=mark)


def add_part(model: Any, **fields: Any) -> Any:
    from partsearch.catalog.models import Part

    values = {"name": "Бампер передний", "price": Decimal(2300), "mark": model.mark, "model": model} | fields
    return Part.objects.create(**values)


def form_of(part: Any, **changes: Any) -> dict[str, Any]:
    """Return the fields that the form of a part submits."""
    fields = {
        "name": part.name,
        "mark": part.mark_id,
        "model": part.model_id,
        "price": part.price,
        "json_data": json.dumps(part.json_data),
        "is_visible": "on",
    }
    return fields | changes


def form_errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200, response
    return dict(response.context["adminform"].form.errors)


def path_of(row: Any) -> str:
    return f"/admin/catalog/{row._meta.model_name}/{row.pk}/change/"


def test_the_admin_is_in_russian(client: Any) -> None:
    page = client.get("/admin/").text
    for words in ("partsearch: каталог", "Марки", "Модели", "Запчасти"):
        assert words in page
    assert "Состояние" in client.get("/admin/catalog/part/").text.title()


@pytest.mark.parametrize("table", TABLES)
def test_a_list_needs_as_many_queries_for_20_rows_as_for_one(client: Any, table: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/admin/catalog/{table}/").status_code == 200
        return len(captured)

    add_part(add_model(add_mark()))
    with_one = queries()
    for number in range(19):
        add_part(add_model(add_mark(f"Mark {number}"), f"Model {number}"))
    assert client.get(f"/admin/catalog/{table}/").context["cl"].result_count == 20
    assert queries() == with_one


@pytest.mark.parametrize("table", TABLES)
def test_visibility_is_changed_in_the_list(client: Any, table: str) -> None:
    part = add_part(add_model(add_mark()))
    row = {"mark": part.mark, "model": part.model, "part": part}[table]
    form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": row.pk, "_save": "Save"}
    assert client.post(f"/admin/catalog/{table}/", form).status_code == 302
    row.refresh_from_db()
    assert row.is_visible is False
    assert client.post(f"/admin/catalog/{table}/", form | {"form-0-is_visible": "on"}).status_code == 302
    row.refresh_from_db()
    assert row.is_visible is True


@pytest.mark.parametrize(
    ("table", "term", "found"),
    [
        ("part", "  БАМПЕР ", 1),
        ("part", "перед бамп", 1),
        ("part", "щетка", 1),
        ("part", "%", 0),
        ("part", "1", 1),
        ("part", "9" * 30, 0),
        ("model", "accord", 1),
        ("model", "honda", 2),
        ("mark", "hon", 1),
    ],
)
def test_search(client: Any, table: str, term: str, found: int) -> None:
    honda = add_mark()
    add_part(add_model(honda))
    add_part(add_model(honda, "Civic"), name="Щётка")
    response = client.get(f"/admin/catalog/{table}/", {"q": term})
    assert response.context["cl"].result_count == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("condition=new", 1),
        ("condition=used", 2),
        ("condition=unknown", 3),
        ("is_visible__exact=0", 1),
        ("mark__id__exact=1", 6),
        ("mark__id__exact=2", 0),
    ],
)
def test_filters(client: Any, query: str, found: int) -> None:
    model = add_model(add_mark())
    add_mark("BMW")
    conditions: list[dict[str, Any]] = [{"is_new_part": True}, *[{"is_new_part": False}] * 2, *[{}] * 3]
    for number, json_data in enumerate(conditions):
        add_part(model, json_data=json_data, is_visible=number > 0)
    assert client.get(f"/admin/catalog/part/?{query}").context["cl"].result_count == found


def test_a_part_is_changed_and_its_properties_are_indented(client: Any) -> None:
    part = add_part(add_model(add_mark()), json_data={"color": "белый", "count": 4})
    page = client.get(path_of(part))
    assert "{\n  &quot;color&quot;: &quot;белый&quot;,\n  &quot;count&quot;: 4\n}" in page.text
    assert "name_normalized" not in page.text
    answer = client.post(path_of(part), form_of(part, price="10.50", json_data='{"color": "Чёрный"}'))
    assert answer.status_code == 302
    part.refresh_from_db()
    assert (part.price, part.json_data, part.color) == (Decimal("10.50"), {"color": "Чёрный"}, "черный")


def test_a_part_without_properties(client: Any) -> None:
    part = add_part(add_model(add_mark()), json_data={"count": 1})
    assert client.post(path_of(part), form_of(part, json_data="")).status_code == 302
    part.refresh_from_db()
    assert part.json_data == {}


@pytest.mark.parametrize(
    ("json_data", "error"),
    [
        ("{", "Это не JSON"),
        ("1" * 5000, "Нужен объект"),
        ("[" * 100_000, "Это не JSON"),
        ("[]", "Нужен объект"),
        ("0", "Нужен объект"),
        ('"белый"', "Нужен объект"),
        ('{"a": NaN}', "база данных не хранит"),
        ('{"a": 1e999999}', "база данных не хранит"),
        ('{"a": "\\u0000"}', "база данных не хранит"),
        ('{"a": "\\ud800"}', "база данных не хранит"),
    ],
)
def test_properties_that_the_database_would_reject(client: Any, json_data: str, error: str) -> None:
    part = add_part(add_model(add_mark()))
    assert error in form_errors(client.post(path_of(part), form_of(part, json_data=json_data)))["json_data"][0]


def test_an_escaped_backslash_before_u0000_is_ordinary_text(client: Any) -> None:
    part = add_part(add_model(add_mark()))
    assert client.post(path_of(part), form_of(part, json_data=r'{"a": "\\u0000"}')).status_code == 302


def test_a_model_of_another_mark_is_an_error_at_its_field(client: Any) -> None:
    part = add_part(add_model(add_mark()))
    bmw = add_mark("BMW")
    response = client.post(path_of(part), form_of(part, mark=bmw.pk))
    assert form_errors(response) == {"model": ["«Accord» — модель марки Honda, а не BMW."]}


def test_a_negative_price_is_an_error_at_its_field(client: Any) -> None:
    part = add_part(add_model(add_mark()))
    assert list(form_errors(client.post(path_of(part), form_of(part, price="-1")))) == ["price"]


def test_the_parts_of_a_model_move_with_it_to_another_mark(client: Any) -> None:
    part = add_part(add_model(add_mark()))
    bmw = add_mark("BMW")
    answer = client.post(path_of(part.model), {"name": "Accord", "mark": bmw.pk, "is_visible": "on"})
    assert answer.status_code == 302
    part.refresh_from_db()
    assert part.mark == bmw


@pytest.mark.parametrize(("table", "message"), [("mark", "Honda: моделей 1"), ("model", "Accord: запчастей 2")])
def test_a_row_that_others_reference_is_not_deleted(client: Any, table: str, message: str) -> None:
    part = add_part(add_model(add_mark()))
    add_part(part.model)
    row = {"mark": part.mark, "model": part.model}[table]
    page = client.get(f"/admin/catalog/{table}/{row.pk}/delete/")
    assert message in page.text
    answer = client.post(f"/admin/catalog/{table}/{row.pk}/delete/", {"post": "yes"})
    assert answer.status_code == 200
    chosen = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
    assert message in client.post(f"/admin/catalog/{table}/", chosen).text
    row.refresh_from_db()


def test_a_row_without_references_is_deleted(client: Any) -> None:
    from partsearch.catalog.models import Mark, Model, Part

    part = add_part(add_model(add_mark()))
    for row in (part, part.model, part.mark):
        answer = client.post(path_of(row).replace("change", "delete"), {"post": "yes"})
        assert answer.status_code == 302
    assert not Part.objects.exists() and not Model.objects.exists() and not Mark.objects.exists()


def test_models_are_autocompleted(client: Any) -> None:
    add_model(add_mark())
    query = {"app_label": "catalog", "model_name": "part", "field_name": "model", "term": "acc"}
    assert [row["text"] for row in client.get("/admin/autocomplete/", query).json()["results"]] == ["Accord"]
