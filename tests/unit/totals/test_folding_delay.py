"""When the folding tries again after a failure."""

from pathlib import Path

import pytest

from partsearch.totals import folding
from partsearch.totals.folding import Folding
from tests.support.deadline import wait_for
from tests.support.totals import address_of


def test_a_search_during_a_failed_round_causes_no_connection_after_the_delay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "_CHECK_SECONDS", 0.01)
    process = Folding(address_of("postgresql://nobody@localhost/none"), tmp_path / "lock")
    rounds = []

    def fail_while_somebody_searches() -> float:
        process.notice_search()
        rounds.append("failed")
        return 0.05

    monkeypatch.setattr(process, "_round", fail_while_somebody_searches)
    process.notice_search()
    try:
        wait_for(lambda: rounds)
        wait_for(lambda: not process._searched.is_set())
        assert rounds == ["failed"]
    finally:
        process.stop()
