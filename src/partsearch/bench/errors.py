"""The errors of ``partsearch bench``."""

from partsearch.errors import PartsearchError


class BenchError(PartsearchError):
    """The root of the errors of ``partsearch bench``."""


class NothingToMeasureError(BenchError):
    """Nothing answers at the address of a target, or its catalog is empty."""


class ProgramMissingError(BenchError):
    """A load generator is not installed."""


class LoadError(BenchError):
    """A load generator failed, or printed something unknown."""


class AnswersDifferError(BenchError):
    """Two targets answer the same search differently, so their speed cannot be compared."""


class RecordError(BenchError):
    """A file holds no readable run."""


class NotComparableError(BenchError):
    """Two runs were measured too differently to be compared."""


class StoppedError(BenchError):
    """A run stopped before its last step."""
