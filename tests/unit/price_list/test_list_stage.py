from dataclasses import replace
from decimal import Decimal

from partsearch.price_list.stage import stage
from partsearch.price_list.validate import ValidRow

ROW = ValidRow(2, "", "BMW", "5 E34", "Фара", Decimal("70.00"), {"count": 1, "description": "левая"})


def keys(*rows: ValidRow) -> list[str]:
    return [staged.key for staged in stage(rows).rows]


def test_the_key_is_the_id_of_the_list() -> None:
    assert keys(replace(ROW, row_id="55358021")) == ["id:55358021"]


def test_an_id_longer_than_the_column_is_shortened_and_stays_unique() -> None:
    long, other = keys(replace(ROW, row_id="9" * 500), replace(ROW, row_id="9" * 501))
    assert long != other
    assert len(long) <= 200


def test_without_an_id_the_key_does_not_depend_on_the_price() -> None:
    cheaper = replace(ROW, price=Decimal(60), json_data={"count": 9, "description": "левая", "currency": "USD"})
    assert keys(ROW) == keys(cheaper)
    assert stage([ROW]).rows[0].digest != stage([cheaper]).rows[0].digest


def test_without_an_id_every_stable_property_is_part_of_the_key() -> None:
    others = [
        replace(ROW, json_data={"description": "правая"}),
        replace(ROW, name="Фонарь"),
        replace(ROW, model="5 E39"),
        replace(ROW, mark="Audi"),
    ]
    assert len(set(keys(ROW, *others))) == 5


def test_parts_that_differ_only_in_price_are_two_parts() -> None:
    assert len(keys(ROW, replace(ROW, number=3, price=Decimal(60)))) == 2


def test_a_duplicate_row_is_skipped() -> None:
    staged = stage([ROW, replace(ROW, number=3), replace(ROW, number=4, price=Decimal(60)), replace(ROW, number=5)])
    assert [row.row.number for row in staged.rows] == [2, 4]
    assert [(row.number, row.reason) for row in staged.repeated] == [
        (3, "repeats an earlier row"),
        (5, "repeats an earlier row"),
    ]


def test_of_two_rows_with_one_id_the_first_wins() -> None:
    first = replace(ROW, row_id="7")
    staged = stage([first, replace(first, number=3, price=Decimal(60))])
    assert [row.row for row in staged.rows] == [first]
    assert [(row.reason, row.detail) for row in staged.repeated] == [("has the id of an earlier row", "7, row 2")]


def test_the_digest_covers_all_that_is_stored() -> None:
    row = replace(ROW, row_id="7")
    variants = [
        row,
        replace(row, mark="Audi"),
        replace(row, model="A4"),
        replace(row, name="Фонарь"),
        replace(row, price=Decimal("70.01")),
        replace(row, json_data={}),
        replace(row, json_data={"count": "1", "description": "левая"}),
    ]
    assert len({stage([variant]).rows[0].digest for variant in variants}) == len(variants)
