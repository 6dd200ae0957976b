"""``make fuzz``: reads mutated lists for some time with each reader, and stops at the first fault.

Each reader runs in a process of its own. This one watches it: a hang inside of C code can only be seen so.
"""

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event

from tests.fuzz.mutations import mutate
from tests.fuzz.reading import forked_workbooks, read_list
from tests.fuzz.seeds import READERS, seeds_of

_SECONDS_PER_INPUT = 60
_MOST_RESIDENT_BYTES = 500 * 1024 * 1024
_PROGRESS_SECONDS = 10
_POLL_SECONDS = 0.2


class FaultFoundError(Exception):
    """A reader has a fault; the message says which, and where the input is."""


def fuzz(reader: str, seconds: float, seed: int, folder: Path) -> None:
    """Read mutated lists. Each is in the file ``input`` of the folder while it is read, and after a crash."""
    random_ = random.Random(f"{reader} {seed}")
    found: Counter[str] = Counter()
    started = reported = time.monotonic()
    target = folder / "input"
    with forked_workbooks():
        while (passed := time.monotonic() - started) < seconds:
            target.write_bytes(mutate(random_, seeds_of(reader)))
            found[read_list(target)] += 1
            resident = 1024 * max(
                resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
            )
            assert resident <= _MOST_RESIDENT_BYTES, f"{resident:,} bytes of memory"
            if time.monotonic() - reported > _PROGRESS_SECONDS:
                reported = time.monotonic()
                print(f"{reader}: {found.total():,} inputs in {passed:.0f} s, at most {resident >> 20} MiB", flush=True)
    results = ", ".join(f"{count:,} {name}" for name, count in found.most_common())
    print(f"{reader}: done, {found.total():,} inputs, at most {resident >> 20} MiB: {results}", flush=True)


def watch(reader: str, seconds: float, seed: int, stop: Event) -> None:
    """Run the fuzzer of a reader in a process.

    Raises:
        FaultFoundError: it crashed, hung, or used too much memory.
    """
    with tempfile.TemporaryDirectory(prefix=f"fuzz-{reader}-") as name:
        folder = Path(name)
        command = [sys.executable, "-m", "tests.fuzz.run", "--reader", reader, "--folder", name]
        with (folder / "errors").open("wb") as errors:
            process = subprocess.Popen([*command, "--seconds", f"{seconds}", "--seed", f"{seed}"], stderr=errors)
        try:
            while process.poll() is None and not stop.is_set():
                if _seconds_of_input(folder) > _SECONDS_PER_INPUT:
                    raise _fault(reader, folder, f"took longer than {_SECONDS_PER_INPUT} s")
                time.sleep(_POLL_SECONDS)
            if process.poll():
                raise _fault(reader, folder, f"exit code {process.returncode}\n{(folder / 'errors').read_text()}")
        finally:
            process.kill()
            process.wait()


def _seconds_of_input(folder: Path) -> float:
    try:
        return time.time() - (folder / "input").stat().st_mtime
    except FileNotFoundError:
        return 0


def _fault(reader: str, folder: Path, what: str) -> FaultFoundError:
    kept = Path(tempfile.gettempdir()) / f"fuzz-{reader}-{os.getpid()}.input"
    kept.write_bytes((folder / "input").read_bytes())
    return FaultFoundError(f"{reader}: {what}\nThe input is {kept}: python -m tests.fuzz.run --input {kept}")


def fuzz_all(readers: list[str], seconds: float, seed: int, jobs: int) -> int:
    """Run the fuzzers of the readers, some side by side, and return the exit code."""
    stop = Event()
    with ThreadPoolExecutor(jobs) as pool:
        running: set[Future[None]] = {pool.submit(watch, reader, seconds, seed, stop) for reader in readers}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                if error := future.exception():
                    stop.set()
                    for waiting in running:
                        waiting.cancel()
                    print(error, file=sys.stderr)
                    return 1
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="for each reader")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="the same one gives the same inputs")
    parser.add_argument("--readers", default=",".join(READERS), help="separated by commas")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many readers run side by side")
    parser.add_argument("--input", type=Path, help="read this file once, and show what happens")
    parser.add_argument("--reader", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.input:
        print(read_list(options.input))
        return 0
    if options.reader:
        try:
            fuzz(options.reader, options.seconds, options.seed, options.folder)
        except BaseException:
            traceback.print_exc()
            return 1
        return 0
    print(f"Seed {options.seed}, {options.seconds:.0f} s for each reader.", flush=True)
    return fuzz_all(options.readers.split(","), options.seconds, options.seed, options.jobs)


if __name__ == "__main__":
    sys.exit(main())
