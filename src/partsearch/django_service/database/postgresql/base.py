"""Django's backend for PostgreSQL, with connections for poolers and for databases that sleep.

Django finds the backend by the name of its package.
"""

import math
import select
import time
from typing import Any

from django.db.backends.postgresql import base

_LONGEST_IDLE_SECONDS = 90.0
_SHORTEST_CONNECT_SECONDS = 2


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of one thread.

    - A connection that the server has closed while it was idle is replaced before use. So is a connection that has been
      idle for longer than networks and poolers reliably keep it.
    - A connection to a pooler has no session state: another client would get it. Searches need no time zone.
    - ``seconds_to_connect`` lowers the time limit of the next connection.
    """

    seconds_to_connect: float | None = None
    _used = 0.0

    def close_if_unusable_or_obsolete(self) -> None:
        """Close the connection if it cannot be used any more. Django calls it before and after each request."""
        if self.connection is not None and not self.in_atomic_block and self._is_stale():
            self.close()
        super().close_if_unusable_or_obsolete()

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor, and note the time of use."""
        self._used = time.monotonic()
        return super().create_cursor(name)

    def _is_stale(self) -> bool:
        if self.connection.closed or time.monotonic() - self._used > _LONGEST_IDLE_SECONDS:
            return True
        # No query is under way: anything that can be read is the server's last message or the end of the connection.
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return bool(poll.poll(0))

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a new connection to the server."""
        if self.seconds_to_connect is not None:
            seconds = max(_SHORTEST_CONNECT_SECONDS, math.ceil(self.seconds_to_connect))
            conn_params = {**conn_params, "connect_timeout": min(seconds, int(conn_params["connect_timeout"]))}
        return super().get_new_connection(conn_params)

    def _configure_connection(self, connection: Any) -> bool:
        if self.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
            return False
        configured: bool = super()._configure_connection(connection)  # type: ignore[misc]  # unknown to django-stubs
        return configured
