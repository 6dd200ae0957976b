"""The synonyms in the database: shipped, edited, and kept by a later release."""

from collections.abc import Iterator
from typing import Any

import pytest

from partsearch.understanding.dictionary import SynonymRow
from partsearch.understanding.shipped import shipped_synonyms


@pytest.fixture
def synonyms(empty_catalog: str) -> Iterator[Any]:
    """Yield the rows; afterwards they are as shipped again."""
    from partsearch.catalog.synonym import Synonym

    yield Synonym.objects
    Synonym.objects.all().delete()
    sync()


def sync() -> None:
    from partsearch.catalog.shipped_synonyms import sync_shipped_synonyms

    sync_shipped_synonyms()


def ship(monkeypatch: pytest.MonkeyPatch, *rows: SynonymRow) -> None:
    """Make a release of these synonyms, and run its migrations."""
    from partsearch.catalog import shipped_synonyms as shipped

    monkeypatch.setattr(shipped, "shipped_synonyms", lambda: list(rows))
    sync()


def stored(synonyms: Any) -> list[tuple[Any, ...]]:
    return list(synonyms.order_by("id").values_list("written", "kind", "meanings", "params", "is_active"))


def physical_rows() -> Any:
    """Return the rows with their places: an update that changes nothing moves a row too."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT id, xmin, ctid, synonym.* FROM synonym ORDER BY id")
        return cursor.fetchall()


def test_every_shipped_synonym_is_a_row_after_the_migrations(synonyms: Any) -> None:
    from partsearch.catalog.synonym import AS_SHIPPED

    shipped = [(row.written, row.kind, list(row.meanings), dict(row.params), True) for row in shipped_synonyms()]
    assert sorted(stored(synonyms), key=repr) == sorted(shipped, key=repr)
    assert synonyms.filter(AS_SHIPPED).count() == len(shipped)


def test_a_second_run_changes_no_row(synonyms: Any) -> None:
    before = physical_rows()
    sync()
    assert physical_rows() == before


def test_what_a_user_has_edited_turned_off_or_added_survives_a_release(synonyms: Any) -> None:
    meant_otherwise = synonyms.get(written="торпедо")
    meant_otherwise.meanings = ["катер"]
    meant_otherwise.save()
    renamed = synonyms.get(written="двс")
    renamed.written = "мой двс"
    renamed.save()
    with_params = synonyms.get(written="бу")
    with_params.params = {"condition": "контрактная"}
    with_params.save()
    synonyms.filter(written="мотор").update(is_active=False)
    synonyms.create(written="железка", meanings=["деталь"])
    before = physical_rows()
    sync()
    assert physical_rows() == before


def test_a_later_release_adds_changes_and_removes_rows_that_nobody_has_edited(
    synonyms: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    synonyms.filter(written="мотор").update(is_active=False)
    synonyms.filter(written="бу").update(params={"is_new_part": True})
    ship(
        monkeypatch,
        SynonymRow("новое", "synonym", ("одно", "другое слово"), {"is_new_part": True}),
        SynonymRow("торпедо", "abbreviation", ("панель",)),
        SynonymRow("мотор", "synonym", ("другое",)),
        SynonymRow("бу", "synonym", (), {"is_new_part": False, "color": "белый"}),
    )
    found = {row[0]: row[1:] for row in stored(synonyms)}
    assert set(found) == {"новое", "торпедо", "мотор", "бу"}
    assert found["новое"] == ("synonym", ["одно", "другое слово"], {"is_new_part": True}, True)
    assert found["торпедо"] == ("abbreviation", ["панель"], {}, True)
    assert found["мотор"][3] is False and found["мотор"][1] != ["другое"]
    assert found["бу"][2] == {"is_new_part": True}


def test_a_shipped_synonym_that_a_user_has_added_before_stays_the_users(
    synonyms: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = synonyms.create(written="железка", meanings=["деталь"])
    ship(monkeypatch, SynonymRow("железка", "synonym", ("металл",)))
    assert [(row.pk, row.meanings, row.is_own) for row in synonyms.all()] == [(own.pk, ["деталь"], True)]
