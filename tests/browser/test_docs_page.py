"""The API documentation in a real browser: it works within its Content-Security-Policy."""

from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.support.deadline import wait_for
from tests.support.site import RunningSite

_OPERATIONS = ".opblock"


def test_the_docs_page_works_within_its_policy(chromium: webdriver.Chrome, live_site: RunningSite) -> None:
    chromium.get_log("browser")
    chromium.get(f"{live_site.url}/docs")
    operations = wait_for(lambda: chromium.find_elements(By.CSS_SELECTOR, _OPERATIONS), what="the operations")
    assert len(operations) >= 4
    first = operations[0]
    for selector in (".opblock-summary-control", ".try-out__btn", ".execute"):
        button = wait_for(lambda selector=selector: first.find_elements(By.CSS_SELECTOR, selector), what=selector)[0]  # type: ignore[misc]
        chromium.execute_script("arguments[0].click()", button)
    wait_for(lambda: first.find_elements(By.CSS_SELECTOR, ".live-responses-table .response"), what="an answer")
    assert [entry["message"] for entry in chromium.get_log("browser")] == []
    chromium.get("about:blank")
