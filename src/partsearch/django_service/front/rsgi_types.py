"""The types of granian's RSGI interface, imported in one place because granian does not export all of them."""

from granian.rsgi import Headers as Headers  # type: ignore[attr-defined]
from granian.rsgi import HTTPProtocol as HTTPProtocol  # type: ignore[attr-defined]
from granian.rsgi import ProtocolClosed as ProtocolClosed  # type: ignore[attr-defined]
from granian.rsgi import Scope as Scope
