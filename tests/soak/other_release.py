"""Updates between another release and this one, under load: ``python -m tests.soak.other_release CHECKOUT``.

The site is started by the other checkout, which has its own ``.venv``. Then each release updates the site to the other
one, and takes an update back. No request may fail, and no live search may be cut without its announcement.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import connect

from tests.support.documents import ROOT
from tests.support.load import Load
from tests.support.site import RunningSite, free_environment

_DEPLOY_SECONDS = 900
_SOCKETS = 40
_STEPS = ("other deploys this", "this deploys other", "this rolls back", "other rolls back")


class LiveSearches:
    """Live searches that reconnect; ``closed`` counts how their connections ended."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("http", "ws", 1) + "/search/part/live/"
        self._stop = threading.Event()
        self.closed: Counter[str] = Counter()
        self._threads = [threading.Thread(target=self._stay_connected, daemon=True) for _ in range(_SOCKETS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _stay_connected(self) -> None:
        while not self._stop.is_set():
            try:
                with connect(self._url, proxy=None, open_timeout=30) as socket:
                    self._listen(socket)
            except (OSError, WebSocketException) as error:
                self.closed[type(error).__name__] += 1
            self._stop.wait(0.3)

    def _listen(self, socket: object) -> None:
        is_announced = False
        socket.send(json.dumps({"part_name": "фара"}))  # type: ignore[attr-defined]
        try:
            while not self._stop.is_set():
                with suppress(TimeoutError):
                    is_announced |= json.loads(socket.recv(1))["type"] == "going-away"  # type: ignore[attr-defined]
        except ConnectionClosed:
            self.closed["announced" if is_announced else "unannounced"] += 1


def _run_step(step: str, programs: dict[str, RunningSite], folders: dict[str, Path]) -> None:
    program, verb, *release = step.split()
    command = ["deploy", str(folders[release[0]]), "--watch-seconds", "10"] if verb == "deploys" else ["rollback"]
    done = programs[program].run(*command, seconds=_DEPLOY_SECONDS)
    assert done.returncode == 0, f"{step}: {done.stdout}{done.stderr}"


def main() -> None:
    """Run all steps, print a line for each, and exit with 1 if a request or a live search was lost."""
    parser = argparse.ArgumentParser(prog="tests.soak.other_release", description=__doc__)
    parser.add_argument("checkout", type=Path, help="of the other release, with its own .venv")
    folders = {"other": parser.parse_args().checkout.resolve(), "this": ROOT}
    with tempfile.TemporaryDirectory(prefix="partsearch-soak-") as name:
        Path(name).chmod(0o755)
        environment = free_environment(Path(name) / "home")
        with RunningSite.started(environment, folders["other"]) as other:
            programs = {"other": other, "this": RunningSite(environment)}
            assert other.run("generate", "10000").returncode == 0
            load, sockets = Load(other.url, clients=6, pause=0.03), LiveSearches(other.url)
            sockets.start()
            with load.running():
                for step in _STEPS:
                    began, seen = time.monotonic(), len(load.outcomes)
                    _run_step(step, programs, folders)
                    release = other.client.get(f"{other.url}/search/part/").headers["X-Release"]
                    requests = load.outcomes[seen:]
                    failed = [outcome for outcome in requests if outcome.result != 200]
                    print(
                        f"{step}: {time.monotonic() - began:.0f} s, now {release}; {len(requests):,} requests,"
                        f" {len(failed)} failed; live searches closed so far: {dict(sockets.closed)}",
                        flush=True,
                    )
            sockets.stop()
            is_lost = bool(load.failed()) or set(sockets.closed) - {"announced"}
            print(f"{len(load.outcomes):,} requests: {dict(load.results())}; live searches: {dict(sockets.closed)}")
            sys.exit(bool(is_lost))


if __name__ == "__main__":
    main()
