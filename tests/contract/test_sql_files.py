"""The .sql files of the FastAPI service: complete statements that run in psql, and the counterpart of filters.py."""

import re
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from partsearch.contract.limits import PARTS_PER_PAGE
from partsearch.contract.request.search import Search
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


_FOUND_BY_ALL = {
    "export_parts.sql": "",
    "find_page.sql": "0:",
    "find_parts_by_planes.sql": '{"response":[],"count":0,"summ":0,"ranks":[0, 0, 0]}',
    "find_parts.sql": '{"response":[],"count":0,"summ":0}',
}
"""What the files with the filters of a search print with all of their filters together."""

_NEEDED = {
    "by_rank": ("rank_column",),
    "by_quality": ("quality_column", "created_column"),
    "by_created": ("created_column",),
}
"""The columns that an order needs."""


def filters_in(file: str) -> list[str]:
    """Return the names of the filters of a file."""
    names = composer.block_names(file)
    return names[names.index("shown") : names.index("q_nothing") + 1]


def test_the_files_of_a_search_are_known() -> None:
    assert set(_FOUND_BY_ALL) <= set(_FILES)


@pytest.mark.parametrize("file", _FILES)
def test_a_file_runs_in_psql_as_it_is(known_catalog: Catalog, migrated_database: str, file: str) -> None:
    answer = psql(migrated_database, "-f", str(_QUERIES / "variables.psql"), "-f", str(_QUERIES / file))
    if file in _FOUND_BY_ALL:
        assert answer == _FOUND_BY_ALL[file]
    elif file == "has_needed_migration.sql":
        assert answer == "t"  # the example is the first migration


@pytest.mark.parametrize("file", _FILES)
def test_a_file_runs_when_it_is_pasted(known_catalog: Catalog, migrated_database: str, file: str) -> None:
    pasted = [(_QUERIES / name).read_text(encoding="utf-8") for name in ("variables.psql", file)]
    answer = psql(migrated_database, statement="\n".join(pasted))
    assert bool(answer) == bool(_FOUND_BY_ALL.get(file, answer))


@pytest.mark.parametrize("block", [name for name in composer.block_names("find_parts") if name != "shown"])
def test_each_block_runs_alone(known_catalog: Catalog, migrated_database: str, block: str) -> None:
    variables = (_QUERIES / "variables.psql").read_text(encoding="utf-8")
    text = find_parts_with("shown", block, *_NEEDED.get(block, ()))
    answer = psql(migrated_database, statement=f"{variables}\n{text}")
    assert re.fullmatch(r'\{"response":\[.*\],"count":\d+,"summ":[\d.]+\}', answer, re.DOTALL)


def test_the_filters_are_those_of_django_in_the_same_order(migrated_database: str) -> None:
    from partsearch.django_service.filters import FILTERS

    several = {"q_texts", "q_any", "q_numbers"}  # functions of a number there
    assert [name for name in filters_in("find_parts") if name not in several] == list(FILTERS)


def test_the_planes_have_the_same_filters() -> None:
    """Those of the name, of prices, of params and of q are asked of the planes by their terms."""
    assert filters_in("find_parts_by_planes") == filters_in("find_parts")
    asked_by_terms = {"part_name", "part_name_short", "price_gte", "price_lte", "color", "colors", "others", "either"}
    asked_by_terms |= {"is_new_part", "is_used_part", "is_new_part_or_text", "is_used_part_or_text", "shown"}
    asked_by_terms |= {"q_texts", "q_any", "q_numbers", "q_nothing"}
    by_planes = composer.block_names("find_parts_by_planes")
    of_planes = by_planes[by_planes.index("q_nothing") + 1 :]
    others = {"over_price", "names", "with_page", "with_ranks"}
    wanted = [name for name in of_planes if not name.endswith("_terms") and name not in others]
    assert wanted == [name for name in filters_in("find_parts") if name not in asked_by_terms]


@pytest.mark.parametrize(
    "file",
    ["export_parts.sql", "find_page.sql", "find_parts_by_planes.sql", "count_facets.sql", "count_facets_by_planes.sql"],
)
def test_other_files_have_the_same_filters(file: str) -> None:
    conditions = [
        {
            block["name"]: " ".join(block["sql"].split()).removeprefix("WHERE ")
            for block in _BLOCK.finditer((_QUERIES / name).read_text(encoding="utf-8").partition("wanted AS (")[0])
        }
        for name in ("find_parts.sql", file)
    ]
    filters = filters_in("find_parts")
    assert [conditions[0][name] for name in filters] == [conditions[1][name] for name in filters]


def test_a_page_is_as_long_as_the_contract_says() -> None:
    text = (_QUERIES / "find_parts.sql").read_text(encoding="utf-8")
    assert re.findall(r"LIMIT (\S+)", text) == [":limit"]
    assert f"LIMIT {PARTS_PER_PAGE}\n" in composer.find_parts_by_scan(Search()).sql
