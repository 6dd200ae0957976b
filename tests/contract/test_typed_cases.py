"""What typed texts mean in a fixed shop, as a person has written it down: independent of ``partsearch.understanding``.

Each line has a text and what the answer has to say about it: ``m`` ids of marks, ``o`` ids of models, ``n`` the number,
``p`` properties, ``c`` corrections, ``u`` unused words. What is not named is empty.
"""

from http import HTTPStatus
from random import Random
from typing import Any

import pytest

from tests.conftest import truncate_catalog
from tests.contract.service_client import Service, search_result
from tests.support.typed.catalogs import shop_catalog
from tests.support.typed.freshness import random_word, wait_until_known
from tests.support.typed.shop import Shop

_TABLE = """
honda | m=1
хонда | m=1
HONDA | m=1
тойота | m=2
ваз | m=3
бмв | m=4
bmw | m=4
ленд ровер | m=5
land rover | m=5
аккорд | o=10
камри | o=20
приора | o=31
х5 | o=40
2109 | o=30
5 |
мерседес | u=мерседес
міцубісі | u=міцубісі
ліва фара | p=side:левая
права фара | p=side:правая
honda accord | m=1 o=10
accord honda | m=1 o=10
аккорд хонда | m=1 o=10
хонда бампер аккорд | m=1 o=10
тойота камри | m=2 o=20
ваз 2109 | m=3 o=30
2109 ваз | m=3 o=30
ваз фара 2109 | m=3 o=30
бмв 5 | m=4 o=41
5 бмв | m=4 o=41
бмв 5 серия | m=4 o=41
5 серия bmw | m=4 o=41
бмв х5 | m=4 o=40
land rover discovery | m=5 o=50
дискавери ленд ровер | m=5 o=50
[jylf | m=1 c=[jylf>хонда>layout
njqjnf | m=2 c=njqjnf>тойота>layout
,fvgth | c=,fvgth>бампер>layout
bamper | c=bamper>бампер>transliteration
stupica | c=stupica>ступица>transliteration
бапмер | c=бапмер>бампер>typo
бмпер | c=бмпер>бампер>typo
стратер | c=стратер>стартер>typo
бапмер honda | m=1 c=бапмер>бампер>typo
honda бапмер | m=1 c=бапмер>бампер>typo
фара |
фары |
бампер |
коробка передач |
панель приборов |
торпедо | c=торпедо>панель приборов>synonym
кпп | c=кпп>коробка передач>synonym
мотор | c=мотор>двигатель>synonym
граната | c=граната>шрус>synonym
бампер черный | p=color:черный
чёрная дверь | p=color:черный
белый | p=color:белый
бампер новый | p=is_new_part:True
бампер б/у | p=is_new_part:False
бу бампер | p=is_new_part:False
контрактный двигатель | p=condition:контрактная
фара левая | p=side:левая
фара лев. | p=side:левая
правая фара | p=side:правая
бампер перед | p=position:перед
зад бампер | p=position:зад
передний бампер слева | p=position:перед,side:левая
фара 2008 | p=year:2008
2010 двигатель | p=year:2010
фара 2008г | p=year:2008
21083-2803015 | n=210832803015
210832803015 | n=210832803015
21083 2803015 | n=210832803015
стартер 21083-2803015 | n=210832803015
А21R23 | n=A21R23
а21r23 стартер | n=A21R23
ct77012 | n=CT77012
купить бампер | u=купить
бампер для honda | m=1 u=для
абракадабрище | u=абракадабрище
бампер абракадабрище | u=абракадабрище
"""
_CASES = [line.partition("|")[::2] for line in _TABLE.strip().splitlines()]


@pytest.fixture(scope="module")
def shop(migrated_database: str, services: tuple[Service, Service]) -> Shop:
    """Return the shop, known to both services."""
    truncate_catalog(migrated_database)
    marker = random_word(Random(22))
    opened = Shop.opened(migrated_database, shop_catalog(marker))
    wait_until_known(services, marker)
    return opened


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(("typed", "expected"), _CASES, ids=[typed.strip() for typed, _ in _CASES])
def test_both_services_understand_what_a_person_means(
    services: tuple[Service, Service], typed: str, expected: str
) -> None:
    for service in services:
        response = service.post({"q": typed.strip()})
        assert response.status_code == HTTPStatus.OK
        assert _said(search_result(response)["understood"]) == _wanted(expected)


def _said(understood: dict[str, Any]) -> dict[str, str]:
    params = (f"{key}:{getattr(value, 'text', value)}" for key, value in sorted(understood["params"].items()))
    said = {
        "m": ",".join(number.text for number in understood["mark_list"]),
        "o": ",".join(number.text for number in understood["model_list"]),
        "n": understood["number"] or "",
        "p": ",".join(params),
        "c": ",".join(f"{each['from']}>{each['to']}>{each['kind']}" for each in understood["corrections"]),
        "u": ",".join(understood["unused"]),
    }
    return {name: value for name, value in said.items() if value}


def _wanted(expected: str) -> dict[str, str]:
    wanted: dict[str, str] = {}
    name = ""
    for word in expected.split():
        if word[1:2] == "=":
            name, word = word[0], word[2:]
            wanted[name] = word
        else:
            wanted[name] += f" {word}"
    return wanted
