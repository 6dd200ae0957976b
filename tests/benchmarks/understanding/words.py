"""The words of a large catalog: ``python -m tests.benchmarks.understanding.words [NUMBER]``.

It builds the words of a dictionary as a service does, from pieces, and prints how long that takes, how much memory the
process needs, how long another thread waits for its turn meanwhile, and how long a typed word takes after it.
"""

import resource
import statistics
import sys
import threading
import time
from random import Random

import psutil

from partsearch.understanding.dictionary import Dictionary, words_of_names
from partsearch.understanding.words.collected import CollectedWords
from partsearch.understanding.words.index import WordIndex
from partsearch.understanding.words.pace import Pace

_PIECE = 20_000
_LETTERS = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъ"
_WEIGHTS = range(len(_LETTERS), 0, -1)
_CODE = "abcdefghjkmnprstuvwxyz0123456789"
_TICK_SECONDS = 0.001


def main() -> None:
    """Build the words and print the figures."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    Dictionary().with_tables((), (), ())
    process, random = psutil.Process(), Random(7)
    before = process.memory_info().rss
    waits: list[float] = []
    done = threading.Event()
    ticker = threading.Thread(target=_tick, args=(waits, done))
    ticker.start()
    started, worked = time.monotonic(), time.thread_time()
    pace = Pace(threading.Event())
    words = CollectedWords(WordIndex(), pace)
    made = 0.0
    for _ in range(0, number, _PIECE):
        began = time.monotonic()
        piece = {_word(random) for _ in range(_PIECE)}
        made += time.monotonic() - began
        words.add(words_of_names(piece))
    index = words.index()
    lasted, worked = time.monotonic() - started - made, time.thread_time() - worked - made
    done.set()
    ticker.join()
    after = process.memory_info().rss
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"{sum(map(len, index.segments))} words in {len(index.segments)} segments: {index.size / 1e6:.0f} MB")
    print(f"the process grows by {(after - before) / 1e6:.0f} MB, at most by {(peak - before) / 1e6:.0f} MB")
    print(f"the build: {lasted:.0f} s with pauses, {worked:.0f} s of work")
    print(f"another thread waits: p50 {_ms(waits, 0.5)}, p99 {_ms(waits, 0.99)}, at most {max(waits) * 1000:.1f} ms")
    _print_lookups(index, random)


def _tick(waits: list[float], done: threading.Event) -> None:
    """Note how much later than wanted this thread gets its turn, again and again."""
    while not done.is_set():
        started = time.perf_counter()
        time.sleep(_TICK_SECONDS)
        waits.append(time.perf_counter() - started - _TICK_SECONDS)


def _word(random: Random) -> str:
    """Return a made word of nine letters, or one time in five a code with digits as wholesale names have it."""
    if random.random() < 0.2:
        return "".join(random.choices(_CODE, k=8))
    return "".join(random.choices(_LETTERS, _WEIGHTS, k=9))


def _print_lookups(index: WordIndex, random: Random) -> None:
    words = [word for segment in index.segments for word in list(segment.words())[:: len(segment) // 40]]
    typed = [word[:3] + word[4] + word[3] + word[5:] for word in words if word.isalpha()]
    for twice in (False, True):
        times = []
        for word in random.sample(typed, 50):
            started = time.perf_counter()
            index.near(word, twice=twice)
            times.append(time.perf_counter() - started)
        print(f"near, {'two typos' if twice else 'one typo'}: {statistics.median(times) * 1000:.2f} ms at the median")
    started = time.perf_counter()
    index.with_words(["совсемновоеслово"])
    print(f"one word more: {(time.perf_counter() - started) * 1000:.1f} ms")


def _ms(values: list[float], share: float) -> str:
    return f"{sorted(values)[int(len(values) * share)] * 1000:.1f} ms"


if __name__ == "__main__":
    main()
