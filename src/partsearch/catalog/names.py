"""When two spellings are one name."""

import re

from partsearch.contract.text import normalize

_HYPHENS = re.compile("[-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}]")


def name_key(name: str) -> str:
    """Return what the spellings of one name have in common: ``Land-Rover`` and ``land  rover`` have the same key."""
    return normalize(_HYPHENS.sub(" ", normalize(name)))
