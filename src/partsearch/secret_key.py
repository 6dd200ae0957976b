"""Django's SECRET_KEY if no setting has one: generated once, kept in PARTSEARCH_HOME, readable by its owner only."""

import secrets
from contextlib import suppress
from pathlib import Path

from partsearch.system.atomic_file import create_file


def secret_key(home: Path) -> str:
    """Return the key in ``home``; the first caller generates it."""
    path = home / "secret_key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            create_file(path, secrets.token_urlsafe(50), mode=0o600)
    return path.read_text().strip()
