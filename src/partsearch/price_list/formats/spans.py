"""Rows of cells that may reach over several columns and rows, as in HTML and in workbooks."""

from partsearch.price_list.errors import TooLargeError
from partsearch.price_list.formats.limits import COLUMNS

_HEADER_WITHIN = 30
"""The rows in which a header may be."""

_MOST_REPEATED = 50_000_000
_COST_OF_CELL = 10


class SpannedRows:
    """Makes rows of cells. The value of a cell over several columns or rows is repeated, as people read it.

    It is repeated to the right only in rows that may be a header, and downwards everywhere. A cell that is alone in its
    row is a title, and is not repeated.

    Args:
        too_large: raised where a row has too many columns, or a few cells are repeated without end.
    """

    def __init__(self, too_large: TooLargeError) -> None:
        self._too_large = too_large
        self._rows = 0
        self._cells: list[str] | None = None
        self._own_cells = 0
        self._repeated = 0
        self._from_above: dict[int, tuple[int, str]] = {}

    def begin_row(self) -> None:
        """Begin a row. Without it the first cell does."""
        self._cells, self._own_cells = [], 0

    def add(self, value: str, columns: int = 1, rows: int = 1) -> None:
        """Add a cell to the row."""
        if self._cells is None:
            self.begin_row()
        cells = self._cells if self._cells is not None else []
        self._own_cells += 1
        self._take_from_above(cells)
        if len(cells) + columns > COLUMNS + 1:
            raise self._too_large
        for column in range(columns):
            repeated = value if column == 0 or self._rows < _HEADER_WITHIN else ""
            if rows > 1:
                self._from_above[len(cells)] = (rows - 1, repeated)
            cells.append(repeated)
        self._count(columns - 1, value)

    def skip_to(self, column: int) -> None:
        """Add blank cells up to a column, from 0."""
        if self._cells is None:
            self.begin_row()
        cells = self._cells if self._cells is not None else []
        self._take_from_above(cells)
        if column > COLUMNS:
            raise self._too_large
        while len(cells) < column:
            cells.append("")
            self._take_from_above(cells)
        self._count(0, "")

    @property
    def is_in_row(self) -> bool:
        """Return whether a row has begun."""
        return self._cells is not None

    def end_row(self) -> list[str]:
        """Return the cells of the row; of one that has not begun those that reach down to it."""
        cells, self._cells = self._cells or [], None
        self._take_from_above(cells)
        own, self._own_cells = self._own_cells, 0
        if own == 1 and not self._from_above:
            cells[1:] = [""] * (len(cells) - 1)  # a title, which must not look like a header
        self._rows += 1
        return cells

    def _take_from_above(self, cells: list[str]) -> None:
        """Append the values of cells that reach down from the rows above."""
        while (column := len(cells)) in self._from_above:
            rows, value = self._from_above.pop(column)
            cells.append(value)
            self._count(1, value)
            if rows > 1:
                self._from_above[column] = (rows - 1, value)

    def _count(self, cells: int, value: str) -> None:
        self._repeated += cells * (_COST_OF_CELL + len(value))
        if self._repeated > _MOST_REPEATED:
            raise self._too_large
