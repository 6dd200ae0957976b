"""Functions and operators of bit strings, and the functions of the totals, as expressions of Django's ORM."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, BigIntegerField, Func, IntegerField, TextField

from partsearch.catalog.fields import BitStringField


class BitAndAll(Func):
    """The bits that all of the bit strings have; NULL if one of them is NULL."""

    arg_joiner = " & "
    template = "(%(expressions)s)"
    output_field = BitStringField()


class BitNot(Func):
    """The bits that a bit string does not have."""

    template = "(~ %(expressions)s)"
    arity = 1
    output_field = BitStringField()


class BitCount(Func):
    """How many bits are set."""

    function = "bit_count"
    arity = 1
    output_field = BigIntegerField()


class DigitValue(Func):
    """The kopecks that a bit of a digit of the price stands for."""

    function = "totals_digit_value"
    arity = 1
    output_field = BigIntegerField()


class BitsFrom(Func):
    """``BitsFrom(bits, first, length)``: a piece of a bit string; the first bit has the number 1."""

    function = "substring"
    arity = 3
    output_field = BitStringField()


class KnownSums(Func):
    """``KnownSums(keys, are_disjoint)``: a row for each layer whose sums are known for the keys, in an array."""

    function = "totals_known_sums"
    arity = 2
    set_returning = True
    output_field = ArrayField(BigIntegerField())


class NoBits(Func):
    """The plane without any bit."""

    function = "totals_no_bits"
    output_field = BitStringField()


class BitsAt(Aggregate):
    """The plane with the bits at the positions of a group."""

    function = "totals_bits"
    template = "%(function)s(%(expressions)s, 1)"
    output_field = BitStringField()


class SegmentOf(Func):
    """The segment that the bit of a part is in."""

    function = "totals_segment_of"
    arity = 1
    output_field = BigIntegerField()


class PositionOf(Func):
    """The position of the bit of a part in its segment."""

    function = "totals_position_of"
    arity = 1
    output_field = IntegerField()


class IdAt(Func):
    """``IdAt(segment, position)``: the id of a part."""

    function = "totals_id_at"
    arity = 2
    output_field = BigIntegerField()


class Numbers(Func):
    """A row for each number from 0, in steps, below an end."""

    function = "generate_series"
    template = "%(function)s(0, %(last)s, %(step)s)"
    set_returning = True
    output_field = IntegerField()

    def __init__(self, end: int, step: int) -> None:
        super().__init__(last=end - 1, step=step)


class Items(Func):
    """A row for each item of an array of texts. Several in one row go through their arrays side by side."""

    function = "unnest"
    template = "%(function)s(%(expressions)s::text[])"
    arity = 1
    set_returning = True
    output_field = TextField()


TEXTS: "ArrayField[Any, Any]" = ArrayField(TextField())
