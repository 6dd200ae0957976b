"""What to do about a database that does not let the site in, by what it says."""

import re
from urllib.parse import quote

from partsearch.database.address import DatabaseAddress, DatabaseKind
from partsearch.database.driver_errors import first_line

_PREAMBLE = re.compile(r"^connection (failed|is bad): ")
_SEVERITY = re.compile(r"^.*?failed: (?:FATAL|ERROR|PANIC): +")

# The first that fits is taken, so what is more special stands before what is more general.
_NEXT_STEPS = {
    r"endpoint (is|has been) disabled": "Enable the compute in Neon's console.",
    r"exceeded the \S+( \S+)? quota": "Raise the limit or the plan in Neon's console, or wait until the quota begins "
    "anew.",
    r"endpoint could not be found|endpoint ID is not specified": "Copy the address from Neon's console into {setting} "
    "anew.",
    r"no password supplied": "Write the password into {setting}, special characters percent-encoded.",
    r"password authentication failed|role .* does not exist|SASL authentication failed": "Correct the user or the "
    "password in {setting}; special characters are percent-encoded.",
    r"database .* does not exist|no such database": "Make it: CREATE DATABASE {database} LOCALE 'C.UTF-8' TEMPLATE "
    "template0; or correct the name in {setting}.",
    r"not permitted to log in": "Let the role log in: ALTER ROLE {user} LOGIN.",
    r"permission denied for database": "Let the role in: GRANT CONNECT ON DATABASE {database} TO {user}.",
    r"no pg_hba\.conf entry.*no encryption|connection is insecure": "Add sslmode=require to {setting}, or let the "
    "server's pg_hba.conf take this machine without TLS.",
    r"pg_hba\.conf": "Add this machine to the server's pg_hba.conf.",
    r"peer authentication failed|ident authentication failed": "Give host, user and password in {setting}: over the "
    "socket the server takes only roles named like the account.",
    r"server does not support SSL": "Turn TLS on at the server (ssl = on), or leave sslmode out of {setting} if the "
    "network is your own.",
    r"certificate|does not match host name": "Name the authority that signed the server's certificate: sslrootcert=, "
    "a file or 'system', in {setting}.",
    r"channel binding": "Leave channel_binding out of {setting}: the server, or something between, does not know it.",
    r"startup parameter": "Leave it out of {setting}, or give the address without the pooler.",
    r"too many (clients|connections)|remaining connection slots|no more connections allowed": "End other connections "
    "or raise the limit: max_connections, ALTER ROLE {user} CONNECTION LIMIT, or ALTER DATABASE {database} "
    "CONNECTION LIMIT.",
    r"starting up|shutting down|not yet accepting|in recovery mode": "Wait a moment, then run it again.",
    r"resolve host|translate host|idna": "Correct the host name in {setting}.",
    r"refused|No such file": "Start that server, or correct host and port in {setting}.",
    r"timeout|timed out|unreachable": "See that the server runs and that no firewall is between.",
}


def said(error: Exception, address: DatabaseAddress) -> str:
    """What the database or the way to it answered, without a driver's preamble and without the password."""
    line = _SEVERITY.sub("", _PREAMBLE.sub("", first_line(error)))
    password = address.parameters.get("password")
    for secret in (password, quote(password, safe="")) if password else ():
        line = line.replace(secret, "***")
    return line


def next_step(text: str, setting: str, address: DatabaseAddress) -> str:
    """What to do about this answer.

    Args:
        text: what ``said`` gave.
        setting: the name of the setting that holds the address.
        address: what was to be reached.
    """
    if address.kind is DatabaseKind.EMBEDDED:
        is_foreign = re.search("Permission denied|Peer authentication", text)
        return "Ask as the account that started the site." if is_foreign else "Start it with 'partsearch up'."
    names = {
        "setting": setting,
        "database": address.parameters.get("dbname", ""),
        "user": address.parameters.get("user", ""),
    }
    for pattern, step in _NEXT_STEPS.items():
        if re.search(pattern, text, re.IGNORECASE):
            return step.format(**names)
    return f"See that it runs and that {setting} names it rightly."
