"""Records as they are kept, what they tell of the past, and the report that is made of them."""

import os
import re
import signal
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from partsearch.deploy.history import release_before
from partsearch.deploy.record import Moment, Record, Records, SideCount, State, Step, write_whole
from partsearch.deploy.report import report
from partsearch.deploy.thresholds import Thresholds
from partsearch.operation.names import Slot

_BEGAN = 1_800_000_000.0


def a_record(name: str = "one", state: State = State.DONE, **values: object) -> Record:
    moments = [
        Moment(_BEGAN + 10 + second, 25, SideCount(300, 0, 12.5, 3), SideCount(100, second, 11, 1))
        for second in range(3)
    ]
    return Record(
        **{
            "name": name,
            "kind": "deploy",
            "source": "v2 <b>",
            "began": _BEGAN,
            "pid": 7,
            "state": state,
            "ended": _BEGAN + 20,
            "old_release": "0.1.0-aaa",
            "old_slot": Slot.BLUE,
            "new_release": "0.2.0-bbb",
            "new_slot": Slot.GREEN,
            "requests": 18_204,
            "thresholds": Thresholds().as_json(),
            "steps": [
                Step(State.BUILDING, 0, _BEGAN, _BEGAN + 9),
                Step(State.SHIFTING, 25, _BEGAN + 10, None, "found"),
            ],
            "moments": moments,
            **values,
        }  # type: ignore[arg-type]
    )


def test_a_record_comes_back_as_it_was_kept() -> None:
    assert Record.from_json(a_record().as_json()) == a_record()
    assert Thresholds.from_json(Record.from_json(a_record().as_json()).thresholds) == Thresholds()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"state": "dancing"}'])
def test_what_is_no_record_is_told(text: str) -> None:
    with pytest.raises(ValueError):
        Record.from_json(text)


def test_the_newest_record_is_unfinished_unless_its_state_is_final(tmp_path: Path) -> None:
    records = Records(tmp_path)
    records.folder.mkdir()
    assert records.unfinished() is None
    for name, state in (("2026-01", State.SHIFTING), ("2026-02", State.DONE)):
        records.write(a_record(name, state))
    assert records.unfinished() is None
    records.write(a_record("2026-03", State.DRAINING))
    unfinished = records.unfinished()
    assert unfinished
    assert unfinished.name == "2026-03"


def test_whoever_is_killed_while_writing_leaves_the_old_text_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    write_whole(path, "0" * 100_000)
    writer = (
        "import pathlib, sys\nfrom partsearch.deploy.record import write_whole\n"
        "number = 0\nwhile True:\n    number += 1\n"
        "    write_whole(pathlib.Path(sys.argv[1]), str(number % 10) * 100_000)\n    print(number, flush=True)\n"
    )
    for round_ in range(3):
        with subprocess.Popen([sys.executable, "-c", writer, path], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            for _ in range(3 + round_):
                process.stdout.readline()
            os.kill(process.pid, signal.SIGKILL)
        assert re.fullmatch(r"(\d)\1{99999}", path.read_text())


def served(*updates: tuple[str, str, str]) -> list[Record]:
    """Records of (kind, old, new), the oldest first."""
    return [a_record(str(n), kind=kind, old_release=old, new_release=new) for n, (kind, old, new) in enumerate(updates)]


@pytest.mark.parametrize(
    ("updates", "current", "before"),
    [
        ([], "a", None),
        ([("deploy", "a", "b")], "b", "a"),
        ([("deploy", "a", "b")], "z", None),
        ([("deploy", "a", "b"), ("deploy", "b", "c")], "c", "b"),
        ([("deploy", "a", "b"), ("deploy", "b", "c"), ("rollback", "c", "b")], "b", "a"),
        ([("deploy", "a", "b"), ("rollback", "b", "a")], "a", None),
        ([("deploy", "a", "b"), ("rollback", "b", "a"), ("deploy", "a", "c")], "c", "a"),
        ([("deploy", "a", "b"), ("deploy", "b", "a")], "a", "b"),
    ],
)
def test_each_rollback_goes_one_release_further_back(
    updates: list[tuple[str, str, str]], current: str, before: str | None
) -> None:
    assert release_before(served(*updates), current) == before


def test_what_was_rolled_back_by_itself_never_served() -> None:
    records = [*served(("deploy", "a", "b")), a_record("9", State.ROLLED_BACK, old_release="b", new_release="bad")]
    assert release_before(records, "b") == "a"


class _Strict(HTMLParser):
    """Every element is closed in order, and none loads anything."""

    _VOID = {"meta", "line"}

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
def test_the_report_of_any_state_is_whole_and_needs_no_other_file(state: State) -> None:
    moments = {} if state is State.FAILED else {"moments": []}
    for record in (a_record(state=state), a_record(state=state, reason="5 < 6 & more", **moments)):
        text = report(record)
        parser = _Strict()
        parser.feed(text.removeprefix("<!doctype html>"))
        assert parser.open == []
        assert "$" not in text
        assert "v2 &lt;b&gt;" in text
        assert "18,204" in text


def test_the_report_draws_errors_where_they_were() -> None:
    text = report(a_record())
    assert text.count('class="error"') == 2
    assert "×1<" in text
    assert "×2<" in text


def test_the_report_draws_the_sockets_leave_one_release_for_the_other() -> None:
    moments = [
        Moment(_BEGAN + 10 + second, 100, SideCount(0, 0, 0, 500 - 100 * second), SideCount(9, 0, 5, 100 * second))
        for second in range(6)
    ]
    text = report(a_record(moments=moments))
    assert "requests and sockets under way" in text
    old, new = (re.findall(r'points="([^"]*)"', line) for line in re.findall(r"<polyline[^>]*>", text)[-2:])
    heights = [[float(point.split(",")[1]) for point in points[0].split()] for points in (old, new)]
    assert heights[0] == sorted(heights[0])
    assert heights[1] == sorted(heights[1], reverse=True)
    assert heights[0] == heights[1][::-1]
