"""System views of PostgreSQL that say which transactions may have taken keys."""

from typing import Any

from django.db import models
from django.db.models import F, Func, Max, Subquery, TextField, Value

from partsearch.catalog.models import TotalsKey
from partsearch.django_service.statements.steps import Step


class PgDatabase(Step):
    """A database of the server."""

    oid = models.BigIntegerField(primary_key=True)
    datname = models.TextField()

    class Meta(Step.Meta):
        abstract = False
        db_table = "pg_database"


class PgLock(Step):
    """A lock that a transaction has."""

    virtualtransaction = models.TextField(primary_key=True)
    relation = models.BigIntegerField()
    database = models.BigIntegerField()
    mode = models.TextField()

    class Meta(Step.Meta):
        abstract = False
        db_table = "pg_locks"


class OidOf(Func):
    """The oid of a table."""

    function = "to_regclass"
    template = "%(function)s(%(expressions)s)::oid"
    output_field: Any = models.BigIntegerField()


class CurrentDatabase(Func):
    """The name of the database."""

    function = "current_database"
    output_field: Any = TextField()


def largest_key() -> int:
    """Return the largest key."""
    return TotalsKey.objects.aggregate(largest=Max("id"))["largest"] or 0


def running_writers() -> frozenset[str]:
    """Return the transactions that may have taken keys and are not over: each has locked the table before."""
    current = PgDatabase.objects.filter(datname=CurrentDatabase()).values(of=F("oid"))
    locks = PgLock.objects.filter(
        relation=OidOf(Value("totals_key")), mode="RowExclusiveLock", database=Subquery(current)
    )
    return frozenset(locks.values_list("virtualtransaction", flat=True))
