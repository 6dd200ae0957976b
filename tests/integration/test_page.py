"""The HTML of the search page."""

import html
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from partsearch.contract.exported_list.formats import ExportFormat
from partsearch.contract.request.export import export_from_query

pytestmark = pytest.mark.usefixtures("empty_catalog")


@pytest.fixture
def client(empty_catalog: str) -> Any:
    from django.test import Client

    return Client(HTTP_HOST="localhost")


@pytest.fixture
def accord(empty_catalog: str) -> Any:
    from partsearch.catalog.models import Mark, Model

    honda = Mark.objects.create(name="Honda", producer_country_name="Япония")
    return Model.objects.create(name="Accord", mark=honda)


def add_parts(model: Any, number: int = 1, **fields: Any) -> list[Any]:
    from partsearch.catalog.models import Part

    values = {"name": "Бампер передний", "price": Decimal(2300), "mark": model.mark, "model": model} | fields
    return Part.objects.bulk_create(Part(**values) for _ in range(number))


def text_of(response: Any) -> str:
    """Return the page without tags and with single spaces; no-break spaces stay."""
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def test_the_url_alone_decides_the_language(client: Any) -> None:
    russian = client.get("/", headers={"Accept-Language": "en"}, cookies={"django_language": "en"})
    english = client.get("/en/", headers={"Accept-Language": "ru"})
    assert '<html lang="ru">' in russian.text and "Поиск автозапчастей" in russian.text
    assert '<html lang="en">' in english.text and "Search for car parts" in english.text
    assert russian.headers["Content-Language"] == "ru"
    assert not russian.cookies and not english.cookies
    assert "Cookie" not in russian.headers.get("Vary", "")


def test_head_is_allowed_and_post_is_not(client: Any) -> None:
    assert client.head("/").status_code == 200
    assert client.post("/").status_code == 405


def test_the_page_needs_no_more_than_its_content_security_policy_allows(client: Any, accord: Any) -> None:
    add_parts(accord, json_data={"photo": "https://example.com/1.jpg", "color": "белый"})
    response = client.get("/")
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?! type=\"module\" src=\"/static/)", response.text)
    assert re.findall(r'<img[^>]* src="(?!/static/)', response.text) == []


def test_a_page_runs_at_most_three_queries(client: Any, accord: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    add_parts(accord, 25)
    for address in ("/", f"/?mark_list={accord.mark_id}&page=2", f"/?model_list={accord.pk}"):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        statements = [query["sql"] for query in queries if not query["sql"].startswith("SET ")]
        assert len(statements) <= 3, statements  # marks, models of the chosen mark, the search


def test_count_and_sum_cover_all_matching_parts(client: Any, accord: Any) -> None:
    add_parts(accord, 21, price=Decimal("100872.35"))
    text = text_of(client.get("/"))
    assert "Найдено 21 деталь" in text
    assert "На сумму 2\u00a0118\u00a0319,35" in text
    assert "Страница 1 из 3" in text
    assert "Total price 2,118,319.35" in text_of(client.get("/en/"))


def test_hidden_rows_are_neither_found_nor_offered(client: Any, accord: Any) -> None:
    from partsearch.catalog.models import Mark, Model

    add_parts(accord, name="Тайная деталь", is_visible=False)
    Mark.objects.create(name="Тайная марка", producer_country_name="Тайная страна", is_visible=False)
    Model.objects.create(name="Тайная модель", mark=accord.mark, is_visible=False)
    assert "Тайн" not in client.get(f"/?mark_list={accord.mark_id}").text


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("price_gte=дёшево", "Введите число, например 1500."),
        ("price_gte=-1", "Введите число от 0 до 9999999999.99."),
        ("price_lte=1e400", "Введите число от 0 до 9999999999.99."),
        ("price_lte=1,5,5", "Введите число, например 1500."),
        ("mark_list=Honda", "Введите целое число."),
        ("model_list=1.5", "Введите целое число."),
        ("mark_list=1" + "&mark_list=1" * 1000, "Слишком много значений: не больше 1000."),
        ("part_name=" + "а" * 201, "Слишком длинный текст: не больше 200 символов."),
        ("part_name=а&part_name=б", "Указано несколько раз: оставьте одно значение."),
        ("page=0", "Введите число от 1 до 1000000."),
        ("&".join(f"params.{number}=1" for number in range(21)), "Слишком много значений: не больше 20."),
    ],
)
def test_errors_are_in_the_language_of_the_page(client: Any, query: str, error: str) -> None:
    response = client.get("/?" + quote(query, safe="=&"))
    assert response.status_code == 422
    assert error in text_of(response)
    assert "must " not in response.text
    assert "must " not in client.get("/en/?" + quote(query, safe="=&")).text.replace("This must be a text", "")


@pytest.mark.parametrize("query", ["part_name=%FF", "part_name=%00"])
def test_an_unreadable_url_is_400(client: Any, query: str) -> None:
    response = client.get(f"/?{query}")
    assert response.status_code == 400
    assert "Адрес страницы повреждён" in text_of(response)
    assert "Начните новый поиск." in text_of(response)


def test_unknown_parameters_of_a_link_are_ignored(client: Any, accord: Any) -> None:
    add_parts(accord)
    response = client.get("/?utm_source=chat&fbclid=1&params=2&part_name=бамп")
    assert "1 деталь" in text_of(response)
    assert "utm_source" not in response.text


@pytest.mark.parametrize(
    ("language", "written"),
    [("", "2 300"), ("", "2\u00a0300,00"), ("", "002300"), ("en/", "2,300"), ("en/", "2,300.00")],
)
def test_prices_are_read_as_people_write_them(client: Any, accord: Any, language: str, written: str) -> None:
    add_parts(accord, price=Decimal(2300))
    add_parts(accord, price=Decimal("2300.01"))
    response = client.get(f"/{language}", {"price_gte": written, "price_lte": written})
    assert 'data-count="1"' in response.text


def test_filters_outside_the_form_are_kept_and_removable(client: Any, accord: Any) -> None:
    add_parts(accord, json_data={"side": "левая"})
    response = client.get(f"/?mark_list={accord.mark_id}&mark_list=99&params.side=левая&params.is_new_part=")
    assert "1 деталь" in text_of(response)
    assert '<input type="hidden" name="params.side" value="левая">' in response.text
    assert '<input type="hidden" name="mark_list" value="99">' in response.text
    assert f'href="/?mark_list={accord.mark_id}&amp;mark_list=99"' in response.text


def test_a_model_selects_its_mark(client: Any, accord: Any) -> None:
    response = client.get(f"/?model_list={accord.pk}")
    assert f'<option value="{accord.mark_id}" selected>Honda</option>' in response.text
    assert f'<option value="{accord.pk}" selected>Accord</option>' in response.text


def test_a_model_of_another_mark_finds_nothing_and_gives_advice(client: Any, accord: Any) -> None:
    from partsearch.catalog.models import Mark

    add_parts(accord)
    bmw = Mark.objects.create(name="BMW")
    response = client.get(f"/?mark_list={bmw.pk}&model_list={accord.pk}")
    assert "Ничего не найдено" in response.text
    assert "Поищите по всем моделям марки" in text_of(response)


def test_a_part_is_shown_with_all_its_attributes(client: Any, accord: Any) -> None:
    json_data = {
        "color": "тёмно-синий", "is_new_part": False, "oem": "33100-TL0", "year": 2014, "count": -1,
        "донор": "JHM", "крепления": True, "ширина": 1.10, "photo": "https://example.com/1.jpg",
    }  # fmt: skip
    add_parts(accord, json_data=json_data)
    response = client.get("/")
    text = text_of(response)
    for words in ("Honda Accord", "Япония", "2\u00a0300", "б/у", "тёмно-синий", "OEM 33100-TL0", "год 2014"):
        assert words in text
    for words in ("в наличии -1", "донор JHM", "крепления да", "ширина 1.1"):
        assert words in text
    assert "swatch-blue" in response.text
    assert 'rel="noopener noreferrer nofollow"' in response.text


def test_text_of_the_catalog_is_escaped(client: Any, accord: Any, empty_catalog: str) -> None:
    evil = "<script>alert(1)</script>"
    unusual = {"color": 5, "is_new_part": "да", "photo": "javascript:alert(1)", "oem": None, evil: [evil, {"a": 1}]}
    add_parts(accord, name=evil, json_data=unusual)
    add_parts(accord, json_data={"photo": "http://[", "description": "слово " * 100})
    with psycopg.connect(empty_catalog, autocommit=True) as connection:
        connection.execute("""UPDATE part SET json_data = json_data || '{"number": 1e5000}' WHERE id = 1""")
    response = client.get("/")
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    assert 'href="javascript:' not in response.text
    assert "&lt;script&gt;" in response.text
    assert "<details" in response.text


def meanings(html: str) -> str:
    """Return what the page says that it understood, as people read it."""
    (paragraph,) = re.findall(r'<p id="meanings">(.*?)</p>', html)
    return re.sub("<[^>]+>", "", paragraph)


def test_the_page_marks_and_names_what_was_understood(client: Any, accord: Any) -> None:
    add_parts(accord, name="Фара <b> левая", json_data={"color": "черный"})
    add_parts(accord, name="Капот")
    russian, english = (
        client.get(path, {"q": "фара honda accord черный 21083-2803015"}).text for path in ("/", "/en/")
    )
    assert meanings(russian) == "Понято: марка — Honda, модель — Accord, номер — 210832803015, цвет — черный"
    assert meanings(english) == "Understood: mark — Honda, model — Accord, number — 210832803015, colour — черный"
    place = client.get("/", {"q": "фара перед низ"}).text
    assert meanings(place) == "Понято: расположение — перед, уровень — низ"
    found = client.get("/", {"q": "фара honda"}).text
    assert "<mark>Фара</mark> &lt;b&gt; левая" in found and "Капот" not in found
    assert "<mark>" not in client.get("/").text


def test_the_pagination_has_few_links(client: Any, accord: Any) -> None:
    add_parts(accord, 205)
    middle = client.get("/?part_name=бампер&page=10")
    query = f"part_name={quote('бампер')}"
    assert f'rel="prev" href="/?{query}&amp;page=9"' in middle.text
    assert f'rel="next" href="/?{query}&amp;page=11"' in middle.text
    links = re.search(r'<nav class="pagination".*?</nav>', middle.text, re.DOTALL)
    assert links and re.findall(r">(\d+|…)<", links[0]) == ["1", "…", "9", "10", "11", "…", "21"]
    assert 'rel="prev"' not in client.get("/").text
    assert 'rel="next"' not in client.get("/?page=21").text


def test_a_page_past_the_end_links_to_the_last(client: Any, accord: Any) -> None:
    add_parts(accord, 12)
    response = client.get("/?page=1000000")
    assert "Такой страницы нет" in text_of(response)
    assert "Найдено 12 деталей" in text_of(response)
    assert 'href="/?page=2"' in response.text


def test_the_found_parts_can_be_downloaded(client: Any, accord: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    add_parts(accord, 11)
    add_parts(accord, name="Фара & лампа")
    page = client.get("/?part_name=бамп&price_gte=1 000&page=2").text
    links = [html.unescape(link) for link in re.findall(r'href="(/search/part/export/[^"]*)"', page)]
    exports = [export_from_query(link.partition("?")[2].encode()) for link in links]
    assert [export.format for export in exports] == [ExportFormat.XLSX, ExportFormat.CSV]
    for export in exports:
        assert (export.search.part_name, export.search.price_gte, export.search.page) == ("бамп", 1000, 1)
    assert "/search/part/export/" not in client.get("/?part_name=ничего").text
    monkeypatch.setattr("partsearch.django_service.pages.results.MOST_PARTS", 11)
    assert "format=xlsx" in client.get("/?part_name=бамп").text
    assert "format=xlsx" not in client.get("/").text


def test_an_empty_catalog_shows_how_to_fill_it(client: Any) -> None:
    assert "partsearch import ФАЙЛ" in text_of(client.get("/"))


def test_an_empty_result_gives_advice(client: Any, accord: Any) -> None:
    text = text_of(client.get("/?part_name=фара&price_gte=5&price_lte=4&params.color=бел"))
    assert "Цена «от» больше цены «до»" in text
    assert "Цвет сравнивается целиком" in text
    assert "по «бамп» найдётся «Бампер передний»" in text


@pytest.fixture
def unavailable_database(empty_catalog: str) -> Iterator[None]:
    from django.db import connection

    connection.close()
    host = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = "/nowhere"
    yield
    connection.close()
    connection.settings_dict["HOST"] = host


@pytest.mark.usefixtures("unavailable_database")
def test_an_unavailable_database_is_503_and_the_search_is_kept(client: Any) -> None:
    response = client.get("/?part_name=фара&mark_list=7")
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "Каталог сейчас недоступен." in text_of(response)
    assert "Попробуйте снова через минуту" in text_of(response)
    assert 'value="фара"' in response.text
    assert '<option value="7" selected>№ 7</option>' in response.text
    assert "Попробовать снова" in text_of(response)
    assert "The catalogue is out of reach" in text_of(client.get("/en/"))


@pytest.mark.parametrize("status", [400, 403, 404, 405, 429, 500, 503])
def test_error_pages_have_no_inline_style_or_script(status: int) -> None:
    from django.template.loader import render_to_string

    page = render_to_string(f"{status}.html")
    assert f">{status}</p>" in page
    assert not re.search(r"<style|\sstyle=|<script", page)
