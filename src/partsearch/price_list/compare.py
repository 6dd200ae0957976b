"""Stage five: compare the rows of the list with those of the last import."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from partsearch.catalog.loading import NameDirectory
from partsearch.catalog.names import name_key
from partsearch.catalog.price_list_part import PriceListPart
from partsearch.price_list.stage import StagedRow


@dataclass(frozen=True)
class ChangedRow:
    """A row whose content differs from the last import, and its part."""

    part_id: int
    staged: StagedRow


@dataclass(frozen=True)
class Comparison:
    """The result of a comparison: what an import has to do.

    Attributes:
        unchanged: the number of rows without a change.
        not_in_list: the number of parts of earlier imports that are no longer in the list. They stay.
        new_marks: the marks that do not exist yet.
        new_models: the models that do not exist yet, each with its mark.
    """

    directory: NameDirectory
    added: list[StagedRow] = field(default_factory=list)
    changed: list[ChangedRow] = field(default_factory=list)
    unchanged: int = 0
    not_in_list: int = 0
    new_marks: list[str] = field(default_factory=list)
    new_models: list[tuple[str, str]] = field(default_factory=list)


def compare(staged: Iterable[StagedRow], list_name: str) -> Comparison:
    """Compare by key and digest: an equal digest means unchanged, another digest changed, an unknown key new."""
    known = {
        key: (part_id, digest)
        for key, part_id, digest in PriceListPart.objects.filter(list_name=list_name).values_list(
            "row_key", "part_id", "row_digest"
        )
    }
    added, changed, unchanged = [], [], 0
    for row in staged:
        part_id, digest = known.pop(row.key, (None, ""))
        if part_id is None:
            added.append(row)
        elif digest != row.digest:
            changed.append(ChangedRow(part_id, row))
        else:
            unchanged += 1
    directory = NameDirectory()
    new_marks, new_models = _missing_names([*added, *(change.staged for change in changed)], directory)
    return Comparison(directory, added, changed, unchanged, len(known), new_marks, new_models)


def _missing_names(rows: Iterable[StagedRow], directory: NameDirectory) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the marks and models to create, each in its most frequent spelling."""
    spellings = Counter((staged.row.mark, staged.row.model) for staged in rows)
    marks: dict[str, str] = {}
    models: dict[tuple[str, str], tuple[str, str]] = {}
    for (mark, model), _ in spellings.most_common():
        if directory.find_mark(mark) is None:
            marks.setdefault(name_key(mark), mark)
        if directory.find_model(mark, model) is None:
            models.setdefault((name_key(mark), name_key(model)), (marks.get(name_key(mark), mark), model))
    return list(marks.values()), list(models.values())
