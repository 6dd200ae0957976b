"""The report of a measurement in a real browser: on a desktop and on a phone, in the light and in the dark."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_core_python.selenium import Axe
from selenium import webdriver

from partsearch.bench.report import write_report
from tests.browser.search_page import SearchPage
from tests.unit.bench.runs import made_run

_SCROLLS_SIDEWAYS = "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
# The words of charts that leave their chart, lie on other words, or are too small to be read.
_LOST_WORDS = """
const lost = [];
for (const chart of document.querySelectorAll("figure svg")) {
  const edge = chart.getBoundingClientRect();
  const boxes = [...chart.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
  boxes.filter(([, box]) => box.width).forEach(([words, box], number) => {
    if (box.height < 11) lost.push(`${words} is tiny`);
    if (box.left < edge.left - 1 || box.right > edge.right + 1) lost.push(`${words} is cut off`);
    for (const [others, other] of boxes.slice(0, number))
      if (box.left < other.right && other.left < box.right && box.top + 3 < other.bottom && other.top + 3 < box.bottom)
        lost.push(`${words} is on ${others}`);
  });
}
return lost;
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a whole run."""
    html, _ = write_report(made_run(), tmp_path_factory.mktemp("report") / "run.html")
    return html


@pytest.fixture
def report(chromium: webdriver.Chrome, file: Path) -> Iterator[SearchPage]:
    """The report, to be opened without a server."""
    yield SearchPage(chromium, file.as_uri())
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    chromium.get("about:blank")


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("is_phone", [False, True], ids=["desktop", "phone"])
def test_axe_finds_no_fault_and_no_words_are_lost(report: SearchPage, color_scheme: str, is_phone: bool) -> None:
    report.prefer("prefers-color-scheme", color_scheme)
    if is_phone:
        report.be_phone()
    report.open("")
    found: dict[str, Any] = Axe().run(report.driver)
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found["violations"]] == []
    assert report.driver.execute_script(_SCROLLS_SIDEWAYS) is False
    assert report.driver.execute_script(_LOST_WORDS) == []
