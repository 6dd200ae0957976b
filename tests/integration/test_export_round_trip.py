"""Export, then import: nothing in the catalog changes."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.conftest import truncate_catalog
from tests.contract.test_export import catalogs
from tests.support.catalog_data import Catalog
from tests.support.site import RunningSite


@pytest.fixture
def folder() -> Iterator[Path]:
    """Yield a folder that the site's account can write to."""
    with tempfile.TemporaryDirectory(prefix="partsearch-test-") as name:
        Path(name).chmod(0o777)
        yield Path(name)


def rows(conninfo: str) -> list[list[tuple[Any, ...]]]:
    """Return the marks, the models and the parts, with the text of their json_data."""
    with psycopg.connect(conninfo) as connection:
        return [
            connection.execute(query).fetchall()
            for query in (
                "SELECT id, name, is_visible FROM mark ORDER BY id",
                "SELECT id, name, mark_id, is_visible FROM model ORDER BY id",
                "SELECT id, name, mark_id, model_id, price, json_data::text, is_visible FROM part ORDER BY id",
            )
        ]


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(catalog=catalogs())
def test_an_import_of_an_exported_list_changes_nothing(
    live_site: RunningSite, migrated_database: str, folder: Path, file_format: str, catalog: Catalog
) -> None:
    truncate_catalog(migrated_database)
    catalog.insert(migrated_database)
    before = rows(migrated_database)
    output = folder / f"list.{file_format}"
    exported = live_site.run("export", "--format", file_format, "--output", str(output))
    assert exported.returncode == 0, exported.stderr
    imported = live_site.run("import", str(output))
    assert imported.returncode == 0 or not catalog.parts, imported.stderr
    assert rows(migrated_database) == before
