"""The TLS front, in its own process so that it does not share an interpreter with the clients of the tests.

It reads its settings from the first line of the standard input, and ends when that is closed, so it ends with its test.
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
    """The listener and the commands of the control socket."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.computes: dict[str, Compute] = {}
        self.hosts_asked: weakref.WeakKeyDictionary[ssl.SSLObject, str] = weakref.WeakKeyDictionary()
        self.context = self._context(settings["certificate"])
        self.certificate = ssl.PEM_cert_to_DER_cert(settings["certificate_alone"])
        self._verifiers = {settings["user"]: Verifier.of(settings["password"])}
        self._unknown_user = Verifier.of("unknown user's password")
        self.domain = settings["domain"]
        self.errors = 0
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
        """Return the verifier of a user's password. That of an unknown user matches no password."""
        return self._verifiers.get(user, self._unknown_user)

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.record_error({"message": "A task failed", "exception": error})

    def record_error(self, context: dict[str, Any]) -> None:
        """Print an error of the front itself; its exit code will be a failure."""
        self.errors += 1
        print(context["message"], file=sys.stderr)
        traceback.print_exception(context.get("exception"))

    async def accept(self, listener: socket.socket) -> None:
        """Accept connections until the front ends."""
        while True:
            raw, _ = await asyncio.get_running_loop().sock_accept(listener)
            raw.setblocking(False)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._accepted += 1
            self._begin(Session(self, raw).run())

    async def cancel(self, packet: bytes, host: str | None) -> None:
        """Forward a CancelRequest to the endpoint of ``host``, or to all running ones if it names none."""
        name = (host or "").partition(".")[0].removesuffix("-pooler")
        named = [self.computes[name]] if name in self.computes else list(self.computes.values())
        for compute in named:
            if not compute.asleep:
                for path in (compute.pooler, compute.database):
                    await send_cancel(path, packet)

    async def answer_command(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one command of the control socket."""
        try:
            command = json.loads(await reader.readline())
            answer = {"result": await getattr(self, f"command_{command.pop('command')}")(**command)}
        except Exception as error:  # the error is the answer to the command
            answer = {"error": f"{type(error).__name__}: {error}"}
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()
        writer.close()

    async def command_add(self, **compute: Any) -> None:
        """Add an endpoint."""
        self.computes[compute["name"]] = Compute(**compute)
        self._begin(self.computes[compute["name"]].watch_idleness())

    async def command_suspend(self, name: str, **how: Any) -> bool:
        """Suspend an endpoint."""
        return await self.computes[name].suspended(**how)

    async def command_auto_suspend(self, name: str, after_seconds: float | None, cold_start: float) -> None:
        """Suspend an endpoint whenever it is idle."""
        self.computes[name].cold_start = cold_start
        self.computes[name].auto_suspend(after_seconds)

    async def command_is_asleep(self, name: str) -> bool:
        """Return whether an endpoint is suspended."""
        return self.computes[name].asleep

    async def command_reject(self, name: str, text: str | None) -> None:
        """Reject every new connection with a text, or stop that."""
        self.computes[name].rejection = text

    async def command_counts(self, name: str) -> dict[str, int]:
        """Return the counts of an endpoint and the connections that the front accepted in total."""
        return {**self.computes[name].counts(), "accepted": self._accepted}


async def run() -> int:
    """Serve until the standard input ends; return the number of errors of the front itself."""
    loop = asyncio.get_running_loop()
    settings = json.loads(sys.stdin.readline())
    front = Front(settings)
    loop.set_exception_handler(lambda _, context: front.record_error(context))
    listener = socket.create_server(("127.0.0.1", settings["port"]), backlog=_BACKLOG)
    listener.setblocking(False)
    control = await asyncio.start_unix_server(front.answer_command, settings["control"])
    accepting = asyncio.create_task(front.accept(listener))
    print(listener.getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    accepting.cancel()
    control.close()
    return front.errors


if __name__ == "__main__":
    sys.exit(min(uvloop.run(run()), 1))
