"""The key that the spellings of one name share."""

import re

from partsearch.contract.text import normalize

_HYPHENS = re.compile("[-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}]")


def name_key(name: str) -> str:
    """Return the key of a name: ``Land-Rover`` and ``land  rover`` have the same."""
    return normalize(_HYPHENS.sub(" ", normalize(name)))
