"""Reads the request of an export: the format, and the filters of a search."""

from dataclasses import dataclass

from partsearch.contract.errors import invalid_fields
from partsearch.contract.exported_list.formats import ExportFormat
from partsearch.contract.exported_list.xlsx import size_problem
from partsearch.contract.field_errors import FieldError, FieldErrorCode
from partsearch.contract.request.reading import query_pairs, search_from_pairs
from partsearch.contract.request.search import OF_ONE_PAGE, Search
from partsearch.contract.request.values import is_blank

FORMAT = "format"


@dataclass(frozen=True)
class ExportRequest:
    """What a client wants exported: all parts that ``search`` finds, in this format."""

    search: Search
    format: ExportFormat


def export_from_query(query: bytes) -> ExportRequest:
    """Return the export in the query string of a GET; without a format it is CSV.

    Raises:
        ProblemError: 400 if it cannot be read, 422 if fields are invalid.
    """
    pairs = query_pairs(query)
    formats = [value for name, value in pairs if name == FORMAT and not is_blank(value)]
    errors = [
        FieldError(name, FieldErrorCode.UNKNOWN_FIELD, {"request": "export"})
        for name in OF_ONE_PAGE
        if any(name == given for given, _ in pairs)
    ]
    if len(formats) > 1:
        errors.append(FieldError(FORMAT, FieldErrorCode.REPEATED))
    elif formats and formats[0] not in list(ExportFormat):
        errors.append(FieldError(FORMAT, FieldErrorCode.NOT_A_CHOICE, {"choices": ", ".join(ExportFormat)}))
    search = search_from_pairs([pair for pair in pairs if pair[0] not in (FORMAT, *OF_ONE_PAGE)], errors)
    return ExportRequest(search, ExportFormat(formats[0]) if formats else ExportFormat.CSV)


def check_fits(parts: int, longest: int | None, characters: int | None) -> None:
    """Raise 422 if a result does not fit into a workbook; see ``size_problem``. Without parts the others are None."""
    reason = size_problem(parts, longest or 0, characters or 0)
    if reason:
        raise invalid_fields([FieldError(FORMAT, FieldErrorCode.DOES_NOT_FIT, {"reason": reason})])
