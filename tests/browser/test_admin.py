"""The admin in a real browser: it works within its Content-Security-Policy."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_core_python.selenium import Axe
from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.browser.search_page import SearchPage
from tests.support.admin_session import session_key

PASSWORD = "a right password"


@pytest.fixture
def admin(page: SearchPage) -> Iterator[SearchPage]:
    """Yield the browser, logged in."""
    page.open("/admin/login/")
    page.driver.add_cookie({"name": "sessionid", "value": session_key()})
    yield page
    page.driver.delete_all_cookies()


def console_messages(page: SearchPage) -> list[str]:
    """Return the messages of the browser console, without that about the icon, which the admin does not have."""
    return [entry["message"] for entry in page.console() if "/favicon.ico" not in entry["message"]]


def test_the_login_form_works_and_has_no_serious_axe_violation(page: SearchPage) -> None:
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User

    superuser = User.objects.create(
        username="visitor", is_staff=True, is_superuser=True, password=make_password(PASSWORD)
    )
    page.open("/admin/login/?next=https://example.com/")
    found: dict[str, Any] = Axe().run(page.driver)
    assert [
        violation["id"] for violation in found["violations"] if violation["impact"] in ("critical", "serious")
    ] == []
    page.write("id_username", "visitor")
    page.write("id_password", PASSWORD)
    page.follow("input[type=submit]")
    assert page.path == "/admin/"
    assert console_messages(page) == []
    page.driver.delete_all_cookies()
    superuser.delete()


def test_the_list_selects_all_and_switches_the_theme(admin: SearchPage) -> None:
    admin.open("/admin/catalog/part/")
    assert len(admin.find_all("#result_list tbody tr")) == 25
    background = "return getComputedStyle(document.body).backgroundColor"
    colors = set()
    for _ in range(3):
        admin.find("button.theme-toggle").click()
        colors.add(admin.driver.execute_script(background))
    assert len(colors) == 2
    admin.find("#action-toggle").click()
    assert len(admin.find_all("tr.selected")) == 25
    assert console_messages(admin) == []


def test_a_form_autocompletes_a_mark_and_adds_one_in_a_popup(admin: SearchPage, catalog: dict[str, Any]) -> None:
    admin.open("/admin/catalog/part/add/")
    admin.find(".field-mark .select2-selection").click()
    admin.find(".select2-search__field").send_keys("hon")
    admin.wait_until(lambda: [item.text for item in admin.find_all(".select2-results__option")] == ["Honda"])
    admin.find(".select2-results__option").click()
    admin.wait_until(lambda: "Honda" in admin.find(".field-mark .select2-selection__rendered").text)
    assert admin.find(".select2-container").size["width"] > 100
    opened = admin.driver.window_handles
    admin.find("#add_id_mark").click()
    admin.wait_until(lambda: len(admin.driver.window_handles) == len(opened) + 1)
    _add_mark_in_popup(admin.driver, opened[0])
    admin.wait_until(lambda: "Lada" in admin.find(".field-mark .select2-selection__rendered").text)
    assert console_messages(admin) == []


def _add_mark_in_popup(driver: webdriver.Chrome, opener: str) -> None:
    driver.switch_to.window(next(handle for handle in driver.window_handles if handle != opener))
    driver.find_element(By.ID, "id_name").send_keys("Lada")
    driver.find_element(By.NAME, "_save").click()
    driver.switch_to.window(opener)


def test_the_calendar_and_the_delete_page_work(admin: SearchPage, catalog: dict[str, Any]) -> None:
    from django.contrib.auth.models import User

    admin.open(f"/admin/auth/user/{User.objects.get(username='staff').pk}/change/")
    admin.find(".field-last_login .date-icon").click()
    admin.wait_until(lambda: admin.find("#calendarin0").is_displayed())
    admin.find("#calendarin0 td a").click()
    assert admin.find("#id_last_login_0").get_attribute("value")
    admin.open(f"/admin/catalog/mark/{catalog['bmw'].pk}/delete/")
    assert "BMW" in admin.find("#content").text
    assert console_messages(admin) == []
