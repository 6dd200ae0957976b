"""``partsearch generate``: the demo catalog in the tables."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from partsearch.catalog.generation.shape import Shape
from partsearch.catalog.generation.shapes import GeneratedPart, generated_parts
from partsearch.cli.generate import generate
from partsearch.database.django_setup import LoadInterruptedError, bulk_load
from partsearch.database.errors import DatabaseError, DatabaseUnreachableError

pytestmark = pytest.mark.usefixtures("empty_catalog")


def rows() -> list[tuple[Any, ...]]:
    from partsearch.catalog.models import Part

    fields = ("mark__name", "model__name", "name", "price", "json_data", "is_visible")
    return list(Part.objects.order_by("id").values_list(*fields))


def empty() -> None:
    from partsearch.catalog.models import Mark, Model, Part

    for model in (Part, Model, Mark):
        model.objects.all().delete()


def test_generate_inserts_parts_with_their_marks_and_models() -> None:
    from partsearch.catalog.models import Mark, Model

    generate(300, 1)
    assert len(rows()) == 300
    assert 0 < sum(not is_visible for *_, is_visible in rows()) < 30
    assert Mark.objects.get(name="Honda").producer_country_name == "Япония"
    assert Mark.objects.count() >= 20
    assert Model.objects.count() >= 100
    assert list(Mark.objects.filter(is_visible=False).values_list("name", flat=True)) == ["Daewoo"]
    assert Model.objects.filter(is_visible=False).count() == 2


def test_the_same_seed_gives_the_same_rows_and_a_larger_catalog_begins_with_them() -> None:
    generate(200, 7)
    smaller = rows()
    empty()
    generate(300, 7)
    assert rows()[:200] == smaller
    empty()
    generate(200, 8)
    assert rows() != smaller


def test_a_second_run_adds_parts_to_the_same_marks_and_models() -> None:
    from partsearch.catalog.models import Mark, Model

    Mark.objects.create(name="land-rover", is_visible=False)
    generate(50, 1)
    cars = list(Mark.objects.values()), list(Model.objects.values())
    generate(50, 2)
    assert (list(Mark.objects.values()), list(Model.objects.values())) == cars
    assert len(rows()) == 100
    assert not Mark.objects.get(name_normalized="land-rover").is_visible
    assert not Mark.objects.filter(name="Land Rover").exists()


def test_an_interrupted_run_inserts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from partsearch.catalog.generation import through_orm
    from partsearch.catalog.models import Mark

    def interrupted(shape: Shape, seed: int) -> Iterator[GeneratedPart]:
        for number, part in enumerate(generated_parts(shape, seed)):
            if number == 12:
                raise KeyboardInterrupt
            yield part

    monkeypatch.setattr(through_orm, "generated_parts", interrupted)
    monkeypatch.setattr(through_orm, "_CHUNK", 5)
    with pytest.raises(LoadInterruptedError, match="nothing was changed"):
        generate(20, 1)
    assert rows() == []
    assert not Mark.objects.exists()


def test_every_chunk_is_one_query(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from partsearch.catalog.generation import through_orm

    def keep_queries() -> None:
        pass

    monkeypatch.setattr(through_orm, "_CHUNK", 50)
    monkeypatch.setattr(through_orm, "reset_queries", keep_queries)
    generate(1, 1)
    with CaptureQueriesContext(connection) as captured:
        generate(150, 1)
    inserts = [query for query in captured.captured_queries if query["sql"].startswith("INSERT")]
    assert len(inserts) == 3
    assert len(captured) <= 10  # begin, lock, two for the id sequences, marks, models, three chunks, commit


def test_the_command_writes_its_summary_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    app = typer.Typer()
    app.command()(generate)
    done = CliRunner().invoke(app, ["25", "--seed", "3"])
    assert done.exit_code == 0
    assert done.stdout.startswith("Added 25 parts in ")
    assert "with seed 3" in done.stdout
    assert CliRunner().invoke(app, ["0"]).exit_code == 2
    assert len(rows()) == 25


def test_database_errors_are_translated() -> None:
    from django.db import OperationalError, ProgrammingError

    with pytest.raises(DatabaseUnreachableError, match="no route to it") as caught, bulk_load():
        raise OperationalError("no route to it.\nand more")
    assert "doctor" in caught.value.next_step
    with pytest.raises(DatabaseError, match="does not exist") as missing, bulk_load():
        raise ProgrammingError('relation "mark" does not exist')
    assert "Nothing was changed" in missing.value.next_step
    assert "migrate" in missing.value.next_step
