"""With JavaScript the page updates while the search is entered."""

from typing import Any

from selenium.webdriver.common.keys import Keys

from tests.browser.search_page import SearchPage


def _mark_window(page: SearchPage) -> None:
    page.driver.execute_script("window.sameDocument = true")


def _is_same_document(page: SearchPage) -> bool:
    return bool(page.driver.execute_script("return window.sameDocument === true"))


def test_results_update_while_typing(page: SearchPage) -> None:
    page.open()
    page.wait_for_count(25)
    _mark_window(page)
    page.find("#part_name").send_keys("фара")
    page.wait_for_count(2)
    assert page.query == {"part_name": "фара"}
    assert page.driver.switch_to.active_element == page.find("#part_name")
    assert page.find("#announcement").get_property("textContent") == "Найдено: 2 детали. На сумму: 95\u00a0000,50."
    assert page.driver.title.startswith("фара")
    assert _is_same_document(page)


def test_models_narrow_when_a_mark_is_chosen(page: SearchPage, catalog: dict[str, Any]) -> None:
    page.open()
    _mark_window(page)
    page.select("mark_list").select_by_visible_text("Honda")
    page.wait_for_count(24)
    page.wait_until(lambda: page.options("model_list") == ["любая модель", "Accord", "Civic"])
    page.select("model_list").select_by_visible_text("Civic")
    page.wait_for_count(1)
    page.select("mark_list").select_by_visible_text("BMW")
    page.wait_until(lambda: page.options("model_list") == ["любая модель", "X5"])
    page.wait_until(lambda: page.query == {"mark_list": str(catalog["bmw"].pk)})
    page.select("mark_list").select_by_visible_text("любая марка")
    page.wait_for_count(25)
    assert not page.find("#model_list").is_enabled()
    assert _is_same_document(page)


def test_back_and_forward_restore_the_search(page: SearchPage) -> None:
    page.open()
    _mark_window(page)
    page.select("mark_list").select_by_visible_text("Honda")
    page.wait_for_count(24)
    page.find("#part_name").send_keys("фара")
    page.wait_for_count(1)
    page.driver.back()
    page.wait_for_count(24)
    assert page.find("#part_name").get_attribute("value") == ""
    assert page.select("mark_list").first_selected_option.text == "Honda"
    page.driver.back()
    page.wait_for_count(25)
    assert page.select("mark_list").first_selected_option.text == "любая марка"
    page.driver.forward()
    page.wait_for_count(24)
    page.driver.forward()
    page.wait_for_count(1)
    assert page.find("#part_name").get_attribute("value") == "фара"
    assert _is_same_document(page)


def test_typing_is_one_step_of_the_history(page: SearchPage) -> None:
    page.open("/?price_lte=2000")
    page.find("#part_name").send_keys("б")
    page.wait_until(lambda: page.query.get("part_name") == "б")
    page.find("#part_name").send_keys("амп")
    page.wait_until(lambda: page.query.get("part_name") == "бамп")
    page.driver.back()
    page.wait_until(lambda: page.query == {"price_lte": "2000"})


def test_an_error_appears_and_disappears_at_its_field(page: SearchPage) -> None:
    page.open()
    _mark_window(page)
    field = page.find("#price_gte")
    field.send_keys("x")
    page.wait_until(lambda: page.error("price_gte") == "Введите число, например 1500.")
    assert field.get_attribute("aria-invalid") == "true"
    field.send_keys(Keys.BACKSPACE, "5000")
    page.wait_for_count(2)
    assert page.error("price_gte") == ""
    assert field.get_attribute("aria-invalid") is None
    assert _is_same_document(page)


def test_a_filter_is_removed_with_one_click(page: SearchPage) -> None:
    page.open("/?part_name=фара&price_gte=6000")
    page.wait_for_count(1)
    _mark_window(page)
    page.find_all(".filter")[1].click()
    page.wait_for_count(2)
    assert page.find("#price_gte").get_attribute("value") == ""
    assert page.query == {"part_name": "фара"}
    assert page.driver.switch_to.active_element == page.find("#results")
    assert _is_same_document(page)


def test_the_next_page_loads_without_a_new_document(page: SearchPage) -> None:
    page.open("/?part_name=бампер")
    _mark_window(page)
    page.find("a[rel=next]").click()
    page.wait_until(lambda: page.query.get("page") == "2")
    page.wait_until(lambda: page.find("[aria-current=page]").text == "2")
    assert _is_same_document(page)


def test_another_language_keeps_the_search(page: SearchPage) -> None:
    page.open()
    page.find("#part_name").send_keys("бампер")
    page.wait_for_count(23)
    page.follow("a[hreflang=en]")
    assert page.path == "/en/"
    assert page.query == {"part_name": "бампер"}
    assert page.find("#count").text == "23 parts"
    page.find("#part_name").send_keys("x")
    page.wait_for_count(0)
    assert page.path == "/en/"


def test_the_url_reproduces_the_search(page: SearchPage) -> None:
    page.open()
    page.select("mark_list").select_by_visible_text("Honda")
    page.wait_until(lambda: page.find("#model_list").is_enabled())
    page.select("model_list").select_by_visible_text("Accord")
    page.wait_for_count(23)
    address = page.driver.current_url
    page.driver.get("about:blank")
    page.driver.get(address)
    assert page.count == 23
    assert page.select("mark_list").first_selected_option.text == "Honda"
    assert page.select("model_list").first_selected_option.text == "Accord"


def test_a_failed_fetch_falls_back_to_navigation(page: SearchPage) -> None:
    page.open()
    _mark_window(page)
    page.driver.execute_script("window.fetch = () => Promise.reject(new TypeError('offline'))")
    page.find("#part_name").send_keys("фара")
    page.wait_for_count(2)
    assert page.query == {"part_name": "фара"}
    assert not _is_same_document(page)


def test_a_failed_fetch_of_models_falls_back_to_navigation(page: SearchPage) -> None:
    page.open()
    _mark_window(page)
    page.driver.execute_script(
        "const real = fetch; window.fetch = (address, options) =>"
        "  String(address).includes('/model/') ? Promise.reject(new TypeError('offline')) : real(address, options)"
    )
    page.select("mark_list").select_by_visible_text("BMW")
    page.wait_until(lambda: page.options("model_list") == ["любая модель", "X5"])
    assert page.count == 1
    assert not _is_same_document(page)


def test_a_429_is_retried_after_its_delay(page: SearchPage) -> None:
    page.open()
    _mark_window(page)
    page.driver.execute_script(
        "const real = fetch; window.fetch = (...request) => { window.fetch = real;"
        "  return Promise.resolve(new Response('', {status: 429, headers: {'Retry-After': '1'}})) }"
    )
    page.find("#part_name").send_keys("фара")
    page.wait_for_count(2)
    assert _is_same_document(page)


def test_the_page_works_through_nginx(page: SearchPage, live_site: Any) -> None:
    page.driver.get(f"{live_site.url}/en/")
    _mark_window(page)
    page.select("mark_list").select_by_visible_text("Honda")
    page.wait_until(lambda: page.options("model_list") == ["any model", "Accord", "Civic"])
    page.wait_for_count(24)
    assert _is_same_document(page)
    assert page.console() == []


def test_the_page_works_with_the_keyboard_alone(page: SearchPage) -> None:
    page.open()
    page.press(Keys.TAB)
    assert page.driver.switch_to.active_element == page.find(".skip-link")
    page.press_tab_until("#part_name")
    page.press("фара", Keys.ENTER)
    page.wait_for_count(2)
    page.press_tab_until("#mark_list")
    page.press("H")
    page.wait_for_count(1)
    page.press_tab_until("#price_gte")
    page.press_tab_until("input[type=radio]")
    page.press(Keys.ARROW_RIGHT)
    page.wait_until(lambda: page.query.get("params.is_new_part") == "true")
    page.press_tab_until(".filter")
    page.press(Keys.ENTER)
    page.wait_until(lambda: "part_name" not in page.query)
