"""The aliases of marks and models in Django's admin."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.test_admin import form_errors

PATH = "/admin/catalog/vehiclealias/"


@pytest.fixture
def rows(admin_client: Any) -> Iterator[Any]:
    """Yield the rows; afterwards they are as before."""
    from django.db import transaction

    from partsearch.catalog.vehicle_alias import VehicleAlias

    with transaction.atomic():
        yield VehicleAlias.objects
        transaction.set_rollback(True)


def form_of(alias: str, mark: str, model: str = "", **changes: Any) -> dict[str, Any]:
    fields = {"alias": alias, "mark": mark, "model": model, "use": "rule", "country": "", "is_active": "on"}
    return fields | changes


def add(admin_client: Any, *names: str, **changes: Any) -> Any:
    return admin_client.post(f"{PATH}add/", form_of(*names, **changes))


def result_count(admin_client: Any, **query: str) -> int:
    return int(admin_client.get(PATH, query).context["cl"].result_count)


def test_a_seller_adds_an_alias_a_mark_and_a_model(admin_client: Any, rows: Any) -> None:
    for names in (("Мерзик", "Mercedes-Benz"), ("Зубр", "Зубр"), ("Зубрёнок", "Зубр", "Малый")):
        assert add(admin_client, *names).status_code == 302
    added = rows.filter(shipped_key=None).order_by("id")
    assert [(row.alias_key, row.mark, row.model) for row in added] == [
        ("mepзиk", "Mercedes-Benz", ""),
        ("зyбp", "Зубр", ""),
        ("зyбpehok", "Зубр", "Малый"),
    ]


@pytest.mark.parametrize(
    ("names", "changes", "errors"),
    [
        (("бмв", "Honda"), {}, {"alias": ["«БМВ» уже означает марку BMW. Измените или выключите ту строку."]}),
        (
            ("Цивик", "Honda", "Accord"),
            {},
            {"alias": ["«Цивик» уже означает модель Honda Civic. Измените или выключите ту строку."]},
        ),
        (
            ("Камри!", "Honda", "Accord"),
            {"use": "alone"},
            {"alias": ["«Камри» уже означает модель Toyota Camry. Измените или выключите ту строку."]},
        ),
        (("Хондочка", "Хонда"), {}, {"mark": ["«Хонда» — написание марки Honda. Укажите Honda."]}),
        (("Сив", "Honda", "Цивик"), {}, {"model": ["«Цивик» — написание модели Honda Civic. Укажите Civic."]}),
        (("БМВ", "BMW"), {}, {"__all__": ["Такое написание этой марки или модели уже есть."]}),
        (("---", "BMW"), {}, {"alias": ["Нужна хотя бы одна буква или цифра."]}),
        (("Икс", "BMW", "X5"), {"country": "Россия"}, {"country": ["Страна указывается у марки, а не у модели."]}),
    ],
)
def test_what_contradicts_other_rows_is_an_error_at_its_field(
    admin_client: Any,
    rows: Any,
    names: tuple[str, ...],
    changes: dict[str, str],
    errors: dict[str, list[str]],
) -> None:
    rows.filter(alias="Камри", mark="Toyota").update(use="alone")
    assert form_errors(add(admin_client, *names, **changes)) == errors


def test_an_alias_that_is_turned_off_may_mean_something_else(admin_client: Any, rows: Any) -> None:
    rows.filter(mark="BMW", alias="БМВ").update(is_active=False)
    assert add(admin_client, "БМВ", "Honda").status_code == 302


def test_a_shipped_row_is_edited_and_the_list_says_so(admin_client: Any, rows: Any) -> None:
    row = rows.get(mark="Mercedes-Benz", model="", alias="Мерс")
    assert "из поставки" in admin_client.get(PATH, {"q": "мерс"}).text
    answer = admin_client.post(f"{PATH}{row.pk}/change/", form_of("Мерс", "Мерсель"))
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.mark, row.is_own, row.is_as_shipped) == ("Мерсель", False, False)
    assert "изменено вами" in admin_client.get(PATH, {"q": "мерсель"}).text
    assert result_count(admin_client, origin="edited") == 1


@pytest.mark.parametrize(
    ("term", "alias"), [("мерс", "Мерс"), ("MEPC", "Мерс"), ("mercedes бенз", "Мерседес Бенз"), ("vito W638", "W638")]
)
def test_search_finds_spellings_marks_and_models(admin_client: Any, rows: Any, term: str, alias: str) -> None:
    assert alias in [row.alias for row in admin_client.get(PATH, {"q": term}).context["cl"].result_list]


@pytest.mark.parametrize("term", ["%", "---", "нет такого"])
def test_search_for_what_is_not_there(admin_client: Any, rows: Any, term: str) -> None:
    assert admin_client.get(PATH, {"q": term}).status_code == 200


def test_filters(admin_client: Any, rows: Any) -> None:
    count, marks = rows.count(), rows.filter(model="").count()
    rows.create(alias="Мерзик", mark="Mercedes-Benz")
    assert result_count(admin_client, meaning="mark") == marks + 1
    assert result_count(admin_client, meaning="model") == count - marks
    assert (result_count(admin_client, origin="own"), result_count(admin_client, origin="shipped")) == (1, count)
    assert result_count(admin_client, origin="edited") == result_count(admin_client, is_active__exact="0") == 0


def test_the_list_needs_few_queries(admin_client: Any, rows: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries(term: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(PATH, {"q": term}).status_code == 200
        return len(captured)

    assert queries("") == queries("нет такого")


def test_rows_are_turned_off_and_on_except_those_that_mean_something_else_meanwhile(
    admin_client: Any,
    rows: Any,
) -> None:
    chosen = list(rows.filter(mark="BMW", model="").order_by("id")[:2])
    data = {"_selected_action": [row.pk for row in chosen]}
    assert "Выключено: 2." in admin_client.post(PATH, data | {"action": "turn_off"}, follow=True).text
    assert not rows.filter(pk__in=data["_selected_action"], is_active=True).exists()
    rows.create(alias=chosen[0].alias, mark="Honda")
    page = admin_client.post(PATH, data | {"action": "turn_on"}, follow=True).text
    assert "Включено: 1." in page and f"«{chosen[0].alias}» уже означает марку Honda." in page
    assert list(rows.filter(pk__in=data["_selected_action"], is_active=True)) == [chosen[1]]


def test_a_shipped_row_is_not_deleted_and_an_own_row_is(admin_client: Any, rows: Any) -> None:
    shipped = rows.filter(mark="BMW").first()
    own = rows.create(alias="Мерзик", mark="Mercedes-Benz")
    assert "её можно только выключить" in admin_client.get(f"{PATH}{shipped.pk}/delete/").text
    chosen = {"action": "delete_selected", "_selected_action": [shipped.pk, own.pk], "post": "yes"}
    admin_client.post(PATH, chosen)
    assert rows.filter(pk__in=[shipped.pk, own.pk]).count() == 2
    assert admin_client.post(f"{PATH}{own.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not rows.filter(pk=own.pk).exists()
