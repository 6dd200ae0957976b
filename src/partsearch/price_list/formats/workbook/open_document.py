"""The content of ODS, checked before calamine parses it: calamine waits for the end of a table that never comes."""

import zipfile
from xml.parsers import expat

from python_calamine import PasswordError

from partsearch.price_list.formats.limits import MEBIBYTE

_CHUNK_BYTES = 256 * 1024
_LONGEST_TAG_BYTES = 4 * MEBIBYTE
"""expat parses an unfinished tag again with each chunk."""

_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_ENCRYPTED = b"encryption-data"


def check_content(archive: zipfile.ZipFile) -> None:
    """Raise an error if the content of ODS is not well-formed. Other workbooks have no such content.

    Raises:
        ValueError: it is not well-formed, or declares a document type.
        PasswordError: it is encrypted.
        MemoryError: a tag, or the depth of the tags, exceeds the limits.
    """
    if _CONTENT not in archive.namelist():
        return
    try:
        _parse(archive)
    except expat.ExpatError as error:
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]:
            raise MemoryError from error
        if _is_encrypted(archive):
            raise PasswordError from error
        raise ValueError(f"{_CONTENT} is damaged XML: {error}") from error


def _parse(archive: zipfile.ZipFile) -> None:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _check_document_type
    fed = 0
    with archive.open(_CONTENT) as source:
        while chunk := source.read(_CHUNK_BYTES):
            parser.Parse(chunk)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > _LONGEST_TAG_BYTES:
                raise MemoryError
    parser.Parse(b"", True)  # noqa: FBT003


def _check_document_type(_name: str, _system: str | None, _public: str | None, has_internal_subset: int) -> None:
    """Refuse declarations. expat and calamine may differ on where they end, and so on what is a table."""
    if has_internal_subset:
        raise ValueError(f"{_CONTENT} declares a document type")


def _is_encrypted(archive: zipfile.ZipFile) -> bool:
    """Return whether the manifest says that the members are encrypted."""
    if _MANIFEST not in archive.namelist():
        return False
    with archive.open(_MANIFEST) as source:
        return _ENCRYPTED in source.read(MEBIBYTE)
