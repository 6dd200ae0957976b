"""The page updates its results by itself."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from axe_core_python.selenium import Axe
from django.db import connections
from selenium import webdriver

from partsearch.operation.site import Site
from tests.browser.search_page import SearchPage

_NEW_PART = "INSERT INTO part (name, mark_id, model_id, price) SELECT 'Фара правая', mark_id, id, {} FROM model"


@pytest.fixture
def live_page(page: SearchPage, live_site: Any) -> SearchPage:
    """Return the page behind Nginx."""
    return SearchPage(page.driver, live_site.url)


@pytest.fixture
def database(migrated_database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(migrated_database, autocommit=True) as connection:
        yield connection


def add_part(database: psycopg.Connection[Any], price: int = 1) -> None:
    database.execute(f"{_NEW_PART.format(price)} LIMIT 1".encode())


def state(page: SearchPage) -> str:
    return page.find("#live").get_attribute("data-state") or ""


def open_live(page: SearchPage, address: str = "/") -> None:
    page.open(address)
    page.wait_until(lambda: state(page) == "live")
    page.driver.execute_script("window.sameDocument = true")


def is_same_document(page: SearchPage) -> bool:
    return bool(page.driver.execute_script("return window.sameDocument === true"))


def test_an_added_part_appears_without_a_reload(live_page: SearchPage, database: psycopg.Connection[Any]) -> None:
    open_live(live_page, "/?part_name=фара")
    assert live_page.find("#live").text == "обновляется автоматически"
    assert live_page.count == 2
    sum_before = live_page.find("#summ").text
    add_part(database)
    live_page.wait_for_count(3)
    assert live_page.part_names[-1] == "Фара правая"
    assert live_page.find("#summ").text != sum_before
    live_page.wait_until(lambda: "3 детали" in live_page.find("#announcement").get_property("textContent"))
    assert is_same_document(live_page)
    assert live_page.console() == []


def test_a_change_that_keeps_count_and_sum_is_shown(live_page: SearchPage, database: psycopg.Connection[Any]) -> None:
    open_live(live_page, "/en/?part_name=фара")
    assert live_page.find("#live").text == "updates automatically"
    database.execute("UPDATE part SET name = 'Фара задняя' WHERE name = 'Фара левая'")
    live_page.wait_until(lambda: live_page.part_names == ["Фара задняя", "Фара задняя"])


def test_updates_follow_the_current_search(live_page: SearchPage, database: psycopg.Connection[Any]) -> None:
    open_live(live_page)
    live_page.find("#part_name").send_keys("бампер")
    live_page.wait_for_count(23)
    add_part(database)
    live_page.find("#part_name").clear()
    live_page.find("#part_name").send_keys("фара")
    live_page.wait_for_count(3)
    add_part(database)
    live_page.wait_for_count(4)
    assert live_page.driver.switch_to.active_element == live_page.find("#part_name")
    assert live_page.find("#part_name").get_attribute("value") == "фара"
    assert live_page.query == {"part_name": "фара"}
    assert is_same_document(live_page)


def test_an_update_keeps_focus_and_scroll_position(live_page: SearchPage, database: psycopg.Connection[Any]) -> None:
    open_live(live_page, "/?part_name=бампер")
    link = live_page.find("a[rel=next]")
    live_page.driver.execute_script("arguments[0].focus(); window.scrollTo(0, 400)", link)
    place = live_page.driver.execute_script("return scrollY")
    before = live_page.find("#summ").text
    database.execute("UPDATE part SET price = price + 1 WHERE name LIKE 'Бампер%'")
    live_page.wait_until(lambda: live_page.find("#summ").text != before)
    assert live_page.driver.switch_to.active_element == live_page.find("a[rel=next]")
    assert live_page.driver.execute_script("return scrollY") == place


def test_an_update_keeps_expanded_details_open(live_page: SearchPage, database: psycopg.Connection[Any]) -> None:
    open_live(live_page, "/?part_name=фара")
    live_page.find("details.long-text summary").click()
    add_part(database)
    live_page.wait_for_count(3)
    assert live_page.find("details.long-text").get_attribute("open")


def test_a_change_outside_the_search_fetches_nothing(live_page: SearchPage, database: psycopg.Connection[Any]) -> None:
    open_live(live_page, "/?part_name=фара")
    live_page.driver.execute_script(
        "window.fetches = 0; const real = fetch;window.fetch = (...all) => { window.fetches += 1; return real(...all) }"
    )
    database.execute("UPDATE part SET price = price + 1 WHERE name LIKE 'Бампер%'")
    add_part(database)
    live_page.wait_for_count(3)
    assert live_page.driver.execute_script("return window.fetches") == 1


def test_the_indicator_shows_when_the_service_is_away_and_back(
    live_page: SearchPage, database: psycopg.Connection[Any]
) -> None:
    open_live(live_page, "/?part_name=фара")
    supervisor = Site().supervisor
    # The service closes the socket with a Close frame, so the page only waits until a reconnect fails.
    supervisor._call("stopProcess", "fastapi-blue")
    try:
        live_page.wait_until(lambda: state(live_page) == "away")
        assert live_page.find("#live").text == "обновление прервано, переподключение…"
        add_part(database)
    finally:
        supervisor.start_process("fastapi-blue")
    live_page.wait_until(lambda: state(live_page) == "live")
    live_page.wait_for_count(3)
    assert is_same_document(live_page)
    live_page.console()


def test_the_indicator_shows_when_the_database_is_away_and_back(live_page: SearchPage) -> None:
    open_live(live_page)
    supervisor = Site().supervisor
    supervisor._call("stopProcess", "postgres")
    try:
        live_page.wait_until(lambda: state(live_page) == "away")
    finally:
        supervisor.start_process("postgres")
        # The restart closes the connection of the test too.
        connections.close_all()
    live_page.wait_until(lambda: state(live_page) == "live")
    assert live_page.count == 25


def test_a_hidden_page_closes_its_socket(live_page: SearchPage, database: psycopg.Connection[Any]) -> None:
    open_live(live_page, "/?part_name=фара")
    first = live_page.driver.current_window_handle
    live_page.driver.switch_to.new_window("tab")
    other = live_page.driver.current_window_handle
    try:
        listening = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'partsearch live'"
        live_page.wait_until(lambda: database.execute(listening.encode()).fetchone() == (0,))
        add_part(database)
    finally:
        live_page.driver.switch_to.window(other)
        live_page.driver.close()
        live_page.driver.switch_to.window(first)
    live_page.wait_until(lambda: state(live_page) == "live")
    live_page.wait_for_count(3)


def test_an_invalid_search_hides_the_indicator(live_page: SearchPage) -> None:
    open_live(live_page)
    assert live_page.find("#live").is_displayed()
    live_page.find("#price_gte").send_keys("x")
    live_page.wait_until(lambda: not live_page.find("#live").is_displayed())


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_axe_finds_no_violation_with_the_indicator(live_page: SearchPage, color_scheme: str) -> None:
    live_page.prefer("prefers-color-scheme", color_scheme)
    open_live(live_page)
    assert Axe().run(live_page.driver)["violations"] == []


def test_without_javascript_the_indicator_is_hidden(
    chromium_without_javascript: webdriver.Chrome, live_site: Any, catalog: dict[str, Any]
) -> None:
    page = SearchPage(chromium_without_javascript, live_site.url)
    page.open()
    assert not page.find("#live").is_displayed()


def test_without_nginx_there_is_no_indicator(page: SearchPage) -> None:
    page.open()
    assert page.find_all("#live") == []
