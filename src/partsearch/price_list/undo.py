"""Takes the last import of a source back, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from partsearch.price_list.errors import NothingToUndoError


@dataclass(frozen=True)
class EditedPart:
    """A part that was edited since the import, or whose former model was removed. It is left as it is."""

    part_id: int
    mark: str
    model: str
    name: str


@dataclass(frozen=True)
class UndoReport:
    """What was taken back.

    Attributes:
        removed: parts that the import has created.
        restored: parts that it has changed.
        hidden_again: parts that it has shown.
        shown_again: parts that it has hidden.
        edited: parts that were edited since, or whose former model was removed. They are left.
    """

    import_id: int
    source: str
    removed: int
    restored: int
    hidden_again: int
    shown_again: int
    edited: Sequence[EditedPart] = ()


def undo_last_import(source: str | None = None) -> UndoReport:
    """Take back the last import that has changed something, and return what was done.

    Args:
        source: whose import; absent, the last one of all.

    Raises:
        NothingToUndoError: there is none, or it was taken back already.
    """
    from partsearch.catalog.loading import load_catalog
    from partsearch.price_list.applying.statements import run

    with transaction.atomic():
        run("set_limits")
        return load_catalog(lambda: _undo(source))


def _undo(source: str | None) -> UndoReport:
    from partsearch.price_list.applying.fold import fold_undone
    from partsearch.price_list.applying.statements import rows, run

    found = rows("last_import_with_changes", source=source)
    if not found:
        whose = f" of the source {source}" if source else ""
        raise NothingToUndoError(f"No import{whose} can be taken back.", "Look at: partsearch import list.")
    import_id, name, undone_at = found[0]
    if undone_at is not None:
        raise NothingToUndoError(
            f"The last import of the source {name} was taken back already, at {undone_at:%Y-%m-%d %H:%M} UTC. "
            "Those before it cannot be taken back.",
            "Import an earlier issue of the list instead.",
        )
    run("take_changes", import_id=import_id)
    run("lock_taken_parts")
    run("find_edited")
    run("find_unrestorable")
    edited = [EditedPart(*row) for row in rows("edited_parts")]
    removed, restored, hidden, shown = rows("count_taken")[0]
    run("restore_parts")
    run("restore_visibility")
    run("delete_new_parts")
    run("free_keys")
    run("restore_origins")
    run("delete_created_models", import_id=import_id)
    run("delete_created_marks", import_id=import_id)
    run("mark_undone", import_id=import_id)
    fold_undone(removed + restored + hidden + shown)
    return UndoReport(import_id, name, removed, restored, hidden, shown, edited)
