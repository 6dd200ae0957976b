"""The format of a file, found by its content. The ending of its name does not matter: it is often wrong."""

import codecs
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePath

from partsearch.price_list.errors import UnreadableFileError, UnsupportedFormatError
from partsearch.price_list.formats.encoding.find import marked_encoding
from partsearch.price_list.formats.input.archives import member_names, workbook_name
from partsearch.price_list.formats.input.signatures import GZIP, HEAD_BYTES, OLE, ZIP, next_step, other_format
from partsearch.price_list.formats.input.source import label
from partsearch.price_list.formats.xml_feeds.commerceml import ROOT
from partsearch.price_list.formats.xml_feeds.elements import actual_encoding, read_root
from partsearch.price_list.formats.xml_feeds.offers import FEEDS, OTHER_XML
from partsearch.price_list.formats.xml_feeds.other import find_goods_tag
from partsearch.price_list.formats.xml_feeds.spreadsheetml import ROOT as WORKBOOK

_JSON_ARRAY = re.compile(r"\[\s*(?:[\[{]|\]\s*$)")
_ROWS_WITHIN = re.compile(r":\s*\[\s*[\[{]|\{\s*\"[^\"]*\"\s*:\s*\{")
_PROLOG = re.compile(r"(?>\s|<!--(?:[^-]|-(?!->))*+-->|<\?xml[^>]*>)*+")
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|meta|title|link|style|script|center|font|div|span|p|b|br|h[1-6]|table|thead|tbody|"
    r"tr|td|th)\b",
    re.IGNORECASE,
)
_TABLE_AFTER_TEXT = re.compile(r"[^;\t|]{0,2000}?<table\b[^>]*>\s*(?:<[^>]*>\s*){0,9}?<t[dh]\b", re.IGNORECASE)
_SQL = re.compile(
    r"(?>--[^\n]*\n|/\*(?:[^*]|\*(?!/))*+\*/|[\s;])*+"
    r"(?:CREATE\s+(?:TABLE|DATABASE)|INSERT\s+INTO|DROP\s+TABLE|LOCK\s+TABLES|SET\s+[\w@]+\s*=|USE\s+\S+;|BEGIN;)",
    re.IGNORECASE,
)
_MESSAGE = re.compile(
    r"(?:[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?:MIME-Version|Content-Type):[^\n]*\n", re.IGNORECASE
)
_XML_ROOTS = {feed.root: name for name, feed in FEEDS.items()} | {
    ROOT: "commerceml",
    WORKBOOK: "spreadsheetml",
    "html": "html",
}
_DELIMITERS = (";", "\t", "|", ",")
_NO_LISTS = frozenset((".doc", ".docx", ".rtf", ".pptx", ".url", ".lnk", ".nfo", ".ini", ".md"))
_LINES = 30
_AS_CSV = "Save the list as CSV in UTF-8 and import that file."


def find_format(file: Path, path: Path, encoding: str | None = None) -> str:
    """Return the format: one of those of ``Table.format``, or ``zip``, ``gzip`` or ``mhtml``.

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
        raise UnsupportedFormatError(f"{label(path)} is {other}, not a price list.", next_step(other))
    return _text_format(head, file, path, encoding)


def _zipped_format(file: Path, path: Path) -> str:
    names = {workbook_name(name) for name in member_names(file, path)}
    if names & {"xl/workbook.xml", "xl/workbook.bin"}:
        return "xlsx"
    if {"mimetype", "content.xml"} <= names:
        return "ods"
    if names & {"word/document.xml", "ppt/presentation.xml"}:
        raise UnsupportedFormatError(f"{label(path)} is a document of Office, not a workbook.", _AS_CSV)
    if names & {"index/document.iwa", "index.zip"}:
        raise UnsupportedFormatError(
            f"{label(path)} is a document of Numbers, Pages or Keynote.",
            "Export it as XLSX or CSV, and import that file.",
        )
    return "zip"


def _text_format(head: bytes, file: Path, path: Path, encoding: str | None) -> str:
    text = codecs.getincrementaldecoder(encoding or marked_encoding(file) or "latin-1")("replace").decode(head)
    text = text.lstrip("\ufeff \t\r\n")
    if _HTML.match(text, _PROLOG.match(text).end()):  # type: ignore[union-attr]  # it matches an empty text, too
        return "html"
    if text.startswith("<"):
        root = read_root(head, path, encoding or actual_encoding(file))
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
    if _JSON_ARRAY.match(text):
        return "json"
    return _format_of_plain_text(text, path)


def _format_of_plain_text(text: str, path: Path) -> str:
    if _MESSAGE.match(text):
        return "mhtml"
    if _SQL.match(text):
        raise UnsupportedFormatError(
            f"{label(path)} is a dump of a database in SQL, not a price list.",
            "Export the table of the goods as CSV, and import that file.",
        )
    return "html" if _TABLE_AFTER_TEXT.match(text) else "csv"


def may_be_list(name: str, head: bytes) -> bool:
    """Return whether a file beside others in an archive may be a price list, and no letter or licence.

    Args:
        name: of the file.
        head: its first bytes.
    """
    if PurePath(name).suffix.lower() in _NO_LISTS:
        return False
    if head.startswith((*ZIP, GZIP, OLE)):
        return True
    text = head.decode("latin-1").lstrip("\xef\xbb\xbf \t\r\n")
    if text.startswith("<"):
        return not _HTML.match(text) or "<td" in text.lower()
    lines = text.splitlines()[:_LINES]
    return text.startswith(("{", "[")) or "\0" in text or any(_has_columns(lines, each) for each in _DELIMITERS)


def _has_columns(lines: list[str], delimiter: str) -> bool:
    """Return whether most lines have the same number of cells."""
    counts = Counter(line.count(delimiter) for line in lines if line.strip())
    return any(times and lines_of * 2 > counts.total() for times, lines_of in counts.items())


def is_commerceml(heads: Iterable[bytes]) -> bool:
    """Return whether all files with these beginnings are CommerceML: 1C writes one list to several files."""
    try:
        return all(read_root(head, Path()) == ROOT for head in heads)
    except UnreadableFileError:
        return False


def _is_json_line(text: str) -> bool:
    """Return whether the text begins with an object on a line of its own that has no rows in it."""
    line, has_end, rest = text.partition("\n")
    if not line.rstrip().endswith("}") or line.count("{") > line.count("}"):
        return False
    return bool(rest.strip()) if has_end and rest.strip() else not _ROWS_WITHIN.search(line)
