"""Writes whose order or form is unusual: the planes follow each of them."""

import pytest

from tests.support.random_catalog.session import Session

BULK = 20_000
PARTS = """
    INSERT INTO part (id, name, mark_id, model_id, price, json_data)
    SELECT
        number, (ARRAY['фара левая', 'бампер', 'дверь фара'])[number % 3 + 1], mark_id, model.id, number,
        '{"color": "белый"}'
    FROM generate_series(1, 40) AS number JOIN model ON model.id = number % 4 + 1
"""
BULK_PARTS = f"""
    INSERT INTO part (id, name, mark_id, model_id, price)
    SELECT number, 'фара', $1, $2, 1 FROM generate_series(100000, {100_000 + BULK}) AS number
"""


@pytest.fixture
def parts(session: Session) -> Session:
    """Return the session with parts that are folded, and no change since."""
    session.run(PARTS)
    session.fold()
    return session


@pytest.mark.parametrize("is_visible", [True, False])
def test_a_removed_model_shows_none_of_its_parts(parts: Session, is_visible: bool) -> None:
    parts.run("UPDATE model SET is_visible = $1 WHERE id = 2", is_visible)
    parts.run("DELETE FROM part WHERE model_id = 2")
    parts.run("DELETE FROM model WHERE id = 2")
    parts.check()


def test_a_removed_mark_leaves_no_part_in_its_country(parts: Session) -> None:
    parts.run("DELETE FROM part WHERE mark_id = 2")
    parts.run("DELETE FROM model WHERE mark_id = 2; DELETE FROM mark WHERE id = 2")
    parts.run("INSERT INTO mark (id, name, producer_country_name) VALUES (2, 'Kia', 'Япония')")
    parts.check()


@pytest.mark.parametrize("is_visible", [True, False])
def test_a_mark_that_replaces_one_with_its_id_has_its_parts(parts: Session, is_visible: bool) -> None:
    parts.run("BEGIN; DELETE FROM mark WHERE id = 1")
    parts.run(
        "INSERT INTO mark (id, name, producer_country_name, is_visible) VALUES (1, 'Kia', 'Корея', $1)", is_visible
    )
    parts.run("COMMIT")
    parts.check({"mark_name": "kia"})


@pytest.mark.parametrize("was_visible", [True, False])
def test_a_model_with_a_new_id_takes_its_parts_with_it(parts: Session, was_visible: bool) -> None:
    parts.run("UPDATE model SET is_visible = $1 WHERE id = 2", was_visible)
    parts.fold()
    parts.run("UPDATE model SET id = 102, is_visible = NOT is_visible WHERE id = 2")
    parts.check({"model_list": [102]})


def test_a_mark_with_a_new_id_takes_its_models_with_it(parts: Session) -> None:
    parts.run("BEGIN; UPDATE mark SET id = 102, is_visible = false, producer_country_name = 'Япония' WHERE id = 2")
    parts.run("UPDATE model SET mark_id = 102 WHERE mark_id = 2; COMMIT")
    parts.check({"mark_list": [102]})
    parts.run("UPDATE mark SET is_visible = true WHERE id = 102")
    parts.check({"mark_list": [102]})


@pytest.mark.parametrize("limit", [1, 100])
def test_a_statement_that_removes_parts_and_inserts_them_again(parts: Session, limit: int) -> None:
    """With LIMIT, the trigger of the insertion runs before that of the deletion."""
    parts.run(
        "WITH removed AS (DELETE FROM part WHERE id < 9 RETURNING *)"
        " INSERT INTO part (id, name, mark_id, model_id, price)"
        " SELECT id, 'новая', mark_id, model_id, price + 1000 FROM removed LIMIT $1",
        limit,
    )
    parts.check({"part_name": "новая"})
    parts.run("UPDATE part SET name = 'старая' WHERE name = 'новая'")
    parts.check({"part_name": "новая"}, {"part_name": "стар"})


@pytest.mark.parametrize("is_visible", [True, False])
def test_many_parts_of_a_mark_that_is_inserted_after_them(parts: Session, is_visible: bool) -> None:
    parts.run("BEGIN; INSERT INTO model (id, name, mark_id) VALUES (9, 'Mo', 9)")
    parts.run(BULK_PARTS, 9, 9)
    parts.run("INSERT INTO mark (id, name, is_visible) VALUES (9, 'Новая', $1); COMMIT".replace("$1", str(is_visible)))
    parts.fold()
    parts.check({"mark_list": [9]})


def test_many_parts_with_the_ids_of_removed_ones(parts: Session) -> None:
    parts.run(BULK_PARTS, 1, 1)
    assert parts.value("SELECT count(*) FROM totals_change") == 0
    parts.run("DELETE FROM part WHERE id BETWEEN 100000 AND 100099")
    parts.run("UPDATE part SET id = id - 100, price = 2 WHERE id BETWEEN 100100 AND 100199")
    parts.run("DELETE FROM part WHERE id > 100000")
    parts.run(BULK_PARTS.replace("100000", "100001"), 2, 2)
    while parts.fold(5000):
        pass
    parts.check({"mark_list": [2]})


def test_a_rolled_back_layer_leaves_nothing(parts: Session) -> None:
    parts.run("BEGIN; SAVEPOINT before")
    parts.run(BULK_PARTS, 1, 1)
    parts.run("ROLLBACK TO before")
    parts.run(BULK_PARTS, 2, 2)
    parts.run("COMMIT")
    assert parts.value("SELECT count(*) FROM totals_change") == 0
    parts.check({"mark_list": [2]})


def test_a_cascade_of_models_to_another_mark(parts: Session) -> None:
    parts.run("UPDATE model SET mark_id = 3, is_visible = false WHERE mark_id = 1")
    parts.check({"mark_list": [3]})
    parts.run("UPDATE model SET is_visible = true")
    parts.check({"mark_list": [3]})


def test_truncate(parts: Session) -> None:
    parts.run("BEGIN; UPDATE mark SET is_visible = false WHERE id = 2; TRUNCATE part")
    parts.run(PARTS)
    parts.run("COMMIT")
    parts.check()
