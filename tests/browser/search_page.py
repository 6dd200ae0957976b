"""The search page in a browser."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

TIMEOUT_SECONDS = 60
"""Longer than the page waits before it connects again."""


class SearchPage:
    """A browser on the page: what a user does and sees there."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver = driver
        self.url = url

    def open(self, address: str = "/") -> None:
        self.driver.get(self.url + address)

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def wait_until(self, condition: Callable[[], object]) -> None:
        """Wait until ``condition`` holds. An element that the page is replacing counts as missing."""
        ignored = (NoSuchElementException, StaleElementReferenceException, KeyError)
        WebDriverWait(self.driver, TIMEOUT_SECONDS, 0.05, ignored).until(lambda _: condition())

    def wait_for_count(self, count: int) -> None:
        self.wait_until(lambda: self.count == count)

    @property
    def count(self) -> int:
        return int(self.find("#count").get_attribute("data-count") or "")

    @property
    def part_names(self) -> list[str]:
        return [cell.text for cell in self.find_all(".parts tbody .part-name")]

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.driver.current_url).query))

    @property
    def path(self) -> str:
        return urlsplit(self.driver.current_url).path

    def select(self, identifier: str) -> Select:
        return Select(self.find(f"#{identifier}"))

    def options(self, identifier: str) -> list[str]:
        return [option.text for option in self.select(identifier).options]

    def write(self, identifier: str, text: str) -> None:
        field = self.find(f"#{identifier}")
        field.clear()
        field.send_keys(text)

    def follow(self, selector: str) -> None:
        """Click an element that opens another document, and wait for the document."""
        previous = self.find("html")
        self.find(selector).click()
        self.wait_until(lambda: self.find("html") != previous)

    def submit(self) -> None:
        """Submit the form, as a browser without JavaScript does."""
        self.follow("#search button.button")

    def press(self, *keys: str) -> None:
        """Send keys to the focused element."""
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def press_tab_until(self, selector: str, limit: int = 40) -> None:
        """Press Tab until the element has the focus."""
        for _ in range(limit):
            self.press(Keys.TAB)
            if self.driver.switch_to.active_element in self.find_all(selector):
                return
        raise AssertionError(f"Tab does not reach {selector}.")

    def error(self, identifier: str) -> str:
        return self.find(f"#{identifier}-fault").text

    def emulate_phone(self) -> None:
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
        )

    def prefer(self, feature: str, value: str) -> None:
        """Emulate a media feature that expresses a preference of the user."""
        features = [{"name": feature, "value": value}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def console(self) -> list[dict[str, Any]]:
        """Return the warnings and errors of the browser console since the last call."""
        return [entry for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
