"""The checks of the schema: extensions, migrations, the size of the catalog, and the sequences of its ids."""

from collections.abc import Iterator
from importlib.resources import files

from partsearch.database.check_result import CheckResult
from partsearch.database.id_sequences import IdSequence, id_sequences
from partsearch.database.query_connection import QueryConnection
from partsearch.database.schema import CATALOG

NEEDED_EXTENSIONS = ("pg_trgm",)
"""The extensions that the migrations create; repeated here, because doctor runs without Django's migrations."""

MIGRATIONS = {
    CATALOG: "partsearch.catalog",
    "admin": "django.contrib.admin",
    "auth": "django.contrib.auth",
    "contenttypes": "django.contrib.contenttypes",
    "sessions": "django.contrib.sessions",
}
"""The Django apps with tables, and their packages."""

_MIGRATE = "Run 'partsearch manage migrate'."
_TABLES = ["mark", "model", "part"]
_MOST_NAMES = 3

_MAY_CREATE = """
    SELECT quote_ident(current_user), quote_ident(pg_get_userbyid(datdba)), quote_ident(datname),
        rolsuper OR has_database_privilege(datname, 'CREATE') AND EXISTS (
            SELECT FROM pg_available_extension_versions WHERE name = %s AND trusted
        )
    FROM pg_database, pg_roles
    WHERE datname = current_database() AND rolname = current_user
"""


def check_extensions(connection: QueryConnection) -> Iterator[CheckResult]:
    """Yield for each needed extension whether it is installed or how to install it."""
    for name in NEEDED_EXTENSIONS:
        yield _extension(connection, name)


def _extension(connection: QueryConnection, name: str) -> CheckResult:
    installed = connection.rows("SELECT extversion FROM pg_extension WHERE extname = %s", name)
    if installed:
        return CheckResult("extensions", f"{name} {installed[0][0]}")
    if not connection.rows("SELECT name FROM pg_available_extensions WHERE name = %s", name):
        return _failure(
            "extensions",
            f"{name} is missing, and not available on this server",
            "Install it on the server: many distributions have it in the package postgresql-contrib.",
        )
    role, owner, database, may_create = connection.row(_MAY_CREATE, name)
    if may_create:
        return _failure("extensions", f"{name} is missing, installable", f"{_MIGRATE} It installs {name}.")
    return _failure(
        "extensions",
        f"{name} is missing, installable, but not by role {role}",
        f"Have {owner}, who owns the database, or a superuser run in {database}: CREATE EXTENSION {name};",
    )


def _failure(subject: str, text: str, next_step: str) -> CheckResult:
    return CheckResult(subject, text, is_failure=True, next_step=next_step)


def check_migrations(connection: QueryConnection) -> Iterator[CheckResult]:
    """Yield the comparison of the migrations of this release with those that are applied."""
    needed, applied = set(_migrations_of_release()), set(_applied_migrations(connection))
    missing, unknown = sorted(needed - applied), sorted(applied - needed)
    if missing:
        names = _names(missing) if applied else "the database is new"
        text = f"{len(missing)} of {len(needed)} of this release are missing: {names}"
        yield _failure("migrations", text, _migrate_step(connection))
    else:
        last = max(name for app, name in needed if app == CATALOG)
        yield CheckResult("migrations", f"all {len(needed)} of this release are applied, the catalog's up to {last}")
    if unknown:
        yield CheckResult(
            "migrations",
            f"not known to this release: {_names(unknown)}; a newer release has migrated the database",
            next_step="Run the newer release: this one does not know its migrations.",
        )


def _migrations_of_release() -> Iterator[tuple[str, str]]:
    for app, package in MIGRATIONS.items():
        for entry in files(package).joinpath("migrations").iterdir():
            if entry.name[:4].isdigit() and entry.name.endswith(".py"):
                yield app, entry.name.removesuffix(".py")


def _applied_migrations(connection: QueryConnection) -> list[tuple[str, str]]:
    if not connection.value("SELECT to_regclass('django_migrations') IS NOT NULL"):
        return []
    query = "SELECT app, name FROM django_migrations WHERE app = ANY(%s)"
    return [(app, name) for app, name in connection.rows(query, list(MIGRATIONS))]


def _names(migrations: list[tuple[str, str]]) -> str:
    names = [f"{app}.{name}" for app, name in migrations[:_MOST_NAMES]]
    rest = len(migrations) - len(names)
    return ", ".join(names) + (f" and {rest} more" if rest else "")


def _migrate_step(connection: QueryConnection) -> str:
    """Return how to migrate. Since PostgreSQL 15 only the owner of the database may create tables by default."""
    may_create, schema, role = connection.row(
        "SELECT has_schema_privilege(current_schema(), 'CREATE'), quote_ident(current_schema()),"
        " quote_ident(current_user)"
    )
    return (
        _MIGRATE
        if may_create
        else f"Let the role create tables: GRANT CREATE ON SCHEMA {schema or 'public'} TO {role}; then: {_MIGRATE}"
    )


def check_catalog(connection: QueryConnection) -> Iterator[CheckResult]:
    """Yield whether the searches may read the catalog, and its size; nothing if it does not exist yet."""
    if not connection.value("SELECT bool_and(to_regclass(name) IS NOT NULL) FROM unnest(%s::text[]) AS name", _TABLES):
        return
    unreadable = connection.value(
        "SELECT string_agg(name, ', ') FROM unnest(%s::text[]) AS name WHERE NOT has_table_privilege(name, 'SELECT')",
        _TABLES,
    )
    if unreadable:
        role = connection.value("SELECT quote_ident(current_user)")
        yield _failure(
            "catalog", f"role {role} may not read {unreadable}", f"Run GRANT SELECT ON {unreadable} TO {role};"
        )
        return
    estimate = connection.value("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'part'::regclass")
    yield CheckResult("catalog", f"about {estimate:,} parts")


def check_ids(connection: QueryConnection) -> Iterator[CheckResult]:
    """Yield the sequences that are behind the ids of their tables, as explicit ids leave them; else nothing."""
    behind = [sequence for sequence in id_sequences(connection.rows) if sequence.is_behind]
    if behind:
        yield CheckResult("ids", _behind_text(behind), next_step=_setval_step(behind))


def _behind_text(sequences: list[IdSequence]) -> str:
    texts = (
        f"the sequence of {sequence.table} is at {sequence.last}, and its ids go up to {sequence.highest_id}"
        for sequence in sequences
    )
    return "; ".join(texts) + ": inserts of other programs may fail"


def _setval_step(sequences: list[IdSequence]) -> str:
    calls = ", ".join(f"setval('{sequence.name}', {sequence.highest_id})" for sequence in sequences)
    return f"Run SELECT {calls}; 'partsearch generate' and 'import' do so themselves."
