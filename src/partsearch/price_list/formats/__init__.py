"""Read a price list of any usual format into tables of text cells, one file per format.

The format is found by the content of the file: see ``detection``. Each reader is a function from a file to ``Table``s.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from partsearch.price_list.errors import UnsupportedFormatError
from partsearch.price_list.formats.characteristics import with_characteristics
from partsearch.price_list.formats.comma_separated import read_csv
from partsearch.price_list.formats.detection import find_format, is_commerceml, may_be_list
from partsearch.price_list.formats.encoding.find import character_bytes, known_codec
from partsearch.price_list.formats.html_tables import read_html
from partsearch.price_list.formats.input.archives import check_workbook_size, unpack_gzip, unpack_zip
from partsearch.price_list.formats.input.messages import unpack_message
from partsearch.price_list.formats.input.source import as_regular_file, label, unreadable, without_padding
from partsearch.price_list.formats.input.temporary_folder import temporary_folder
from partsearch.price_list.formats.json_objects.lines import read_json_lines
from partsearch.price_list.formats.json_objects.values import read_json
from partsearch.price_list.formats.limits import NESTED_ARCHIVES
from partsearch.price_list.formats.table import Record, Table
from partsearch.price_list.formats.workbook.read import read_workbook
from partsearch.price_list.formats.xml_feeds.commerceml import read_commerceml
from partsearch.price_list.formats.xml_feeds.offers import read_offers
from partsearch.price_list.formats.xml_feeds.spreadsheetml import read_spreadsheetml
from partsearch.system.disk import is_full_disk

__all__ = ["Record", "Table", "open_price_list"]


@contextmanager
def open_price_list(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    file: BinaryIO | None = None,
    on_input: Callable[[Path], None] | None = None,
) -> Iterator[list[Table]]:
    """Yield the tables of a price list, at least one. Their records can be read until the context ends.

    Args:
        path: the file, or ``-`` for standard input.
        encoding: of a text file. It always wins over what the file says; workbooks need none.
        delimiter: between the cells of comma-separated values; absent, it is found.
        file: the open file, if this process may not open ``path`` itself.
        on_input: is called with the path of a regular file that has the content.

    Raises:
        UnreadableFileError: the file is missing, empty, damaged, too large, in an unsupported format or in an encoding
            that cannot be known. The iteration of the records of a table raises it too.
    """
    if encoding:
        known_codec(encoding, path)
    with _full_disk_reported(path), temporary_folder() as folder:
        regular = as_regular_file(path, folder, file)
        if on_input:
            on_input(regular)
        tables = _read_tables(regular, path, folder, encoding, delimiter)
        yield [with_characteristics(table, path) for table in tables]


@contextmanager
def _full_disk_reported(path: Path) -> Iterator[None]:
    """Name the disk of the temporary files if it is full, whichever of them cannot be written."""
    try:
        yield
    except OSError as error:
        if is_full_disk(error):
            raise unreadable(path, error) from error
        raise


def _read_tables(file: Path, path: Path, folder: Path, encoding: str | None, delimiter: str | None) -> list[Table]:
    files, format_name = _unpack(file, path, folder, encoding)
    file = files[0]
    match format_name:
        case "xlsx" | "ods" | "xls":
            if format_name != "xls":
                check_workbook_size(file, path)
            return read_workbook(file, path, folder, format_name)
        case "commerceml":
            return read_commerceml(files, path, folder, encoding)
        case "csv":
            return read_csv(without_padding(file, folder, character_bytes(file, encoding)), path, encoding, delimiter)
        case "html":
            return read_html(file, path, folder, encoding)
        case "spreadsheetml":
            return read_spreadsheetml(file, path, folder, encoding)
        case "jsonl":
            return read_json_lines(file, path, encoding)
        case "json":
            return read_json(file, path, encoding)
        case _:
            return read_offers(file, path, format_name, encoding)


def _unpack(file: Path, path: Path, folder: Path, encoding: str | None) -> tuple[list[Path], str]:
    """Return the files of the list inside of all archives, and their format."""
    for depth in range(NESTED_ARCHIVES + 1):
        format_name = find_format(file, path, encoding)
        unpacked = folder / f"unpacked-{depth}"
        if format_name == "gzip":
            unpack_gzip(file, unpacked, path)
            file = as_regular_file(unpacked, folder)
        elif format_name == "mhtml":
            unpack_message(file, unpacked, path)
            file = unpacked
        elif format_name == "zip":
            files = unpack_zip(file, unpacked, path, is_commerceml, may_be_list)
            if len(files) > 1:
                return files, "commerceml"
            file = as_regular_file(files[0], folder)
        else:
            return [file], format_name
    raise UnsupportedFormatError(
        f"{label(path)} is an archive in an archive, and so on.", "Unpack it, and import the price list."
    )
