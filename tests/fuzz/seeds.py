"""Small valid price lists of every format, from which the fuzzer makes broken ones."""

import gzip
import io
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import xlwt

from tests.support.price_lists import row, write_xlsx

_HEADER = "Марка;Модель;Наименование;Артикул;Цена;Кол-во;Фото"
_ROWS = (
    "Kia;Rio;Фара левая;92101-1G0;1 500,50;2;https://img.test/1.jpg",
    'Kia;Rio;"Диск ""Люкс"" 15""";"52910;1";"3 000";>10;',
    'ВАЗ;2108;"Шина 14;8450;700 руб.;есть;https://img.test/2.jpg, https://img.test/3.jpg',
    "Итого;;;;5200;;",
)
CSV = "\r\n".join((_HEADER, *_ROWS, ""))
HTML = """<html><head><meta charset="utf-8"><style>td {color: red}</style></head><body><!-- прайс -->
<table border=1><tr><th rowspan=2>Марка<th colspan="2">Цена<tr><td>опт<td>розница</tr><tr><td>Kia&nbsp;Rio
<td>1&#160;500<br>руб<td>&lt;5</td></tr><tr><td><table><tr><td>x</table></tr></table><![if !x]><p>Конец</body></html>"""
JSON_LINES = (
    '{"name": "Фара", "price": 1500.50, "oem": ["a", 5, null], "size": {"x": [1.5, "\\u0444"]}}\n'
    '{"name": "Диск \\"Люкс\\"", "price": 7, "new": true, "id": 12345678901234567890123}\n\n'
)
JSON = '{"total": 2, "page": {"n": 1, "items": [{"name": "Фара", "price": 1.5e3}, {"name": "Диск", "oem": ["a"]}, 7]}}'
YML = """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE yml_catalog SYSTEM "shops.dtd"><yml_catalog><shop>
<categories><category id="1">Кузов</category><category id="2" parentId="1">Фары</category></categories><offers>
<offer id="7" available="true"><price>1500.00</price><currencyId>RUB</currencyId><categoryId>2</categoryId>
<picture>a.jpg</picture><picture>b.jpg</picture><name>Фара</name><description><![CDATA[<b>Новая</b>]]></description>
<param name="Вес" unit="кг">2</param></offer><offer id="8"><price>9</price><name>Диск &amp; шина</name>
<outlets><outlet id="1" instock="3"/></outlets></offer></offers></shop></yml_catalog>"""
AVITO = (
    '<Ads formatVersion="3" target="Avito.ru"><Ad><Id>1</Id><Title>Фара</Title><Price>7</Price><GoodsType>x</GoodsType>'
    '<Images><Image url="a"/><Image url="b"/></Images></Ad><Ad><Id>2</Id><Title>Диск</Title><Price>8</Price></Ad></Ads>'
)
DROM = "<offers><offer><name>Фара</name><price>7</price><oem>1</oem></offer><offer><name>Диск</name></offer></offers>"
_IMPORT = """<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_3"><Классификатор><Группы><Группа><Ид>g</Ид>
<Наименование>Кузов</Наименование></Группа></Группы><Свойства><Свойство><Ид>p</Ид><Наименование>Сторона</Наименование>
</Свойство></Свойства></Классификатор><Каталог><Товары><Товар><Ид>1</Ид><Артикул>F-1</Артикул>
<Наименование>Фара</Наименование><Группы><Ид>g</Ид></Группы><ЗначенияСвойств><ЗначенияСвойства><Ид>p</Ид>
<Значение>левая</Значение></ЗначенияСвойства></ЗначенияСвойств></Товар></Товары></Каталог>"""
_OFFERS = """<ПакетПредложений><Предложения><Предложение><Ид>1#x</Ид><Цены><Цена><ЦенаЗаЕдиницу>1500</ЦенаЗаЕдиницу>
<Валюта>руб</Валюта></Цена></Цены><Склад КоличествоНаСкладе="2"/></Предложение></Предложения></ПакетПредложений>"""
_END = "</КоммерческаяИнформация>"
COMMERCEML = _IMPORT + _OFFERS + _END
SPREADSHEETML = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="Фары"><Table><Row><Cell ss:MergeAcross="1"><Data ss:Type="String">Прайс</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data ss:Type="String">Наименование</Data></Cell><Cell ss:Index="3" ss:MergeDown="1">
<Data ss:Type="Number">1.5E3</Data></Cell></Row><Row><Cell><ss:Data ss:Type="String"><B>Диск</B></ss:Data></Cell></Row>
</Table></Worksheet><Worksheet ss:Name="Черновик"><Table><Row><Cell><Data ss:Type="Boolean">1</Data></Cell></Row>
</Table><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>"""


def zipped(**members: bytes | str) -> bytes:
    """Return a zip archive with these members."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def xlsx() -> bytes:
    """Return a workbook of two sheets with merged cells."""
    rows = row(1, A="Прайс") + row(2, A="Наименование", B="Цена") + row(3, B="опт", C="розница")
    numbers = '<row r="4"><c r="A4"><v>1500.5</v></c><c r="C4" t="b"><v>1</v></c><c r="D4" t="e"><v>#N/A</v></c></row>'
    merged = '<mergeCells count="2"><mergeCell ref="A1:C1"/><mergeCell ref="A2:A3"/></mergeCells>'
    with tempfile.TemporaryDirectory() as folder:
        path = write_xlsx(
            Path(folder) / "list.xlsx", {"Фары": f"{rows}{numbers}</sheetData>{merged}", "Диски": row(1, A="x")}
        )
        return path.read_bytes()


def xls() -> bytes:
    """Return a workbook of Excel 97."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Лист")
    for number, cells in enumerate((("Наименование", "Цена", "Кол-во"), ("Фара", 1500.5, 2), ("Диск", "7", ""))):
        for column, value in enumerate(cells):
            sheet.write(number, column, value)
    sheet.merge(3, 4, 0, 1)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def ods() -> bytes:
    """Return a workbook of LibreOffice."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    cells = (
        '<table:table-cell office:value-type="string"><text:p>Фара</text:p></table:table-cell>'
        '<table:table-cell office:value-type="float" office:value="1500"><text:p>1 500</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="3"/>'
    )
    content = (
        f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="L">'
        f'<table:table-row>{cells}</table:table-row><table:table-row table:number-rows-repeated="2">{cells}'
        "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return packed.getvalue()


def _encodings() -> list[bytes]:
    names = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "cp866", "koi8-r", "mac-cyrillic")
    latin = "mark;name;price\nŠkoda;Zadní dveře;70\nŠkoda;Přední světlo;80\n"
    return [*(CSV.encode(name, "replace") for name in names), latin.encode("cp1250"), "naïve;été\n".encode("latin-1")]


_SEEDS: dict[str, Callable[[], list[bytes]]] = {
    "csv": lambda: [CSV.encode(), CSV.replace(";", "\t").encode(), CSV.replace("\r\n", "\r").encode()],
    "encodings": _encodings,
    "html": lambda: [HTML.encode()],
    "jsonl": lambda: [JSON_LINES.encode()],
    "json": lambda: [JSON.encode(), ("[" + ",\n".join(JSON_LINES.split("\n")[:2]) + "]").encode()],
    "yml": lambda: [YML.encode(), YML.replace("utf-8", "windows-1251").encode("cp1251")],
    "avito": lambda: [AVITO.encode()],
    "drom": lambda: [DROM.encode()],
    "commerceml": lambda: [COMMERCEML.encode()],
    "spreadsheetml": lambda: [SPREADSHEETML.encode()],
    "xlsx": lambda: [xlsx()],
    "xls": lambda: [xls()],
    "ods": lambda: [ods()],
    "zip": lambda: [
        zipped(**{"прайс.csv": CSV, "photo.jpg": b"\xff\xd8\xff"}),
        zipped(**{"import.xml": _IMPORT + _END, "offers.xml": _IMPORT.partition("<Классиф")[0] + _OFFERS + _END}),
    ],
    "gzip": lambda: [gzip.compress(CSV.encode(), mtime=0)],
}

READERS = tuple(_SEEDS)


@cache
def seeds_of(reader: str) -> list[bytes]:
    """Return the valid lists for a reader."""
    return _SEEDS[reader]()
