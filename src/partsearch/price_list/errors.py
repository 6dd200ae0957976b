"""Why a price list is unusable as a whole. Errors of single rows are in the report."""

from partsearch.errors import PartsearchError


class PriceListError(PartsearchError):
    """The root of the errors of price lists. When one is raised, nothing has changed."""


class UnreadableFileError(PriceListError):
    """The file is missing, empty, or not a text."""


class UnknownColumnsError(PriceListError):
    """The list lacks columns that a part needs."""


class NoUsableRowsError(PriceListError):
    """The list has the columns, and no usable row."""
