"""What granian passes to an RSGI application, under names that granian means for others but does not export."""

from granian.rsgi import Headers as Headers  # type: ignore[attr-defined]
from granian.rsgi import HTTPProtocol as HTTPProtocol  # type: ignore[attr-defined]
from granian.rsgi import ProtocolClosed as ProtocolClosed  # type: ignore[attr-defined]
from granian.rsgi import Scope as Scope
