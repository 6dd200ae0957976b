"""Counts the shown parts that a synonym lets a search find in addition, before it is saved."""

from collections.abc import Mapping, Sequence

import psycopg
from django.db import OperationalError, connection, transaction
from django.db.models import Q

from partsearch.catalog.models import Part

COUNT_SECONDS = 3
"""The time limit: a person waits for the count."""


def count_more_parts(written: str, meanings: Sequence[str], params: Mapping[str, str | bool | int]) -> int | None:
    """Return how many shown parts meet one of the meanings, and have not ``written`` in their names.

    Args:
        written: normalised.
        meanings: normalised texts, of which the name contains one.
        params: keys of ``json_data``, of which the part has one; texts are normalised.

    Returns:
        The exact count; ``None`` if counting takes longer than ``COUNT_SECONDS``.
    """
    wanted = Q()
    for meaning in meanings:
        wanted |= Q(name_normalized__contains=meaning)
    for key, value in params.items():
        wanted |= Q(attributes__contains={key: value})
    if not wanted:
        return 0
    shown = Part.objects.filter(is_visible=True, mark__is_visible=True, model__is_visible=True)
    found = shown.filter(wanted).exclude(name_normalized__contains=written)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            (before,) = cursor.fetchone()
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{COUNT_SECONDS}s"])
            count = found.count()
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            return None
        raise
    return count
