"""Files whose format is hard to see: fragments of pages, web archives, archives with a letter, and what is no list."""

import io
import quopri
import zipfile
from pathlib import Path

import pytest
from tests.support.price_lists import describe, failure_of, read_cells, row, write, write_xlsx

from partsearch.price_list.errors import UnsupportedFormatError

CELLS = [["Наименование", "Цена"], ["Фара", "5"]]
ROWS = "<tr><td>Наименование<td>Цена</tr><tr><td>Фара<td>5</tr>"
TABLE = f"<table>{ROWS}</table>"
LIST = "Наименование;Цена\nФара;5\n"


@pytest.mark.parametrize(
    "page",
    [
        ROWS,
        f"<!-- saved --->\n{TABLE}",
        f"<center><b>Прайс</b></center>{TABLE}",
        f"Прайс на 1.11.2026<br>\n{TABLE}",
        f'<?xml version="1.0" encoding="windows-1251"?>\n<!DOCTYPE html><html><body>{TABLE}</body></html>',
    ],
)
def test_pages_without_their_usual_beginning_are_read(tmp_path: Path, page: str) -> None:
    path = write(tmp_path, page.encode("cp1251"))
    assert describe(path)[0].format == "html"
    assert read_cells(path) == CELLS


def test_a_table_in_the_cell_of_a_list_does_not_make_it_a_page(tmp_path: Path) -> None:
    text = "Наименование;Описание;Цена\nФара;<table><tr><td>x</td></tr></table>;5\n"
    assert describe(write(tmp_path, text))[0].format == "csv"


def test_a_table_of_one_cell_in_a_cell_is_its_text(tmp_path: Path) -> None:
    inner = "<table><tr><td>Фара</td></tr></table>"
    page = f"<table><tr><td>Наименование<td>Цена</tr><tr><td>{inner}</td><td>5</td></tr></table>"
    assert read_cells(write(tmp_path, page)) == CELLS


def message(kind: str, body: bytes) -> bytes:
    head = (
        f'MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/{kind};\r\n\tboundary="b"\r\n\r\n'
    )
    return head.encode() + b"--b\r\n" + body + b"\r\n--b--\r\n"


def test_a_web_archive_of_excel_is_read(tmp_path: Path) -> None:
    page = quopri.encodestring(f"<html><body>{TABLE}</body></html>".encode("cp1251"))
    head = b'Content-Type: text/html; charset="windows-1251"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    path = write(tmp_path, message("related", head + page))
    assert read_cells(path) == CELLS


def test_an_email_names_what_is_attached(tmp_path: Path) -> None:
    body = b'Content-Type: application/zip\r\nContent-Disposition: attachment; filename="price.zip"\r\n\r\nx'
    error = failure_of(write(tmp_path, b"From: a@example.org\r\n" + message("mixed", body)))
    assert "e-mail" in str(error)
    assert "with price.zip" in str(error)


def archive(**members: str | bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name, content in members.items():
            target.writestr(name.replace("_", "."), content)
    return packed.getvalue()


def test_letters_and_documents_beside_the_list_do_no_harm(tmp_path: Path) -> None:
    others: dict[str, str | bytes] = {
        "readme_txt": "Здравствуйте!\nЭто прайс-лист.\n",
        "page_html": "<html><body>Привет</body></html>",
        "link_url": "[InternetShortcut]\nURL=http://example.org\n",
        "contract_docx": archive(x="y"),
    }
    assert read_cells(write(tmp_path, archive(price_csv=LIST, **others))) == CELLS
    assert read_cells(write(tmp_path, archive(inner_zip=archive(price_csv=LIST), **others))) == CELLS
    assert "price.csv, second.csv." in str(
        failure_of(write(tmp_path, archive(price_csv=LIST, second_csv=LIST, **others)))
    )
    assert "readme.txt" in str(failure_of(write(tmp_path, archive(**others))))


def test_the_parts_of_a_workbook_may_have_unusual_names(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "list.xlsx", {"S": row(1, A="Фара", B="5")})
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(tmp_path / "other.xlsx", "w") as target:
        for name in source.namelist():
            target.writestr(name.replace("xl/workbook.xml", "xl/Workbook.xml").replace("/", "\\"), source.read(name))
    assert read_cells(tmp_path / "other.xlsx") == [["Фара", "5"]]


@pytest.mark.parametrize(
    ("content", "cause", "step"),
    [
        (b"-- dump\n/* x */;\nDROP TABLE IF EXISTS `parts`;\n", "SQL", "as CSV"),
        (b"insert into parts (name, price) values ('a', 5);\n", "SQL", "as CSV"),
        (b"x" * 257 + b"ustar\x00", "tar archive", "Unpack it"),
        (b"Rar!\x1a\x07\x01\0", "RAR archive", "Unpack it"),
        (b"\0\x01\0\0Standard Jet DB\0", "Access", "as CSV"),
        (b"\x09\x08\x08\0\0\0\x10\0\0\0\0\0", "Excel before 1997", "as XLSX"),
        (b"\x03\x7a\x0b\x01" + bytes(28) + b"NAME\0\0\0\0\0\0\0C", "dBASE", "as CSV"),
        (archive(**{"Index/Document_iwa": "x"}), "Numbers", "Export it"),
    ],
)
def test_what_is_no_list_is_named_with_the_next_step(tmp_path: Path, content: bytes, cause: str, step: str) -> None:
    error = failure_of(write(tmp_path, content))
    assert isinstance(error, UnsupportedFormatError)
    assert cause in str(error)
    assert step in error.next_step
