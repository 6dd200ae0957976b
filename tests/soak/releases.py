"""The releases of the long test: a good one, with some requests that take seconds, and each kind of bad ones."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.acceptance.deploy.deployments import migration_change
from tests.acceptance.deploy.overlay import Change, apply
from tests.support.documents import ROOT

_SEARCH = "fastapi_service/routes/search_part.py"
_ANSWER = "    state.folding.notice_search()"
_LINGERING = "    import asyncio, random\n    await asyncio.sleep(random.uniform(1, 5) if search.page == 99 else 0)\n"
_DJANGO_SEARCH = "django_service/views/search_part.py"
_DJANGO_ANSWER = "    found, facets = read("
_DJANGO_LINGERING = "    import random, time\n    time.sleep(random.uniform(1, 5) if search.page == 99 else 0)\n"
_READY = "    if not is_applied:\n"
_NOT_READY = f"    raise DatabaseUnavailableError('It is not ready.')\n{_READY}"
_CREATE = "def create_app() -> FastAPI:\n"
_DIES = "    import os, threading\n    threading.Timer(60, os._exit, [1]).start()\n"

_SLOW_DJANGO = Change(_DJANGO_SEARCH, _DJANGO_ANSWER, _DJANGO_LINGERING + _DJANGO_ANSWER)
GOOD = [Change(_SEARCH, _ANSWER, _LINGERING + _ANSWER), _SLOW_DJANGO]


def _search(code: str) -> list[Change]:
    """Return the good release with ``code`` before each search of FastAPI."""
    return [Change(_SEARCH, _ANSWER, f"{_LINGERING}{code}{_ANSWER}"), _SLOW_DJANGO]


BAD: dict[str, Sequence[Change]] = {
    "does not start": [*GOOD, Change("fastapi_service/app.py", _CREATE, f"{_CREATE}    1 / 0\n")],
    "fails readiness": [*GOOD, Change("database/schema.py", _READY, _NOT_READY)],
    "answers 20 % with 500": _search("    if random.random() < 0.2:\n        raise OSError\n"),
    "is twice as slow": _search("    await asyncio.sleep(0.2)\n"),
    "hangs": _search(
        "    request.app.state.asked = getattr(request.app.state, 'asked', 0) + 1\n"
        "    if request.app.state.asked > 300:\n        import time\n        time.sleep(20)\n"
    ),
    "dies after a minute": [*GOOD, Change("fastapi_service/app.py", _CREATE, _CREATE + _DIES)],
    "gives wrong answers": [
        *GOOD,
        Change("fastapi_service/queries/find_parts.sql", "count(*) AS count", "count(*) + 1 AS count"),
    ],
    "breaks the old release": [
        *GOOD,
        migration_change('migrations.RunSQL("ALTER TABLE part DROP COLUMN json_data", "")'),
    ],
}

BEFORE: dict[str, Sequence[Change]] = {"is twice as slow": _search("    await asyncio.sleep(0.1)\n")}
"""The release before a bad one, if it is not the good one: twice as slow must be slow enough to be measured."""


@contextmanager
def source_folder(changes: Sequence[Change]) -> Iterator[Path]:
    """Yield a folder to deploy: the source of this checkout with these changes."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-soak-"))
    try:
        for path in (path for path in ROOT.iterdir() if path.is_file() and not path.name.startswith(".")):
            shutil.copy(path, folder)
        shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        for change in changes:
            apply(folder / "src" / "partsearch" / change.file, change)
        yield folder
    finally:
        shutil.rmtree(folder)
