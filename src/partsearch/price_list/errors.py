"""Why a price list is unusable as a whole. Errors of single rows are in the report."""

from partsearch.errors import PartsearchError


class PriceListError(PartsearchError):
    """The root of the errors of price lists. When one is raised, nothing has changed."""


class UnreadableFileError(PriceListError):
    """The file is missing, empty, or cannot be read as tables."""


class UnknownColumnsError(PriceListError):
    """The list lacks columns that a part needs."""


class NoUsableRowsError(PriceListError):
    """The list has the columns, and no usable row."""


class UnsupportedFormatError(UnreadableFileError):
    """The file is of a format that holds no price list, or of one that cannot be read."""


class UnknownEncodingError(UnreadableFileError):
    """The encoding of a text cannot be known, or it is not the one that was given."""


class DamagedFileError(UnreadableFileError):
    """The file has a known format, and its content breaks the rules of that format."""


class TooLargeError(UnreadableFileError):
    """The file exceeds a limit on size, columns or cells."""


class InvalidSourceError(PriceListError):
    """The source is empty or too long."""


class ConfirmationNeededError(PriceListError):
    """The import would change more than an issue of a list usually does; a person has to confirm it."""


class NothingToUndoError(PriceListError):
    """There is no import that can be taken back."""
