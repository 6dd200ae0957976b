"""One pass over a text file: its damage, its NUL characters, and the words that tell its encoding."""

import codecs
import re
from dataclasses import dataclass, field
from pathlib import Path

from partsearch.price_list.formats.limits import MEBIBYTE

_MOST_WORDS = 3_000
_LONGEST_WORD = 40
_WORD = re.compile(rb"(?<![A-Za-z\x80-\xff])[A-Za-z]*+[\x80-\xff][A-Za-z\x80-\xff]*")
"""A word with a byte beyond ASCII. A match starts at the start of a word alone: a long one is read once."""

_ASCII = bytes(range(0x80))


@dataclass
class TextSurvey:
    """What a pass over a file found.

    Attributes:
        first_damage: the offset of the first byte that the codec cannot decode; None if there is none.
        has_nul: the decoded text has a NUL character.
        high_bytes: the bytes from 0x80 on that the file has.
        words: different words with such bytes, in the order of the file, at most a few thousand.
        damages: how many sequences the codec cannot decode.
        decoded_high: how many characters beyond ASCII the codec gives, damages included.
    """

    first_damage: int | None = None
    has_nul: bool = False
    high_bytes: set[int] = field(default_factory=set)
    words: list[bytes] = field(default_factory=list)
    damages: int = 0
    decoded_high: int = 0

    @property
    def is_damaged_utf8(self) -> bool:
        """Most characters beyond ASCII are valid UTF-8: in a single-byte encoding such a text would be gibberish."""
        return self.damages * 10 < self.decoded_high


def survey(file: Path, codec: str) -> TextSurvey:
    """Return the result of decoding the whole file with a codec. The memory needed does not depend on its length.

    Without damage the words and the high bytes are not collected: nothing depends on them.
    """
    try:
        return TextSurvey(has_nul=_has_nul(file, codec))
    except UnicodeDecodeError:
        return _survey_damaged(file, codec)


def _has_nul(file: Path, codec: str) -> bool:
    """Return whether a text has a NUL character, or raise UnicodeDecodeError if the codec cannot decode it all."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    has_nul = False
    with file.open("rb") as opened:
        while chunk := opened.read(MEBIBYTE):
            has_nul = "\0" in decoder.decode(chunk) or has_nul
    decoder.decode(b"", final=True)
    return has_nul


def _survey_damaged(file: Path, codec: str) -> TextSurvey:
    found = TextSurvey()
    words: dict[bytes, None] = {}
    decoder = _Decoder(codec, found)
    with file.open("rb") as opened:
        while chunk := opened.read(MEBIBYTE):
            text = decoder.decode(chunk)
            found.has_nul = found.has_nul or "\0" in text
            if not chunk.isascii():
                found.decoded_high += len(text) - len(text.encode("ascii", "ignore"))
                found.high_bytes.update(chunk.translate(None, _ASCII + bytes(found.high_bytes)))
                _collect_words(words, chunk)
    decoder.decode(b"", final=True)
    found.words = list(words)
    return found


class _Decoder:
    """Decodes strictly up to the first damage, and then replaces damages and counts them."""

    def __init__(self, codec: str, found: TextSurvey) -> None:
        self._decoders = codecs.getincrementaldecoder(codec)
        self._decoder = self._decoders("strict")
        self._found = found
        self._offset = 0

    def decode(self, chunk: bytes, *, final: bool = False) -> str:
        state = self._decoder.getstate()
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            self._found.first_damage = self._offset - len(state[0]) + error.start
            self._decoder = self._decoders("replace")
            self._decoder.setstate(state)
            text = self._decoder.decode(chunk, final)
        self._offset += len(chunk)
        if self._found.first_damage is not None:
            self._found.damages += text.count("\N{REPLACEMENT CHARACTER}")
        return text


def _collect_words(words: dict[bytes, None], chunk: bytes) -> None:
    for match in _WORD.finditer(chunk):
        if len(words) >= _MOST_WORDS:
            return
        words[match[0][:_LONGEST_WORD]] = None
