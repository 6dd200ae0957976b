"""The report of a deployment: a complete page with its timeline, which loads no other file."""

import re
from html.parser import HTMLParser

import pytest

from partsearch.deploy.report.report import render_report
from partsearch.deploy.state.record import ReleaseStats, State, TimelinePoint
from tests.unit.deploy.sample_records import BEGAN, sample_record


class _Strict(HTMLParser):
    """Every element is closed in order, and none loads anything."""

    _VOID = {"meta", "line", "polyline", "polygon"}

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not {"src", "href"} & {name for name, _ in attrs}, tag
        if tag not in self._VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self._VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("state", State)
def test_the_report_of_any_state_is_complete_and_needs_no_other_file(state: State) -> None:
    timeline = {} if state is State.FAILED else {"timeline": []}
    for record in (sample_record(state=state), sample_record(state=state, reason="5 < 6 & more", **timeline)):
        text = render_report(record)
        parser = _Strict()
        parser.feed(text.removeprefix("<!doctype html>"))
        assert parser.open == []
        assert "{{" not in text
        assert "{%" not in text
        assert "v2 &lt;b&gt;" in text
        assert "18,204" in text


def test_every_text_of_a_record_is_escaped() -> None:
    evil = "<script>&"
    record = sample_record(source=evil, reason=evil, old_release=evil, new_release=evil, thresholds={evil: [evil]})
    record.steps[0].note = evil
    text = render_report(record)
    assert "<script" not in text
    assert text.count("&lt;script&gt;&amp;") >= 8


def test_the_report_shows_every_value() -> None:
    record = sample_record(state=State.ROLLED_BACK, failed=3, moved_sockets=212, cut=4, rollback_seconds=0.456)
    text = render_report(record)
    assert "0.2.0-bbb was rolled back; 0.1.0-aaa serves" in text
    assert "15 January 2027, 08:00:00 UTC, took 20.0 s" in text
    figures = dict(re.findall(r"<dt>(.*?)</dt><dd.*?>(.*?)</dd>", text))
    assert figures == {
        "requests during the switch": "18,204",
        "failed": "3",
        "sockets moved": "212",
        "cut off": "4",
        "rolled back within": "0.46 s",
    }
    assert text.count('<dd class="bad">') == 2
    steps = re.findall(r"<tr><td>(.*?)</td><td .*?>(.*?)</td><td .*?>(.*?)</td><td>(.*?)</td></tr>", text)
    assert steps == [("building", "0.0 s", "9.0 s", ""), ("25 %", "10.0 s", "", "found")]
    assert "<tr><th>step samples</th><td>300</td></tr>" in text
    assert "<tr><th>steps</th><td>5, 25, 50, 100</td></tr>" in text


def test_the_timeline_marks_errors() -> None:
    text = render_report(sample_record())
    assert text.count('fill="var(--error)"') == 2
    assert "×1<" in text
    assert "×2<" in text


def test_the_timeline_labels_seconds_since_the_deployment_began() -> None:
    text = render_report(sample_record())
    assert [int(label) for label in re.findall(r">(\d+) s</text>", text)] == [20, 15, 10]


def test_the_timeline_shows_sockets_moving_from_one_release_to_the_other() -> None:
    timeline = [
        TimelinePoint(
            BEGAN + 10 + second, 100, ReleaseStats(0, 0, 0, 500 - 100 * second), ReleaseStats(9, 0, 5, 100 * second)
        )
        for second in range(6)
    ]
    text = render_report(sample_record(timeline=timeline))
    assert "requests and sockets in flight" in text
    old, new = (re.findall(r'points="([^"]*)"', line) for line in re.findall(r"<polyline[^>]*>", text)[-2:])
    heights = [[float(point.split(",")[1]) for point in points[0].split()] for points in (old, new)]
    assert heights[0] == sorted(heights[0])
    assert heights[1] == sorted(heights[1], reverse=True)
    assert heights[0] == heights[1][::-1]
