"""The ways to the database: through a pooler, direct, and to the replica."""

import ipaddress
import re
import time
from dataclasses import dataclass

import psycopg

from partsearch.database.address import DatabaseAddress, DatabaseKind
from partsearch.database.configured import database_address, direct_database_address, replica_database_address
from partsearch.database.connection_advice import next_step, said
from partsearch.database.doctor.asking import Asked
from partsearch.database.driver_errors import Fault, fault_of
from partsearch.database.errors import DatabaseUnreachableError
from partsearch.settings import Settings

ONLY = "address"
POOLED = "pooled"
DIRECT = "direct"
REPLICA = "replica"
_NOBODY_THERE = re.compile(r"resolve host|refused|idna")
_POLL_SECONDS = 0.1
_WORTH_TELLING_SECONDS = 1.0


@dataclass(frozen=True)
class Way:
    """One address of the database, and the setting that it is from."""

    name: str
    setting: str
    address: DatabaseAddress

    @property
    def is_replica(self) -> bool:
        """Whether it leads to the replica."""
        return self.name == REPLICA

    def subject(self, what: str) -> str:
        """``what`` as the subject of a finding, with the name of the way where there are several."""
        return what if self.name == ONLY else f"{self.name} {what}"

    def described(self, seconds: float) -> str:
        """What it leads to, and how long it took to get there."""
        took = f"connected in {seconds * 1000:.0f} ms"
        if seconds > _WORTH_TELLING_SECONDS:
            took = f"{'woke and ' if self.address.sleeps else ''}connected in {seconds:.1f} s"
        return f"{self.address.kind}, {self.address.shown()}, {took}"


def ways(settings: Settings) -> list[Way]:
    """The ways that these settings name, that of the searches first.

    Raises:
        DatabaseAddressError: a setting cannot be understood.
    """
    searched, direct, replica = (
        database_address(settings), direct_database_address(settings), replica_database_address(settings),
    )  # fmt: skip
    found = [Way(ONLY, "DATABASE_URL", searched)]
    if direct.conninfo() != searched.conninfo():
        setting = "DIRECT_DATABASE_URL" if settings.direct_database_url else "DATABASE_URL"
        found = [Way(POOLED, "DATABASE_URL", searched), Way(DIRECT, setting, direct)]
    return [*found, Way(REPLICA, "DATABASE_REPLICA_URL", replica)] if replica else found


def entered(way: Way) -> tuple[Asked, float]:
    """A connection, and how many seconds it took; a database that sleeps is given the time to wake.

    Raises:
        DatabaseUnreachableError: says what the database, or the way to it, answered; never the password.
    """
    started = time.monotonic()
    while True:
        try:
            asked = Asked(way.address)
            return asked, time.monotonic() - started
        # psycopg lets the codec's own error through where a host name cannot be one.
        except (psycopg.Error, UnicodeError) as error:
            if not _is_waking(error, way.address, time.monotonic() - started):
                raise _unreachable(error, way) from None
        time.sleep(_POLL_SECONDS)


def _is_waking(error: Exception, address: DatabaseAddress, waited: float) -> bool:
    may_wake = address.sleeps and fault_of(error) is Fault.LOST and not _NOBODY_THERE.search(str(error))
    return may_wake and waited < address.connect_timeout_seconds


def _unreachable(error: Exception, way: Way) -> DatabaseUnreachableError:
    text = said(error, way.address)
    step = next_step(text, way.setting, way.address)
    if way.is_replica:
        step += " Meanwhile the primary answers the searches."
    return DatabaseUnreachableError(f"{way.address.shown()} cannot be reached: {text}.", step)


def is_on_this_machine(way: Way, asked: Asked) -> bool:
    """Whether nothing leaves this machine on this way: a socket, or loopback."""
    if way.address.kind is DatabaseKind.EMBEDDED:
        return True
    peer = asked.connection.info.hostaddr or asked.connection.info.host
    return peer.startswith(("/", "@")) or _is_loopback(peer)


def _is_loopback(peer: str) -> bool:
    try:
        return ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return False
