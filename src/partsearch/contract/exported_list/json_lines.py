"""Exported lists as JSON lines: one object a part, its values with their types."""

from collections.abc import Iterable

import orjson

from partsearch.contract.exported_list.part import JSON_HEADER, REFERENCE_HEADER, ExportedPart


class JsonLinesWriter:
    """Writes a list as JSON lines."""

    def begin(self) -> bytes:
        """Return the beginning."""
        return b""

    def rows(self, parts: Iterable[ExportedPart]) -> bytes:
        """Return the lines of parts."""
        return b"".join([_line(part) for part in parts])

    def end(self) -> bytes:
        """Return the end."""
        return b""


def _line(part: ExportedPart) -> bytes:
    found = {
        REFERENCE_HEADER: part.reference,
        "name": part.name,
        "mark": part.mark,
        "model": part.model,
        "price": orjson.Fragment(part.price),
        JSON_HEADER: orjson.Fragment(part.json_data),
    }
    return orjson.dumps(found, option=orjson.OPT_APPEND_NEWLINE)
