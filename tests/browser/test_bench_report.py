"""The report of a run in a real browser: on a desktop and a phone, in the light and the dark colour scheme."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_core_python.selenium import Axe
from selenium import webdriver

from partsearch.bench.report import HtmlExporter
from tests.browser.search_page import SearchPage
from tests.unit.bench.runs import made_run

_SCROLLS_SIDEWAYS = "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
# The texts of charts that leave their chart, overlap other texts, or are too small.
_UNREADABLE_TEXTS = """
const unreadable = [];
for (const chart of document.querySelectorAll("figure svg")) {
  const edge = chart.getBoundingClientRect();
  const boxes = [...chart.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
  boxes.filter(([, box]) => box.width).forEach(([words, box], number) => {
    if (box.height < 11) unreadable.push(`${words} is tiny`);
    if (box.left < edge.left - 1 || box.right > edge.right + 1) unreadable.push(`${words} is cut off`);
    for (const [others, other] of boxes.slice(0, number))
      if (box.left < other.right && other.left < box.right && box.top + 3 < other.bottom && other.top + 3 < box.bottom)
        unreadable.push(`${words} is on ${others}`);
  });
}
return unreadable;
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the report of a complete run."""
    html = tmp_path_factory.mktemp("report") / "run.html"
    HtmlExporter(html).export(made_run())
    return html


@pytest.fixture
def report(chromium: webdriver.Chrome, file: Path) -> Iterator[SearchPage]:
    """Yield the report; it is opened without a server."""
    yield SearchPage(chromium, file.as_uri())
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    chromium.get("about:blank")


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("is_phone", [False, True], ids=["desktop", "phone"])
def test_axe_finds_no_violation_and_texts_are_readable(report: SearchPage, color_scheme: str, is_phone: bool) -> None:
    report.prefer("prefers-color-scheme", color_scheme)
    if is_phone:
        report.emulate_phone()
    report.open("")
    found: dict[str, Any] = Axe().run(report.driver)
    assert [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in found["violations"]] == []
    assert report.driver.execute_script(_SCROLLS_SIDEWAYS) is False
    assert report.driver.execute_script(_UNREADABLE_TEXTS) == []
