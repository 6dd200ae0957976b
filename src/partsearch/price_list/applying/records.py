"""Digests of the cells of a row and of everything that decides how they are read.

A row whose digest is that of the last import need not be read again: it would become the same part.
"""

from collections.abc import Iterable
from hashlib import blake2b, md5
from importlib.resources import files
from importlib.resources.abc import Traversable

from partsearch.catalog.vehicle_names import VehicleName
from partsearch.price_list.formats import Record
from partsearch.price_list.layouts.layout import Layout

_CELL_END = "\x1f"
_CODE = (
    ("partsearch.price_list", ""),
    ("partsearch.contract.text", ""),
)
"""The sources that decide how a cell is read."""


class RecordDigests:
    """Computes the digests of the records of one list.

    Args:
        layout: how the list is read.
        vehicles: the marks and models with their aliases.
    """

    def __init__(self, layout: Layout, vehicles: Iterable[VehicleName]) -> None:
        columns = [(column.index, str(column.meaning), column.currency, column.style) for column in layout.columns]
        reading = blake2b(repr((layout.width, columns)).encode())
        for name in vehicles:
            reading.update(repr(tuple(name)).encode())
        reading.update(_code_digest())
        self._reading = md5(reading.digest(), usedforsecurity=False)

    def digest(self, record: Record) -> str:
        """Return the digest of a record, as hexadecimal digits."""
        digest = self._reading.copy()
        digest.update(_CELL_END.join(record.cells).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


def _code_digest() -> bytes:
    digest = blake2b()
    for package, only in _CODE:
        root = files(package)
        for file in [root.joinpath(only)] if only else _sources(root):
            digest.update(file.read_bytes())
    return digest.digest()


def _sources(folder: Traversable) -> Iterable[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _sources(entry)
        elif entry.name.endswith(".py"):
            yield entry
