"""TLS for asyncpg from libpq's parameters, because asyncpg supports only some of them."""

import ssl
from collections.abc import Mapping
from typing import Any

from partsearch.database.errors import DatabaseAddressError

_ENCRYPTED = ("require", "verify-ca", "verify-full")


def asyncpg_tls(parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments for asyncpg that configure TLS.

    Args:
        parameters: libpq's parameters of one address.

    Raises:
        DatabaseAddressError: a certificate, a key or a version in them is invalid.
    """
    mode = parameters.get("sslmode")
    if mode not in _ENCRYPTED:
        return {"ssl": mode} if mode else {}
    try:
        arguments: dict[str, Any] = {"ssl": _context(mode, parameters)}
    except (OSError, KeyError, ValueError) as error:
        raise DatabaseAddressError(
            f"The TLS parameters of the database address are invalid: {error}.",
            "Correct sslrootcert, sslcert, sslkey or the TLS version in it.",
        ) from None
    if parameters.get("sslnegotiation") == "direct":
        arguments["direct_tls"] = True
    return arguments


def _context(mode: str, parameters: Mapping[str, str]) -> ssl.SSLContext:
    context = _NamedContext(ssl.PROTOCOL_TLS_CLIENT)
    if "hostaddr" in parameters:
        context.name = parameters.get("host")
    root = parameters.get("sslrootcert")
    context.check_hostname = mode == "verify-full" or root == "system"
    context.verify_mode = ssl.CERT_REQUIRED if root or mode != "require" else ssl.CERT_NONE
    if root and root != "system":
        context.load_verify_locations(root)
    elif context.verify_mode is ssl.CERT_REQUIRED:
        context.load_default_certs()
    if "sslcert" in parameters:
        context.load_cert_chain(parameters["sslcert"], parameters.get("sslkey"))
    for limit in ("min", "max"):
        if f"ssl_{limit}_protocol_version" in parameters:
            version = ssl.TLSVersion[parameters[f"ssl_{limit}_protocol_version"].replace(".", "_")]
            setattr(context, f"{limit}imum_version", version)
    return context


class _NamedContext(ssl.SSLContext):
    """Verifies the host name although the connection uses the IP address, as libpq does with ``hostaddr``."""

    name: str | None = None

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,  # noqa: FBT001, FBT002  # the signature is Python's
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        """Return the TLS object of a connection, with the host name of the address."""
        return super().wrap_bio(incoming, outgoing, server_side, self.name or server_hostname, session)
