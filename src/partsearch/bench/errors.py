"""What can go wrong while measuring."""

from partsearch.errors import PartsearchError


class BenchError(PartsearchError):
    """The root of the errors of ``partsearch bench``."""


class NothingToMeasureError(BenchError):
    """Nothing answers at a target's address, or its catalog is empty."""


class ProgramMissingError(BenchError):
    """A program that makes the load is not installed."""


class LoadError(BenchError):
    """A program that makes the load failed, or said what nobody understands."""


class AnswersDifferError(BenchError):
    """Two targets answer the same search differently, so that their speed cannot be compared."""


class RecordError(BenchError):
    """A file holds no run that can be read."""


class NotComparableError(BenchError):
    """Two runs were measured so differently that nothing follows from their numbers."""


class StoppedError(BenchError):
    """A run ended before its end."""
