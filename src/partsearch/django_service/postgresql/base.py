"""Django's backend for PostgreSQL with three habits of its own. Django finds it by the name of its package."""

import math
import select
import time
from typing import Any

from django.db.backends.postgresql import base

_LONGEST_IDLE_SECONDS = 90.0
_SHORTEST_CONNECT_SECONDS = 2


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of one thread.

    - One that the server has cut while it was idle is replaced before it is used; so is one that has been idle for
      longer than networks and poolers can be trusted to keep it.
    - No session state: behind a pooler, what one client sets another one finds. Searches need no time zone.
    - ``seconds_to_connect`` can be lowered by whoever has less time.
    """

    seconds_to_connect: float | None = None
    _used = 0.0

    def close_if_unusable_or_obsolete(self) -> None:
        """Closes what cannot be used any more; Django asks for it before and after each request."""
        if self.connection is not None and not self.in_atomic_block and self._is_stale():
            self.close()
        super().close_if_unusable_or_obsolete()

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor."""
        self._used = time.monotonic()
        return super().create_cursor(name)

    def _is_stale(self) -> bool:
        if self.connection.closed or time.monotonic() - self._used > _LONGEST_IDLE_SECONDS:
            return True
        # Nobody has been asked anything: whatever there is to read is the server's farewell, or the end of the line.
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return bool(poll.poll(0))

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connects."""
        if self.seconds_to_connect is not None:
            seconds = max(_SHORTEST_CONNECT_SECONDS, math.ceil(self.seconds_to_connect))
            conn_params = {**conn_params, "connect_timeout": min(seconds, int(conn_params["connect_timeout"]))}
        return super().get_new_connection(conn_params)

    def _configure_connection(self, connection: Any) -> bool:
        if self.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
            return False
        configured: bool = super()._configure_connection(connection)  # type: ignore[misc]  # unknown to django-stubs
        return configured
