"""From what a user writes as DATABASE_URL to an address, or to a message that says what is wrong with it."""

import re
from dataclasses import replace
from urllib.parse import unquote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from partsearch.database.address import DatabaseAddress, DatabaseKind
from partsearch.database.errors import DatabaseAddressError

_NEON = re.compile(r"\.neon\.tech$")

_OF_BOTH_DRIVERS = {
    "host", "hostaddr", "port", "user", "password", "passfile", "dbname", "application_name", "options",
    "target_session_attrs", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslnegotiation",
    "ssl_min_protocol_version", "ssl_max_protocol_version",
}  # fmt: skip
_HARMLESS_TO_LEAVE_OUT = {
    "channel_binding", "connect_timeout", "client_encoding", "fallback_application_name", "gssencmode", "keepalives",
    "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", "sslsni", "sslcompression",
}  # fmt: skip
_KNOWN_PARAMETERS = _OF_BOTH_DRIVERS | _HARMLESS_TO_LEAVE_OUT
_OF_LIBPQ = _KNOWN_PARAMETERS | {
    "service", "servicefile", "requirepeer", "requiressl", "sslpassword", "sslcrl", "sslcrldir", "sslcertmode",
    "require_auth", "krbsrvname", "gsslib", "gssdelegation", "load_balance_hosts", "replication", "sslkeylogfile",
    "min_protocol_version", "max_protocol_version", "scram_client_key", "scram_server_key",
}  # fmt: skip
# What Prisma, SQLAlchemy and others write for themselves: how they keep their connections. The database never sees it.
_OF_OTHER_PROGRAMS = {
    "pgbouncer", "schema", "connection_limit", "pool_timeout", "socket_timeout", "statement_cache_size",
    "prepared_statement_cache_size",
}  # fmt: skip
_URL = re.compile(r"^(?:postgresql|postgres)(?:\+[a-z0-9_]+)?://", re.IGNORECASE)
_PSQL = re.compile(r"^psql\s+(?=['\"]?(?:postgres|\w+=))")
_PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,40}")
_SCHEMA = "public"
_YES = ("true", "1", "yes", "on")


def parse_database_url(url: str, setting: str = "DATABASE_URL") -> DatabaseAddress:
    """The address that a PostgreSQL URL, or a libpq connection string, names.

    Args:
        url: as a user pastes it, from Neon's console or from anywhere else.
        setting: where it stands, for messages.

    Raises:
        DatabaseAddressError: it cannot be understood, names no database, asks for what a driver or a pooler does not
            know, or would send Neon a password in the clear. The message never quotes the password.
    """
    address, others = _without_other_programs(_unwrapped(url), setting)
    try:
        parameters = {key: str(value) for key, value in conninfo_to_dict(address).items() if value is not None}
    except psycopg.ProgrammingError:
        raise DatabaseAddressError(
            f"{setting} cannot be understood.",
            "Write it as postgresql://user:password@host:5432/database, special characters percent-encoded.",
        ) from None
    if not all(port.isdecimal() for port in parameters.get("port", "5432").split(",")):
        raise DatabaseAddressError(f"{setting} has a port that is not a number.", "Write it as host:5432.")
    if "@" in parameters.get("host", "")[1:]:
        # What libpq takes for the host begins with the end of the password: it must not get into any message.
        raise DatabaseAddressError(f"{setting} has an '@' in its password.", "Percent-encode it, as %40.")
    if "dbname" not in parameters:
        raise DatabaseAddressError(
            f"{setting} names no database.", "Add it after the host: postgresql://user:password@host:5432/database."
        )
    _require_known(parameters, setting)
    is_pooled = others.get("pgbouncer", "").lower() in _YES
    if not _NEON.search(parameters.get("host", "")):
        return DatabaseAddress(DatabaseKind.LOCAL, parameters, is_pooled)
    neon = _neon_address(parameters, setting)
    return replace(neon, is_pooled=neon.is_pooled or is_pooled)


def _unwrapped(url: str) -> str:
    """``url`` without what surrounds it where it is pasted whole: white space, quotes, the command ``psql``."""
    text = url.strip()
    for _ in range(2):
        is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
        text = _PSQL.sub("", text[1:-1].strip() if is_quoted else text)
    return text


def _without_other_programs(url: str, setting: str) -> tuple[str, dict[str, str]]:
    """The URL as libpq knows it, and the parameters in it that are other programs'.

    Raises:
        DatabaseAddressError: it has a parameter that nobody knows, or asks for a schema that the site does not use.
    """
    if not _URL.match(url):
        return url, {}
    url = _URL.sub("postgresql://", url)
    address, _, query = url.partition("?")
    if "@" in query:
        # A password with a '?' in it: what looks like a parameter may be a piece of the password.
        return url, {}
    pieces = {piece: unquote(piece.partition("=")[0]) for piece in query.split("&") if piece}
    unknown = sorted(set(pieces.values()) - _OF_LIBPQ - _OF_OTHER_PROGRAMS)
    if unknown and all(map(_PARAMETER.fullmatch, unknown)):
        raise DatabaseAddressError(
            f"{setting} has {', '.join(unknown)}, which PostgreSQL does not know.", "Leave it out, or correct its name."
        )
    others = {name: unquote(piece.partition("=")[2]) for piece, name in pieces.items() if name in _OF_OTHER_PROGRAMS}
    if others.get("schema", _SCHEMA) != _SCHEMA:
        raise DatabaseAddressError(
            f"{setting} has schema={others['schema']}, and the site uses the schema {_SCHEMA} alone.",
            "Leave it out, or use a database of the site's own.",
        )
    kept = "&".join(piece for piece, name in pieces.items() if name not in _OF_OTHER_PROGRAMS)
    return f"{address}?{kept}" if kept else address, others


def _neon_address(parameters: dict[str, str], setting: str) -> DatabaseAddress:
    parameters = {"sslmode": "require", **parameters}
    if parameters["sslmode"] not in ("require", "verify-ca", "verify-full"):
        raise DatabaseAddressError(
            f"{setting} asks for sslmode={parameters['sslmode']}, and Neon is reached by TLS alone.",
            "Write sslmode=require, as the Neon console shows it.",
        )
    address = DatabaseAddress(DatabaseKind.NEON, parameters)
    if address.names_pooler and not _is_routing(parameters.get("options", "")):
        raise DatabaseAddressError(
            f"{setting} has start-up options, which Neon's pooler refuses.",
            "Leave 'options' out, or use the address without -pooler.",
        )
    return replace(address, is_pooled=address.names_pooler)


def _is_routing(options: str) -> bool:
    """Whether these options only tell Neon's front which endpoint is meant; they never reach the pooler."""
    return re.fullmatch(r"((endpoint|project)=\S+)?", options.strip()) is not None


def _require_known(parameters: dict[str, str], setting: str) -> None:
    """Refuses what the drivers would take in different ways: both services must reach the same database alike."""
    unknown = sorted(set(parameters) - _KNOWN_PARAMETERS)
    if unknown:
        raise DatabaseAddressError(
            f"{setting} has {', '.join(unknown)}, which not every driver of partsearch knows.", "Leave it out."
        )
