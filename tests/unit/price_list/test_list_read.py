from pathlib import Path

import pytest

from partsearch.price_list.errors import UnreadableFileError
from partsearch.price_list.read import read_sheet

TEXT = "Марка;Модель;Цена\nЛада;Нива;1 873,50\nЛада;Ёлка;7,5\n"


def write(folder: Path, content: bytes) -> Path:
    path = folder / "list.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [("cp1251", "cp1251"), ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16")],
)
def test_finds_the_encoding(tmp_path: Path, codec: str, encoding: str) -> None:
    sheet = read_sheet(write(tmp_path, TEXT.encode(codec)))
    assert (sheet.text, sheet.encoding, sheet.delimiter) == (TEXT, encoding, ";")


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_finds_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    rows = [["Прайс на 19.11"], ["Марка", "Цена", "Описание"], *[["ВАЗ", "70", "раз; два"]] * 5]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    assert read_sheet(write(tmp_path, text.encode())).delimiter == delimiter


def test_commas_in_prices_and_descriptions_are_no_delimiters(tmp_path: Path) -> None:
    text = "Прайс\n" + "a;1,50;b\n" * 20 + "a;2,50;раз, два, три, четыре, пять\n"
    assert read_sheet(write(tmp_path, text.encode("cp1251"))).delimiter == ";"


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"PK\x03\x04 and so on", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0 and so on", "Excel workbook"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "NUL"),
        ("Марка;Цена\n".encode() * 50 + b"\xd0;", "utf-8 with damaged characters, the first at byte 1000"),
        ("Марка".encode("utf-16") + b"\x00", "utf-16 with damaged"),
        (b"\xcc\xe0\xf0\xea\xe0;\x98", "neither UTF-8 nor cp1251"),
    ],
)
def test_an_unusable_file_is_reported_with_its_cause(tmp_path: Path, content: bytes, cause: str) -> None:
    with pytest.raises(UnreadableFileError, match=cause) as caught:
        read_sheet(write(tmp_path, content))
    assert caught.value.next_step


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="No such file"):
        read_sheet(tmp_path / "none.csv")
    with pytest.raises(UnreadableFileError, match="directory"):
        read_sheet(tmp_path)
