"""A stream of the elements of an XML file, with limits and without entities."""

import codecs
import re
from collections.abc import Collection, Iterator
from html.entities import html5
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from partsearch.price_list.errors import DamagedFileError, TooLargeError, UnreadableFileError, UnsupportedFormatError
from partsearch.price_list.formats.encoding.find import find_encoding
from partsearch.price_list.formats.encoding.survey import survey
from partsearch.price_list.formats.input.source import label
from partsearch.price_list.formats.limits import MEBIBYTE, RECORD_CHARACTERS

_CHUNK_BYTES = 256 * 1024
_SILENT_BYTES = 8 * MEBIBYTE
"""Expat keeps an unfinished tag in memory."""

_ELEMENTS_IN_ONE = 100_000
_DEEPEST = 100
_MOST_NAMES = 20_000
"""Of different elements and attributes. Expat keeps their names to the end of the file."""

_CONTROLS = bytes(byte for byte in range(0x20) if byte not in b"\t\n\r")
"""XML forbids these characters, and many shops write them. Texts have no use for them."""

_WIDE = (b"\0", codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HEAD_BYTES = 4096
_UTF8 = ("utf-8", "utf8")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.-]+)["']""")

_NEXT_STEP = "Export the price list again. If it has no XML declaration, give its encoding with --encoding."


def read_elements(
    file: Path, path: Path, tags: Collection[str], encoding: str | None = None, starts: Collection[str] = ()
) -> Iterator[Element]:
    """Yield each element with one of the tags, with all that is in it, without those that are inside another such one.

    Args:
        file: the XML file.
        path: the name of the input, for messages.
        tags: names of elements, with their prefix.
        encoding: that the user has given; else the XML declaration has it.
        starts: names of elements that are yielded where they start, with their attributes alone.

    Raises:
        DamagedFileError: the file is not well-formed XML.
        UnsupportedFormatError: the file declares entities.
        TooLargeError: an element exceeds the limits.
    """
    yield from parse(file, path, Builder(path, tags, starts), encoding)


def parse(file: Path, path: Path, builder: "Builder", encoding: str | None) -> Iterator[Element]:
    """Yield what a builder makes of a file. Args and Raises are those of ``read_elements``."""
    parser = _new_parser(builder, encoding or actual_encoding(file), path)
    try:
        for chunk in _chunks(file):
            parser.Parse(chunk)
            builder.check_progress(len(chunk))
            yield from builder.take()
        parser.Parse(b"", True)  # noqa: FBT003
        yield from builder.take()
    except expat.ExpatError as error:
        raise DamagedFileError(f"{label(path)} is damaged XML: {error}.", _NEXT_STEP) from error
    except (LookupError, ValueError) as error:
        raise DamagedFileError(
            f"{label(path)} is XML in an encoding that cannot be read: {error}.", "Give the right one with --encoding."
        ) from error


def actual_encoding(file: Path) -> str | None:
    """Return the encoding of XML whose declaration names another one, or none; ``None`` where the declaration is right.

    Shops save a feed in UTF-8 and leave the declaration of Windows-1251 in it, and the other way round.
    """
    with file.open("rb") as source:
        head = source.read(_HEAD_BYTES)
    if any(mark in head for mark in _WIDE):
        return None
    declared = _DECLARED.search(head)
    name = declared[1].decode().lower() if declared else "utf-8"
    if survey(file, "utf-8").first_damage is None:
        return None if name in _UTF8 else "utf-8"
    if name not in _UTF8:
        return None
    try:
        return find_encoding(file, file)
    except UnreadableFileError:
        return None


def _chunks(file: Path) -> Iterator[bytes]:
    """Yield the content of XML without blanks before it, and without characters that XML forbids."""
    with file.open("rb") as source:
        chunk = source.read(_CHUNK_BYTES)
        is_wide = any(mark in chunk[:_HEAD_BYTES] for mark in _WIDE)
        chunk = chunk if is_wide else chunk.lstrip()
        while chunk:
            yield chunk if is_wide else chunk.translate(None, _CONTROLS)
            chunk = source.read(_CHUNK_BYTES)


def _new_parser(builder: "Builder", encoding: str | None, path: Path) -> expat.XMLParserType:
    def refuse(*_: object) -> int:
        raise UnsupportedFormatError(
            f"{label(path)} is XML that declares entities. They are refused, because they can use up the memory.",
            "Export the price list again without a document type.",
        )

    def refuse_default(element: str, attribute: str, kind: str, default: str | None, required: int) -> None:  # noqa: ARG001
        if default is not None:
            refuse()

    parser = expat.ParserCreate(encoding, None, intern=None)  # None: the names are not kept
    parser.buffer_text = True
    parser.AttlistDeclHandler = refuse_default
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.DefaultHandlerExpand = builder.other
    parser.UseForeignDTD(True)  # noqa: FBT003  # an entity that is not declared is given to the default handler
    return parser


def read_root(head: bytes, path: Path, encoding: str | None = None) -> str:
    """Return the name of the root element of XML that begins with ``head``, with its prefix removed.

    Raises:
        DamagedFileError: there is no root element.
        UnsupportedFormatError: entities are declared before it.
    """
    names: list[str] = []
    parser = _new_parser(Builder(path, ()), encoding, path)
    parser.StartElementHandler = lambda tag, _: names.append(tag)
    try:
        parser.Parse(
            head if any(mark in head[:_HEAD_BYTES] for mark in _WIDE) else head.lstrip().translate(None, _CONTROLS)
        )
    except (expat.ExpatError, LookupError, ValueError) as error:
        if not names:
            raise DamagedFileError(
                f"{label(path)} looks like XML, and is not: {error}.", "Export the price list again."
            ) from error
    if not names:
        raise DamagedFileError(f"{label(path)} is XML without an element.", "Export the price list again.")
    return names[0].rpartition(":")[2]


class Builder:
    """Builds the wanted elements, and forgets the others."""

    def __init__(self, path: Path, tags: Collection[str], starts: Collection[str] = ()) -> None:
        self._path = path
        self._tags = frozenset(tags)
        self._starts = frozenset(starts)
        self._names: set[str] = set()
        self._characters_of_names = 0
        self._tree: TreeBuilder | None = None
        self._depth = 0
        self._elements = 0
        self._characters = 0
        self._silent_bytes = 0
        self._done: list[Element] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._silent_bytes = 0
        self._count_names(tag, attributes)
        if self._tree is None:
            if tag in self._starts:
                self._done.append(Element(tag, attributes))
            if tag not in self._tags:
                return
            self._tree, self._depth, self._elements, self._characters = TreeBuilder(), 0, 0, 0
        self._depth += 1
        self._elements += 1
        self._characters += sum(map(len, attributes.values()))
        self._check_size()
        self._tree.start(tag, attributes)

    def data(self, text: str) -> None:
        self._silent_bytes = 0
        if self._tree is not None:
            self._characters += len(text)
            self._check_size()
            self._tree.data(text)

    def other(self, text: str) -> None:
        """Take an entity of HTML that the file does not declare, such as ``&nbsp;``; comments and the like are none."""
        if text.startswith("&") and text.endswith(";"):
            if text[1:] not in html5:
                raise DamagedFileError(f"{label(self._path)} is damaged XML: {text[:100]} is not declared.", _NEXT_STEP)
            self.data(html5[text[1:]])

    def end(self, tag: str) -> None:
        self._silent_bytes = 0
        if self._tree is None:
            return
        self._tree.end(tag)
        self._depth -= 1
        if self._depth == 0:
            self._done.append(self._tree.close())
            self._tree = None

    def take(self) -> list[Element]:
        """Return the elements that are complete."""
        done, self._done = self._done, []
        return done

    def check_progress(self, parsed_bytes: int) -> None:
        """Raise TooLargeError if the parser waits for the end of a tag that never comes."""
        self._silent_bytes += parsed_bytes
        if self._silent_bytes > _SILENT_BYTES:
            raise self._too_large()

    def check_depth(self, depth: int) -> None:
        """Raise TooLargeError if elements are too deep in one another."""
        if depth > _DEEPEST:
            raise self._too_large()

    def _count_names(self, tag: str, attributes: dict[str, str]) -> None:
        for name in (tag, *attributes):
            if name not in self._names:
                self._names.add(name)
                self._characters_of_names += len(name)
        if len(self._names) > _MOST_NAMES or self._characters_of_names > RECORD_CHARACTERS:
            raise self._too_large()

    def _check_size(self) -> None:
        if self._characters > RECORD_CHARACTERS or self._elements > _ELEMENTS_IN_ONE:
            raise self._too_large()
        self.check_depth(self._depth)

    def _too_large(self) -> TooLargeError:
        return TooLargeError(
            f"{label(self._path)} has XML elements that are too large or too many kinds of them.",
            "Export the price list again.",
        )
