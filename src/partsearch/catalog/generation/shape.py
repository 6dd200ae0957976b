"""The names of the shapes, for the command too, which reads its arguments before it sets Django up."""

from enum import StrEnum


class Shape(StrEnum):
    """What a generated catalog looks like.

    Attributes:
        DEMO: 32 marks and 214 names, for a look at the site.
        USED: 400 marks, 4,750 models and 2,200 names, a few of them most common.
        WHOLESALE: the same cars; a name carries maker, number and car, so that two million of ten million differ.
    """

    DEMO = "demo"
    USED = "used"
    WHOLESALE = "wholesale"
