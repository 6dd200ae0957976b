"""Formats that their first bytes tell."""

import re

HEAD_BYTES = 64 * 1024

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
GZIP = b"\x1f\x8b"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

OLD_WORKBOOK = "a workbook of an Excel before 1997"
_TAR, _TAR_AT = b"ustar", 257
_DBASE = re.compile(rb"[\x03\x30\x83\x8b\xf5].[\x01-\x0c][\x01-\x1f].{28}[A-Za-z_][A-Za-z0-9_]{0,9}\0", re.DOTALL)

_OTHERS = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"RIFF": "a picture or a sound",
    b"BM": "a picture",
    b"II*\0": "a picture",
    b"MM\0*": "a picture",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"BZh91AY&SY": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"{\\rtf": "an RTF document",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"SQLite format 3\0": "a database",
    b"\0\x01\0\0Standard Jet DB": "a database of Access",
    b"\0\x01\0\0Standard ACE DB": "a database of Access",
    b"\x09\0\x04\0": OLD_WORKBOOK,
    b"\x09\x02\x06\0": OLD_WORKBOOK,
    b"\x09\x04\x06\0": OLD_WORKBOOK,
    b"\x09\x08\x08\0": OLD_WORKBOOK,
    b"\x09\x08\x10\0": OLD_WORKBOOK,
}
_LETTERS_ONLY = (b"BM", b"MZ", b"RIFF")
"""Signatures that a text may begin with; the binary formats have a NUL byte soon after."""


def other_format(head: bytes) -> str:
    """Return what the file is, such as ``a picture``, if its beginning is not of a price list; else an empty text."""
    for signature, name in _OTHERS.items():
        if head.startswith(signature) and (signature not in _LETTERS_ONLY or b"\0" in head[:64]):
            return name
    if head[_TAR_AT:].startswith(_TAR):
        return "a tar archive"
    return "a table of dBASE" if _DBASE.match(head) else ""


def next_step(other: str) -> str:
    """Return what to do with a file that ``other_format`` names."""
    if other.endswith("archive"):
        return "Unpack it, and import the price list."
    if other == OLD_WORKBOOK:
        return "Open it in Excel or LibreOffice, save it as XLSX, and import that file."
    return "Save the list as CSV in UTF-8 and import that file."
