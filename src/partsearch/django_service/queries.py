"""Every question that the Django service asks the database: all ORM, nothing but ORM.

``fastapi_service/queries/`` answers the same questions under the same names, in the same order, in SQL.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, F, Q, QuerySet, Subquery, Sum, TextField, Value
from django.db.models.functions import Cast, JSONObject
from django.db.models.lookups import Contains, Exact

from partsearch.catalog.functions import Normalized
from partsearch.catalog.models import Mark, Model, Part
from partsearch.contract.limits import PARTS_PER_PAGE
from partsearch.contract.search import Search
from partsearch.contract.text import has_trigram, like_pattern
