"""The encoding of a text file: certain, or an error that names the encodings that fit."""

import codecs
from pathlib import Path

from partsearch.price_list.errors import UnknownEncodingError, UnreadableFileError
from partsearch.price_list.formats.encoding.plausibility import plausible_encodings
from partsearch.price_list.formats.encoding.survey import TextSurvey, survey
from partsearch.price_list.formats.input.source import label

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_AS_UTF8 = "Save the list as CSV in UTF-8 and import that file, or give its encoding with --encoding."
_SAMPLE_WORDS = 6
_HEAD_BYTES = 64 * 1024
_CYRILLIC = 4
_MOST = 0.9
_NOT_OF_FILES = frozenset(("utf-7", "unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined"))
"""Codecs that are no encodings of whole files, or that give halves of pairs."""


def find_encoding(file: Path, path: Path, given: str | None = None) -> str:
    """Return the codec that decodes the whole file.

    Args:
        file: the text file.
        path: the name of the input, for messages.
        given: the encoding that the user has given; it always wins.

    Raises:
        UnknownEncodingError: several encodings fit, or none, or the given one does not.
        UnreadableFileError: the file is damaged UTF-8 or UTF-16, or it is not a text.
    """
    encoding = given or marked_encoding(file)
    if encoding:
        codec = _with_mark_removed(known_codec(encoding, path), file)
        found = survey(file, codec)
        if found.first_damage is not None:
            raise _damaged(path, encoding, found.first_damage, is_given=given is not None)
    else:
        codec, found = "utf-8", survey(file, "utf-8")
        if found.first_damage is not None:
            codec = _find_single_byte_encoding(path, found)
    if found.has_nul:
        raise UnreadableFileError(f"{label(path)} is not a text: it holds NUL characters.", _AS_UTF8)
    return codec


def marked_encoding(file: Path) -> str | None:
    """Return the codec that the byte order mark of a file names, or that the NUL bytes of UTF-16 without one show."""
    with file.open("rb") as opened:
        head = opened.read(_HEAD_BYTES)
    marked = next((name for mark, name in BYTE_ORDER_MARKS if head.startswith(mark)), None)
    return marked or _unmarked_utf16(head)


def character_bytes(file: Path, given: str | None) -> int:
    """Return how many bytes a character has at least in the encoding of a file."""
    name = codecs.lookup(given).name if given else marked_encoding(file) or ""
    return 4 if name.startswith("utf-32") else 2 if name.startswith("utf-16") else 1


def _unmarked_utf16(head: bytes) -> str | None:
    """Return the codec of UTF-16 without a mark: one byte of nearly every two is 0 or that of Cyrillic letters."""
    if b"\0" not in head:
        return None
    for codec, first in (("utf-16-le", 1), ("utf-16-be", 0)):
        high, low = head[first::2], head[1 - first :: 2]
        usual = high.count(0) + high.count(_CYRILLIC)
        if high.count(0) and not low.count(0) and usual >= _MOST * len(high):
            return codec
    return None


def encoding_name(codec: str) -> str:
    """Return the name of a codec for people."""
    return codec.removesuffix("-sig")


def known_codec(encoding: str, path: Path) -> str:
    """Return the name of a codec, or raise UnknownEncodingError if it is none of text."""
    try:
        codec = codecs.lookup(encoding)
        if codec.name in _NOT_OF_FILES:
            raise LookupError
        "".encode(encoding)  # raises LookupError for a codec that is not of text
    except (LookupError, ValueError) as error:
        raise UnknownEncodingError(
            f"{label(path)} cannot be read: there is no encoding {encoding!r}.",
            "Give one of utf-8, utf-16, cp1251, cp866, koi8-r, cp1250, cp1252, mac-cyrillic.",
        ) from error
    return codec.name


def _with_mark_removed(codec: str, file: Path) -> str:
    return "utf-8-sig" if codec == "utf-8" and marked_encoding(file) == "utf-8-sig" else codec


def _damaged(path: Path, encoding: str, offset: int, *, is_given: bool) -> UnreadableFileError:
    cause = f"{label(path)} is {encoding_name(encoding)} with damaged characters, the first at byte {offset}."
    if is_given:
        cause = f"{label(path)} is not {encoding}: its byte {offset} cannot be decoded."
        return UnknownEncodingError(cause, "Give another encoding, or none.")
    return UnreadableFileError(cause, _AS_UTF8)


def _find_single_byte_encoding(path: Path, found: TextSurvey) -> str:
    if found.is_damaged_utf8:
        raise _damaged(path, "utf-8", found.first_damage or 0, is_given=False)
    fitting = plausible_encodings(found.words, found.high_bytes)
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise UnknownEncodingError(
            f"{label(path)} is in no encoding that is known: its words make no sense in any.", _AS_UTF8
        )
    samples = "; ".join(f"{encoding}: {_sample(found.words, encoding)}" for encoding in fitting)
    raise UnknownEncodingError(
        f"{label(path)} fits several encodings. {samples}.", f"Give the right one, such as --encoding {fitting[0]}."
    )


def _sample(words: list[bytes], encoding: str) -> str:
    return " ".join(word.decode(encoding, "replace") for word in words[:_SAMPLE_WORDS])
