"""Prints the migrations of a release as JSON. The Python of that release runs it: it imports nothing of ours.

Argument: ``names`` for the names only, ``sql`` for what the lint needs of the unapplied ones too.
"""

import ast
import inspect
import json
import sys
from pathlib import Path
from typing import Any

import django
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.operations import RunPython, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation

# All schemas: a name that exists in any of them is not a new one.
_TABLES = """
    SELECT class.relname, pg_table_size(class.oid) FROM pg_class AS class
    WHERE class.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND class.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
"""
_COLUMNS = """
    SELECT class.relname || '.' || attribute.attname, format_type(attribute.atttypid, attribute.atttypmod)
    FROM pg_attribute AS attribute JOIN pg_class AS class ON class.oid = attribute.attrelid
    WHERE class.relkind IN ('r', 'p') AND attribute.attnum > 0 AND NOT attribute.attisdropped
        AND class.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
"""
_REPLACEABLE = """
    SELECT proname FROM pg_proc
    WHERE pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    UNION SELECT relname FROM pg_class WHERE relkind = 'v' AND relnamespace <> 'pg_catalog'::regnamespace
    UNION SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
"""


def main() -> None:
    """Print the JSON."""
    django.setup()
    executor = MigrationExecutor(connection)
    plan = [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    found: dict[str, Any] = {
        "known": sorted(_name(app, name) for app, name in executor.loader.disk_migrations or {}),
        "unapplied": [_name(migration.app_label, migration.name) for migration in plan],
    }
    if sys.argv[1:] == ["sql"]:
        found |= {"migrations": _in_detail(executor, plan), **_database_objects()}
    print(json.dumps(found))


def _name(app: str, name: str) -> str:
    return f"{app}.{name}"


def _in_detail(executor: Any, plan: list[Migration]) -> list[dict[str, Any]]:
    state = executor._create_project_state(with_applied_migrations=True)
    migrations = []
    for migration in plan:
        source = Path(inspect.getfile(type(migration)))
        lines = _lines(source, len(migration.operations))
        operations = []
        for operation, line in zip(migration.operations, lines, strict=True):
            before = state.clone()
            operation.state_forwards(migration.app_label, state)
            operations.append({"line": line, **_sql(operation, migration, before, state)})
        migrations.append(
            {
                "name": _name(migration.app_label, migration.name),
                "is_atomic": migration.atomic,
                "operations": operations,
                "files": _files(source),
            }
        )
    return migrations


def _sql(operation: Operation, migration: Migration, before: Any, after: Any) -> dict[str, Any]:
    """Return the statements of an operation, or the error that prevents them."""
    if _is_code(operation):
        return {"sql": [], "is_code": True, "error": ""}
    statements: list[str] = []
    try:
        with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
            operation.database_forwards(migration.app_label, editor, before, after)
        statements = editor.collected_sql
    except Exception as error:  # any error here stops the migration too
        return {"sql": [], "is_code": False, "error": str(error) or type(error).__name__}
    return {"sql": statements, "is_code": False, "error": ""}


def _is_code(operation: Operation) -> bool:
    if isinstance(operation, SeparateDatabaseAndState):
        return any(_is_code(part) for part in operation.database_operations)
    return isinstance(operation, RunPython) and operation.code is not RunPython.noop


def _lines(source: Path, number: int) -> list[int]:
    """Return the lines of the operations; line 1 for all of them if the source does not list them."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List):
            is_operations = any(getattr(target, "id", "") == "operations" for target in node.targets)
            if is_operations and len(node.value.elts) == number:
                return [element.lineno for element in node.value.elts]
    return [1] * number


def _files(source: Path) -> dict[str, str]:
    """Return the source of a migration and the SQL files beside it that it names."""
    text = source.read_text(encoding="utf-8")
    used = [path for path in sorted(source.parent.glob("*.sql")) if path.name in text]
    return {source.name: text, **{path.name: path.read_text(encoding="utf-8") for path in used}}


def _database_objects() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        tables = dict(cursor.fetchall())
        cursor.execute(_COLUMNS)
        columns = dict(cursor.fetchall())
        cursor.execute(_REPLACEABLE)
        return {"tables": tables, "columns": columns, "replaceable": [name for (name,) in cursor.fetchall()]}


if __name__ == "__main__":
    main()
