"""Rows whose cells are those of the last import are not read again. The result is as if they were."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from partsearch.price_list.progress import NoProgress
from tests.conftest import truncate_catalog
from tests.integration.import_issues import HEADER, Issues, change, numbers, undo
from tests.integration.price_lists import tables

pytestmark = pytest.mark.usefixtures("empty_catalog")

_LIST = [
    "1;;Kia;Rio;Фара;100;;",
    ";A1;Kia;Rio;Дверь;200;;",
    ";;Kia;Rio;Капот;300;;",
    ";A2;Kia;Rio;Капот;300;;левая",
]
_APPLYING = "partsearch.price_list.applying"
_TIMES = ("created_at", "updated_at")


@pytest.fixture(scope="module", autouse=True)
def without_vehicles(migrated_database: str) -> Iterator[None]:  # Django is set up on it
    """Import without the aliases of vehicles, whose index takes most of the time of a small import."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("partsearch.price_list.importer.stored_vehicle_names", list)
        yield


def catalog() -> dict[str, list[dict[str, Any]]]:
    """Return all that an import may change, but for the times."""
    return {
        name: [{key: value for key, value in row.items() if key not in _TIMES} for row in rows]
        for name, rows in tables().items()
    }


def reading_all(do: Callable[[], Any]) -> Any:
    """Return what ``do`` returns when no row is known by its cells."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{_APPLYING}.read.has_known_records", lambda _: False)
        return do()


def reading_none(do: Callable[[], Any]) -> Any:
    """Return what ``do`` returns; fail if it reads the cells of a row."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{_APPLYING}.read.validate_record", lambda *_: pytest.fail("a row was read"))
        return do()


def hide_by_hand() -> None:
    change("Дверь", is_visible=False)


def hide_by_import(issue: Issues) -> None:
    issue(_LIST[0], *_LIST[2:])


def test_a_part_that_a_person_hides_stays_hidden(issue: Issues) -> None:
    issue(*_LIST)
    hide_by_hand()
    before = catalog()
    assert numbers(reading_none(lambda: issue(*_LIST))) == {"unchanged": 4}
    assert numbers(reading_all(lambda: issue(*_LIST))) == {"unchanged": 4}
    assert catalog() == before


def test_a_part_that_an_import_has_hidden_is_shown_again(issue: Issues) -> None:
    """It is read, and the other rows are not."""
    found = []
    for way in (lambda do: do(), reading_all):
        truncate(issue)
        hide_by_import(issue)
        report = way(lambda: issue(*_LIST))
        found.append((numbers(report), report.changes, catalog()))
    assert found[0] == found[1]
    assert found[0][0] == {"unchanged": 4, "shown_again": 1}


def truncate(issue: Issues) -> None:
    """Begin anew with the whole list."""
    from partsearch.database.address.configured import direct_database_address

    truncate_catalog(direct_database_address().conninfo())
    issue(*_LIST)


@pytest.mark.parametrize("is_shown", [True, False])
def test_what_a_person_does_with_a_hidden_part_counts(issue: Issues, *, is_shown: bool) -> None:
    """The list lacks the part; a person shows it, and perhaps hides it again; then the list has it again."""
    found = []
    for way in (lambda do: do(), reading_all):
        truncate(issue)
        hide_by_import(issue)
        change("Дверь", is_visible=True)
        way(lambda: hide_by_import(issue))
        if not is_shown:
            hide_by_hand()
        report = way(lambda: issue(*_LIST))
        found.append((numbers(report), report.changes, catalog()))
    assert found[0] == found[1]
    [door] = [part for part in found[0][2]["Part"] if part["name"] == "Дверь"]
    assert door["is_visible"]


class Row(NamedTuple):
    """A row of a list."""

    row_id: str
    article: str
    name: str
    price: int
    state: str
    note: str

    @property
    def line(self) -> str:
        return f"{self.row_id};{self.article};Kia;Rio;{self.name};{self.price};{self.state};{self.note}"


_ROWS = st.builds(
    Row,
    st.sampled_from(["", "", "", "1", "2"]),
    st.sampled_from(["", "A1", "A2", "А 1"]),
    st.sampled_from(["Фара", "Фара ", "Дверь"]),
    st.sampled_from([100, 110]),
    st.sampled_from(["", "", "", "продано"]),
    st.sampled_from(["", "левая"]),
)
_EDITS = st.tuples(st.sampled_from(["hide", "show", "edit", "delete", "undo"]), st.integers(0, 3))


@st.composite
def histories(draw: st.DrawFn) -> list[Any]:
    """Return issues of a list that have most rows in common, with edits between them."""
    rows = draw(st.lists(_ROWS, min_size=2, max_size=5))
    issues = st.lists(st.sampled_from(rows), min_size=1, max_size=6)
    return draw(st.lists(st.one_of(issues, issues, _EDITS), min_size=2, max_size=6))


_A, _B = Row("", "A1", "Фара", 100, "", ""), Row("", "", "Фара", 110, "", "")
_WITH_ID = Row("1", "", "Фара", 100, "", "")


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories())
@example([[_A, _B], [_A], [_A, _B]])
@example([[_WITH_ID, _B], [_WITH_ID._replace(price=110)], [_B]])  # the row of a hidden part fits a visible one, too
@example([[_A, _B], [_B], ("show", 0), [_B], ("hide", 0), [_B, _A]])
def test_any_history_ends_as_if_each_row_were_read(migrated_database: str, history: list[Any]) -> None:
    found, expected = (way(lambda: outcomes(migrated_database, history)) for way in (lambda do: do(), reading_all))
    for number, (known, all_read) in enumerate(zip(found, expected, strict=True)):
        assert known == all_read, f"step {number} of {history}"


def outcomes(conninfo: str, history: list[Any]) -> list[Any]:
    """Return what each step of a history reports, and the catalog after it."""
    truncate_catalog(conninfo)
    found = []
    for step in history:
        outcome = edited(*step) if isinstance(step, tuple) else imported(step)
        found.append((outcome, catalog()))
    return found


def imported(rows: list[Row]) -> Any:
    from partsearch.price_list.errors import NoUsableRowsError
    from partsearch.price_list.importer import import_list

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "list.csv")
        path.write_text("\n".join([HEADER, *(row.line for row in rows), ""]), encoding="utf-8")
        try:
            report = import_list(path, dry_run=False, is_confirmed=True, progress=NoProgress())
        except NoUsableRowsError as error:
            return str(error)
    counts = report.rows
    return report.changes, counts.read, counts.usable, counts.rejected, counts.skipped, counts.left_out


def edited(step: str, number: int) -> Any:
    """Edit a part by hand, or take the last import back; return what was taken back."""
    from partsearch.catalog.models import Part
    from partsearch.price_list.errors import NothingToUndoError

    if step == "undo":
        try:
            return undo()
        except NothingToUndoError as error:
            return str(error)
    parts = list(Part.objects.order_by("id"))
    if not parts:
        return None
    part = parts[number % len(parts)]
    match step:
        case "delete":
            part.delete()
        case "edit":
            Part.objects.filter(pk=part.pk).update(price=999)
        case _:
            Part.objects.filter(pk=part.pk).update(is_visible=step == "show")
    return part.pk
