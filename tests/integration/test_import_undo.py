"""An import that is taken back: the catalog is as before, but for what a person did since."""

import psycopg
import pytest

from partsearch.price_list.errors import NothingToUndoError
from tests.integration.import_issues import Issues, change, numbers, rows, shown, undo
from tests.integration.price_lists import tables

pytestmark = pytest.mark.usefixtures("empty_catalog")


def test_undo_restores_everything(issue: Issues) -> None:
    issue("1;A-1;Kia;Rio;Фара;100;;", "2;;Kia;Rio;Дверь;200;;", "3;;Kia;Rio;Капот;300;;", ";A-5;Kia;Rio;Руль;7;;")
    issue("1;A-1;Kia;Rio;Фара;100;;", "2;;Kia;Rio;Дверь;200;;", ";A-5;Kia;Rio;Руль;7;;")
    before = tables()
    report = issue(
        "1;A-1;Lada;Vesta;Фара;110;;",
        "2;;Kia;Rio;Дверь;200;продано;",
        "3;;Kia;Rio;Капот;300;;",
        "4;A-5;Kia;Rio;Руль;7;;",
        "5;A-6;Kia;Ceed;Крыло;7;;",
    )
    assert numbers(report) == {"new": 1, "changed": 1, "unchanged": 2, "sold": 1, "shown_again": 1}
    issue(*rows(1), name="other")
    undone = undo("list")
    assert (undone.removed, undone.restored, undone.hidden_again, undone.shown_again) == (1, 1, 1, 1)
    assert (undone.import_id, undone.source, undone.edited) == (report.import_id, "list", [])
    assert undo().source == "other"
    assert tables() == before
    with pytest.raises(NothingToUndoError, match="taken back already"):
        undo("list")


def test_undo_leaves_and_names_what_was_edited_since(issue: Issues) -> None:
    issue("1;;Kia;Rio;Фара;100;;", "2;;Kia;Rio;Дверь;200;;")
    issue("1;;Kia;Rio;Фара;110;;", "2;;Kia;Rio;Дверь;210;;", "3;;Audi;A4;Капот;5;;", "4;;Audi;A6;Руль;6;;")
    change("Фара", price=120)
    change("Капот", is_visible=False)
    undone = undo()
    assert (undone.removed, undone.restored) == (1, 1)
    assert [(part.mark, part.model, part.name) for part in undone.edited] == [
        ("Kia", "Rio", "Фара"),
        ("Audi", "A4", "Капот"),
    ]
    stored = tables()
    assert [(part["name"], str(part["price"])) for part in stored["Part"]] == [
        ("Фара", "120.00"),
        ("Дверь", "200.00"),
        ("Капот", "5.00"),
    ]
    assert [model["name"] for model in stored["Model"]] == ["Rio", "A4"]


def test_undo_takes_back_the_last_import_that_changed_something(issue: Issues) -> None:
    issue(*rows(2))
    before = tables()
    issue(*rows(3))
    issue(*rows(3))
    assert undo().removed == 1
    assert tables() == before
    assert numbers(issue(*rows(3))) == {"new": 1, "unchanged": 2}


def test_undo_copes_with_parts_that_are_deleted(issue: Issues, migrated_database: str) -> None:
    issue("1;;Kia;Rio;Фара;100;;", "2;;Kia;Rio;Дверь;200;;")
    issue("1;;Kia;Rio;Фара;110;;", "2;;Kia;Rio;Дверь;210;;")
    with psycopg.connect(migrated_database) as connection:
        connection.execute("DELETE FROM part WHERE name = 'Фара'")
        connection.execute("UPDATE part SET id = id + 1000 WHERE name = 'Дверь'")
    assert undo().restored == 1
    assert shown() == [("Дверь", "200.00")]


def test_undo_leaves_and_names_parts_whose_former_model_was_removed(issue: Issues, migrated_database: str) -> None:
    issue("1;;Kia;Rio;Фара;100;;", "2;;Kia;Ceed;Дверь;200;;")
    issue("1;;Audi;A4;Фара;100;;", "2;;Kia;Ceed;Дверь;210;;")
    with psycopg.connect(migrated_database) as connection:
        connection.execute("DELETE FROM model WHERE name = 'Rio'")
    undone = undo()
    assert ([part.name for part in undone.edited], undone.restored) == (["Фара"], 1)
    assert shown() == [("Фара", "100.00"), ("Дверь", "200.00")]


def test_a_time_limit_of_the_role_is_not_for_an_undo(issue: Issues, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    from partsearch.price_list.applying import statements

    limits = []

    def run_noting(name: str, **parameters: object) -> None:
        run(name, **parameters)
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            limits.append((name, cursor.fetchone()[0]))

    issue(*rows(1))
    run = statements.run
    monkeypatch.setattr(statements, "run", run_noting)
    undo()
    assert dict(limits)["lock_taken_parts"] == "2h"


def test_a_table_of_somebody_else_is_not_touched(issue: Issues, migrated_database: str) -> None:
    names = ("import_row", "import_undo")
    with psycopg.connect(migrated_database, autocommit=True) as connection:
        for name in names:
            connection.execute(f"CREATE TABLE {name} (theirs integer)")
        try:
            issue(*rows(1))
            undo()
            left = [connection.execute(f"SELECT theirs FROM {name}").fetchall() for name in names]
        finally:
            for name in names:
                connection.execute(f"DROP TABLE IF EXISTS {name}")
    assert left == [[], []]


def test_nothing_can_be_undone_in_an_empty_catalog() -> None:
    with pytest.raises(NothingToUndoError, match="No import can be taken back"):
        undo()


def test_what_is_undone_is_not_the_last_issue(issue: Issues) -> None:
    issue(*rows(2))
    issue(*rows(3))
    undo()
    report = issue(*rows(3))
    assert (report.is_same_file, numbers(report)) == (False, {"new": 1, "unchanged": 2})
