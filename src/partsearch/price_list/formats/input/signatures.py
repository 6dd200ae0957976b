"""Formats that their first bytes tell."""

HEAD_BYTES = 64 * 1024

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
GZIP = b"\x1f\x8b"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

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
}
_LETTERS_ONLY = (b"BM", b"MZ", b"RIFF")
"""Signatures that a text may begin with; the binary formats have a NUL byte soon after."""


def other_format(head: bytes) -> str:
    """Return what the file is, such as ``a picture``, if its beginning is not of a price list; else an empty text."""
    for signature, name in _OTHERS.items():
        if head.startswith(signature) and (signature not in _LETTERS_ONLY or b"\0" in head[:64]):
            return name
    return ""
