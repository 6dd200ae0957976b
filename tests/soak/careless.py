"""Careless deployments, which must lose requests or messages: this proves that the long test detects a loss."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import partsearch
from tests.acceptance.deploy.overlay import Change, apply
from tests.soak.releases import GOOD

_ADD_CANARY = "        self._switch.add_canary(self._journal.new_slot, self._record.new_release)\n"
_TERM = (
    "        for name in ('django', 'fastapi'):\n"
    "            self._site.supervisor._call('stopProcess', f'{name}-{self._journal.old_slot}', False)\n"
)
_WRITTEN = "            written = write_state(self._home, state)\n"
_RELOAD = (
    "            import os, signal\n"
    "            os.kill(int((self._home.run / 'nginx.pid').read_text()), signal.SIGHUP)\n"
)

_TERM_FIRST = [
    Change("deploy/deployment.py", _ADD_CANARY, _TERM + _ADD_CANARY),
    Change("operation/nginx/traffic.js", "return slot + look(r, 'then ' + slot);", "return slot;"),
]
_DEFAULTS = [
    Change("operation/nginx/nginx.conf.template", "    keepalive_min_timeout 65s;\n", ""),
    Change("operation/nginx/nginx.conf.template", "worker_shutdown_timeout 120s;\n", "worker_shutdown_timeout 5s;\n"),
    Change("operation/nginx/configuration.py", " max_fails=0;", " max_fails=1;"),
    Change("operation/nginx/configuration.py", "        keepalive_timeout 30s;\n", ""),
    Change("operation/supervision/processes.py", "KEEP_ALIVE_SECONDS = 75", "KEEP_ALIVE_SECONDS = 5"),
    Change("deploy/traffic_switch.py", _WRITTEN, _RELOAD + _WRITTEN),
]

CARELESS: dict[str, Sequence[Change]] = {
    "TERM before the drain": _TERM_FIRST,
    "reloads with Nginx's defaults": _DEFAULTS,
    "both": [*_TERM_FIRST, *_DEFAULTS],
}


@contextmanager
def careless_copy(changes: Sequence[Change]) -> Iterator[Path]:
    """Yield a folder for PYTHONPATH with our source, changed so that it deploys in this way."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-soak-"))
    folder.chmod(0o755)
    try:
        package = folder / "partsearch"
        shutil.copytree(Path(partsearch.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
        for change in (*GOOD, *changes):
            apply(package / change.file, change)
        yield folder
    finally:
        shutil.rmtree(folder)
