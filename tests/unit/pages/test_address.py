"""The search in an address of the page."""

from decimal import Decimal

import pytest


@pytest.mark.parametrize(
    ("language", "written", "price"),
    [
        ("ru", "1500", "1500"),
        ("ru", "1\u00a0500,50", "1500.50"),
        ("ru", " 1 500.5 ", "1500.5"),
        ("ru", "000", "0"),
        ("en", "1,500.50", "1500.50"),
        ("en", "1,500,000", "1500000"),
    ],
)
def test_a_price_in_usual_notation_is_read(language: str, written: str, price: str) -> None:
    from partsearch.django_service.pages.address import PageAddress

    address = PageAddress.read(language, f"price_gte={written}".encode())
    assert address.search().price_gte == Decimal(price)
    assert address.value("price_gte") == price


@pytest.mark.parametrize(("language", "written"), [("ru", "1,500,000"), ("en", "1,50"), ("ru", "1-5"), ("ru", "١")])
def test_another_text_is_not_changed(language: str, written: str) -> None:
    from partsearch.django_service.pages.address import PageAddress

    assert PageAddress.read(language, f"price_gte={written}".encode()).value("price_gte") == written


def test_an_address_survives_its_own_link() -> None:
    from partsearch.django_service.pages.address import PageAddress

    query = "part_name=%D0%B1%26%3D%2B&params.a%26b=%25&mark_list=1&mark_list=2&page=3"
    address = PageAddress.read("ru", query.encode())
    assert address.url == f"/?{query}"
    assert address.in_language("en").url == f"/en/?{query}"
    assert address.at_page(1).url == "/?part_name=%D0%B1%26%3D%2B&params.a%26b=%25&mark_list=1&mark_list=2"
    assert address.without(("mark_list", "1")).values("mark_list") == ["2"]
    assert address.without(("mark_list", "1")).value("page") == ""


def test_empty_fields_are_left_out() -> None:
    from partsearch.django_service.pages.address import PageAddress

    assert PageAddress.read("ru", b"part_name=&params.color=+&mark_list=%C2%A0&page=%E2%80%8B").pairs == ()
