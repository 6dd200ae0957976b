"""The HTML report of a run: a page that loads nothing else, and charts as files."""

import re
import struct
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from partsearch.bench.record import Generator, Run, RunWarning, Sweep
from partsearch.bench.report import HtmlExporter
from tests.unit.bench.runs import made_run

_CHARTS = {
    "rounds", "percentiles", "fixed-rate", "time-budget", "connections", "connections-latency", "sizes", "sizes-latency"
}  # fmt: skip


def _written(run: Run, folder: Path) -> str:
    html, _ = HtmlExporter(folder / "run.html").export(run)
    return html.read_text(encoding="utf-8")


def _bare(run: Run) -> Run:
    """A run that was stopped after its first round."""
    return replace(
        run, rounds=run.rounds[:1], noise=(), open_loop=(), sweep=Sweep(), budget=(), warnings=(), is_complete=False
    )


@pytest.fixture(scope="module")
def complete_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the report of a complete run."""
    folder = tmp_path_factory.mktemp("report")
    _written(made_run(), folder)
    return folder


@pytest.fixture
def page(complete_report: Path) -> str:
    """The page of the report of a complete run."""
    return (complete_report / "run.html").read_text(encoding="utf-8")


def test_every_chart_is_in_the_page_and_beside_it(complete_report: Path, page: str) -> None:
    assert set(re.findall(r'<figure id="([\w-]+)"', page)) == _CHARTS
    files = set(re.findall(r'href="([^"]+)"', page))
    assert files == {f"run-charts/{name}.{kind}" for name in _CHARTS for kind in ("svg", "png")}
    assert all((complete_report / file).is_file() for file in files)


def test_the_page_loads_nothing_else(page: str) -> None:
    assert not re.search(r"<(script|link|img|iframe)|@import|url\(", page)
    assert "FastAPI 2.0 times faster, 2.0 to 2.0" in page
    assert "End other programs and measure again." in page


def test_every_color_of_the_page_is_defined_for_light_and_dark(page: str) -> None:
    for palette in re.findall(r":root \{ ([^}]*--paper[^}]*)\}", page):
        defined = {*re.findall(r"--(\w+):", palette), "mark"}
        assert set(re.findall(r"var\(--(\w+)\)", page)) <= defined


@pytest.mark.parametrize("name", sorted(_CHARTS))
def test_a_chart_stands_alone(complete_report: Path, name: str) -> None:
    svg = (complete_report / f"run-charts/{name}.svg").read_text(encoding="utf-8")
    assert "var(" not in svg
    width, height = (int(ElementTree.fromstring(svg).attrib[side]) for side in ("width", "height"))
    png = (complete_report / f"run-charts/{name}.png").read_bytes()
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">II", png[16:24]) == (2 * width, 2 * height)


def test_the_texts_of_a_chart_are_in_its_png(
    complete_report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a font they would be missing, and nothing would fail."""
    with_words = (complete_report / "run-charts/rounds.png").read_bytes()
    monkeypatch.setattr("partsearch.charts.drawing.Drawing.text", lambda *_, **__: None)
    _written(made_run(), tmp_path)
    assert len(with_words) > 1.2 * len((tmp_path / "run-charts/rounds.png").read_bytes())


def test_a_stopped_run_has_a_report_of_its_rounds(tmp_path: Path) -> None:
    page = _written(_bare(made_run()), tmp_path)
    assert "This run was stopped" in page
    assert set(re.findall(r'<figure id="([\w-]+)"', page)) == {"rounds", "percentiles"}


def test_a_run_without_a_round_has_a_report(tmp_path: Path) -> None:
    page = _written(replace(_bare(made_run()), rounds=()), tmp_path)
    assert "<h1>Nothing was measured</h1>" in page


def test_a_noise_without_bounds_has_no_band(tmp_path: Path) -> None:
    run = made_run()
    (noise,) = run.noise
    silent = replace(noise, first=tuple(replace(one, requests=0) for one in noise.first[:2]) + noise.first[2:])
    page = _written(replace(run, noise=(silent,), sweep=Sweep()), tmp_path)
    assert "There are no bands" in page
    assert "no difference beyond the noise of any size" in page


def test_further_warnings_of_a_kind_are_folded(tmp_path: Path) -> None:
    warnings = tuple(RunWarning(f"Warning {number}.", "Measure longer.") for number in range(5))
    page = _written(replace(_bare(made_run()), warnings=warnings), tmp_path)
    shown, folded = page.split("<summary>2 more of this kind</summary>")
    assert "Warning 2." in shown
    assert "Warning 3." in folded
    assert page.count("Measure longer.") == 1


def test_siege_has_no_percentiles(tmp_path: Path) -> None:
    run = made_run()
    rounds = tuple(replace(one, generator=Generator.SIEGE, latency=(), latency_mean=0.1) for one in run.rounds)
    page = _written(replace(run, rounds=rounds, sweep=Sweep(rounds)), tmp_path)
    assert set(re.findall(r'<figure id="([\w-]+)"', page)) == {"rounds", "fixed-rate", "time-budget", "connections"}


def test_a_service_without_answers_is_drawn_too(tmp_path: Path) -> None:
    run = made_run()
    dead = tuple(
        replace(one, requests=0, latency=(), timed_out=100) if one.target == "fastapi" else one for one in run.rounds
    )
    page = _written(replace(run, rounds=dead), tmp_path)
    assert "<h1>Django and FastAPI: no result: one of them answered nothing</h1>" in page
    assert "× 5</text>" in page
    assert "500 timed out" in page


def test_texts_from_a_record_are_escaped(tmp_path: Path) -> None:
    run = made_run()
    target = replace(run.targets[0], name="<q>1", service=None)
    scenario = replace(run.scenarios[0], name="<q>2", description="<q>3")
    rounds = tuple(replace(one, target=target.name, scenario=scenario.name, command="<q>4") for one in run.rounds)
    page = _written(
        replace(
            run,
            targets=(target, *run.targets),
            scenarios=(scenario,),
            rounds=rounds,
            warnings=(RunWarning("<q>5", "<q>6"),),
        ),
        tmp_path,
    )
    assert {f"&lt;q&gt;{number}" for number in range(1, 7)} <= set(re.findall(r"&lt;q&gt;\d", page))
    assert "<q>" not in page
