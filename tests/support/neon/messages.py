"""The parts of PostgreSQL's protocol that the front must understand."""

import struct
from dataclasses import dataclass

SSL_REQUEST = 80877103
CANCEL_REQUEST = 80877102
ENCRYPTION_BY_GSS_REQUEST = 80877104
LONGEST_PACKET = 10_000

QUERY, PARSE, EXECUTE = b"QPE"
READY_FOR_QUERY = ord("Z")
_HEADER = 5
_length_at = struct.Struct("!I").unpack_from


class Rejection(Exception):  # noqa: N818 - it is an answer
    """An ErrorResponse that the client gets instead of a connection."""

    def __init__(self, text: str, code: str = "XX000", severity: str = "ERROR") -> None:
        super().__init__(text)
        self.answer = error_response(text, code, severity)


def message(kind: bytes, body: bytes) -> bytes:
    """Return a message with its header."""
    return kind + struct.pack("!I", len(body) + 4) + body


def error_response(text: str, code: str, severity: str) -> bytes:
    """Return an ErrorResponse."""
    fields = {"S": severity, "V": severity, "C": code, "M": text}
    return message(b"E", b"".join(f"{name}{value}\0".encode() for name, value in fields.items()) + b"\0")


def authentication(step: int, body: bytes = b"") -> bytes:
    """Return a message of the authentication."""
    return message(b"R", struct.pack("!I", step) + body)


@dataclass
class StartUp:
    """The start-up packet of a client."""

    version: int
    parameters: dict[str, str]

    @classmethod
    def parsed(cls, packet: bytes) -> "StartUp":
        """Parse a start-up packet without its length."""
        words = packet[4:].rstrip(b"\0").decode().split("\0")
        return cls(packet_code(packet), dict(zip(words[::2], words[1::2], strict=False)))

    def packet(self) -> bytes:
        """Return the start-up packet with its length."""
        words = "".join(f"{name}\0{value}\0" for name, value in self.parameters.items())
        return with_length(struct.pack("!I", self.version) + words.encode() + b"\0")

    def take_endpoint(self) -> str | None:
        """Remove ``endpoint=NAME`` from the parameter ``options``, as Neon does; return the name."""
        name = None
        kept = []
        for word in self.parameters.pop("options", "").split():
            key, _, value = word.removeprefix("-c").partition("=")
            if key == "endpoint":
                name = value
            else:
                kept.append(word)
        if kept:
            self.parameters["options"] = " ".join(kept)
        return name


def packet_code(packet: bytes) -> int:
    """Return the version, or the kind of request, of a packet before the start."""
    code: int = _length_at(packet)[0]
    return code


def with_length(packet: bytes) -> bytes:
    """Return a packet before the start with its length."""
    return struct.pack("!I", len(packet) + 4) + packet


class MessageStream:
    """Follows one direction of a connection: which messages begin, and whether one is unfinished.

    It reads headers only, since every byte of the load passes here.
    """

    def __init__(self) -> None:
        self.status = ord("I")
        self._rest = b""
        self._skip = 0

    @property
    def between_messages(self) -> bool:
        """Return whether everything so far was complete messages."""
        return not self._rest and not self._skip

    def begun_in(self, data: bytes) -> list[int]:
        """Return the kinds of the messages that begin in ``data``, which continues the data of earlier calls."""
        if self._rest:
            data = self._rest + data
        kinds = []
        position, size = self._skip, len(data)
        while position + _HEADER <= size:
            kind = data[position]
            if kind == READY_FOR_QUERY:
                if position + _HEADER == size:
                    break
                self.status = data[position + _HEADER]
            kinds.append(kind)
            position += 1 + _length_at(data, position + 1)[0]
        self._rest = data[position:]
        self._skip = max(0, position - size)
        return kinds
