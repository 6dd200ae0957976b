"""Synonyms, and the searches that have found nothing, in Django's admin."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.integration.test_admin import add_mark, add_model, add_part, form_errors

PATH = "/admin/catalog/synonym/"
MISSED = "/admin/catalog/missedsearch/"


@pytest.fixture
def rows(admin_client: Any) -> Iterator[Any]:
    """Yield the synonyms, with no missed search; afterwards all is as before."""
    from django.db import transaction

    from partsearch.catalog.synonym import MissedSearch, Synonym

    with transaction.atomic():
        MissedSearch.objects.all().delete()
        yield Synonym.objects
        transaction.set_rollback(True)


def form_of(written: str, meanings: str = "", **changes: Any) -> dict[str, Any]:
    fields = {"written": written, "kind": "synonym", "meanings": meanings, "params": "{}", "is_active": "on"}
    return fields | changes


def add(admin_client: Any, *texts: str, **changes: Any) -> Any:
    return admin_client.post(f"{PATH}add/", form_of(*texts, **changes))


def preview(admin_client: Any, path: str, *texts: str, **changes: Any) -> str:
    response = admin_client.post(path, form_of(*texts, **changes) | {"_preview": "1"})
    assert response.status_code == 200
    return str(response.context.get("preview"))


def results(admin_client: Any, **query: str) -> list[str]:
    return [row.written for row in admin_client.get(PATH, query).context["cl"].result_list]


def count(admin_client: Any, **query: str) -> int:
    return int(admin_client.get(PATH, query).context["cl"].result_count)


def add_missed(words: str, times: int = 1) -> Any:
    from partsearch.catalog.synonym import MissedSearch

    return MissedSearch.objects.create(words=words, times=times, last_seen=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))


def test_a_person_adds_a_synonym_with_meanings_and_properties(admin_client: Any, rows: Any) -> None:
    params = '{"color": " Чёрный", "is_new_part": false, "year": 2008}'
    response = add(admin_client, " Железяка  МОЯ ", "Крыло переднее\n\nбампер\r\nБАМПЕР\nжелезяка моя", params=params)
    assert response.status_code == 302
    row = rows.get(shipped_key=None)
    assert (row.written, row.meanings) == ("железяка моя", ["крыло переднее", "бампер"])
    assert row.params == {"color": "черный", "is_new_part": False, "year": 2008}


@pytest.mark.parametrize(
    ("texts", "changes", "errors"),
    [
        (("Торпедо", "катер"), {}, {"__all__": ["Такая запись уже есть: измените её."]}),
        (("раз два три четыре", "бампер"), {}, {"written": ["Нужны одно, два или три слова: лишние удалите."]}),
        (("\u200b", "бампер"), {}, {"written": ["Нужны одно, два или три слова: лишние удалите."]}),
        (("железяка", ""), {}, {"meanings": ["Нужно хотя бы одно другое название или свойство."]}),
        (("железяка", "Железяка"), {}, {"meanings": ["Нужно хотя бы одно другое название или свойство."]}),
        (("железяка", "раз два три"), {}, {"meanings": ["«раз два три»: нужны одно или два слова."]}),
        (("железяка", ""), {"params": "["}, {"params": ['Это не JSON. Пример: {"color": "черный"}.']}),
        (("железяка", ""), {"params": "[1]"}, {"params": ['Нужен объект: {"color": "черный"}.']}),
        (
            ("железяка", ""),
            {"params": '{"year": 2.5}'},
            {"params": ["«year»: нужен текст, целое число, true или false."]},
        ),
        (
            ("железяка", ""),
            {"params": '{"color": "\\u0000"}'},
            {"params": ["«color»: нужен текст, целое число, true или false."]},
        ),
    ],
)
def test_what_cannot_be_saved_is_an_error_at_its_field(
    admin_client: Any, rows: Any, texts: tuple[str, ...], changes: dict[str, str], errors: dict[str, list[str]]
) -> None:
    assert form_errors(add(admin_client, *texts, **changes)) == errors


def test_the_preview_counts_what_is_found_in_addition_and_saves_nothing(admin_client: Any, rows: Any) -> None:
    model = add_model(add_mark())
    hidden = add_model(add_mark("Скрытая", is_visible=False), "Другая")
    for name in ("Крыло левое", "КРЫЛО железяка", "Накладка крыла", "Бампер"):
        add_part(model, name=name)
    add_part(model, name="Капот", json_data={"color": "Чёрный"})
    add_part(model, name="Крыло скрытое", is_visible=False)
    add_part(hidden, name="Крыло скрытой марки")
    assert preview(admin_client, f"{PATH}add/", "железяка", "крыл") == "Найдёт ещё 2 запчасти."
    assert preview(admin_client, f"{PATH}add/", "железяка", "накладка") == "Найдёт ещё 1 запчасть."
    with_color = preview(admin_client, f"{PATH}add/", "железяка", "крыл\nбампер", params='{"color": "черный"}')
    assert with_color == "Найдёт ещё 4 запчасти."
    nothing = "Ничего нового не найдёт: таких запчастей на сайте сейчас нет."
    assert preview(admin_client, f"{PATH}add/", "железяка", "100%") == nothing
    assert not rows.filter(shipped_key=None).exists()


@pytest.mark.parametrize(
    ("number", "word"), [(1, "запчасть"), (3, "запчасти"), (5, "запчастей"), (12, "запчастей"), (101, "запчасть")]
)
def test_the_preview_declines_its_noun(
    admin_client: Any, rows: Any, monkeypatch: pytest.MonkeyPatch, number: int, word: str
) -> None:
    monkeypatch.setattr("partsearch.catalog.admin_synonyms.count_more_parts", lambda *_: number)
    assert preview(admin_client, f"{PATH}add/", "железяка", "крыло") == f"Найдёт ещё {number} {word}."


def test_the_form_is_shown_again_as_it_was_typed(admin_client: Any, rows: Any) -> None:
    row = rows.get(written="торпедо")
    path = f"{PATH}{row.pk}/change/"
    page = admin_client.post(path, form_of("моя торпеда", "катер\nлодка") | {"_preview": "1"}).text
    assert 'value="моя торпеда"' in page and "катер\nлодка" in page
    assert "Ничего нового не найдёт" in page and "errornote" not in page
    row.refresh_from_db()
    assert row.written == "торпедо"


def test_enter_saves_for_save_is_the_first_button(admin_client: Any, rows: Any) -> None:
    row = rows.get(written="торпедо")
    for path in (f"{PATH}add/", f"{PATH}{row.pk}/change/"):
        page = admin_client.get(path).text
        form = page[page.index('id="synonym_form"') :]
        buttons = [
            element.partition('name="')[2].partition('"')[0]
            for element in form.split("<")
            if element.startswith("input") and 'type="submit"' in element
        ]
        assert buttons[0] == "_save" and buttons[-1] == "_preview", buttons


def test_a_form_with_errors_has_no_preview(admin_client: Any, rows: Any) -> None:
    assert preview(admin_client, f"{PATH}add/", "железяка", "") == "None"


def test_a_count_beyond_the_time_limit_is_not_waited_for(
    admin_client: Any, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection

    from partsearch.catalog import synonym_preview

    part = add_part(add_model(add_mark()), name="Крыло")
    monkeypatch.setattr(synonym_preview, "COUNT_SECONDS", 0.05)
    with connection.cursor() as cursor:
        # This session counts slowly: its view hides the table.
        cursor.execute("CREATE TEMPORARY VIEW part AS SELECT * FROM public.part WHERE pg_sleep(5) IS NOT NULL")
    found = "Найдёт очень много запчастей: сосчитать их быстро не удалось."
    assert preview(admin_client, f"{PATH}add/", "железяка", "крыл") == found
    with connection.cursor() as cursor:
        cursor.execute("DROP VIEW pg_temp.part")
    monkeypatch.undo()
    assert preview(admin_client, f"{PATH}add/", "железяка", "крыл") == "Найдёт ещё 1 запчасть.", part


def test_a_shipped_row_is_edited_and_the_list_says_so(admin_client: Any, rows: Any) -> None:
    row = rows.get(written="торпедо")
    assert "из поставки" in admin_client.get(PATH, {"q": "торпедо"}).text
    assert admin_client.post(f"{PATH}{row.pk}/change/", form_of("торпедо", "катер")).status_code == 302
    row.refresh_from_db()
    assert (row.meanings, row.is_own) == (["катер"], False)
    assert "изменено вами" in admin_client.get(PATH, {"q": "катер"}).text
    assert count(admin_client, origin="edited") == 1


def test_a_shipped_row_that_is_saved_unchanged_stays_as_shipped(admin_client: Any, rows: Any) -> None:
    for row in (rows.get(written="торпедо"), rows.get(written="бу")):
        form = admin_client.get(f"{PATH}{row.pk}/change/").context["adminform"].form
        data = {name: form[name].value() for name in ("written", "kind", "meanings", "params")} | {"is_active": "on"}
        assert admin_client.post(f"{PATH}{row.pk}/change/", data).status_code == 302
    assert count(admin_client, origin="edited") == 0


@pytest.mark.parametrize(("term", "written"), [("ТОРПЕДО", "торпедо"), ("панель приб", "торпедо"), ("is_new", "бу")])
def test_search_finds_what_is_written_and_meant(admin_client: Any, rows: Any, term: str, written: str) -> None:
    assert written in results(admin_client, q=term, all="")


@pytest.mark.parametrize("term", ["%", "---", "нет такого", "\N{ZERO WIDTH SPACE}"])
def test_search_for_what_is_not_there(admin_client: Any, rows: Any, term: str) -> None:
    assert admin_client.get(PATH, {"q": term}).status_code == 200


def test_filters(admin_client: Any, rows: Any) -> None:
    shipped, abbreviations = rows.count(), rows.filter(kind="abbreviation").count()
    rows.create(written="железяка", meanings=["бампер"])
    assert (count(admin_client, origin="own"), count(admin_client, origin="shipped")) == (1, shipped)
    assert count(admin_client, kind__exact="abbreviation") == abbreviations
    assert count(admin_client, is_active__exact="0") == count(admin_client, origin="edited") == 0


def test_rows_are_turned_off_and_on(admin_client: Any, rows: Any) -> None:
    chosen = list(rows.order_by("id").values_list("pk", flat=True)[:2])
    data = {"_selected_action": chosen}
    assert "Выключено: 2." in admin_client.post(PATH, data | {"action": "turn_off"}, follow=True).text
    assert rows.filter(is_active=False).count() == 2
    assert "Включено: 2." in admin_client.post(PATH, data | {"action": "turn_on"}, follow=True).text
    assert not rows.filter(is_active=False).exists()


def test_a_shipped_row_is_not_deleted_and_an_own_row_is(admin_client: Any, rows: Any) -> None:
    shipped = rows.get(written="торпедо")
    own = rows.create(written="железяка", meanings=["бампер"])
    assert "её можно только выключить" in admin_client.get(f"{PATH}{shipped.pk}/delete/").text
    assert admin_client.post(f"{PATH}{own.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not rows.filter(pk=own.pk).exists() and rows.filter(pk=shipped.pk).exists()


def test_missed_searches_are_listed_with_a_link_that_fills_in_the_form(admin_client: Any, rows: Any) -> None:
    from html.parser import HTMLParser

    add_missed("бублик & <b>", 3)
    add_missed("железяка", 12)
    page = admin_client.get(MISSED)
    assert [(row.words, row.times) for row in page.context["cl"].result_list] == [("железяка", 12), ("бублик & <b>", 3)]
    links: list[str] = []

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            links.extend(value for name, value in attrs if name == "href" and value and "written=" in value)

    Links().feed(page.text)
    assert page.text.count("Сделать синонимом") == len(links) == 2
    forms = [admin_client.get(link).context["adminform"].form for link in links]
    assert [form["written"].value() for form in forms] == ["железяка", "бублик & <b>"]
    assert "2 января 2026" in page.text


def test_a_synonym_for_a_missed_search_takes_it_off_the_list(admin_client: Any, rows: Any) -> None:
    from partsearch.catalog.synonym import MissedSearch

    add_missed("железяка"), add_missed("другое")
    assert add(admin_client, "железяка", "бампер").status_code == 302
    assert [row.words for row in MissedSearch.objects.all()] == ["другое"]


def test_missed_searches_are_searched_and_deleted_but_not_written(admin_client: Any, rows: Any) -> None:
    row = add_missed("железяка")
    add_missed("другое")
    assert [row.words for row in admin_client.get(MISSED, {"q": "ЖЕЛЕЗ"}).context["cl"].result_list] == ["железяка"]
    assert admin_client.get(f"{MISSED}add/").status_code == 403
    assert admin_client.post(f"{MISSED}{row.pk}/change/", {"words": "x"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    assert admin_client.post(MISSED, chosen).status_code == 302
    assert [row.words for row in admin_client.get(MISSED).context["cl"].result_list] == ["другое"]


def test_a_person_without_the_right_to_add_synonyms_sees_no_link(admin_client: Any, rows: Any) -> None:
    from django.contrib.auth.models import Permission, User
    from django.test import Client

    add_missed("железяка")
    reader = User.objects.create(username="reader", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_missedsearch"))
    client = Client()
    client.force_login(reader)
    page = client.get(MISSED).text
    assert "железяка" in page and "Сделать синонимом" not in page
    assert client.get(f"{PATH}add/").status_code == 403


def test_the_times_of_a_part_are_shown_and_cannot_be_edited(admin_client: Any, rows: Any) -> None:
    from partsearch.catalog.models import Part

    part = Part.objects.get(pk=add_part(add_model(add_mark())).pk)
    page = admin_client.get(f"/admin/catalog/part/{part.pk}/change/")
    assert "Добавлена:" in page.text and "Изменена:" in page.text
    assert {"created_at", "updated_at"}.isdisjoint(page.context["adminform"].form.fields)
    assert "Добавлена:" not in admin_client.get("/admin/catalog/part/add/").text
