"""Parsing of DATABASE_URL into an address, or into an error that says what is wrong with it."""

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
# Parameters of Prisma, SQLAlchemy and others for their own connections. The database never gets them.
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
    """Return the address of a PostgreSQL URL or of a libpq connection string.

    Args:
        url: the text as the user pastes it, from Neon's console for example.
        setting: the name of its setting, for messages.

    Raises:
        DatabaseAddressError: it is invalid, has no database, has parameters that a driver or a pooler does not
            support, or would send Neon a password without TLS. The message never quotes the password.
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
        # The host as libpq reads it begins with the end of the password: it must not get into any message.
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
    """Return ``url`` without white space, quotes and the command ``psql`` around it."""
    text = url.strip()
    for _ in range(2):
        is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
        text = _PSQL.sub("", text[1:-1].strip() if is_quoted else text)
    return text


def _without_other_programs(url: str, setting: str) -> tuple[str, dict[str, str]]:
    """Return the URL with libpq's parameters only, and the parameters of other programs.

    Raises:
        DatabaseAddressError: it has an unknown parameter, or names a schema that the site does not use.
    """
    if not _URL.match(url):
        return url, {}
    url = _URL.sub("postgresql://", url)
    address, _, query = url.partition("?")
    if "@" in query:
        # The password has a '?': what looks like a parameter may be a part of the password.
        return url, {}
    pieces = {piece: unquote(piece.partition("=")[0]) for piece in query.split("&") if piece}
    unknown = sorted(set(pieces.values()) - _OF_LIBPQ - _OF_OTHER_PROGRAMS)
    if unknown and all(map(_PARAMETER.fullmatch, unknown)):
        raise DatabaseAddressError(
            f"{setting} has {', '.join(unknown)}, which PostgreSQL does not know.", "Remove it, or correct its name."
        )
    others = {name: unquote(piece.partition("=")[2]) for piece, name in pieces.items() if name in _OF_OTHER_PROGRAMS}
    if others.get("schema", _SCHEMA) != _SCHEMA:
        raise DatabaseAddressError(
            f"{setting} has schema={others['schema']}, and the site uses only the schema {_SCHEMA}.",
            "Remove it, or use a database for the site alone.",
        )
    kept = "&".join(piece for piece, name in pieces.items() if name not in _OF_OTHER_PROGRAMS)
    return f"{address}?{kept}" if kept else address, others


def _neon_address(parameters: dict[str, str], setting: str) -> DatabaseAddress:
    parameters = {"sslmode": "require", **parameters}
    if parameters["sslmode"] not in ("require", "verify-ca", "verify-full"):
        raise DatabaseAddressError(
            f"{setting} has sslmode={parameters['sslmode']}, and Neon is only reachable over TLS.",
            "Write sslmode=require, as the Neon console shows it.",
        )
    address = DatabaseAddress(DatabaseKind.NEON, parameters)
    if address.names_pooler and not _is_routing(parameters.get("options", "")):
        raise DatabaseAddressError(
            f"{setting} has start-up options, which Neon's pooler refuses.",
            "Remove 'options', or use the address without -pooler.",
        )
    return replace(address, is_pooled=address.names_pooler)


def _is_routing(options: str) -> bool:
    """Return whether these options only name the endpoint for Neon's proxy; they never reach the pooler."""
    return re.fullmatch(r"((endpoint|project)=\S+)?", options.strip()) is not None


def _require_known(parameters: dict[str, str], setting: str) -> None:
    """Reject parameters that the drivers treat differently: both services must connect in the same way."""
    unknown = sorted(set(parameters) - _KNOWN_PARAMETERS)
    if unknown:
        raise DatabaseAddressError(
            f"{setting} has {', '.join(unknown)}, which not every driver of partsearch supports.", "Remove it."
        )
