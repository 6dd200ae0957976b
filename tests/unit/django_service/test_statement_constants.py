"""The constants of the code are written into a compiled statement, the values of a search never."""

import psycopg
import pytest
from django.db.models import TextField

from partsearch.django_service.statements.compiled_query import Parameter, _with_constants

_NAME = Parameter("name", TextField())


def test_only_parameters_are_left() -> None:
    sql, left = _with_constants("SELECT %s, %s, %s LIKE '50%%' AND x = %s", ("shown", _NAME, 7, True))
    assert sql == "SELECT 'shown', %s, 7 LIKE '50%%' AND x = true"
    assert left == (_NAME,)


@pytest.mark.parametrize("constant", ["it's", "100%", "%s", "a\\b", "ё", "", "%%"])
def test_a_constant_arrives_as_it_is(migrated_database: str, constant: str) -> None:
    sql, left = _with_constants("SELECT %s, %s::text", (constant, _NAME))
    assert left == (_NAME,)
    with psycopg.connect(migrated_database) as connection:
        assert connection.execute(sql.encode(), ["value"]).fetchone() == (constant, "value")
