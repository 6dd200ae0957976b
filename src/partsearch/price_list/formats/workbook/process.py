"""The process that parses workbooks: a workbook that needs too much memory ends it, and not partsearch.

Usage: ``python process.py FILE FOLDER LIMIT_BYTES LIMIT_SECONDS LIMIT_OUTPUT``. It writes the rows of each visible
sheet as JSON lines, lists of texts, to ``FOLDER/sheet-0`` and so on. It prints the names of these sheets, a line each.
"""

import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from partsearch.price_list.formats.cell_text import cell_text
from partsearch.price_list.formats.input.signatures import ZIP
from partsearch.price_list.formats.limits import ROWS, TABLES
from partsearch.price_list.formats.workbook import FULL_DISK_CODE
from partsearch.price_list.formats.workbook.number_formats import NumberFormats, Shown
from partsearch.price_list.formats.workbook.open_document import check_content
from partsearch.system.disk import is_full_disk

_HEADER_WITHIN = 30
"""The rows in which a header may be."""

_NO_MORE: tuple[int, dict[int, Shown]] = (ROWS, {})


def main() -> None:
    """Write the rows of all visible sheets."""
    file, folder, memory, seconds, output = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_DATA, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with _opened_zip(Path(file)) as archive:
            if archive:
                check_content(archive)
            with CalamineWorkbook.from_path(file) as workbook:
                _write_sheets(workbook, NumberFormats(archive) if archive else None, Path(folder), int(output))
        sys.stdout.flush()
    except OSError as error:
        sys.exit(FULL_DISK_CODE if is_full_disk(error) else f"{type(error).__name__}: {error}")
    except MemoryError:
        sys.exit("MemoryError: the limit on memory is reached")
    except BaseException as error:  # calamine panics with a BaseException
        sys.exit(f"{type(error).__name__}: {error}")


@contextmanager
def _opened_zip(file: Path) -> Iterator[zipfile.ZipFile | None]:
    """Yield the archive of a zipped workbook; ``None`` for XLS."""
    with file.open("rb") as opened:
        is_zip = opened.read(len(ZIP[0])) in ZIP
    if not is_zip:
        yield None
        return
    with zipfile.ZipFile(file) as archive:
        yield archive


def _write_sheets(workbook: CalamineWorkbook, formats: NumberFormats | None, folder: Path, most: int) -> None:
    names = list(_visible_sheets(workbook))
    if len(names) > TABLES:
        raise MemoryError
    for number, name in enumerate(names):
        with (folder / f"sheet-{number}").open("w", encoding="ascii") as target:
            for row in _rows(workbook.get_sheet_by_name(name), formats.rows(name) if formats else iter(())):
                line = json.dumps(row)
                most -= len(line) + 1
                if most < 0:
                    raise MemoryError
                target.write(line + "\n")
    for name in names:
        sys.stdout.write(json.dumps(name) + "\n")


def _visible_sheets(workbook: CalamineWorkbook) -> Iterator[str]:
    for sheet in workbook.sheets_metadata:
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
            yield sheet.name


def _rows(sheet: CalamineSheet, formats: Iterator[tuple[int, dict[int, Shown]]]) -> Iterator[list[str]]:
    if sheet.total_height > ROWS:
        raise MemoryError
    merged = _Merged(sheet)
    left_margin = [""] * (sheet.start or (0, 0))[1]
    formatted, shown = next(formats, _NO_MORE)
    for index, row in enumerate(sheet.iter_rows()):
        cells = left_margin + [cell_text(value) for value in row]
        while formatted < index:
            formatted, shown = next(formats, _NO_MORE)
        if formatted == index:
            cells = [shown[column].text(cell) if column in shown else cell for column, cell in enumerate(cells)]
        while cells and not cells[-1]:
            cells.pop()
        yield merged.repeat(index, cells)


class _Merged:
    """Repeats the value of merged cells: to the right in rows that may be a header, and downwards everywhere.

    A cell that is alone in its row is a title or the name of a section, and is not repeated.
    """

    def __init__(self, sheet: CalamineSheet) -> None:
        self._starting: dict[int, list[tuple[int, int, int]]] = {}
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
            self._starting.setdefault(top, []).append((left, bottom, right))
        self._open: list[tuple[int, int, int, str]] = []

    def repeat(self, index: int, cells: list[str]) -> list[str]:
        """Return the cells of the row with the values of merged cells repeated."""
        self._open = [merged for merged in self._open if merged[1] >= index]
        is_alone = sum(map(bool, cells)) == 1
        for left, bottom, right in self._starting.get(index, ()):
            if left < len(cells) and cells[left] and not is_alone:
                self._open.append((left, bottom, right if index < _HEADER_WITHIN else left, cells[left]))
        for left, _, right, value in self._open:
            cells.extend([""] * (right + 1 - len(cells)))
            cells[left : right + 1] = [value] * (right + 1 - left)
        return cells


if __name__ == "__main__":
    main()
