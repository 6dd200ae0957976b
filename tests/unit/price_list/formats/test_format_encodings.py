from pathlib import Path

import pytest
from tests.support.price_lists import describe, failure_of, read_cells, write

from partsearch.price_list.errors import UnknownEncodingError

RUSSIAN = "mark;name;price\nKia;Крыло заднее;70\nKia;Стекло лобовое;80\nKia;Зеркало левое;90\n"
TEXTS = {
    "utf-8": RUSSIAN,
    "utf-8-sig": RUSSIAN,
    "utf-16": RUSSIAN,
    "cp1251": RUSSIAN,
    "cp866": RUSSIAN,
    "koi8-r": RUSSIAN,
    "mac-cyrillic": RUSSIAN,
    "cp1250": "mark;name;price\nŠkoda;Zadní dveře;70\nŠkoda;Přední světlo;80\n",
    "cp1252": "mærke;navn;pris\nKia;Døråbner højre;70\nKia;Bremsesæt;80\n",
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_finds_the_encoding(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, TEXTS[encoding].encode(encoding))
    assert read_cells(path) == [line.split(";") for line in TEXTS[encoding].splitlines()]
    assert describe(path)[0].encoding == encoding.removesuffix("-sig")


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "koi8-r", "mac-cyrillic"])
@pytest.mark.parametrize("change", [str.lower, str.upper])
def test_finds_the_encoding_of_text_in_one_case(tmp_path: Path, encoding: str, change: object) -> None:
    text = RUSSIAN.upper() if change is str.upper else RUSSIAN.lower()
    assert read_cells(write(tmp_path, text.encode(encoding)))[1][1] == text.splitlines()[1].split(";")[1]


def test_utf_16_of_either_byte_order_is_read(tmp_path: Path) -> None:
    for mark, codec in (("\ufeff", "utf-16-le"), ("\ufeff", "utf-16-be")):
        assert read_cells(write(tmp_path, (mark + RUSSIAN).encode(codec)))[1] == ["Kia", "Крыло заднее", "70"]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [RUSSIAN, TEXTS["cp1250"], "a;b\n", RUSSIAN * 5_000])
def test_utf_16_without_a_mark_is_read(tmp_path: Path, codec: str, text: str) -> None:
    path = write(tmp_path, text.encode(codec))
    assert read_cells(path) == [line.split(";") for line in text.splitlines()]
    assert describe(path)[0].encoding == codec


@pytest.mark.parametrize("codec", ["utf-32", "utf-16-le"])
def test_xml_and_json_in_wide_encodings_are_found(tmp_path: Path, codec: str) -> None:
    assert read_cells(write(tmp_path, '[{"имя": "Фара"}]'.encode(codec))) == [["имя"], ["Фара"]]
    assert read_cells(write(tmp_path, "<table><tr><td>Фара</table>".encode(codec))) == [["Фара"]]
    if codec == "utf-16-le":
        text = "<Ads><Ad><Id>Фара</Id></Ad></Ads>"
        assert read_cells(write(tmp_path, text.encode(codec))) == [["Id"], ["Фара"]]


def test_bytes_with_some_nul_are_not_taken_for_utf_16(tmp_path: Path) -> None:
    assert "NUL" in str(failure_of(write(tmp_path, b"mark;name;price\nKia;\0;7\n")))


ROWS = {
    "cp1251": ("Марка;Наименование;Цена", "Kia;Крыло заднее;70", "ВАЗ;Стекло лобовое;80", "УАЗ;Зеркало левое;90"),
    "koi8-u": ("Марка;Назва;Ціна", "Kia;Крило заднє ліве;70", "ЗАЗ;Скло лобове;80", "ЗАЗ;Дзеркало ліве;90"),
    "cp1250": ("Značka;Název;Cena", "Škoda;Zadní dveře levé;70", "Škoda;Přední světlo;80", "Tatra;Zrcátko;90"),
}
for name in ("cp866", "koi8-r", "mac-cyrillic", "iso8859-5", "utf-8", "utf-16", "utf-16-le", "utf-16-be"):
    ROWS[name] = ROWS["cp1251"]


@pytest.mark.parametrize("encoding", ROWS)
@pytest.mark.parametrize("rows", [1, 3, 500])
def test_an_encoding_is_found_or_asked_for_and_never_guessed_wrong(tmp_path: Path, encoding: str, rows: int) -> None:
    header, *goods = ROWS[encoding]
    lines = [header, *(goods * rows)[:rows]]
    path = write(tmp_path, "\r\n".join(lines).encode(encoding))
    right = [line.split(";") for line in lines]
    try:
        found = read_cells(path)
    except UnknownEncodingError as error:
        assert rows == 1, error
        assert "--encoding" in error.next_step
    else:
        assert found == right
    assert read_cells(path, encoding=encoding) == right


@pytest.mark.parametrize("encoding", ["utf-7", "unicode_escape", "punycode", "idna", "undefined", "a\0b", "hex"])
def test_codecs_that_are_no_encodings_of_files_are_refused(tmp_path: Path, encoding: str) -> None:
    assert "there is no encoding" in str(failure_of(write(tmp_path, "a;b\n"), encoding=encoding))


def test_letters_of_french_makes_are_not_read_as_cyrillic(tmp_path: Path) -> None:
    text = "mark;name\nCitroën;Aile\nRenault;Phare foncé\n"
    assert read_cells(write(tmp_path, text.encode("latin-1")))[1] == ["Citroën", "Aile"]


def test_an_unknown_encoding_is_refused_with_a_sample_in_each(tmp_path: Path) -> None:
    error = failure_of(write(tmp_path, "a;b\nKia;дом\n".encode("koi8-r")))
    assert isinstance(error, UnknownEncodingError)
    assert "koi8-r: дом" in str(error)
    assert "cp1251: ДПН" in str(error)
    assert "--encoding" in error.next_step


def test_the_given_encoding_always_wins(tmp_path: Path) -> None:
    assert read_cells(write(tmp_path, "a;я\n".encode()), encoding="cp1251") == [["a", "СЏ"]]
    assert read_cells(write(tmp_path, "a;я\nb;ю\n".encode("cp866")), encoding="cp866") == [["a", "я"], ["b", "ю"]]


def test_a_given_encoding_that_does_not_fit_is_reported(tmp_path: Path) -> None:
    assert "byte 2 cannot be decoded" in str(failure_of(write(tmp_path, b"a;\xff\n"), encoding="utf-8"))
    assert "no encoding 'klingon'" in str(failure_of(write(tmp_path, b"a;b\n"), encoding="klingon"))
    assert "no encoding 'zlib'" in str(failure_of(write(tmp_path, b"a;b\n"), encoding="zlib"))


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ("Марка;Цена\n".encode() * 50 + b"\xd0;", "utf-8 with damaged characters, the first at byte 1000"),
        ("Марка;Цена\n".encode() * 100_000 + b"\xd0;", "the first at byte 2000000"),
        ("Марка".encode("utf-16") + b"\x00", "utf-16 with damaged"),
        (b"a;b\n\0;c\n", "NUL"),
        (b"a;\x98\x81\xfe\xffa\x90b\x9d\n", "in no encoding that is known"),
    ],
)
def test_a_damaged_text_is_reported(tmp_path: Path, content: bytes, cause: str) -> None:
    assert cause in str(failure_of(write(tmp_path, content)))
