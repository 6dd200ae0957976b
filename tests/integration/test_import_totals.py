"""What an import changes is in the planes of the totals when others see it."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from partsearch import price_list
from partsearch.price_list.applying import fold
from partsearch.price_list.undo import undo_last_import
from partsearch.totals import commands
from tests.integration.price_lists import SmallList
from tests.support.totals import differing_segments, query

pytestmark = pytest.mark.usefixtures("empty_catalog")

_FEW, _SOME, _MANY = 100, 600, 1_500


@pytest.fixture(autouse=True)
def never_folded_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(price_list, "fold_after_load", lambda **_: None)


@pytest.fixture
def small(tmp_path: Path) -> SmallList:
    return SmallList(tmp_path)


def rows(number: int, changed: int = 0) -> list[str]:
    """Return rows, the first of them with other prices, colours and names."""
    return [
        f"BMW;5 E34;{'Крыло' if index < changed else 'Фара'} {index};{100 + index + (index < changed)};1"
        for index in range(number)
    ]


def unfolded(url: str) -> int:
    return int(query(url, "SELECT count(DISTINCT part_id) FROM totals_change"))


@pytest.mark.parametrize("number", [_SOME, _MANY])
def test_no_search_has_to_read_new_changed_and_hidden_parts_one_by_one(
    small: SmallList, migrated_database: str, number: int
) -> None:
    price_list.run(small(*rows(number + 200)))
    assert (unfolded(migrated_database), differing_segments(migrated_database)) == (0, [])
    # Rows without an article are recognised by their names: those are new, and the parts of before are hidden.
    price_list.run(small(*rows(number, changed=number // 2)), is_confirmed=True)
    assert (unfolded(migrated_database), differing_segments(migrated_database)) == (0, [])
    price_list.run(small(*(row.replace(";1", ";2") for row in rows(number, changed=number // 2))))
    assert (unfolded(migrated_database), differing_segments(migrated_database)) == (0, [])
    assert query(migrated_database, "SELECT count(*) FROM part WHERE json_data ->> 'count' = '2'") == number


@pytest.mark.parametrize("number", [_SOME, _MANY])
def test_what_is_taken_back_is_in_the_planes_too(small: SmallList, migrated_database: str, number: int) -> None:
    price_list.run(small(*rows(number)))
    price_list.run(small(*rows(number, changed=number // 2)), is_confirmed=True)
    undo_last_import()
    assert (unfolded(migrated_database), differing_segments(migrated_database)) == (0, [])
    assert query(migrated_database, "SELECT count(*) FROM part WHERE is_visible") == number


def test_a_first_import_is_taken_back_without_a_rest(small: SmallList, migrated_database: str) -> None:
    price_list.run(small(*rows(_MANY)))
    undo_last_import()
    assert query(migrated_database, "SELECT count(*) FROM part") == 0
    assert (unfolded(migrated_database), differing_segments(migrated_database)) == (0, [])


def test_few_changes_wait_for_no_lock(small: SmallList, migrated_database: str) -> None:
    with psycopg.connect(migrated_database) as other:
        other.execute("LOCK TABLE totals_state IN EXCLUSIVE MODE")
        price_list.run(small(*rows(_FEW)))
    assert unfolded(migrated_database) == _FEW


@pytest.mark.parametrize("number", [_SOME, _MANY])
def test_what_others_change_meanwhile_is_left_to_the_next_fold(
    small: SmallList, migrated_database: str, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def change_first(*arguments: Any) -> None:
        with psycopg.connect(migrated_database) as other:
            other.execute("UPDATE part SET price = 7 WHERE name = 'Капот'")
        fold_segment(*arguments)

    fold_segment = fold.fold_segment
    price_list.run(small("BMW;5 E34;Капот;300;2"), source="other")
    price_list.run(small(*rows(number)))
    monkeypatch.setattr(fold, "fold_segment", change_first)
    price_list.run(small(*(row.replace(";1", ";2") for row in rows(number))))
    assert query(migrated_database, "SELECT count(*) FROM part WHERE price = 7") == 1
    assert unfolded(migrated_database) == 1
    assert differing_segments(migrated_database) == []


def test_parts_of_totals_that_are_not_built_wait(
    small: SmallList, migrated_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer of the database is replaced: the services build totals that are not built, as soon as they see it."""
    monkeypatch.setattr(fold, "value", {"is_totals_ready": False}.__getitem__)
    price_list.run(small(*rows(_SOME)))
    assert unfolded(migrated_database) == _SOME


def test_a_large_first_import_makes_its_properties_fast_to_find(
    tmp_path: Path, migrated_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limits are lowered: a catalog of five segments has 300,000 parts."""
    monkeypatch.setattr(commands, "_FEW_SEGMENTS", 0)
    monkeypatch.setattr(commands, "_NEW_PARTS_OF_A_SEGMENT", _SOME // 2)
    monkeypatch.setattr(price_list, "fold_after_load", commands.fold_after_load)
    usual = "'{color,is_new_part}'"
    query(migrated_database, f"UPDATE totals_state SET tracked_params = {usual}, ready_params = {usual}")
    path = tmp_path / "sides.csv"
    for number, is_fast in ((_FEW, False), (_MANY, True)):
        lines = ("Марка;Модель;Название;Цена;Количество;Сторона", *(f"{row};левая" for row in rows(number)))
        path.write_text("\n".join(lines))
        price_list.run(path)
        assert ("side" in query(migrated_database, "SELECT ready_params FROM totals_state")) == is_fast
    assert differing_segments(migrated_database) == []
