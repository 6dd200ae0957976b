"""What to do about a failed connection, chosen by the text of the error."""

import re
from urllib.parse import quote

from partsearch.database.address import DatabaseAddress, DatabaseKind
from partsearch.database.errors.driver_errors import first_line

_PREAMBLE = re.compile(r"^connection (failed|is bad): ")
_SEVERITY = re.compile(r"^.*?failed: (?:FATAL|ERROR|PANIC): +")

# The first match counts, so a special pattern precedes a general one.
_NEXT_STEPS = {
    r"endpoint (is|has been) disabled": "Enable the compute in Neon's console.",
    r"exceeded the \S+( \S+)? quota": "Raise the limit or the plan in Neon's console, or wait until the quota is "
    "renewed.",
    r"endpoint could not be found|endpoint ID is not specified": "Copy the address from Neon's console into {setting} "
    "again.",
    r"no password supplied": "Write the password into {setting}, special characters percent-encoded.",
    r"password authentication failed|role .* does not exist|SASL authentication failed": "Correct the user or the "
    "password in {setting}; special characters are percent-encoded.",
    r"database .* does not exist|no such database": "Create it: CREATE DATABASE {database} LOCALE 'C.UTF-8' TEMPLATE "
    "template0; or correct the name in {setting}.",
    r"not permitted to log in": "Let the role log in: ALTER ROLE {user} LOGIN.",
    r"permission denied for database": "Grant the role the right: GRANT CONNECT ON DATABASE {database} TO {user}.",
    r"no pg_hba\.conf entry.*no encryption|connection is insecure": "Add sslmode=require to {setting}, or let "
    "pg_hba.conf of the server accept this machine without TLS.",
    r"pg_hba\.conf": "Add this machine to pg_hba.conf of the server.",
    r"peer authentication failed|ident authentication failed": "Give host, user and password in {setting}: over the "
    "socket the server accepts only a role named like the account.",
    r"server does not support SSL": "Turn TLS on at the server (ssl = on), or remove sslmode from {setting} if the "
    "network is private.",
    r"certificate|does not match host name": "Name the authority that signed the server's certificate: sslrootcert=, "
    "a file or 'system', in {setting}.",
    r"channel binding": "Remove channel_binding from {setting}: the server or a proxy does not support it.",
    r"startup parameter": "Remove it from {setting}, or use the address without the pooler.",
    r"too many (clients|connections)|remaining connection slots|no more connections allowed": "End other connections "
    "or raise the limit: max_connections, ALTER ROLE {user} CONNECTION LIMIT, or ALTER DATABASE {database} "
    "CONNECTION LIMIT.",
    r"starting up|shutting down|not yet accepting|in recovery mode": "Wait a moment, then run it again.",
    r"resolve host|translate host|idna": "Correct the host name in {setting}.",
    r"refused|No such file": "Start that server, or correct host and port in {setting}.",
    r"timeout|timed out|unreachable": "Check that the server runs and that no firewall blocks it.",
}


def error_text(error: Exception, address: DatabaseAddress) -> str:
    """Return the first line of a connection error, without the driver's preamble and without the password."""
    line = _SEVERITY.sub("", _PREAMBLE.sub("", first_line(error)))
    password = address.parameters.get("password")
    for secret in (password, quote(password, safe="")) if password else ():
        line = line.replace(secret, "***")
    return line


def next_step(text: str, setting: str, address: DatabaseAddress) -> str:
    """Return what to do about a failed connection.

    Args:
        text: the result of ``error_text``.
        setting: the name of the setting that holds the address.
        address: the address of the failed connection.
    """
    if address.kind is DatabaseKind.EMBEDDED:
        is_foreign = re.search("Permission denied|Peer authentication", text)
        return "Run this as the account that started the site." if is_foreign else "Start it with 'partsearch up'."
    names = {
        "setting": setting,
        "database": address.parameters.get("dbname", ""),
        "user": address.parameters.get("user", ""),
    }
    for pattern, step in _NEXT_STEPS.items():
        if re.search(pattern, text, re.IGNORECASE):
            return step.format(**names)
    return f"Check that it runs and that {setting} has its address."
