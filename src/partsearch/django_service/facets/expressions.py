"""Functions and operators of JSON, text and numbers that the facets need, as expressions of Django's ORM."""

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Func, IntegerField, JSONField, TextField, Value

from partsearch.contract.answer.facets import PRICE_BOUNDS


class JsonValue(Func):
    """The value of a key of a JSON object."""

    arg_joiner = " -> "
    template = "(%(expressions)s)"
    arity = 2
    output_field = JSONField()


class JsonText(Func):
    """The value of a key of a JSON object as text."""

    arg_joiner = " ->> "
    template = "(%(expressions)s)"
    arity = 2
    output_field = TextField()


class JsonKind(Func):
    """The name of the type of a JSON value."""

    function = "jsonb_typeof"
    arity = 1
    output_field = TextField()


class ParamKey(Func):
    """The value of a key of ``json_data`` as the totals write it: ``4:year#2010``; NULL for what no search can have."""

    function = "totals_param"
    arity = 3
    output_field = TextField()


class Bucket(Func):
    """Which of the buckets of ``contract.answer.facets`` a price is in, from 1."""

    function = "width_bucket"
    output_field = IntegerField()

    def __init__(self, price: str) -> None:
        bounds = Value(list(PRICE_BOUNDS[:-1]), ArrayField(BigIntegerField()))
        super().__init__(price, bounds)
