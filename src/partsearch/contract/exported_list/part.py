"""One part of an exported list, and the reference that names it."""

import re
from typing import NamedTuple

REFERENCE_HEADER = "partsearch_id"
JSON_HEADER = "json_data"

_REFERENCE = re.compile("[1-9][0-9]{0,18}@[0-9a-f]{8,32}")


class ExportedPart(NamedTuple):
    """A part as the database gives it.

    Attributes:
        reference: ``17@<catalog key>``: the part, and the catalog that it is in.
        name: its name.
        mark: the name of its mark.
        model: the name of its model.
        price: the price with a dot, without zeros at its end: ``2300.5``.
        json_data: the object as JSON text, which keeps its numbers exact.
    """

    reference: str
    name: str
    mark: str
    model: str
    price: str
    json_data: str


def is_reference(text: str) -> bool:
    """Return whether ``text`` is the reference of a part: ``17@<catalog key>``."""
    return _REFERENCE.fullmatch(text) is not None
