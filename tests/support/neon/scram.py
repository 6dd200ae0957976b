"""The server side of SCRAM-SHA-256, with channel binding to the certificate (RFC 5802, 7677, 5929).

The package ``scramp`` cannot be used: it rejects the empty user name that libpq sends.
"""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass

_ITERATIONS = 4096
PLAIN, BOUND = "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"
_BINDING = "p=tls-server-end-point"


class ProofError(Exception):
    """The client does not know the password, or uses another TLS connection than the server."""


@dataclass(frozen=True)
class Verifier:
    """The data that a server stores for a password."""

    salt: bytes
    stored_key: bytes
    server_key: bytes

    @classmethod
    def of(cls, password: str) -> "Verifier":
        """Return the verifier of a password with a new salt."""
        salt = secrets.token_bytes(16)
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
        stored = hashlib.sha256(_sign(salted, b"Client Key")).digest()
        return cls(salt, stored, _sign(salted, b"Server Key"))


def _sign(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


class Exchange:
    """One authentication."""

    def __init__(self, verifier: Verifier, certificate: bytes) -> None:
        self._verifier = verifier
        self._binding = hashlib.sha256(certificate).digest()

    def answer_first(self, mechanism: str, text: str) -> str:
        """Return the answer to the first message of the client.

        Raises:
            ProofError: the client assumes no support for channel binding, or uses another binding.
        """
        flag, name, self._bare = text.split(",", 2)
        if flag != (_BINDING if mechanism == BOUND else "n"):
            raise ProofError
        header = f"{flag},{name},".encode()
        self._expected = b64encode(header + (self._binding if mechanism == BOUND else b"")).decode()
        self._nonce = _attributes(self._bare)["r"] + secrets.token_urlsafe(18)
        self._first = f"r={self._nonce},s={b64encode(self._verifier.salt).decode()},i={_ITERATIONS}"
        return self._first

    def answer_final(self, text: str) -> str:
        """Return the answer to the last message of the client.

        Raises:
            ProofError: the password or the channel is wrong.
        """
        unproved, _, proof = text.rpartition(",p=")
        attributes = _attributes(unproved)
        signed = f"{self._bare},{self._first},{unproved}".encode()
        mask = _sign(self._verifier.stored_key, signed)
        key = bytes(a ^ b for a, b in zip(b64decode(proof), mask, strict=True))
        is_known = hmac.compare_digest(hashlib.sha256(key).digest(), self._verifier.stored_key)
        if not is_known or attributes["c"] != self._expected or attributes["r"] != self._nonce:
            raise ProofError
        return f"v={b64encode(_sign(self._verifier.server_key, signed)).decode()}"


def _attributes(text: str) -> dict[str, str]:
    return {part[0]: part[2:] for part in text.split(",")}
