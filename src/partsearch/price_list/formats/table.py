"""What every format is read into: tables of records."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple


class Record(NamedTuple):
    """One record: its row number, as a spreadsheet counts, and its stripped cells.

    ``error`` says why the record is invalid; it is empty for a valid one. A list has millions of records, and a named
    tuple is made in half the time of a frozen dataclass.
    """

    number: int
    cells: list[str]
    error: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.error and not any(self.cells)


@dataclass(frozen=True)
class Table:
    """One table of a price list: a sheet of a workbook, or the whole file.

    Attributes:
        name: of the sheet; empty where there is one table.
        format: ``csv``, ``xlsx``, ``xls``, ``ods``, ``spreadsheetml``, ``html``, ``jsonl``, ``json``, ``yml``,
            ``avito``, ``drom``, ``rss``, ``atom``, ``xml``, ``commerceml``.
        encoding: of the text; empty where the format fixes it.
        delimiter: of the cells; empty unless the format is ``csv``.
        records: returns the records from the first one on; each call starts again. The iteration raises
            ``UnreadableFileError`` where the file turns out to be damaged or too large.
        has_known_header: record 1 is the header that the reader made from the names of elements or keys.
    """

    name: str
    format: str
    encoding: str
    delimiter: str
    records: Callable[[], Iterator[Record]]
    has_known_header: bool = False
