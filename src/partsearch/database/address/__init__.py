"""The address of a database, in the terms of each driver."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import zip_longest
from typing import Any
from urllib.parse import quote, urlencode

from psycopg.conninfo import make_conninfo

from partsearch.database.address.tls import asyncpg_tls

APPLICATION_NAME = "partsearch"
_POOLER = re.compile(r"^([^.]+)-pooler(?=\.)")
_CONNECT_SECONDS = 3
_RESTART_SECONDS = 2.4
_WAKE_SECONDS = 8


class DatabaseKind(StrEnum):
    """The kinds of PostgreSQL that an address can lead to."""

    EMBEDDED = "embedded"
    LOCAL = "local"
    NEON = "neon"


@dataclass(frozen=True)
class DatabaseAddress:
    """The address of a database; its parameters are libpq's and include the password.

    ``is_pooled`` is true if it leads to a pooler, which assigns a connection for one transaction at a time.
    """

    kind: DatabaseKind
    parameters: dict[str, str]
    is_pooled: bool = False

    def __repr__(self) -> str:
        return f"DatabaseAddress({self.kind}, {self.display_name()})"

    def display_name(self) -> str:
        """Return the database and the host for messages, without the password."""
        host = self.parameters.get("host") or self.parameters.get("hostaddr", "the default socket")
        return f"{self.parameters.get('dbname', '')} at {host}"

    @property
    def can_sleep(self) -> bool:
        """Whether the database suspends when it is idle, and needs time to wake."""
        return self.kind is DatabaseKind.NEON

    @property
    def connect_seconds(self) -> int:
        """The time limit of one attempt to connect."""
        return _WAKE_SECONDS if self.can_sleep else _CONNECT_SECONDS

    @property
    def grace_seconds(self) -> float:
        """How long a search waits for an unavailable database: a suspended one gets the time to wake."""
        return _WAKE_SECONDS if self.can_sleep else _RESTART_SECONDS

    @property
    def names_pooler(self) -> bool:
        """Whether the host is Neon's pooler."""
        return self.kind is DatabaseKind.NEON and _POOLER.match(self.parameters["host"]) is not None

    def direct(self) -> "DatabaseAddress":
        """Return the address of the same database without Neon's pooler; another address is returned unchanged."""
        if not self.names_pooler:
            return self
        host = _POOLER.sub(r"\1", self.parameters["host"])
        return replace(self, parameters={**self.parameters, "host": host}, is_pooled=False)

    def conninfo(self) -> str:
        """Return the connection string for psycopg and for PostgreSQL's own programs."""
        return make_conninfo("", **{**self._defaults(), **self.parameters})

    def _defaults(self) -> dict[str, str]:
        return {"connect_timeout": str(self.connect_seconds), "application_name": APPLICATION_NAME}

    def url(self) -> str:
        """Return the address as a URL with the password, for psql, pg_dump and other tools."""
        rest = {key: value for key, value in self.parameters.items() if key not in ("user", "password", "dbname")}
        hosts = ""
        if _is_network_host(rest.get("host", "")):
            hosts = _hosts_with_ports(rest.pop("host"), rest.pop("port", ""))
        query = f"?{urlencode(rest, safe='/', quote_via=quote)}" if rest else ""
        return f"postgresql://{self._userinfo()}{hosts}/{quote(self.parameters.get('dbname', ''), safe='')}{query}"

    def _userinfo(self) -> str:
        if "user" not in self.parameters:
            return ""
        password = f":{quote(self.parameters['password'], safe='')}" if "password" in self.parameters else ""
        return f"{quote(self.parameters['user'], safe='')}{password}@"

    def asyncpg_arguments(self) -> dict[str, Any]:
        """Return the keyword arguments for asyncpg, without ``server_settings``: see ``asyncpg_server_settings``."""
        names = {"user": "user", "password": "password", "passfile": "passfile", "dbname": "database"}
        names["target_session_attrs"] = "target_session_attrs"
        arguments: dict[str, Any] = {
            theirs: self.parameters[ours] for ours, theirs in names.items() if ours in self.parameters
        }
        host = self.parameters.get("hostaddr") or self.parameters.get("host")
        if host:
            arguments["host"] = host.split(",") if "," in host else host
        if "port" in self.parameters:
            ports = [int(port) for port in self.parameters["port"].split(",")]
            arguments["port"] = ports if len(ports) > 1 else ports[0]
        return arguments | asyncpg_tls(self.parameters)

    def asyncpg_server_settings(self) -> dict[str, str]:
        """Return the start-up parameters of the address, and the name of this program."""
        names = ("application_name", "options")
        return {"application_name": APPLICATION_NAME} | {
            name: self.parameters[name] for name in names if name in self.parameters
        }

    def django_settings(self) -> dict[str, Any]:
        """Return the entry for Django's DATABASES."""
        names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
        entry: dict[str, Any] = {
            theirs: self.parameters[ours] for ours, theirs in names.items() if ours in self.parameters
        }
        options: dict[str, Any] = {key: value for key, value in self.parameters.items() if key not in names}
        return {
            "ENGINE": "django.db.backends.postgresql",
            **entry,
            "OPTIONS": {**self._defaults(), **options},
            # A server-side cursor outlives the transaction for which a pooler assigns a connection.
            "DISABLE_SERVER_SIDE_CURSORS": self.is_pooled,
        }


def _hosts_with_ports(hosts: str, ports: str) -> str:
    """Return the hosts as in a URL, each with its port if it has one."""
    pairs = zip_longest(hosts.split(","), ports.split(",") if ports else [], fillvalue="")
    return ",".join(f"{f'[{host}]' if ':' in host else host}{f':{port}' if port else ''}" for host, port in pairs)


def _is_network_host(host: str) -> bool:
    return bool(host) and not host.startswith(("/", "@"))
