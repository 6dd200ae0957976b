"""The report as a page of Markdown: what documentation shows of a run."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from partsearch.bench.record import Run, RunWarning
from partsearch.bench.report import MarkdownExporter
from tests.unit.bench.runs import made_run


def _written(run: Run, folder: Path) -> str:
    return MarkdownExporter(folder / "measured.md").export(run)[0].read_text(encoding="utf-8")


def _rows(html: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    return [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in rows]


def test_the_tables_are_those_of_the_terminal(tmp_path: Path) -> None:
    html = MarkdownIt().enable("table").render(_written(made_run(), tmp_path))
    heads = re.findall(r"<h2>(.*?)</h2>", html)
    assert heads == [
        "Searches", "Comparison", "Cost", "Charts", "Requests", "Environment"
    ]  # fmt: skip
    rows = _rows(html)
    django, fastapi = (next(row for row in rows if row[0] == name) for name in ("Django", "FastAPI"))
    assert (django[1], fastapi[1]) == ("500", "1,000")
    assert ["processor", "Intel Xeon, 2 cores"] in rows
    assert any("FastAPI 2.0 times faster" in cell for row in rows for cell in row)


def test_its_charts_are_beside_it(tmp_path: Path) -> None:
    found = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", _written(made_run(), tmp_path))
    assert len(found) == 8
    assert all((tmp_path / file).is_file() for file in found)


def test_texts_are_escaped(tmp_path: Path) -> None:
    run = replace(made_run(), is_complete=False, warnings=(RunWarning("a|b <i> *c*", "d_e_"),))
    page = _written(run, tmp_path)
    assert "This run was stopped" in page
    html = MarkdownIt().render(page)
    assert "a|b &lt;i&gt; *c*" in html
    assert "d_e_" in html


@pytest.mark.parametrize("without", ["rounds", "scenarios"])
def test_a_run_with_few_results_has_a_page(tmp_path: Path, without: str) -> None:
    run = replace(made_run(), noise=(), budget=(), open_loop=())
    bare = replace(run, rounds=()) if without == "rounds" else replace(run, scenarios=())
    assert _written(bare, tmp_path).startswith("# ")
