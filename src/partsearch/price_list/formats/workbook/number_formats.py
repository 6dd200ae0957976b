"""What the number formats of XLSX say and calamine does not tell: a currency, and zeros before a number."""

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import PurePosixPath
from xml.parsers import expat

from partsearch.price_list.cells.currencies import currency_code

_CHUNK_BYTES = 256 * 1024
_STYLES, _WORKBOOK, _RELATIONS = "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_SYMBOL = re.compile(r"\[\$([^\]-]*)[^\]]*\]")
_BRACKETS = re.compile(r"\[[^\]]*\]")
_PADDING = re.compile(r"[_*].")
_NO_WORDS = re.compile(r"[#0?,.\s@%+()/\"\\-]+")
_ZEROS = re.compile(r"0{2,20}")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_WHOLE_NUMBER = re.compile("[0-9]{1,9}")

_Attributes = dict[str, str]
_Cell = tuple[int, int, "Shown"]


@dataclass(frozen=True)
class Shown:
    """How a number is shown: with a currency, or with at least so many digits."""

    currency: str = ""
    digits: int = 0

    def text(self, cell: str) -> str:
        """Return the text of a number as it is shown; another text as it stands."""
        if self.currency and _NUMBER.fullmatch(cell):
            return f"{cell} {self.currency}"
        return cell.zfill(self.digits) if cell.isdigit() else cell


def read_format(code: str) -> Shown | None:
    """Return what a number format shows beside the number: ``"$"0.00`` USD, ``00000`` five digits."""
    section = code.split(";")[0]
    if _ZEROS.fullmatch(section):
        return Shown(digits=len(section))
    text = _PADDING.sub("", _BRACKETS.sub("", _SYMBOL.sub(r"\1", section)))
    currency = currency_code(_NO_WORDS.sub(" ", text))
    return Shown(currency) if currency else None


class NumberFormats:
    """The number formats of the cells of a workbook.

    Args:
        archive: the workbook. One without styles, such as XLSB, has no formats.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._members = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
        self._styles = self._read_styles()
        self._sheets = self._read_sheets() if self._styles else {}

    def rows(self, sheet: str) -> Iterator[tuple[int, dict[int, Shown]]]:
        """Yield each row of a sheet, from 0, with the formats of its columns that say something."""
        member = self._sheets.get(sheet, "")
        for row, cells in groupby(self._cells(member), key=itemgetter(0)):
            yield row, {column: shown for _, column, shown in cells}

    def _read_styles(self) -> dict[int, Shown]:
        codes: dict[str, str] = {}
        styles: dict[int, Shown] = {}
        found = [("", 0)]

        def start(tag: str, attributes: _Attributes) -> None:
            group, count = found[0]
            if tag in ("cellXfs", "cellStyleXfs", "dxfs"):
                found[0] = tag, 0
            elif tag == "numFmt":
                codes.setdefault(attributes.get("numFmtId", ""), attributes.get("formatCode", ""))
            elif tag == "xf" and group == "cellXfs":
                found[0] = group, count + 1
                if shown := read_format(codes.get(attributes.get("numFmtId", ""), "")):
                    styles[count] = shown

        for _ in self._parse(_STYLES, start):
            pass
        return styles

    def _read_sheets(self) -> dict[str, str]:
        """Return the member of each sheet."""
        ids: dict[str, str] = {}
        targets: dict[str, str] = {}

        def sheet(tag: str, attributes: _Attributes) -> None:
            if tag == "sheet":
                ids[attributes.get("name", "")] = attributes.get("id", "")

        def relation(tag: str, attributes: _Attributes) -> None:
            if tag == "Relationship":
                target = attributes.get("Target", "")
                path = target[1:] if target.startswith("/") else str(PurePosixPath("xl") / target)
                targets[attributes.get("Id", "")] = path.lower()

        for member, start in ((_WORKBOOK, sheet), (_RELATIONS, relation)):
            for _ in self._parse(member, start):
                pass
        return {name: targets[number] for name, number in ids.items() if number in targets}

    def _cells(self, member: str) -> Iterator[_Cell]:
        found: list[_Cell] = []
        place = [-1, -1]

        def start(tag: str, attributes: _Attributes) -> None:
            if tag == "row":
                number = _whole_number(attributes.get("r", ""))
                place[:] = place[0] + 1 if number is None else number - 1, -1
            elif tag == "c":
                letters = attributes.get("r", "").rstrip("0123456789")
                place[1] = _column(letters) if letters else place[1] + 1
                style = _whole_number(attributes.get("s", ""))
                if style is not None and (shown := self._styles.get(style)):
                    found.append((place[0], place[1], shown))

        for _ in self._parse(member, start):
            yield from found
            found.clear()
        yield from found

    def _parse(self, member: str, start: Callable[[str, _Attributes], None]) -> Iterator[None]:
        """Parse a part of the workbook, and yield after each chunk. calamine reports its damage, so this does not."""
        if member not in self._members:
            return
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda tag, attributes: start(
            _plain(tag), {_plain(name): value for name, value in attributes.items()}
        )
        with self._archive.open(self._members[member]) as source:
            while chunk := source.read(_CHUNK_BYTES):
                try:
                    parser.Parse(chunk)
                except expat.ExpatError:
                    return
                yield


def _plain(name: str) -> str:
    return name.rpartition(":")[2]


def _column(letters: str) -> int:
    """Return the number of a column, from 0: 27 for ``AB``."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _whole_number(text: str) -> int | None:
    """Return the number that a short text of digits writes; ``None`` for any other text."""
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else None
