"""The one box of the page, in which people type what they look for."""

from tests.browser.search_page import SearchPage


def test_a_typed_text_is_understood(plain_page: SearchPage) -> None:
    plain_page.open()
    plain_page.write("q", "бампер honda")
    plain_page.submit()
    assert plain_page.count == 23
    assert plain_page.query == {"q": "бампер honda"}
    assert plain_page.find("#q").get_attribute("value") == "бампер honda"


def test_what_is_not_understood_is_named(plain_page: SearchPage) -> None:
    plain_page.open("/?q=фара+ъъъыъъъ")
    assert plain_page.count == 2
    assert plain_page.find("#unused").text == "Не учтено: ъъъыъъъ"


def test_order_and_size_of_the_page_are_kept(plain_page: SearchPage) -> None:
    plain_page.open("/?q=бампер")
    plain_page.select("sort").select_by_visible_text("дорогие")
    plain_page.select("per_page").select_by_visible_text("20")
    plain_page.submit()
    assert plain_page.query == {"q": "бампер", "sort": "-price", "per_page": "20"}
    assert plain_page.find(".parts data").get_attribute("value") == "1022.000000"
    plain_page.follow("a[rel=next]")
    assert len(plain_page.part_names) == 3
    assert plain_page.query["sort"] == "-price"


def test_the_results_change_while_one_types(page: SearchPage) -> None:
    page.open()
    page.write("q", "фара bmw")
    page.wait_for_count(1)
    assert page.query == {"q": "фара bmw"}
