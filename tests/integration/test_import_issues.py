"""The next issue of a list: what is new, changed, gone, sold, and back; what a person did stays."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from partsearch import price_list
from partsearch.price_list.errors import ConfirmationNeededError, InvalidSourceError, UnreadableFileError
from partsearch.price_list.progress import NoProgress
from partsearch.price_list.validate import ValidRow
from tests.integration.import_issues import Issues, change, numbers, rows, shown, undo
from tests.integration.price_lists import tables

pytestmark = pytest.mark.usefixtures("empty_catalog")


def test_a_row_that_is_gone_hides_its_part_and_comes_back(issue: Issues) -> None:
    issue("1;;Kia;Rio;Фара;100;;", "2;;Kia;Rio;Дверь;200;;")
    assert numbers(issue("1;;Kia;Rio;Фара;100;;")) == {"unchanged": 1, "gone": 1}
    assert shown() == [("Фара", "100.00")]
    assert numbers(issue("1;;Kia;Rio;Фара;100;;")) == {"unchanged": 1}
    report = issue("1;;Kia;Rio;Фара;100;;", "2;;Kia;Rio;Дверь;210;;")
    assert numbers(report) == {"changed": 1, "unchanged": 1, "shown_again": 1}
    assert shown() == [("Фара", "100.00"), ("Дверь", "210.00")]
    assert len(tables()["Part"]) == 2


def test_a_sold_part_is_hidden_and_an_unknown_one_left_out(issue: Issues) -> None:
    issue("1;;Kia;Rio;Фара;100;;", "2;;Kia;Rio;Дверь;200;;")
    sold = ("1;;Kia;Rio;Фара;100;;", "2;;Kia;Rio;Дверь;;продано;", "3;;Kia;Rio;Капот;300;продано;")
    assert numbers(issue(*sold)) == {"unchanged": 1, "sold": 1, "sold_unknown": 1}
    assert shown() == [("Фара", "100.00")]
    assert numbers(issue(*sold)) == {"unchanged": 2, "sold_unknown": 1}
    assert numbers(issue("1;;Kia;Rio;Фара;100;;", "2;;Kia;Rio;Дверь;200;;")) == {"unchanged": 2, "shown_again": 1}


def test_a_sold_part_that_a_person_shows_stays_visible(issue: Issues) -> None:
    issue("1;;Kia;Rio;Фара;100;;")
    issue("1;;Kia;Rio;Фара;100;продано;")
    change("Фара", is_visible=True)
    assert numbers(issue("1;;Kia;Rio;Фара;100;продано;")) == {"unchanged": 1}
    assert len(shown()) == 1


def test_of_equal_parts_the_visible_one_is_the_row(issue: Issues) -> None:
    issue(";;Kia;Rio;Фара;70;;", ";;Kia;Rio;Фара;60;;")
    issue(";;Kia;Rio;Фара;60;;")
    ids = [part["id"] for part in tables()["Part"] if part["is_visible"]]
    assert numbers(issue(";;Kia;Rio;Фара;50;;")) == {"changed": 1}
    assert [part["id"] for part in tables()["Part"] if part["is_visible"]] == ids


def test_what_a_person_hides_or_shows_stays_so(issue: Issues) -> None:
    both = ("1;;Kia;Rio;Фара;100;;", "2;;Kia;Rio;Дверь;200;;")
    issue(*both)
    change("Дверь", is_visible=False)
    assert numbers(issue(both[0])) == {"unchanged": 1}
    assert numbers(issue(both[0], "2;;Kia;Rio;Дверь;210;;")) == {"changed": 1, "unchanged": 1}
    assert shown() == [("Фара", "100.00")]
    change("Дверь", is_visible=True)
    assert numbers(issue(both[0])) == {"unchanged": 1, "gone": 1}
    change("Дверь", is_visible=True)
    assert numbers(issue(both[0])) == {"unchanged": 1}
    assert len(shown()) == 2
    assert numbers(issue(*both)) == {"changed": 1, "unchanged": 1}
    assert numbers(issue(both[0])) == {"unchanged": 1, "gone": 1}


def test_an_edit_by_hand_stays_while_the_list_says_the_same(issue: Issues) -> None:
    issue("1;;Kia;Rio;Фара;100;;")
    change("Фара", name="Фара левая")
    assert numbers(issue("1;;Kia;Rio;Фара;100;;")) == {"unchanged": 1}
    assert shown() == [("Фара левая", "100.00")]


def test_a_unique_article_identifies_a_row(issue: Issues) -> None:
    header = "Артикул;Марка;Модель;Название;Цена;Фото;Статус"
    issue(
        "ZX-001;Toyota;Vista;Фара;3500;http://a/1.jpg;",
        "ZX-002;Toyota;Vista;Бампер;4200;http://a/2.jpg;",
        "ZX-003;Honda;Fit;Насос;2600;http://a/3.jpg;В наличии",
        header=header,
    )
    ids = [part["id"] for part in tables()["Part"]]
    report = issue(
        "zx 001;Toyota;Vista;Фара правая;3300;http://a/1.jpg, http://a/1b.jpg;",
        "ZX-003;Honda;Fit;Насос;2600;http://a/3.jpg;Продано",
        header=header,
    )
    assert numbers(report) == {"changed": 1, "gone": 1, "sold": 1}
    assert [part["id"] for part in tables()["Part"]] == ids
    assert shown() == [("Фара правая", "3300.00")]


def test_rows_without_id_and_article_are_identified_by_what_lasts(issue: Issues) -> None:
    issue(";;Kia;Rio;Фара;70;;левая", ";;Kia;Rio;Фара;60;;правая", ";;Kia;Rio;Дверь;100;;")
    ids = {str(part["price"]): part["id"] for part in tables()["Part"]}
    report = issue(";;Kia;Rio;Фара;60;;правая", ";;Kia;Rio;Дверь;120;;помята")
    assert numbers(report) == {"changed": 1, "unchanged": 1, "gone": 1}
    visible = {str(part["price"]): part["id"] for part in tables()["Part"] if part["is_visible"]}
    assert visible == {"60.00": ids["60.00"], "120.00": ids["100.00"]}


def test_an_article_that_stops_being_unique_keeps_its_part(issue: Issues) -> None:
    first, second = ";A-1;Kia;Rio;Фара;70;;", ";A-1;Kia;Rio;Фара;80;;"
    issue(first)
    [part] = tables()["Part"]
    assert numbers(issue(second, first)) == {"new": 1, "unchanged": 1}
    assert numbers(issue(first)) == {"unchanged": 1, "gone": 1}
    assert [row["id"] for row in tables()["Part"] if row["is_visible"]] == [part["id"]]
    assert numbers(issue(";A-1;Kia;Rio;Фара новая;70;;")) == {"changed": 1}


def test_a_list_that_gets_a_column_of_ids_keeps_its_parts(issue: Issues) -> None:
    issue(";;Kia;Rio;Фара;70;;", ";;Kia;Rio;Дверь;80;;")
    assert numbers(issue("7;;Kia;Rio;Дверь;81;;", "8;;Kia;Rio;Фара;70;;")) == {"changed": 1, "unchanged": 1}
    assert numbers(issue("7;;Kia;Rio;Дверь левая;81;;", "8;;Kia;Rio;Фара;70;;")) == {"changed": 1, "unchanged": 1}


def test_dates_in_the_name_do_not_make_another_source(issue: Issues) -> None:
    issue(";D-1;Mazda;Demio;Фара;1500;;", ";D-2;Mazda;Demio;Дверь;2500;;", name="прайс 01.11.2026")
    report = issue(";D-1;Mazda;Demio;Фара;1500;;", ";D-2;Mazda;Demio;Дверь;2600;;", name="прайс 02.11.2026")
    assert (report.source, report.taken_off, numbers(report)) == (
        "прайс",
        "02.11.2026",
        {"changed": 1, "unchanged": 1},
    )


def test_the_source_can_be_given(issue: Issues) -> None:
    issue("1;;Kia;Rio;Фара;100;;", name="a", source="npn")
    assert numbers(issue("1;;Kia;Rio;Фара;100;;", name="b", source="npn")) == {"unchanged": 1}


def test_a_list_of_an_older_release_is_found_under_the_name_of_its_file(issue: Issues) -> None:
    from partsearch.catalog.price_list_import import PriceListImport
    from partsearch.catalog.price_list_part import PriceListPart

    for day in ("01", "02"):
        issue("1;;Kia;Rio;Фара;100;;", "2;;Kia;Rio;Дверь;200;;", source=f"прайс {day}.11.2026")
    PriceListImport.objects.all().delete()
    report = issue("1;;Kia;Rio;Фара;110;;", "2;;Kia;Rio;Дверь;200;;", name="прайс 03.11.2026")
    assert numbers(report) == {"changed": 1, "unchanged": 1}
    assert "прайс 01.11.2026" in report.warnings[0]
    names = PriceListPart.objects.order_by("part_id").values_list("list_name", flat=True)
    assert list(names) == ["прайс 01.11.2026"] * 2 + ["прайс"] * 2


def test_much_less_than_before_has_to_be_confirmed(issue: Issues) -> None:
    issue(*rows(5))
    before = tables()
    with pytest.raises(ConfirmationNeededError, match="lacks 3 of the 5 parts") as caught:
        issue(*rows(2))
    assert "--yes" in caught.value.next_step
    assert tables() == before
    assert "lacks 3 of the 5 parts" in issue(*rows(2), dry_run=True).warnings[0]
    assert numbers(issue(*rows(2), is_confirmed=True)) == {"unchanged": 2, "gone": 3}
    assert numbers(issue(*rows(1))) == {"unchanged": 1, "gone": 1}


def test_prices_that_move_tenfold_have_to_be_confirmed(issue: Issues) -> None:
    issue(*rows(10))
    leaps = [*rows(8), *(row.replace(";100;", ";1000;") for row in rows(10)[8:])]
    with pytest.raises(ConfirmationNeededError, match="of 2 of 10 known parts move tenfold"):
        issue(*leaps)
    assert numbers(issue(*rows(9), leaps[9])) == {"changed": 1, "unchanged": 9}
    report = issue(*rows(10, price=9), is_confirmed=True)
    assert (report.changes.prices.up, report.changes.prices.down) == (0, 10)
    assert report.changes.prices.largest[0].fields == (("price", "1000.00", "9.00"),)


def test_a_part_of_a_list_hides_nothing(issue: Issues) -> None:
    issue(*rows(3))
    report = issue("7;;Kia;Rio;Деталь 7;5;;", "1;;Kia;Rio;Деталь 1;101;;", is_partial=True)
    assert numbers(report) == {"new": 1, "changed": 1}
    assert len(shown()) == 4


def test_the_same_file_changes_nothing_and_is_listed(issue: Issues) -> None:
    from partsearch.price_list.sources import list_imports

    assert not issue(*rows(2)).is_same_file
    report = issue(*rows(2))
    assert report.is_same_file
    assert report.imported_before is not None
    assert not issue(*rows(3)).is_same_file
    assert [(row.source, row.counts["new"], row.counts["unchanged"]) for row in list_imports(10)] == [
        ("list", 1, 2),
        ("list", 0, 2),
        ("list", 2, 0),
    ]
    assert {row.sha256 for row in list_imports(2)} != {list_imports(1)[0].sha256}


def test_a_dry_run_has_the_examples_and_changes_nothing(issue: Issues) -> None:
    issue("1;;Kia;Rio;Фара;100;;левая", "2;;Kia;Rio;Дверь;200;;", "3;;Kia;Rio;Капот;10;;")
    before = tables()
    report = issue("1;;Kia;Sorento;Фара;120;;правая", "4;;Audi;A4;Руль;5;;", "2;;Kia;Rio;Дверь;200;;", dry_run=True)
    assert numbers(report) == {"new": 1, "changed": 1, "unchanged": 1, "gone": 1}
    assert [
        (example.kind, example.row_number, example.name, example.fields) for example in report.changes.examples
    ] == [
        ("new", 3, "Руль", ()),
        (
            *("changed", 2, "Фара"),
            [("model", "Rio", "Sorento"), ("price", "100.00", "120.00"), ("description", "левая", "правая")],
        ),
        ("hidden", None, "Капот", ()),
    ]
    assert (report.changes.new_marks, report.changes.new_models) == (
        ["Audi"],
        [("Kia", "Sorento"), ("Audi", "A4")],
    )
    assert tables() == before
    assert report.import_id is None


def test_the_profile_is_kept_with_the_source(issue: Issues) -> None:
    profile = '[[column]]\nindex = 1\nmeaning = "name"\nheader = "Что"\n[[column]]\nindex = 3\nmeaning = "price"\n'
    profile = f"header_rows = [1]\n{profile}"
    header = "Код;Что;Марка;Сколько"
    first = issue("1;Фара;5;700", header=header, profile=profile)
    second = issue("1;Фара;5;800", "2;Дверь;5;900", header=header)
    assert (first.kept_profile, second.kept_profile, numbers(second)) == (False, True, {"new": 1, "changed": 1})
    with pytest.raises(price_list.PriceListError, match="kept with the source list") as caught:
        issue("Фара;1;Kia;700", header="Что;Код;Марка;Сколько")
    assert "--explain" in caught.value.next_step


def test_of_two_rows_with_one_id_the_first_is_used(issue: Issues) -> None:
    report = issue("1;;Kia;Rio;Фара;100;;", "1;;Kia;Rio;Дверь;200;;", "1;;Kia;Rio;Фара;100;;", "2;;Kia;Rio;Фара;100;;")
    assert shown() == [("Фара", "100.00"), ("Фара", "100.00")]
    assert [(row.number, row.reason, row.detail) for row in report.rows.first_rejected] == [
        (3, "has the id of an earlier row", "1, row 2"),
        (4, "repeats an earlier row", ""),
    ]


def reference(part_name: str, key: str | None = None) -> str:
    from partsearch.catalog.catalog_key import catalog_key
    from partsearch.catalog.models import Part

    return f"{Part.objects.get(name=part_name).pk}@{key or catalog_key()}"


@pytest.fixture
def exported(issue: Issues, monkeypatch: pytest.MonkeyPatch) -> Issues:
    """Import lists whose ids name parts, as those of an exported list do."""
    from partsearch.price_list.applying import read

    def with_reference(*arguments: Any) -> Any:
        row = validate_record(*arguments)
        is_reference = isinstance(row, ValidRow) and "@" in row.row_id
        return replace(row, part_reference=row.row_id, row_id="") if is_reference else row

    validate_record = read.validate_record
    monkeypatch.setattr(read, "validate_record", with_reference)
    return issue


def test_a_row_that_names_a_part_is_that_part_of_whatever_source(exported: Issues) -> None:
    exported("1;;Kia;Rio;Фара;100;;", "2;;Kia;Rio;Дверь;200;;", "3;;Kia;Rio;Капот;300;;", name="npn")
    change("Фара", price=105)
    change("Капот", is_visible=False)
    before = tables()
    unchanged = (f"{reference('Фара')};;Kia;Rio;Фара;105;;", f"{reference('Капот')};;Kia;Rio;Капот;300;;")
    assert numbers(exported(*unchanged, name="export")) == {"unchanged": 2}
    assert tables() == before
    rows = (*unchanged, f"{reference('Дверь')};;Audi;A4;Дверь;210;;", "9;;Kia;Rio;Руль;5;;")
    report = exported(*rows, name="export")
    assert numbers(report) == {"new": 1, "changed": 1, "unchanged": 2}
    assert shown() == [("Фара", "105.00"), ("Дверь", "210.00"), ("Руль", "5.00")]
    assert undo().restored == 1
    assert tables() == before


def test_a_row_that_names_a_part_twice_or_none_is_rejected(exported: Issues) -> None:
    exported("1;;Kia;Rio;Фара;100;;", name="npn")
    name = reference("Фара")
    rows = (f"{name};;Kia;Rio;Фара;110;;", f"{name};;Kia;Rio;Фара;120;;", f"77{name};;Kia;Rio;Дверь;1;;")
    report = exported(*rows, name="export")
    assert numbers(report) == {"changed": 1}
    assert [(row.number, row.reason) for row in report.rows.first_rejected] == [
        (3, "has the id of an earlier row"),
        (4, "no part with this reference"),
    ]
    both = exported("1;;Kia;Rio;Фара;130;;", f"{name};;Kia;Rio;Фара;140;;", name="npn")
    assert numbers(both) == {"changed": 1}
    assert [(row.number, row.reason, row.detail) for row in both.rows.first_rejected] == [
        (2, "is the part of another row", "row 3")
    ]


def test_a_part_of_another_catalog_is_an_id(exported: Issues) -> None:
    exported("1;;Kia;Rio;Фара;100;;", name="npn")
    row = f"{reference('Фара', 'deadbeef')};;Kia;Rio;Фара;"
    assert numbers(exported(f"{row}100;;", name="other")) == {"new": 1}
    assert numbers(exported(f"{row}110;;", name="other")) == {"changed": 1}


def test_rows_are_read_again_if_another_import_of_the_source_has_ended(
    issue: Issues, monkeypatch: pytest.MonkeyPatch, migrated_database: str
) -> None:
    import psycopg

    from partsearch.price_list.applying import transaction

    def import_elsewhere(*arguments: Any, **options: Any) -> Any:
        staged = stage(*arguments, **options)
        if options["trusts_cells"]:
            with psycopg.connect(migrated_database) as other:
                other.execute("UPDATE price_list_part SET row_digest = 'other' WHERE row_key = 'id:0'")
                other.execute("DELETE FROM part WHERE name = 'Деталь 1'")
        return staged

    issue(*rows(3))
    stage = transaction._stage
    monkeypatch.setattr(transaction, "_stage", import_elsewhere)
    report = issue(*rows(4))
    assert numbers(report) == {"new": 2, "changed": 1, "unchanged": 1}
    assert report.rows.usable == 4


def test_a_release_that_does_not_know_the_digests_of_cells_may_import_too(issue: Issues) -> None:
    from partsearch.catalog.price_list_part import PriceListPart

    issue(*rows(2))
    PriceListPart.objects.filter(row_key="id:0").update(row_digest="of the older release")
    change("Деталь 0", price=70)
    assert numbers(issue(*rows(2))) == {"changed": 1, "unchanged": 1}
    assert shown() == [("Деталь 0", "100.00"), ("Деталь 1", "100.00")]


def test_only_rows_whose_cells_have_changed_are_read(issue: Issues, monkeypatch: pytest.MonkeyPatch) -> None:
    from partsearch.price_list.applying import read

    def read_row(record: Any, *arguments: Any) -> Any:
        numbers_read.append(record.number)
        return validate_record(record, *arguments)

    numbers_read: list[int] = []
    issue(*rows(4))
    validate_record = read.validate_record
    monkeypatch.setattr(read, "validate_record", read_row)
    issue(*rows(3), "7;;Kia;Rio;Руль;5;;")
    assert numbers_read == [5]


@pytest.mark.parametrize("key", ["2;", ";Б-2"])
def test_a_part_whose_row_cannot_be_used_is_not_gone(issue: Issues, key: str) -> None:
    issue("1;;Kia;Rio;Фара;100;;", f"{key};Kia;Rio;Дверь;200;;")
    report = issue("1;;Kia;Rio;Фара;100;;", f"{key};Kia;Rio;Дверь;дорого;;")
    assert (numbers(report), report.rows.rejected_count) == ({"unchanged": 1}, 1)
    assert len(shown()) == 2
    assert numbers(issue("1;;Kia;Rio;Фара;100;;")) == {"unchanged": 1, "gone": 1}


def test_parts_of_one_article_are_not_gone_if_its_row_cannot_be_used(issue: Issues) -> None:
    issue(";A-1;Kia;Rio;Фара левая;100;;", ";A-1;Kia;Rio;Фара правая;100;;", ";A-2;Kia;Rio;Дверь;5;;")
    report = issue(";A-1;Kia;Rio;Фара левая;дорого;;", ";A-1;Kia;Rio;Фара правая;100;;", ";A-2;Kia;Rio;Дверь;5;;")
    assert numbers(report) == {"unchanged": 2}
    assert len(shown()) == 3


def test_a_file_that_changes_while_it_is_read_is_not_imported(tmp_path: Path) -> None:
    from partsearch.price_list.importer import import_list

    path = tmp_path / "list.csv"
    path.write_text("Наименование;Цена\nФара;1\n", encoding="utf-8")

    def go_on_writing(*_: object) -> None:
        path.write_text("Наименование;Цена\nФара;1\nДверь;2\n", encoding="utf-8")

    with pytest.raises(UnreadableFileError, match="was changed while it was read"):
        import_list(path, dry_run=False, progress=NoProgress(), on_row=go_on_writing)
    assert tables()["Part"] == []


@pytest.mark.parametrize("source", ["", "я" * 256, "\udcff", "a\x1b[31m"])
def test_a_source_that_cannot_be_one_is_named(issue: Issues, source: str) -> None:
    with pytest.raises(InvalidSourceError):
        issue(*rows(1), source=source)


@pytest.mark.parametrize("source", ["../x", "-x", "🚗" * 200, "a'b\"c;d", "Прайс\nосень"])
def test_any_other_source_is_its_own(issue: Issues, source: str) -> None:
    report = issue(*rows(1), source=source)
    assert report.source == " ".join(source.split())
    assert undo(report.source).removed == 1
