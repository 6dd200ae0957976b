"""Stage six: write the compared rows through the ORM, in the caller's transaction."""

from collections.abc import Sequence

from partsearch.catalog.loading import NameDirectory
from partsearch.catalog.models import Mark, Model, Part
from partsearch.catalog.price_list_part import PriceListPart
from partsearch.catalog.producer_countries import producer_country
from partsearch.price_list.compare import ChangedRow, Comparison
from partsearch.price_list.stage import StagedRow

_CHUNK = 1_000
_UPDATED_FIELDS = ("name", "mark", "model", "price", "json_data")


def apply(comparison: Comparison, list_name: str) -> None:
    """Create the new marks, models and parts, and update the changed parts."""
    directory = comparison.directory
    directory.add_marks(
        [Mark(name=name, producer_country_name=producer_country(name)) for name in comparison.new_marks]
    )
    directory.add_models([Model(name=model, mark_id=directory.mark_id(mark)) for mark, model in comparison.new_models])
    _add(comparison.added, directory, list_name)
    _update(comparison.changed, directory, list_name)


def _add(rows: Sequence[StagedRow], directory: NameDirectory, list_name: str) -> None:
    parts = Part.objects.bulk_create([_part(staged, directory) for staged in rows], batch_size=_CHUNK)
    PriceListPart.objects.bulk_create(
        [_origin(part.pk, staged, list_name) for part, staged in zip(parts, rows, strict=True)],
        batch_size=_CHUNK,
    )


def _update(changed: Sequence[ChangedRow], directory: NameDirectory, list_name: str) -> None:
    """Update the parts by INSERT ... ON CONFLICT, which is several times as fast as ``bulk_update``.

    The parts are locked first: a part that another transaction deletes meanwhile would be inserted again.
    """
    for start in range(0, len(changed), _CHUNK):
        chunk = {change.part_id: change.staged for change in changed[start : start + _CHUNK]}
        locked = Part.objects.select_for_update(no_key=True).filter(id__in=chunk).order_by("id")
        present = {part_id: chunk[part_id] for part_id in locked.values_list("id", flat=True)}
        Part.objects.bulk_create(
            [_part(staged, directory, part_id) for part_id, staged in present.items()],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=_UPDATED_FIELDS,
        )
        PriceListPart.objects.bulk_create(
            [_origin(part_id, staged, list_name) for part_id, staged in present.items()],
            update_conflicts=True,
            unique_fields=["part"],
            update_fields=["row_digest"],
        )


def _origin(part_id: int, staged: StagedRow, list_name: str) -> PriceListPart:
    return PriceListPart(part_id=part_id, list_name=list_name, row_key=staged.key, row_digest=staged.digest)


def _part(staged: StagedRow, directory: NameDirectory, part_id: int | None = None) -> Part:
    row = staged.row
    return Part(
        id=part_id,
        name=row.name,
        mark_id=directory.mark_id(row.mark),
        model_id=directory.model_id(row.mark, row.model),
        price=row.price,
        json_data=dict(row.json_data),
    )
