"""Bulk loads into the catalog: one load at a time, and ids of marks and models by their names."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.contrib.contenttypes.models import ContentType

from partsearch.catalog.ids import advance_id_sequences, with_free_ids
from partsearch.catalog.models import Mark, Model
from partsearch.catalog.names import name_key
from partsearch.contract.text.normalized import normalize

_Result = TypeVar("_Result")


def load_catalog(load: Callable[[], _Result]) -> _Result:
    """Return the result of ``load``, which runs in one transaction while other loads wait.

    It is rolled back and runs again if another program has meanwhile inserted rows with the same ids.
    """

    def locked_load() -> _Result:
        lock_catalog()
        advance_id_sequences()
        return load()

    return with_free_ids(locked_load)


def lock_catalog() -> None:
    """Wait until other loads end, and block others until the end of this transaction.

    Without it two loads at once could each create the same mark. The locked row represents the table ``mark`` and
    exists in every migrated database; searches and editing do not use it.
    """
    ContentType.objects.select_for_update(no_key=True).get_or_create(app_label="catalog", model="mark")


class _NameIndex:
    """Ids by name. The exact name has priority over another spelling, and the older row over the newer."""

    def __init__(self) -> None:
        self._by_name: dict[tuple[int, str], int] = {}
        self._by_key: dict[tuple[int, str], int] = {}

    def add(self, name: str, row_id: int, scope: int = 0) -> None:
        self._by_name.setdefault((scope, normalize(name)), row_id)
        self._by_key.setdefault((scope, name_key(name)), row_id)

    def find(self, name: str, scope: int = 0) -> int | None:
        found = self._by_name.get((scope, normalize(name)))
        return self._by_key.get((scope, name_key(name))) if found is None else found


class NameDirectory:
    """The ids of the marks and models of the catalog by name, including hidden ones."""

    def __init__(self) -> None:
        self._marks = _NameIndex()
        self._models = _NameIndex()
        for row_id, name in Mark.objects.order_by("id").values_list("id", "name_normalized"):
            self._marks.add(name, row_id)
        for row_id, name, mark_id in Model.objects.order_by("id").values_list("id", "name_normalized", "mark_id"):
            self._models.add(name, row_id, mark_id)

    def find_mark(self, mark: str) -> int | None:
        """Return the id of the mark with this name; ``None`` if there is none."""
        return self._marks.find(mark)

    def find_model(self, mark: str, model: str) -> int | None:
        """Return the id of the model with this name under the mark with this name; ``None`` if there is none."""
        mark_id = self.find_mark(mark)
        return None if mark_id is None else self._models.find(model, mark_id)

    def mark_id(self, mark: str) -> int:
        """Return the id of an existing mark.

        Raises:
            KeyError: it does not exist.
        """
        found = self.find_mark(mark)
        if found is None:
            raise KeyError(mark)
        return found

    def model_id(self, mark: str, model: str) -> int:
        """Return the id of an existing model.

        Raises:
            KeyError: it does not exist.
        """
        found = self.find_model(mark, model)
        if found is None:
            raise KeyError((mark, model))
        return found

    def add_marks(self, marks: Sequence[Mark]) -> list[int]:
        """Insert new marks and return their ids."""
        created = Mark.objects.bulk_create(marks)
        for mark in created:
            self._marks.add(mark.name, mark.pk)
        return [mark.pk for mark in created]

    def add_models(self, models: Sequence[Model]) -> list[int]:
        """Insert new models and return their ids."""
        created = Model.objects.bulk_create(models)
        for model in created:
            self._models.add(model.name, model.pk, model.mark_id)
        return [model.pk for model in created]
