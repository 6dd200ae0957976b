"""Every function of the page works without JavaScript."""

from typing import Any

import httpx

from tests.browser.search_page import SearchPage


def test_a_search_is_a_form_that_is_submitted(plain_page: SearchPage) -> None:
    plain_page.open()
    plain_page.write("part_name", "фара")
    plain_page.write("price_lte", "6 000,50")
    plain_page.submit()
    assert plain_page.part_names == ["Фара левая"]
    assert plain_page.find("#summ").get_property("textContent") == "5\u00a0000,50"
    assert plain_page.find("#part_name").get_attribute("value") == "фара"


def test_the_models_come_with_their_mark(plain_page: SearchPage, catalog: dict[str, Any]) -> None:
    plain_page.open()
    assert not plain_page.find("#model_list").is_enabled()
    plain_page.select("mark_list").select_by_visible_text("Honda")
    plain_page.follow("noscript button")
    assert plain_page.options("model_list") == ["любая модель", "Accord", "Civic"]
    plain_page.select("model_list").select_by_visible_text("Civic")
    plain_page.submit()
    assert plain_page.count == 1
    assert plain_page.query == {"mark_list": str(catalog["honda"].pk), "model_list": str(catalog["civic"].pk)}


def test_conditions_are_radio_buttons(plain_page: SearchPage) -> None:
    plain_page.open()
    plain_page.find("input[value=true] + span").click()
    plain_page.submit()
    assert plain_page.part_names == ["Фара левая"]
    assert plain_page.find("input[value=true]").is_selected()


def test_pages_are_links(plain_page: SearchPage) -> None:
    plain_page.open("/?part_name=бампер")
    assert len(plain_page.part_names) == 10
    plain_page.follow("a[rel=next]")
    plain_page.follow("a[rel=next]")
    assert len(plain_page.part_names) == 3
    assert plain_page.query == {"part_name": "бампер", "page": "3"}
    assert not plain_page.find_all("a[rel=next]")
    plain_page.follow("a[rel=prev]")
    assert plain_page.query["page"] == "2"


def test_an_error_is_shown_at_its_field(plain_page: SearchPage) -> None:
    plain_page.open()
    plain_page.write("price_gte", "дёшево")
    plain_page.submit()
    assert plain_page.error("price_gte") == "Введите число, например 1500."
    assert plain_page.find("#price_gte").get_attribute("value") == "дёшево"
    plain_page.find(".notice a[href='#price_gte']").click()
    assert plain_page.find("#price_gte").is_displayed()


def test_another_language_keeps_the_search(plain_page: SearchPage) -> None:
    plain_page.open("/?part_name=бампер&page=2")
    plain_page.follow("a[hreflang=en]")
    assert plain_page.path == "/en/"
    assert plain_page.query == {"part_name": "бампер", "page": "2"}
    assert plain_page.find("#count").text == "23 parts"


def test_what_is_found_can_be_downloaded(plain_page: SearchPage) -> None:
    plain_page.open("/?part_name=бампер")
    files = {link.text: httpx.get(link.get_attribute("href") or "") for link in plain_page.find_all(".downloads a")}
    assert {label: response.status_code for label, response in files.items()} == {"Excel": 200, "CSV": 200}
    assert files["CSV"].text.lower().count("бампер") == 23
