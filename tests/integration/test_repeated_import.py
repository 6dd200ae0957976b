"""The import of the same list again, and of its next version."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partsearch import price_list
from partsearch.price_list.errors import PriceListError
from tests.integration.price_lists import SmallList, counts, parts, tables, write_dismantlers_list, write_list

pytestmark = pytest.mark.usefixtures("empty_catalog")


cells = st.text(st.characters(codec="cp1251", exclude_characters="\0"), max_size=12)
prices = st.one_of(cells, st.decimals(0, 10_000, places=2).map(lambda price: str(price).replace(".", ",")))
lists = st.lists(st.tuples(st.sampled_from(["BMW", "bmw", "Б-М", "Б М"]), cells, cells, prices, cells), max_size=8)


@pytest.fixture
def small(tmp_path: Path) -> SmallList:
    return SmallList(tmp_path)


def test_a_repeated_import_changes_nothing(tmp_path: Path) -> None:
    assert counts(write_dismantlers_list(tmp_path)) == (5, 0, 0, 0)
    before = tables()
    assert counts(write_dismantlers_list(tmp_path)) == (0, 0, 5, 0)
    assert tables() == before


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lists)
def test_a_repeated_import_of_any_list_changes_nothing(tmp_path: Path, rows: list[tuple[str, ...]]) -> None:
    lines = [";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    path = write_list(tmp_path / "any.csv", lines)
    try:
        first = price_list.run(path)
    except PriceListError:
        return
    before = tables()
    second = price_list.run(path)
    assert tables() == before
    assert second.changes.unchanged == first.rows.usable
    assert (list(second.changes.new_marks), list(second.changes.new_models)) == ([], [])


def test_a_changed_row_updates_its_part(small: SmallList) -> None:
    from partsearch.catalog.models import Part

    first = "BMW;5 E34;Фара;70;1"
    price_list.run(small(first, "BMW;5 E34;Капот;300;2"))
    Part.objects.filter(name="Капот").update(is_visible=False)
    ids = [part["id"] for part in parts()]
    assert counts(small(first, "BMW;5 E34;Капот;250,50;1")) == (0, 1, 1, 0)
    assert [
        (part["id"], part["name"], str(part["price"]), part["json_data"], part["is_visible"]) for part in parts()
    ] == [
        (ids[0], "Фара", "70.00", {"count": 1}, True),
        (ids[1], "Капот", "250.50", {"count": 1}, False),
    ]
    assert counts(small(first, "BMW;5 E34;Капот;250,50;1")) == (0, 0, 2, 0)


def test_a_changed_row_can_move_to_a_new_mark(tmp_path: Path) -> None:
    header = "ID;Марка;Модель;Название;Цена"
    price_list.run(write_list(tmp_path / "list.csv", ["7;BMW;5 E34;Фара;70"], header))
    assert counts(write_list(tmp_path / "list.csv", ["7;Honda;Accord;Фонарь;80"], header)) == (0, 1, 0, 0)
    [part] = parts()
    honda = tables()["Mark"][1]
    assert (part["name"], part["mark_id"], honda["producer_country_name"]) == ("Фонарь", honda["id"], "Япония")


def test_lists_are_identified_by_their_names(small: SmallList) -> None:
    row = "BMW;5 E34;Фара;70;1"
    assert counts(small(row, name="one")) == (1, 0, 0, 0)
    assert counts(small(row, name="two")) == (1, 0, 0, 0)
    assert counts(small(row, name="one")) == (0, 0, 1, 0)
    assert len(parts()) == 2


def test_a_dry_run_reports_the_same_and_changes_nothing(small: SmallList) -> None:
    price_list.run(small("BMW;5 E34;Фара;70;1", "BMW;5 E34;Капот;300;2"))
    path = small("BMW;5 E34;Фара;60;1", "Honda;Accord;Капот;300;2")
    before = tables()
    assert counts(path, dry_run=True) == (1, 1, 0, 1)
    assert tables() == before
    assert counts(path) == (1, 1, 0, 1)
