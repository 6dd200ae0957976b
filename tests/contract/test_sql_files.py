"""The .sql files of the FastAPI service: complete statements that run in psql, and the counterpart of filters.py."""

import re
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from partsearch.contract.limits import PARTS_PER_PAGE
from partsearch.fastapi_service import composer
from tests.support.catalog_data import Catalog
from tests.support.postgres import DEBIAN_15

_QUERIES = Path(str(files("partsearch.fastapi_service") / "queries"))
_FILES = sorted(path.name for path in _QUERIES.glob("*.sql"))
_BLOCK = re.compile(r"^ +-- (?P<name>[a-z_]+): .+\n(?P<sql>(?: ++(?!--).*\n)+)", re.MULTILINE)


def psql(conninfo: str, *arguments: str, statement: str | None = None) -> str:
    """Return what psql prints for a file or for a statement that is pasted into it."""
    # The psql of the embedded PostgreSQL cannot speak TLS, which Neon requires.
    command = [str(DEBIAN_15 / "psql"), "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", conninfo]
    ran = subprocess.run([*command, *arguments], input=statement, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    return ran.stdout.strip()


def find_parts_with(*blocks: str) -> str:
    """Return find_parts.sql as a person edits it: without the blocks that are not named."""
    text = (_QUERIES / "find_parts.sql").read_text(encoding="utf-8")
    return _BLOCK.sub(lambda block: block[0] if block["name"] in blocks else "", text)


def test_there_are_files() -> None:
    assert _FILES == ["export_parts.sql", "find_parts.sql", "find_parts_by_planes.sql", "has_needed_migration.sql"]


@pytest.mark.parametrize("file", _FILES)
def test_a_file_runs_in_psql_as_it_is(known_catalog: Catalog, migrated_database: str, file: str) -> None:
    answer = psql(migrated_database, "-f", str(_QUERIES / "variables.psql"), "-f", str(_QUERIES / file))
    # All filters together match nothing; the example of the last file is the first migration.
    nothing = "" if file == "export_parts.sql" else '{"response":[],"count":0,"summ":0}'
    assert answer == ("t" if file == "has_needed_migration.sql" else nothing)


@pytest.mark.parametrize("file", _FILES)
def test_a_file_runs_when_it_is_pasted(known_catalog: Catalog, migrated_database: str, file: str) -> None:
    pasted = [(_QUERIES / name).read_text(encoding="utf-8") for name in ("variables.psql", file)]
    assert bool(psql(migrated_database, statement="\n".join(pasted))) == (file != "export_parts.sql")


@pytest.mark.parametrize("block", [name for name in composer.block_names("find_parts") if name != "shown"])
def test_each_filter_runs_alone(known_catalog: Catalog, migrated_database: str, block: str) -> None:
    variables = (_QUERIES / "variables.psql").read_text(encoding="utf-8")
    answer = psql(migrated_database, statement=f"{variables}\n{find_parts_with('shown', block)}")
    assert re.fullmatch(r'\{"response":\[.*\],"count":\d+,"summ":[\d.]+\}', answer, re.DOTALL)


def test_the_filters_are_those_of_django_in_the_same_order(migrated_database: str) -> None:
    from partsearch.django_service.filters import FILTERS

    assert composer.block_names("find_parts") == [*FILTERS, "later_page"]


def test_the_planes_have_the_same_filters() -> None:
    """Those of the name, of prices and of params are asked of the planes by their terms."""
    by_planes = composer.block_names("find_parts_by_planes")
    filters = [name for name in composer.block_names("find_parts") if name != "later_page"]
    assert by_planes[: len(filters)] == filters
    asked_by_terms = {"part_name", "part_name_short", "price_gte", "price_lte", "color", "colors", "others", "either"}
    asked_by_terms |= {"is_new_part", "is_used_part", "is_new_part_or_text", "is_used_part_or_text", "shown"}
    of_planes = [name for name in by_planes[len(filters) :] if not name.endswith("_terms") and name != "over_price"]
    assert of_planes == [name for name in filters if name not in asked_by_terms]


def test_an_export_has_the_same_filters() -> None:
    conditions = [
        {block["name"]: " ".join(block["sql"].split()).removeprefix("WHERE ") for block in _BLOCK.finditer(text)}
        for text in ((_QUERIES / name).read_text(encoding="utf-8") for name in ("find_parts.sql", "export_parts.sql"))
    ]
    del conditions[0]["later_page"]
    assert list(conditions[0].items()) == list(conditions[1].items())


def test_a_page_is_as_long_as_the_contract_says() -> None:
    text = (_QUERIES / "find_parts.sql").read_text(encoding="utf-8")
    assert re.findall(r"LIMIT (\S+)", text) == [str(PARTS_PER_PAGE)]
