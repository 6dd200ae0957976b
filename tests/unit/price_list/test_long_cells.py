"""Cells of twenty thousand characters: patterns that try every place for a long run would take minutes."""

import subprocess
import sys

import pytest

_READ = """
import sys
from partsearch.price_list import numbers, part_numbers, values
from partsearch.price_list.cells import stock
for read in (numbers.read_price, part_numbers.read_part_numbers, part_numbers.split_numbers, stock.read_stock,
             values.read_count, values.read_available, values.read_photos):
    try:
        read(eval(sys.argv[1]))
    except ValueError:
        pass
"""


@pytest.mark.parametrize(
    "cell",
    [
        "' ' * 20_000",
        "'1' + ' ' * 20_000 + '1'",
        "'1500' + ' \\t' * 10_000 + 'руб' + ' ' * 20_000 + 'x'",
        "'1500,50' + ' \\xa0' * 10_000 + 'a'",
        "'2010 -' + ' ' * 20_000 + 'x'",
        "',' * 20_000",
        "', ' * 10_000",
        "'a.jpg' + '; ' * 10_000 + 'b.jpg'",
        "'1 ' * 10_000",
    ],
)
def test_a_long_cell_is_read_or_rejected_soon(cell: str) -> None:
    subprocess.run([sys.executable, "-c", _READ, cell], check=True, timeout=30)
