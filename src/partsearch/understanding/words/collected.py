"""Very many words on the way into an index: they are collected until they make a segment of the largest size."""

from partsearch.understanding.words.index import LARGEST_SEGMENT, WordIndex
from partsearch.understanding.words.pace import Pause


class CollectedWords:
    """Words that are added to an index in large pieces: a segment for each small piece would be merged many times.

    Args:
        index: the index.
        pause: is called again and again.
        most: how many words are collected.
    """

    def __init__(self, index: WordIndex, pause: Pause, most: int = LARGEST_SEGMENT) -> None:
        self._index = index
        self._pause = pause
        self._most = most
        self._words: set[str] = set()

    def add(self, words: set[str]) -> None:
        """Add words, which may be known."""
        self._words |= self._index.unknown(words, self._pause)
        if len(self._words) >= self._most:
            self.index()

    def index(self) -> WordIndex:
        """Return the index with all words that were added."""
        words, self._words = self._words, set()
        self._index = self._index.with_words(words, self._pause)
        return self._index
