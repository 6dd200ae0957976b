"""Brings what an import, or taking it back, has changed into the planes of the totals, in its transaction.

Without it each search would read all changed parts from the commit until they are folded.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from partsearch.price_list.applying.statements import rows, run, value
from partsearch.price_list.changes import Changes
from partsearch.totals.own_changes import fold_segment

_FEW = 200
"""So few changes hardly slow down a search, and are folded later. Nothing has to wait for the lock of the totals."""


def fold_written(changes: Changes) -> None:
    """Fold the changes of the parts that the import has written, unless there are few or the totals are not built."""
    number = changes.new + changes.changed + changes.gone + changes.sold + changes.shown_again
    _fold(number, "find_unfolded_changed", *["find_unfolded_new"] * bool(changes.new))


def fold_undone(number: int) -> None:
    """Do the same with the parts of an import that is taken back.

    Args:
        number: how many parts are restored or deleted.
    """
    _fold(number, "find_unfolded_undone")


def _fold(number: int, *finding: str) -> None:
    if number < _FEW:
        return
    run("wait_for_fold")
    if not value("is_totals_ready"):
        return
    for statement in ("create_unfolded", *finding, "analyze_unfolded"):
        run(statement)
    for segment, ids in rows("unfolded_segments"):
        fold_segment(_execute, segment, ids)
    run("forget_folded")


def _execute(statement: str, values: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
