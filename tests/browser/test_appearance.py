"""The layout and accessibility of the page, and its Content-Security-Policy."""

from typing import Any

import pytest
from axe_core_python.selenium import Axe
from selenium.webdriver.common.by import By

from tests.browser.search_page import SearchPage

STATES = {
    "everything": "/",
    "a search": "/?part_name=фара&params.color=чёрный&price_lte=100000",
    "a typed text": "/?q=фара+чёрная+ъъъыъъъ&sort=price&per_page=20",
    "a corrected text": "/?q=,fvgth",
    "understood words": "/?q=хонда+аккорд+бампер&color=красный",
    "understood words in English": "/en/?q=,fvgth+хонда+ъъъыъъъ",
    "nothing found": "/?part_name=нет+такой",
    "errors": "/?price_gte=x&mark_list=y&params.z=[]",
    "English": "/en/?part_name=фара",
    "an error": "/no-such-page/",
}


def _scrolls_sideways(page: SearchPage) -> bool:
    script = "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return bool(page.driver.execute_script(script))


@pytest.mark.parametrize("address", STATES.values(), ids=STATES.keys())
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("is_phone", [False, True], ids=["desktop", "phone"])
def test_axe_finds_no_violation(page: SearchPage, address: str, color_scheme: str, is_phone: bool) -> None:
    page.prefer("prefers-color-scheme", color_scheme)
    if is_phone:
        page.emulate_phone()
    page.open(address)
    found: dict[str, Any] = Axe().run(page.driver)
    assert [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in found["violations"]] == []
    assert not _scrolls_sideways(page)


def test_the_browser_console_stays_empty(page: SearchPage) -> None:
    page.open()
    page.find("#part_name").send_keys("фара")
    page.wait_for_count(2)
    page.select("mark_list").select_by_visible_text("Honda")
    page.wait_for_count(1)
    page.open("/en/")
    assert page.console() == []


def test_an_injected_script_does_not_run(page: SearchPage) -> None:
    page.open()
    page.driver.execute_script(
        "const script = document.createElement('script'); script.textContent = 'window.ran = true';"
        "document.body.append(script)"
    )
    assert page.driver.execute_script("return window.ran") is None
    assert any("Content Security Policy" in entry["message"] for entry in page.console())


def test_the_table_of_a_desktop_becomes_cards_on_a_phone(page: SearchPage) -> None:
    page.open("/?part_name=бампер")
    part, price = page.find("tbody .part-name"), page.find("tbody .part-price")
    assert price.location["x"] > part.location["x"] + part.size["width"]
    assert page.find("#search").location["x"] < page.find("#results").location["x"]
    page.emulate_phone()
    page.open("/?part_name=бампер")
    first, second = page.find_all(".parts tbody tr")[:2]
    assert second.location["y"] > first.location["y"] + first.size["height"]
    name, car = first.find_element(By.CLASS_NAME, "part-name"), first.find_element(By.CLASS_NAME, "part-car")
    assert car.location["y"] > name.location["y"]
    assert page.find("#search").location["y"] < page.find("#results").location["y"]
    assert not _scrolls_sideways(page)


def test_a_phone_collapses_rarely_used_filters(page: SearchPage) -> None:
    page.emulate_phone()
    page.open()
    page.wait_until(lambda: not page.find("#color").is_displayed())
    page.open("/?params.color=красный")
    assert page.find("#color").is_displayed()


def test_reduced_motion_turns_off_all_animations(page: SearchPage) -> None:
    page.prefer("prefers-reduced-motion", "reduce")
    page.open()
    moving = page.driver.execute_script(
        "return [...document.querySelectorAll('*')].filter((element) => {"
        "  const {transitionDuration, animationName, scrollBehavior} = getComputedStyle(element);"
        "  return transitionDuration !== '0s' || animationName !== 'none' || scrollBehavior !== 'auto';"
        "}).length"
    )
    assert moving == 0


def test_colours_are_shown_as_swatches(page: SearchPage) -> None:
    page.open("/?part_name=бампер")
    assert page.find(".swatch").value_of_css_property("background-color") == "rgba(207, 34, 32, 1)"


def test_a_photo_is_a_link_and_nothing_is_loaded_from_it(page: SearchPage) -> None:
    page.open("/?part_name=фара&params.is_new_part=true")
    link = page.find(".chip-link")
    assert link.get_attribute("href") == "https://example.com/1.jpg"
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    sources = page.driver.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert all(source.startswith(page.url) for source in sources)
