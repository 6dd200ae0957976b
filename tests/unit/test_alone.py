"""The tests that are marked ``alone`` are all found where only they run, and no other file is imported then."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import pytest_ignore_collect

_TESTS = Path(__file__).parents[1]
_MARK = r"mark\.alone\b|add_marker\W+alone\b"


class Config:
    """The options of pytest with this ``-m``."""

    def __init__(self, expression: str) -> None:
        self._expression = expression

    def getoption(self, name: str) -> Any:
        """Return the expression."""
        return {"markexpr": self._expression}[name]


@pytest.mark.parametrize("expression", ["alone", "not alone", ""])
def test_only_files_without_such_a_test_are_left_out(expression: str) -> None:
    config: Any = Config(expression)
    left_out = {path for path in _TESTS.rglob("test_*.py") if pytest_ignore_collect(path, config)}
    if expression == "alone":
        kept = set(_TESTS.rglob("test_*.py")) - left_out - {Path(__file__)}
        marked = {path for path in _TESTS.rglob("*.py") if re.search(_MARK, path.read_text())}
        assert marked - {Path(__file__), _TESTS / "conftest.py"} == kept
        assert len(kept) > 5
    else:
        assert left_out == set()
