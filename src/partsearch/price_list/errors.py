"""Why a price list cannot be used at all; what is wrong with single rows is in the report instead."""

from partsearch.errors import PartsearchError


class PriceListError(PartsearchError):
    """The root of the errors of price lists. Nothing was changed where one is raised."""


class UnreadableFileError(PriceListError):
    """The file is missing, empty, or not a text."""


class UnknownColumnsError(PriceListError):
    """The columns that a part needs are not in the list."""


class NoUsableRowsError(PriceListError):
    """The columns are there, and not one row can be used."""
