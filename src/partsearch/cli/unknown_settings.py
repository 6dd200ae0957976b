"""Names in the environment and in ``.env`` that look like settings but are not."""

import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from pydantic_settings import DotEnvSettingsSource

from partsearch.settings import Settings, env_file

_OURS = ("PARTSEARCH_",)
_OURS_IN_FILE = (*_OURS, "DATABASE_", "DIRECT_")
_TYPO, _SIMILAR = 0.9, 0.6
"""How similar two names are: of other names in the environment only probable typos are reported."""


def unknown_settings() -> Iterator[str]:
    """Yield a warning for each name that sets nothing, with the setting that it resembles."""
    yield from _warnings(os.environ, _OURS, "the environment")
    path = env_file()
    if path:
        yield from _warnings(_in_file(path), _OURS_IN_FILE, str(path))


def _in_file(path: Path) -> Mapping[str, str | None]:
    try:
        return DotEnvSettingsSource(Settings, env_file=path, env_file_encoding="utf-8").env_vars
    except UnicodeDecodeError:
        return {}  # the command itself reports it, if it reads a setting


def _warnings(values: Mapping[str, str | None], prefixes: tuple[str, ...], where: str) -> Iterator[str]:
    known = [name.upper() for name in Settings.model_fields]
    for name in sorted({name.upper() for name in values} - set(known)):
        likeness = _SIMILAR if name.startswith(prefixes) else _TYPO
        near = get_close_matches(name, known, n=1, cutoff=likeness)
        if near or name.startswith(prefixes):
            step = f" Is it {near[0]}?" if near else " docs/reference/settings.md has all of them."
            yield f"{name} in {where} is not a setting of partsearch and has no effect.{step}"
