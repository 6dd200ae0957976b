"""Web archives (MHTML), as which Excel saves a workbook, and e-mails."""

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path

from partsearch.price_list.errors import DamagedFileError, TooLargeError, UnsupportedFormatError
from partsearch.price_list.formats.input.source import label
from partsearch.price_list.formats.limits import MEBIBYTE

_MOST_BYTES = 32 * MEBIBYTE
"""The message is parsed as a whole."""

_NAMES_IN_MESSAGE = 5


def unpack_message(file: Path, target: Path, path: Path) -> None:
    """Write the pages of a web archive that have tables to one page in UTF-8.

    Args:
        file: the web archive.
        target: the page to write.
        path: the name of the input, for messages.

    Raises:
        UnsupportedFormatError: it has no such page, as an e-mail.
        DamagedFileError: its text is in an unknown encoding.
        TooLargeError: it is too large to be parsed.
    """
    if file.stat().st_size > _MOST_BYTES:
        raise TooLargeError(
            f"{label(path)} is a web archive of more than {_MOST_BYTES // MEBIBYTE} MiB.",
            "Save the list as XLSX or CSV.",
        )
    with file.open("rb") as opened:
        message = email.message_from_binary_file(opened, policy=email.policy.default)
    try:
        pages = [str(part.get_content()) for part in message.walk() if part.get_content_type() == "text/html"]
    except (LookupError, ValueError) as error:
        raise DamagedFileError(
            f"{label(path)} is a damaged web archive: {error}.", "Save the list as XLSX or CSV."
        ) from error
    tables = [page for page in pages if "<td" in page.lower()]
    if not tables:
        raise UnsupportedFormatError(
            f"{label(path)} is an e-mail or a web archive without a table{_attachments(message)}.",
            "Save the price list that is attached to it, and import that file.",
        )
    target.write_text("\n".join(tables), encoding="utf-8", errors="replace")


def _attachments(message: EmailMessage) -> str:
    names = [name for part in message.walk() if (name := part.get_filename())]
    return f", with {', '.join(names[:_NAMES_IN_MESSAGE])}" if names else ""
