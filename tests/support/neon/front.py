"""The TLS front, a process of its own so that it does not share an interpreter with the tests' clients.

Reads its settings from the first line of the standard input, and ends when that is closed: it cannot outlive its test.
"""

import asyncio
import json
import socket
import ssl
import sys
import traceback
import weakref
from typing import Any

import uvloop

from tests.support.neon.computes import Compute
from tests.support.neon.scram import Verifier
from tests.support.neon.session import Session, send_cancel

_BACKLOG = 1024


class Front:
    """Listens, and does what the control socket says."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.computes: dict[str, Compute] = {}
        self.hosts_asked: weakref.WeakKeyDictionary[ssl.SSLObject, str] = weakref.WeakKeyDictionary()
        self.context = self._context(settings["certificate"])
        self.certificate = ssl.PEM_cert_to_DER_cert(settings["certificate_alone"])
        self._verifiers = {settings["user"]: Verifier.of(settings["password"])}
        self._nobody = Verifier.of("nobody's password")
        self.domain = settings["domain"]
        self.faults = 0
        self._accepted = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def _context(self, certificate: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.set_alpn_protocols(["postgresql"])
        context.sni_callback = self._note_host
        return context

    def _note_host(self, secured: Any, host: str | None, _context: ssl.SSLContext) -> None:
        if host:
            self.hosts_asked[secured] = host.lower()

    def verifier(self, user: str) -> Verifier:
        """What is known of a user's password; of a stranger's, nothing fits."""
        return self._verifiers.get(user, self._nobody)

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()):
            self.note_fault({"message": "A task failed", "exception": fault})

    def note_fault(self, context: dict[str, Any]) -> None:
        """Prints what went wrong in the front itself; its end will be a failure."""
        self.faults += 1
        print(context["message"], file=sys.stderr)
        traceback.print_exception(context.get("exception"))

    async def accept(self, listener: socket.socket) -> None:
        """Takes connections for ever."""
        while True:
            raw, _ = await asyncio.get_running_loop().sock_accept(listener)
            raw.setblocking(False)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._accepted += 1
            self._begin(Session(self, raw).run())

    async def cancel(self, packet: bytes, host: str | None) -> None:
        """Passes a CancelRequest on to the endpoint of ``host``; to all that are awake if it names none."""
        name = (host or "").partition(".")[0].removesuffix("-pooler")
        named = [self.computes[name]] if name in self.computes else list(self.computes.values())
        for compute in named:
            if not compute.asleep:
                for path in (compute.pooler, compute.database):
                    await send_cancel(path, packet)

    async def obey(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one line of the control socket."""
        try:
            order = json.loads(await reader.readline())
            answer = {"result": await getattr(self, f"order_{order.pop('order')}")(**order)}
        except Exception as error:  # whoever gave the order is told
            answer = {"error": f"{type(error).__name__}: {error}"}
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()
        writer.close()

    async def order_add(self, **compute: Any) -> None:
        """A new endpoint."""
        self.computes[compute["name"]] = Compute(**compute)
        self._begin(self.computes[compute["name"]].watch_idleness())

    async def order_suspend(self, name: str, **how: Any) -> bool:
        """Puts an endpoint to sleep."""
        return await self.computes[name].suspended(**how)

    async def order_auto_suspend(self, name: str, after_seconds: float | None, cold_start: float) -> None:
        """Puts an endpoint to sleep whenever nobody asks it anything."""
        self.computes[name].cold_start = cold_start
        self.computes[name].auto_suspend(after_seconds)

    async def order_is_asleep(self, name: str) -> bool:
        """Whether an endpoint sleeps."""
        return self.computes[name].asleep

    async def order_refuse(self, name: str, text: str | None) -> None:
        """Refuses every new connection with a text, or stops doing so."""
        self.computes[name].refusal = text

    async def order_counts(self, name: str) -> dict[str, int]:
        """The counts of an endpoint, and the connections that the front accepted in all."""
        return {**self.computes[name].counts(), "accepted": self._accepted}


async def run() -> int:
    """Serves until the standard input ends; the number of faults of its own."""
    loop = asyncio.get_running_loop()
    settings = json.loads(sys.stdin.readline())
    front = Front(settings)
    loop.set_exception_handler(lambda _, context: front.note_fault(context))
    listener = socket.create_server(("127.0.0.1", settings["port"]), backlog=_BACKLOG)
    listener.setblocking(False)
    control = await asyncio.start_unix_server(front.obey, settings["control"])
    accepting = asyncio.create_task(front.accept(listener))
    print(listener.getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    accepting.cancel()
    control.close()
    return front.faults


if __name__ == "__main__":
    sys.exit(min(uvloop.run(run()), 1))
