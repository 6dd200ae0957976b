"""The format of a file, found by its content. The ending of its name does not matter: it is often wrong."""

import codecs
import re
from collections.abc import Iterable
from pathlib import Path

from partsearch.price_list.errors import UnreadableFileError, UnsupportedFormatError
from partsearch.price_list.formats.encoding.find import marked_encoding
from partsearch.price_list.formats.input.archives import member_names
from partsearch.price_list.formats.input.signatures import GZIP, HEAD_BYTES, OLE, ZIP, other_format
from partsearch.price_list.formats.input.source import label
from partsearch.price_list.formats.xml_feeds.commerceml import ROOT
from partsearch.price_list.formats.xml_feeds.elements import read_root
from partsearch.price_list.formats.xml_feeds.offers import FEEDS, OTHER_XML
from partsearch.price_list.formats.xml_feeds.other import find_goods_tag
from partsearch.price_list.formats.xml_feeds.spreadsheetml import ROOT as WORKBOOK

_JSON_ARRAY = re.compile(r"\[\s*(?:[\[{]|\]\s*$)")
_LIST_OF_OBJECTS = re.compile(r":\s*\[\s*\{")
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|meta|style|table|div)\b", re.IGNORECASE)
_XML_ROOTS = {feed.root: name for name, feed in FEEDS.items()} | {
    ROOT: "commerceml",
    WORKBOOK: "spreadsheetml",
    "html": "html",
}
_AS_CSV = "Save the list as CSV in UTF-8 and import that file."


def find_format(file: Path, path: Path, encoding: str | None = None) -> str:
    """Return the format: one of those of ``Table.format``, or ``zip`` or ``gzip``.

    Args:
        file: a regular file that is not empty.
        path: the name of the input, for messages.
        encoding: that the user has given.

    Raises:
        UnsupportedFormatError: the file is of a format that holds no price list, or of one that cannot be read.
        DamagedFileError: the file is a damaged archive, or XML without a root element.
    """
    with file.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
    if head.startswith(GZIP):
        return "gzip"
    if head.startswith(OLE):
        return "xls"
    if head.startswith(ZIP):
        return _zipped_format(file, path)
    if other := other_format(head):
        raise UnsupportedFormatError(f"{label(path)} is {other}, not a price list.", _AS_CSV)
    return _text_format(head, file, path, encoding)


def _zipped_format(file: Path, path: Path) -> str:
    names = set(member_names(file, path))
    if names & {"xl/workbook.xml", "xl/workbook.bin"}:
        return "xlsx"
    if {"mimetype", "content.xml"} <= names:
        return "ods"
    if names & {"word/document.xml", "ppt/presentation.xml"}:
        raise UnsupportedFormatError(f"{label(path)} is a document of Office, not a workbook.", _AS_CSV)
    return "zip"


def _text_format(head: bytes, file: Path, path: Path, encoding: str | None) -> str:
    text = codecs.getincrementaldecoder(encoding or marked_encoding(file) or "latin-1")("replace").decode(head)
    text = text.lstrip("\ufeff \t\r\n")
    if _HTML.match(text):
        return "html"
    if text.startswith("<"):
        root = read_root(head, path, encoding)
        if root in _XML_ROOTS:
            return _XML_ROOTS[root]
        if find_goods_tag(file, path, encoding):
            return OTHER_XML
        raise UnsupportedFormatError(
            f"{label(path)} is XML of an unknown kind: its root element is {root[:100]}, and none of its elements has "
            "a name and a price.",
            f"Known are {', '.join(_XML_ROOTS)}. Or save the list as CSV or XLSX.",
        )
    if text.startswith("{"):
        return "jsonl" if _is_json_line(text) else "json"
    return "json" if _JSON_ARRAY.match(text) else "csv"


def is_commerceml(heads: Iterable[bytes]) -> bool:
    """Return whether all files with these beginnings are CommerceML: 1C writes one list to several files."""
    try:
        return all(read_root(head, Path()) == ROOT for head in heads)
    except UnreadableFileError:
        return False


def _is_json_line(text: str) -> bool:
    """Return whether the text begins with an object on a line of its own that has no list of objects in it."""
    line, has_end, rest = text.partition("\n")
    if not line.rstrip().endswith("}") or line.count("{") > line.count("}"):
        return False
    return bool(rest.strip()) if has_end and rest.strip() else not _LIST_OF_OBJECTS.search(line)
