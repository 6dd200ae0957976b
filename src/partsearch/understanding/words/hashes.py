"""Hashes of words, for a million at once with numpy and for one without it. Both give the same numbers.

A hash is a polynomial of the letters modulo 2**64, so that the hash of a word without a letter, or with one more,
follows from the hashes of the parts before and after it.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15
_MIX = 0xD6E8FEB86659FD93
_MASK = (1 << 64) - 1


def hash_word(word: str, salt: int) -> int:
    """Return the hash of a word.

    Args:
        word: the word.
        salt: makes the hashes of one kind of key differ from those of another.
    """
    total = 0
    for letter in word:
        total = (total * _BASE + ord(letter)) & _MASK
    return _mixed(total, salt)


def hash_words(words: Sequence[str], salt: int) -> Hashes:
    """Return the hashes of the words, in their order."""
    hashes = np.zeros(len(words), np.uint64)
    for places, letters in _by_length(words):
        total = np.zeros(len(places), np.uint64)
        for column in letters.T:
            total = total * np.uint64(_BASE) + column
        hashes[places] = _mixed_all(total, salt)
    return hashes


def hash_with_deletes(words: Sequence[str], salt: int) -> Iterator[tuple[NDArray[np.int64], Hashes]]:
    """Yield places of words, and the hash of each of these words whole or without one letter."""
    for places, letters in _by_length(words):
        before, after = _parts(letters)
        length = letters.shape[1]
        yield places, _mixed_all(before[length], salt)
        for position in range(length):
            rest = length - position - 1
            yield places, _mixed_all(before[position] * _power(rest) + after[position + 1], salt)


def hash_near(word: str, alphabet: str, salt: int) -> Hashes:
    """Return the hashes of the word without up to two letters, each also with one letter of the alphabet more."""
    letters_of_alphabet = np.array([ord(letter) for letter in alphabet], np.uint64)[:, None]
    found: list[Hashes] = []
    for fewer in range(3):
        shorter = sorted({_without(word, gone) for gone in combinations(range(len(word)), fewer)})
        for _, letters in _by_length(shorter):
            before, after = _parts(letters)
            length = letters.shape[1]
            found.append(before[length])
            for position in range(length + 1):
                rest = length - position
                start = before[position] * _power(rest + 1) + after[position]
                found.append((start[None, :] + letters_of_alphabet * _power(rest)).ravel())
    return _mixed_all(np.concatenate(found), salt) if found else np.zeros(0, np.uint64)


def deletes(word: str) -> set[str]:
    """Return the word, and the word without each of its letters."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _without(word: str, gone: tuple[int, ...]) -> str:
    return "".join(letter for place, letter in enumerate(word) if place not in gone)


def _by_length(words: Sequence[str]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.uint64]]]:
    """Yield the places of the words of one length, with a matrix of their letters."""
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    for length in np.unique(lengths):
        places = np.flatnonzero(lengths == length)
        text = "".join([words[place] for place in places.tolist()])
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        yield places, codes.reshape(len(places), length).astype(np.uint64)


def _parts(letters: NDArray[np.uint64]) -> tuple[list[Hashes], list[Hashes]]:
    """Return the plain hashes of the first 0, 1, 2... letters, and of the letters from 0, 1, 2... on."""
    count, length = letters.shape
    before = [np.zeros(count, np.uint64)]
    for position in range(length):
        before.append(before[-1] * np.uint64(_BASE) + letters[:, position])
    after = [np.zeros(count, np.uint64)]
    for position in reversed(range(length)):
        after.append(letters[:, position] * _power(length - position - 1) + after[-1])
    return before, after[::-1]


def _power(exponent: int) -> np.uint64:
    return np.uint64(pow(_BASE, exponent, 1 << 64))


def _mixed(total: int, salt: int) -> int:
    total = ((total ^ (total >> 32)) + salt) * _MIX & _MASK
    return total ^ (total >> 29)


def _mixed_all(totals: Hashes, salt: int) -> Hashes:
    mixed = ((totals ^ (totals >> np.uint64(32))) + np.uint64(salt)) * np.uint64(_MIX)
    return mixed ^ (mixed >> np.uint64(29))
