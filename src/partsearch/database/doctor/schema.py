"""Whether the tables of this release are there, and what they are made of."""

from collections.abc import Iterator
from importlib.resources import files

from partsearch.database.check_result import CheckResult
from partsearch.database.doctor.asking import Asked
from partsearch.database.id_counters import IdCounter, id_counters
from partsearch.database.readiness import CATALOG

NEEDED_EXTENSIONS = ("pg_trgm",)
"""What the migrations create; named here too, since they cannot be read before the database can."""

MIGRATIONS = {
    CATALOG: "partsearch.catalog",
    "admin": "django.contrib.admin",
    "auth": "django.contrib.auth",
    "contenttypes": "django.contrib.contenttypes",
    "sessions": "django.contrib.sessions",
}
"""The apps that have tables, and their packages."""

_MIGRATE = "Run 'partsearch manage migrate'."
_READ = ["mark", "model", "part"]
_NAMED_AT_MOST = 3

_MAY_CREATE = """
    SELECT quote_ident(current_user), quote_ident(pg_get_userbyid(datdba)), quote_ident(datname),
        rolsuper OR has_database_privilege(datname, 'CREATE') AND EXISTS (
            SELECT FROM pg_available_extension_versions WHERE name = %s AND trusted
        )
    FROM pg_database, pg_roles
    WHERE datname = current_database() AND rolname = current_user
"""


def extensions(asked: Asked) -> Iterator[CheckResult]:
    """Each extension that is needed: installed, or what it takes."""
    for name in NEEDED_EXTENSIONS:
        yield _extension(asked, name)


def _extension(asked: Asked, name: str) -> CheckResult:
    installed = asked.rows("SELECT extversion FROM pg_extension WHERE extname = %s", name)
    if installed:
        return CheckResult("extensions", f"{name} {installed[0][0]}")
    if not asked.rows("SELECT name FROM pg_available_extensions WHERE name = %s", name):
        return _fault(
            "extensions",
            f"{name} is missing, and not available on this server",
            "Install it on the server: many distributions have it in the package postgresql-contrib.",
        )
    role, owner, database, may = asked.row(_MAY_CREATE, name)
    if may:
        return _fault("extensions", f"{name} is missing, installable", f"{_MIGRATE} It installs {name}.")
    return _fault(
        "extensions",
        f"{name} is missing, installable, but not by role {role}",
        f"Have {owner}, who owns the database, or a superuser run in {database}: CREATE EXTENSION {name};",
    )


def _fault(subject: str, text: str, next_step: str) -> CheckResult:
    return CheckResult(subject, text, is_fault=True, next_step=next_step)


def migrations(asked: Asked) -> Iterator[CheckResult]:
    """The migrations of this release against those that were applied here."""
    wanted, applied = set(_of_this_release()), set(_applied(asked))
    missing, unknown = sorted(wanted - applied), sorted(applied - wanted)
    if missing:
        which = _named(missing) if applied else "the database is new"
        text = f"{len(missing)} of {len(wanted)} of this release are missing: {which}"
        yield _fault("migrations", text, _way_to_tables(asked))
    else:
        last = max(name for app, name in wanted if app == CATALOG)
        yield CheckResult("migrations", f"all {len(wanted)} of this release are applied, the catalog's up to {last}")
    if unknown:
        yield CheckResult(
            "migrations",
            f"not known to this release: {_named(unknown)}; a newer release has been here",
            next_step="Run the newer release here too: this one does not know what the newer one expects.",
        )


def _of_this_release() -> Iterator[tuple[str, str]]:
    for app, package in MIGRATIONS.items():
        for entry in files(package).joinpath("migrations").iterdir():
            if entry.name[:4].isdigit() and entry.name.endswith(".py"):
                yield app, entry.name.removesuffix(".py")


def _applied(asked: Asked) -> list[tuple[str, str]]:
    if not asked.value("SELECT to_regclass('django_migrations') IS NOT NULL"):
        return []
    return [
        (app, name)
        for app, name in asked.rows("SELECT app, name FROM django_migrations WHERE app = ANY(%s)", list(MIGRATIONS))
    ]


def _named(migrations: list[tuple[str, str]]) -> str:
    names = [f"{app}.{name}" for app, name in migrations[:_NAMED_AT_MOST]]
    rest = len(migrations) - len(names)
    return ", ".join(names) + (f" and {rest} more" if rest else "")


def _way_to_tables(asked: Asked) -> str:
    """Migrating, where the role may make tables; from PostgreSQL 15 on only the database's owner may by default."""
    may, schema, role = asked.row(
        "SELECT has_schema_privilege(current_schema(), 'CREATE'), quote_ident(current_schema()),"
        " quote_ident(current_user)"
    )
    return (
        _MIGRATE
        if may
        else f"Let the role make tables: GRANT CREATE ON SCHEMA {schema or 'public'} TO {role}; then: {_MIGRATE}"
    )


def catalog(asked: Asked) -> Iterator[CheckResult]:
    """Whether the searches may read the catalog, and how large it is; nothing where it is not there yet."""
    if not asked.value("SELECT bool_and(to_regclass(name) IS NOT NULL) FROM unnest(%s::text[]) AS name", _READ):
        return
    closed = asked.value(
        "SELECT string_agg(name, ', ') FROM unnest(%s::text[]) AS name WHERE NOT has_table_privilege(name, 'SELECT')",
        _READ,
    )
    if closed:
        role = asked.value("SELECT quote_ident(current_user)")
        yield _fault("catalog", f"role {role} may not read {closed}", f"Run GRANT SELECT ON {closed} TO {role};")
        return
    estimate = asked.value("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'part'::regclass")
    yield CheckResult("catalog", f"about {estimate:,} parts")


def ids(asked: Asked) -> Iterator[CheckResult]:
    """Counters that are behind the ids of their tables, as ids that are given by hand leave them; else nothing."""
    behind = [counter for counter in id_counters(asked.rows) if counter.is_behind]
    if behind:
        yield CheckResult("ids", _behind(behind), next_step=_way_forward(behind))


def _behind(counters: list[IdCounter]) -> str:
    said = (f"{one.table} numbers on after {one.last}, and has ids up to {one.highest}" for one in counters)
    return "; ".join(said) + ": other programs that insert a row may be refused"


def _way_forward(counters: list[IdCounter]) -> str:
    calls = ", ".join(f"setval('{one.sequence}', {one.highest})" for one in counters)
    return f"Run SELECT {calls}; 'partsearch generate' and 'import' do so by themselves."
