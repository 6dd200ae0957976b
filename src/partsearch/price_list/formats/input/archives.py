"""Archives of one price list: gzip, and zip."""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from partsearch.price_list.errors import DamagedFileError, PriceListError, TooLargeError, UnsupportedFormatError
from partsearch.price_list.formats.input.signatures import other_format
from partsearch.price_list.formats.input.source import label, unreadable
from partsearch.price_list.formats.limits import FILE_BYTES, MEBIBYTE, PACKING_RATIO, PACKING_RATIO_FROM
from partsearch.system.disk import is_full_disk

_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_DAMAGE = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError)
_SYSTEM_FILES = {"thumbs.db", "desktop.ini", ".ds_store"}
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The other methods of packing unpack a few bytes to gigabytes at once."""

_DIRECTORY_BYTES = 4 * MEBIBYTE
"""Of the list of members of a zip archive, which is kept in memory: some 40,000 members."""

_GZIP_PIECE_BYTES = 16 * 1024
_MOST_GZIP_PARTS = 100_000
_HEAD_BYTES = 4096
_NAMES_IN_MESSAGE = 20


def unpack_gzip(packed: Path, target: Path, path: Path) -> None:
    """Unpack a gzip file.

    Args:
        packed: the gzip file.
        target: the file to write.
        path: the name of the input, for messages.

    Raises:
        DamagedFileError: the file is damaged or truncated.
        TooLargeError: the content exceeds the limits on size or ratio.
    """
    with _damage_reported(path, "gzip"), packed.open("rb") as source:
        _write(_gunzipped(source), target, packed.stat().st_size, path)


def unpack_zip(
    packed: Path,
    folder: Path,
    path: Path,
    are_one_list: Callable[[list[bytes]], bool],
    may_be_list: Callable[[str, bytes], bool],
) -> list[Path]:
    """Unpack the only price list of a zip archive. Pictures, PDF files and files of the system do not count.

    Args:
        packed: the archive.
        folder: where the files of the list go. It is made.
        path: the name of the input, for messages.
        are_one_list: returns whether files with these beginnings make one price list together.
        may_be_list: returns whether a file with this name and beginning may be a list; asked if there are several.

    Returns:
        The files of the list, in the order of the archive; one, unless ``are_one_list``.

    Raises:
        UnsupportedFormatError: the archive holds no price list, or several, or is encrypted.
        DamagedFileError, TooLargeError: as in ``unpack_gzip``.
    """
    folder.mkdir()
    unpacked = []
    with _damage_reported(path, "zip"), _open_zip(packed) as archive:
        members = _list_members(archive, path, are_one_list, may_be_list)
        for number, member in enumerate(members):
            unpacked.append(folder / f"{number}")
            with archive.open(member) as source:
                pieces = iter(lambda source=source: source.read(MEBIBYTE), b"")  # type: ignore[misc]
                _write(pieces, unpacked[-1], member.compress_size, path)
    return unpacked


def check_workbook_size(packed: Path, path: Path) -> None:
    """Raise TooLargeError if the parts of a zipped workbook exceed the limits, DamagedFileError if it is truncated."""
    with _damage_reported(path, "workbook"), _open_zip(packed) as archive:
        for member in archive.infolist():
            _check_size(member.file_size, member.compress_size, path)
        _check_size(sum(member.file_size for member in archive.infolist()), packed.stat().st_size, path)


def member_names(packed: Path, path: Path) -> list[str]:
    """Return the names of the members of a zip archive.

    Raises:
        DamagedFileError: the archive is damaged or truncated.
    """
    with _damage_reported(path, "zip"), _open_zip(packed) as archive:
        return archive.namelist()


def workbook_name(name: str) -> str:
    """Return the name of a part of a workbook as the standard writes it: 1C and others use capitals and backslashes."""
    return name.replace("\\", "/").lower()


class _LimitedReads(io.BufferedReader):
    """A file that does not read much at once: ``zipfile`` reads the whole list of members into memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _DIRECTORY_BYTES:
            raise zipfile.BadZipFile("it has too many members")
        return super().read(_DIRECTORY_BYTES if size is None or size < 0 else size)


@contextmanager
def _open_zip(packed: Path) -> Iterator[zipfile.ZipFile]:
    with _LimitedReads(io.FileIO(packed)) as file, zipfile.ZipFile(file) as archive:
        yield archive


@contextmanager
def _damage_reported(path: Path, kind: str) -> Iterator[None]:
    try:
        yield
    except PriceListError:
        raise
    except _DAMAGE as error:
        if isinstance(error, OSError) and is_full_disk(error):
            raise unreadable(path, error) from error
        raise DamagedFileError(
            f"{label(path)} is a damaged or truncated {kind} file ({error}).", "Get the file again."
        ) from error


def _list_members(
    archive: zipfile.ZipFile,
    path: Path,
    are_one_list: Callable[[list[bytes]], bool],
    may_be_list: Callable[[str, bytes], bool],
) -> list[zipfile.ZipInfo]:
    members = [member for member in archive.infolist() if not _is_of_system(member)]
    for member in members:
        _check_packing(member, path)
    heads: dict[zipfile.ZipInfo, bytes] = {}
    for member in members:
        head = _head(archive, member)
        if len(heads) < _NAMES_IN_MESSAGE * 2 and not other_format(head):
            heads[member] = head
    if len(heads) > 1:
        lists = {member: head for member, head in heads.items() if may_be_list(_name(member), head)}
        heads = lists or heads
    if len(heads) == 1 or (heads and are_one_list(list(heads.values()))):
        return list(heads)
    names = [_name(member) for member in list(heads) or members]
    more = f" and {len(names) - _NAMES_IN_MESSAGE:,} more" * (len(names) > _NAMES_IN_MESSAGE)
    raise UnsupportedFormatError(
        f"{label(path)} is an archive without a single price list. It holds "
        f"{', '.join(names[:_NAMES_IN_MESSAGE]) or 'nothing'}{more}.",
        "Unpack it, and import the price list.",
    )


def _check_packing(member: zipfile.ZipInfo, path: Path) -> None:
    if member.flag_bits & _ENCRYPTED:
        raise UnsupportedFormatError(f"{label(path)} is an archive with a password.", "Unpack it first.")
    if member.compress_type not in _METHODS:
        raise UnsupportedFormatError(
            f"{label(path)} is an archive packed by an unusual method ({member.compress_type}).",
            "Unpack it first, or pack it as a plain zip archive.",
        )


def _is_of_system(member: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(member.filename)
    # ZipInfo.is_dir of Python 3.11 fails for a member without a name.
    is_folder = member.filename.endswith("/")
    return is_folder or not member.file_size or "__MACOSX" in name.parts or name.name.lower() in _SYSTEM_FILES


def _head(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as file:
        return file.read(_HEAD_BYTES)


def _name(member: zipfile.ZipInfo) -> str:
    """Return the name of a member: archivers on Windows write Cyrillic names in cp866, which zipfile reads as cp437."""
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("cp866")
    except UnicodeError:
        return member.filename


def _gunzipped(source: BinaryIO) -> Iterator[bytes]:
    """Yield the content of a gzip file in pieces. It may have several parts; zeros after the last one are ignored.

    ``gzip.GzipFile`` reads the name in the header byte by byte, and a hostile one is a gigabyte long.
    """
    data = source.read(_GZIP_PIECE_BYTES)
    for _ in range(_MOST_GZIP_PARTS):
        inflater = zlib.decompressobj(wbits=31)
        while not inflater.eof:
            if not data:
                raise EOFError("it ends too early")
            yield inflater.decompress(data, MEBIBYTE)
            data = inflater.unconsumed_tail or (b"" if inflater.eof else source.read(_GZIP_PIECE_BYTES))
        data = inflater.unused_data.lstrip(b"\0")
        while not data and (more := source.read(_GZIP_PIECE_BYTES)):
            data = more.lstrip(b"\0")
        if not data:
            return
    raise zlib.error("it has too many parts")


def _write(pieces: Iterable[bytes], target: Path, packed_size: int, path: Path) -> None:
    unpacked = 0
    with target.open("wb") as file:
        for piece in pieces:
            unpacked += len(piece)
            _check_size(unpacked, packed_size, path)
            file.write(piece)


def _check_size(unpacked: int, packed: int, path: Path) -> None:
    if unpacked > FILE_BYTES:
        raise TooLargeError(
            f"{label(path)} unpacks to more than {FILE_BYTES // MEBIBYTE:,} MiB.",
            "Split the price list into several files.",
        )
    if unpacked > PACKING_RATIO_FROM and unpacked > packed * PACKING_RATIO:
        raise TooLargeError(
            f"{label(path)} unpacks to more than {PACKING_RATIO} times its size, as no price list does.",
            "Export the price list again, and import it unpacked.",
        )
