"""Chromium with and without JavaScript, on a site with a known catalog."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.browser.search_page import SearchPage

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=ru",
    "--window-size=1280,1000",
)


def _chromium(profile: Path, *, javascript: bool) -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in (*_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if not javascript:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    driver = _chromium(tmp_path_factory.mktemp("chromium"), javascript=True)
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def chromium_without_javascript(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    driver = _chromium(tmp_path_factory.mktemp("chromium-without-javascript"), javascript=False)
    yield driver
    driver.quit()


@pytest.fixture
def catalog(empty_catalog: object) -> dict[str, Any]:
    """Insert two marks with three models, 23 bumpers of one model, and two headlights that differ in every column."""
    from partsearch.catalog.models import Mark, Model, Part

    honda = Mark.objects.create(name="Honda", producer_country_name="Япония")
    bmw = Mark.objects.create(name="BMW", producer_country_name="Германия")
    accord, civic = (Model.objects.create(name=name, mark=honda) for name in ("Accord", "Civic"))
    x5 = Model.objects.create(name="X5", mark=bmw)
    bumper = {"color": "красный", "is_new_part": False, "count": 1, "year": 2012}
    headlight = {"color": "чёрный", "is_new_part": True, "oem": "33100-TL0-A00", "photo": "https://example.com/1.jpg"}
    Part.objects.bulk_create(
        Part(name="Бампер передний", mark=honda, model=accord, price=Decimal(1000 + number), json_data=bumper)
        for number in range(23)
    )
    Part.objects.create(name="Фара левая", mark=honda, model=civic, price=Decimal("5000.50"), json_data=headlight)
    Part.objects.create(
        name="Фара левая", mark=bmw, model=x5, price=Decimal(90000), json_data={"description": "a " * 200}
    )
    return {"honda": honda, "bmw": bmw, "accord": accord, "civic": civic, "x5": x5}


@pytest.fixture
def page(chromium: webdriver.Chrome, live_site: Any, catalog: dict[str, Any]) -> Iterator[SearchPage]:
    """Yield the page with JavaScript on a desktop."""
    yield SearchPage(chromium, live_site.django_url)
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    chromium.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    chromium.get("about:blank")
    chromium.get_log("browser")


@pytest.fixture
def plain_page(chromium_without_javascript: webdriver.Chrome, live_site: Any, catalog: dict[str, Any]) -> SearchPage:
    """Return the page without JavaScript."""
    return SearchPage(chromium_without_javascript, live_site.django_url)
