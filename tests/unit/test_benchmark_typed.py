"""The benchmark of what people type: its texts, its report, and its documentation."""

import json
from typing import Any

import pytest

from partsearch.contract.request.reading import search_from_body
from tests.benchmarks.totals.record import Entry
from tests.benchmarks.typed.command import parser
from tests.benchmarks.typed.report import STEPS, differences, page
from tests.benchmarks.typed.texts import faceted_searches, suggested_texts, typed_texts
from tests.support import documents
from tests.unit.test_benchmark_totals import vocabulary

_PAGE = documents.read("docs/reference/benchmark-typed.md")


def test_the_texts_and_their_equivalents_are_valid_searches_which_the_page_lists() -> None:
    texts = typed_texts(vocabulary())
    for text in texts:
        assert search_from_body(json.dumps({"q": text.q}).encode())
        assert search_from_body(json.dumps(text.without).encode())
    listed = [row[0] for row in documents.rows(documents.sections(_PAGE)["Texts"])[1:]]
    assert listed == [text.kind for text in texts]
    by_kind = {text.kind: text for text in texts}
    assert by_kind["a mark, a word"].q == "Марка 1 бампер"
    assert by_kind["a mark, a word"].without == {"mark_list": [1], "part_name": "бампер"}
    assert len(by_kind["twelve words"].q.split(" ")) <= 12


def test_suggestions_have_texts_of_each_length() -> None:
    texts = suggested_texts(vocabulary())
    assert list(texts) == ["1 letters", "2 letters", "3 letters", "5 letters", "8 letters", "two words"]
    assert all(texts.values())
    for body in faceted_searches(vocabulary()).values():
        assert search_from_body(json.dumps(body).encode())


def test_what_q_adds_is_the_difference_of_neighbours() -> None:
    assert differences({"with": [3, 5], "without": [1, 4]}) == [2, 1]


def test_the_report_compares_with_the_goals() -> None:
    lines = page([Entry(name, "used", 10, "2026-11-27", (), figures, {}) for name, figures in measured().items()])
    for row in (
        "| FastAPI, median of the texts | 4.00 | at most 5 | yes |",
        "| FastAPI, the most: two words | 6.00 | — | — |",
        "| FastAPI, p99 added | 20.0 | at most 15 | **no** |",
        "| FastAPI, 8 clients, 1 letters | 12.0 | at most 10 | **no** |",
        "| FastAPI, everything | 2.50 | at most 3 | yes | 5.00 (5.00 to 5.00) | 2.00 (2.00 to 2.00) |",
        "| FastAPI, all processes correct after, seconds | 3.00 |",
    ):
        assert row in lines.splitlines()


def test_the_page_lists_every_step_and_option() -> None:
    assert [row[0].strip("`") for row in documents.rows(documents.sections(_PAGE)["Steps"])[1:]] == list(STEPS)
    options = {option for action in parser()._actions for option in action.option_strings if option.startswith("--")}
    listed = {row[0].strip("`") for row in documents.rows(_PAGE.partition("## ")[0])[1:]}
    assert listed == options - {"--help"}


def test_an_unknown_step_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["--only", "facets,way"])
    assert "no step way" in capsys.readouterr().err


def measured() -> dict[str, dict[str, Any]]:
    """Return figures of each step, of one service."""
    texts = {
        kind: {"q": kind, "count": 1, "with": [added + 0.001], "without": [0.001]}
        for kind, added in (("one word", 0.002), ("a typo", 0.004), ("two words", 0.006))
    }
    load = {
        kind: {"p50": 0.01, "p99": p99, "failed": 0, "requests": 10}
        for kind, p99 in (("with", 0.05), ("without", 0.03))
    }
    suggestion = {"p50": 0.001, "p99": 0.012, "failed": 0, "requests": 10}
    return {
        "dictionary": {"fastapi": {"before": 1e8, "after": 2e8, "first answer": 1.0, "corrects after": 3.0}},
        "one client": {"fastapi": texts},
        "eight clients": {"fastapi": load},
        "suggestions": {"fastapi": {"8": {"1 letters": suggestion}}},
        "facets": {"fastapi": {"everything": {"with": [0.005], "without": [0.002]}}},
    }
