"""Random issues of a list, with edits between them and undo, against a model of an import in plain Python."""

import copy
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partsearch.price_list.progress import NoProgress
from tests.conftest import truncate_catalog
from tests.integration.price_lists import tables

HEADER = "Код;Артикул;Марка;Модель;Название;Цена;Статус;Описание"


class Row(NamedTuple):
    """A row of a list."""

    row_id: str
    article: str
    name: str
    price: int
    is_sold: bool
    note: str

    @property
    def identity(self) -> tuple[str, str]:
        return self.name, self.article

    @property
    def content(self) -> tuple[str, str, int, bool, str]:
        return self.name, self.article, self.price, self.is_sold, self.note

    @property
    def line(self) -> str:
        state = "продано" if self.is_sold else ""
        return f"{self.row_id};{self.article};Kia;Rio;{self.name};{self.price};{state};{self.note}"


@dataclass
class Part:
    """A part of the model: what the catalog shows, what the list said last, and under which key."""

    name: str
    price: int
    note: str
    last: Row
    key: str
    is_visible: bool = True
    is_hidden_by_import: bool = False


@dataclass
class Catalog:
    """An import in plain Python: the first part that fits, in the order that the documentation gives."""

    parts: list[Part] = field(default_factory=list)

    def apply(self, listed: list[Row]) -> Counter[str]:
        rows, found = _usable(listed), Counter[str]()
        matched = self._match(rows)
        present = {id(part) for _, part in matched if part}
        for part in self.parts:
            if id(part) not in present and part.is_visible and not part.is_hidden_by_import:
                part.is_visible, part.is_hidden_by_import = False, True
                found["gone"] += 1
        keys = _keys(rows)
        for (row, part), key in zip(matched, keys, strict=True):
            found[self._take(row, part, key)] += 1
        return found

    def _take(self, row: Row, part: Part | None, key: str) -> str:
        if part is None:
            if row.is_sold:
                return "sold_unknown"
            self._release(key)
            self.parts.append(Part(row.name, row.price, row.note, row, key))
            return "new"
        if row.is_sold:
            if part.is_hidden_by_import or not part.is_visible:
                return "unchanged"
            part.is_visible, part.is_hidden_by_import = False, True
            return "sold"
        if part.is_hidden_by_import:
            part.is_visible, part.is_hidden_by_import = True, False
        is_changed = row.content != part.last.content
        if is_changed:
            part.name, part.price, part.note = row.name, row.price, row.note
        if part.key != key:
            self._release(key)
        part.last, part.key = row, key
        return "changed" if is_changed else "unchanged"

    def _release(self, key: str) -> None:
        for part in self.parts:
            if key and part.key == key:
                part.key = ""

    def _match(self, rows: list[Row]) -> list[tuple[Row, Part | None]]:
        keys, found = _keys(rows), dict[int, Part]()

        def take(rule: Any) -> None:
            for number, row in enumerate(rows):
                if number in found:
                    continue
                free = [part for part in self.parts if not any(part is other for other in found.values())]
                fitting = [part for part in free if rule(row, keys[number], part)]
                if fitting:
                    found[number] = min(fitting, key=lambda part: part.is_hidden_by_import)

        def is_same(row: Row, part: Part) -> bool:
            return row.identity == part.last.identity and not (row.row_id and part.key.startswith("id:"))

        take(lambda row, key, part: bool(key) and key == part.key and (row.row_id or not part.is_hidden_by_import))
        for with_id in (False, True):
            take(
                lambda row, _, part: (
                    bool(row.row_id) == with_id  # noqa: B023
                    and is_same(row, part)
                    and row.content == part.last.content
                )
            )
            take(lambda row, _, part: bool(row.row_id) == with_id and is_same(row, part))  # noqa: B023
        take(lambda row, key, part: bool(key) and not row.row_id and key == part.key)
        return [(row, found.get(number)) for number, row in enumerate(rows)]

    def visible(self) -> list[tuple[str, int, str]]:
        return sorted((part.name, part.price, part.note) for part in self.parts if part.is_visible)


def _usable(listed: list[Row]) -> list[Row]:
    """Return the rows without those that repeat an earlier one."""
    ids, contents, rows = set[str](), set[Any](), []
    for row in listed:
        compared = (row.row_id, row.content) if row.row_id else row.content
        if compared not in contents and not (row.row_id and row.row_id in ids):
            rows.append(row)
            ids.add(row.row_id)
            contents.add(compared)
    return rows


def _keys(rows: list[Row]) -> list[str]:
    articles = Counter(row.article for row in rows)
    return [
        f"id:{row.row_id}" if row.row_id else row.article if row.article and articles[row.article] == 1 else ""
        for row in rows
    ]


listed_rows = st.builds(
    Row,
    st.sampled_from(["", "", "1", "2", "3"]),
    st.sampled_from(["", "A1", "A2", "A3"]),
    st.sampled_from(["Фара", "Дверь"]),
    st.sampled_from([100, 110, 120]),
    st.sampled_from([False, False, False, True]),
    st.sampled_from(["", "левая"]),
)
steps = st.one_of(
    st.lists(listed_rows, min_size=1, max_size=6),
    st.lists(listed_rows, min_size=1, max_size=6),
    st.lists(listed_rows, min_size=1, max_size=6),
    st.tuples(st.sampled_from(["hide", "show", "show", "edit", "undo"]), st.integers(0, 3)),
)


@pytest.fixture(scope="module", autouse=True)
def without_vehicles(migrated_database: str) -> Iterator[None]:  # Django is set up on it
    """Import without the aliases of vehicles, whose index takes most of the time of a small import."""
    from partsearch.price_list import importer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importer, "stored_vehicle_names", list)
        yield


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps, min_size=2, max_size=7))
def test_any_issues_and_edits_do_what_the_model_does(migrated_database: str, sequence: list[Any]) -> None:
    from partsearch.price_list.importer import import_list
    from partsearch.price_list.undo import undo_last_import

    truncate_catalog(migrated_database)
    model, before_last = Catalog(), None
    for step in sequence:
        if isinstance(step, tuple):
            if step[0] == "undo":
                if before_last:
                    undo_last_import()
                    model, stored = before_last
                    assert tables() == stored
                before_last = None
            elif _edit(*step, model):
                before_last = None
            continue
        backup = copy.deepcopy(model), tables()
        expected = model.apply(step)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "list.csv")
            path.write_text("\n".join([HEADER, *(row.line for row in step), ""]), encoding="utf-8")
            changes = import_list(path, dry_run=False, is_confirmed=True, progress=NoProgress()).changes
        counts = {
            name: getattr(changes, name) for name in ("new", "changed", "unchanged", "gone", "sold", "sold_unknown")
        }
        assert {name: count for name, count in counts.items() if count} == dict(expected)
        assert _visible() == model.visible()
        if not changes.is_empty:
            before_last = backup


def _edit(step: str, number: int, model: Catalog) -> bool:
    """Edit a part by hand, in the catalog and in the model; return whether there is one."""
    from partsearch.catalog.models import Part as Stored

    if not model.parts:
        return False
    number %= len(model.parts)
    stored, edited = Stored.objects.order_by("id")[number], model.parts[number]
    if step == "edit":
        stored.price, edited.price = 999, 999
    else:
        stored.is_visible = edited.is_visible = step == "show"
    stored.save(update_fields=["price", "is_visible"])
    return True


def _visible() -> list[tuple[str, int, str]]:
    return sorted(
        (part["name"], int(part["price"]), part["json_data"].get("description", ""))
        for part in tables()["Part"]
        if part["is_visible"]
    )


pytestmark = pytest.mark.usefixtures("empty_catalog")
