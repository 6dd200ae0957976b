"""Counts failed logins by account and network, and computes how long the next login must wait."""

import hashlib
import sqlite3
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from partsearch.errors import PartsearchError

WINDOW_SECONDS = 15 * 60
PAIR_FAILURES = 5
"""Failed logins of one account from one network in the window."""
NETWORK_FAILURES = 20
"""Failed logins from one network, for any account."""
ACCOUNT_FAILURES = 50
"""Failed logins of one account from any network. After that its logins are delayed, never blocked: strangers can
cause this."""
ACCOUNT_DELAY_SECONDS = 10
KNOWN_SECONDS = 30 * 24 * 3600
"""How long a network that an account logged in from is exempt from the delay."""

_BUSY_SECONDS = 5
_TABLES = """
CREATE TABLE IF NOT EXISTS login (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, account TEXT NOT NULL, network TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS login_account ON login (account, network, at);
CREATE INDEX IF NOT EXISTS login_network ON login (network, at);
CREATE TABLE IF NOT EXISTS known (
    account TEXT NOT NULL, network TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (account, network)
);
"""
_NTH_OF_PAIR = "SELECT at FROM login WHERE account = ? AND network = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?"
_NTH_OF_NETWORK = "SELECT at FROM login WHERE network = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?"
_NTH_OF_ACCOUNT = "SELECT at FROM login WHERE account = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?"
_KNOWN = "SELECT at FROM known WHERE account = ? AND network = ? AND at > ?"


class TooManyLoginsError(PartsearchError):
    """A login must wait for ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__("Too many logins have failed.")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Login:
    """One login whose password may be checked; account and network are hashes, as they are stored."""

    id: int | None
    account: str
    network: str


class LoginThrottle:
    """The failed logins of the last 15 minutes.

    A login counts from its start, so that concurrent logins cannot pass the limit together. Names and networks are
    stored as hashes: some people type their password into the field of the name.

    Args:
        path: the SQLite file of the logins; all processes of the site share it.
        secret: the key of the hashes, so that nobody can try names on a stolen file.
        clock: returns the time in seconds since 1970.
    """

    def __init__(self, path: Path, secret: str, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._key = hashlib.sha256(secret.encode()).digest()
        self._clock = clock

    def begin(self, account: str, network: str) -> Login:
        """Return the login of ``account`` from ``network``, counted as a failed one until it succeeds.

        Raises:
            TooManyLoginsError: it must wait; it is not counted.
            sqlite3.Error: it cannot be counted.
        """
        account, network = self._hash(unicodedata.normalize("NFKC", account).strip().casefold()), self._hash(network)
        now = self._clock()
        with self._transaction() as connection:
            seconds = _seconds_to_wait(connection, account, network, now)
            if seconds <= 0:
                _delete_expired(connection, now)
                sql = "INSERT INTO login (at, account, network) VALUES (?, ?, ?)"
                return Login(connection.execute(sql, (now, account, network)).lastrowid, account, network)
        raise TooManyLoginsError(seconds)

    def succeed(self, login: Login) -> None:
        """Delete the failures of this account from this network, and store that it logged in from there."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM login WHERE account = ? AND network = ?", (login.account, login.network))
            known = (login.account, login.network, self._clock())
            connection.execute("INSERT OR REPLACE INTO known (account, network, at) VALUES (?, ?, ?)", known)

    def withdraw(self, login: Login) -> None:
        """Delete a login whose password was not checked."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM login WHERE id = ?", (login.id,))

    def _hash(self, text: str) -> str:
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16, key=self._key).hexdigest()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction; other processes wait until it ends."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                for statement in filter(str.strip, _TABLES.split(";")):
                    connection.execute(statement)
                yield connection


def _seconds_to_wait(connection: sqlite3.Connection, account: str, network: str, now: float) -> float:
    """Return how long a login must wait by all three rules."""
    since = now - WINDOW_SECONDS

    def nth_last(sql: str, parameters: tuple[str, ...], number: int) -> float | None:
        row = connection.execute(sql, (*parameters, since, number - 1)).fetchone()
        return row[0] if row else None

    ends = [
        failed + WINDOW_SECONDS
        for failed in (
            nth_last(_NTH_OF_PAIR, (account, network), PAIR_FAILURES),
            nth_last(_NTH_OF_NETWORK, (network,), NETWORK_FAILURES),
        )
        if failed is not None
    ]
    if nth_last(_NTH_OF_ACCOUNT, (account,), ACCOUNT_FAILURES) is not None:
        is_known = connection.execute(_KNOWN, (account, network, now - KNOWN_SECONDS)).fetchone() is not None
        last = nth_last(_NTH_OF_ACCOUNT, (account,), 1)
        if last is not None and not is_known:
            ends.append(last + ACCOUNT_DELAY_SECONDS)
    return min(max(ends, default=now) - now, WINDOW_SECONDS)


def _delete_expired(connection: sqlite3.Connection, now: float) -> None:
    """Delete logins older than every rule's window, and ones in the future, after a clock was set back."""
    connection.execute("DELETE FROM login WHERE at <= ? OR at > ?", (now - WINDOW_SECONDS, now + WINDOW_SECONDS))
    connection.execute("DELETE FROM known WHERE at <= ?", (now - KNOWN_SECONDS,))
