"""A network between the site and its database that delays every byte by half a round trip.

``python -m tests.benchmarks.distance PORT`` listens on a port that it prints, and forwards everything to PORT. It reads
commands from standard input, and ends with it. It uses threads instead of an event loop: a loop sleeps in whole
milliseconds, a thread much more precisely.
"""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue

_CHUNK = 65536
_STOP_SECONDS = 10


class Distance:
    """Controls the process of the network."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.port = int(self._answer())

    @classmethod
    @contextmanager
    def to(cls, port: int) -> Iterator["Distance"]:
        """Run a network in front of a port for the block, at first without a delay."""
        command = [sys.executable, "-m", "tests.benchmarks.distance", str(port)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            try:
                yield cls(process)
            finally:
                assert process.stdin
                process.stdin.close()
                try:
                    process.wait(_STOP_SECONDS)
                finally:
                    process.kill()

    def set_round_trip(self, milliseconds: float) -> None:
        """Set the round trip, on open connections too."""
        self._send(str(milliseconds / 1000))

    def cut(self) -> None:
        """Close every connection."""
        self._send("cut")

    def _send(self, line: str) -> None:
        assert self._process.stdin
        print(line, file=self._process.stdin, flush=True)
        self._answer()

    def _answer(self) -> str:
        assert self._process.stdout
        answer = self._process.stdout.readline()
        assert answer, "The network has ended."
        return answer


class _Network:
    def __init__(self, target: int) -> None:
        self._target = target
        self._round_trip = 0.0
        self._open: list[socket.socket] = []

    def run(self, line: str) -> None:
        if line != "cut":
            self._round_trip = float(line)
            return
        while self._open:
            with suppress(OSError):
                self._open.pop().shutdown(socket.SHUT_RDWR)

    def accept(self, listener: socket.socket) -> None:
        while True:
            client, _ = listener.accept()
            # The kernel completes the handshake at once, so its round trip is added before the first byte.
            established = time.monotonic() + self._round_trip
            server = socket.create_connection(("127.0.0.1", self._target))
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.append(end)
            _start_thread(self._receive, client, server, established)
            _start_thread(self._receive, server, client, 0.0)

    def _receive(self, source: socket.socket, sink: socket.socket, established: float) -> None:
        in_flight: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
        _start_thread(_deliver, sink, in_flight)
        data = b"-"
        while data:
            try:
                data = source.recv(_CHUNK)
            except OSError:
                data = b""
            in_flight.put((max(time.monotonic(), established) + self._round_trip / 2, data))


def _deliver(sink: socket.socket, in_flight: "SimpleQueue[tuple[float, bytes]]") -> None:
    with suppress(OSError):
        while True:
            due, data = in_flight.get()
            time.sleep(max(due - time.monotonic(), 0))
            if not data:
                return sink.shutdown(socket.SHUT_WR)
            sink.sendall(data)


def _start_thread(work: object, *arguments: object) -> None:
    threading.Thread(target=work, args=arguments, daemon=True).start()  # type: ignore[arg-type]


def _run(target: int) -> None:
    network = _Network(target)
    listener = socket.create_server(("127.0.0.1", 0))
    _start_thread(network.accept, listener)
    print(listener.getsockname()[1], flush=True)
    for line in sys.stdin:
        network.run(line.strip())
        print("done", flush=True)


if __name__ == "__main__":
    _run(int(sys.argv[1]))
